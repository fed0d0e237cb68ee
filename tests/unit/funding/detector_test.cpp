#include "bots/funding/detector.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <gtest/gtest.h>

namespace detector_test {

using namespace std::chrono_literals;
using desk::Findings;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC: a settlement

market::Funding settled(base::WallTime at, double rate, const std::string& symbol = "BTCUSDT") {
  market::Funding f;
  f.exchange = "bybit";
  f.symbol = symbol;
  f.rate = rate;
  f.settled = true;
  f.settles_at = at;
  f.received_at = at + 10s;
  return f;
}

market::Funding running(base::WallTime at, double rate, const std::string& symbol = "BTCUSDT") {
  market::Funding f;
  f.exchange = "bybit";
  f.symbol = symbol;
  f.rate = rate;
  f.interval = 480min;
  const auto into = (at - start) % base::Millis(8h);
  f.settles_at = at + (base::Millis(8h) - into);
  f.at = at;
  f.received_at = at + 200ms;
  return f;
}

struct Bench {
  explicit Bench(funding::Settings settings = {}) : detector(std::move(settings)) {}
  funding::Detector detector;

  Findings feed(const market::Event& event) {
    Findings out;
    detector.on_event(event, out);
    return out;
  }
  /// 30 days of calm history, told after the fact, and one calm running rate.
  void warm(const std::string& symbol = "BTCUSDT", int settlements = 90) {
    for (int at = 0; at < settlements; ++at) {
      auto event = settled(start - at * 8h, 0.0001 + 0.00001 * (at % 5), symbol);
      event.received_at = start + 1h;
      EXPECT_TRUE(feed(event).empty()) << "history says nothing";
    }
    (void)feed(running(start + 1h, 0.0001, symbol));
  }
  void others(int count, double rate) {
    for (int at = 0; at < count; ++at) (void)feed(running(start + 1h, rate, "COIN" + std::to_string(at)));
  }
};

std::optional<desk::Finding> of_kind(const Findings& findings, const std::string& kind) {
  const auto at = std::find_if(findings.begin(), findings.end(), [&](const auto& f) { return f.kind == kind; });
  return at == findings.end() ? std::nullopt : std::optional(*at);
}

TEST(FundingDetector, SIG31_AnExtremeRateFiresOnceAnInterval) {
  Bench bench;
  bench.warm();
  bench.others(40, 0.0001);
  auto found = of_kind(bench.feed(running(start + 2h, 0.002)), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_EQ(found->direction, desk::Direction::short_side);
  EXPECT_DOUBLE_EQ(found->strength, 0.002);
  EXPECT_EQ(found->at, start + 2h);
  EXPECT_TRUE(found->missing.empty());
  EXPECT_TRUE(found->message);

  found = of_kind(bench.feed(running(start + 3h, 0.003)), "funding_extreme");
  EXPECT_FALSE(found->fires);
  EXPECT_EQ(found->missing, "said already this interval");
  EXPECT_FALSE(found->message);

  found = of_kind(bench.feed(running(start + 9h, 0.003)), "funding_extreme");
  EXPECT_TRUE(found->fires) << "the next interval";
}

TEST(FundingDetector, SIG31_NegativeExtremesPointToTheLongSide) {
  Bench bench;
  bench.warm();
  const auto found = of_kind(bench.feed(running(start + 2h, -0.002)), "funding_extreme");
  ASSERT_TRUE(found->fires);
  EXPECT_EQ(found->direction, desk::Direction::long_side);
  EXPECT_DOUBLE_EQ(found->strength, 0.002);
}

TEST(FundingDetector, SIG31_TooFewContractsSkipTheRankAndSaySo) {
  Bench bench;
  bench.warm();
  const auto found = of_kind(bench.feed(running(start + 2h, 0.002)), "funding_extreme");
  EXPECT_TRUE(found->fires);
  EXPECT_NE(found->missing.find("too few contracts known"), std::string::npos);
  EXPECT_NE(base::visible_text(found->message().str()).find("Rank not checked"), std::string::npos);
}

TEST(FundingDetector, SIG31_WhatEveryContractHasIsNoExtreme) {
  Bench bench;
  bench.warm();
  bench.others(40, 0.004);
  const auto found = of_kind(bench.feed(running(start + 2h, 0.002)), "funding_extreme");
  EXPECT_FALSE(found->fires);
  EXPECT_EQ(found->missing, "top share of the exchange");
}

TEST(FundingDetector, SIG31_NothingFiresBeforeEveryContractWasHeardOnce) {
  Bench bench;
  for (int at = 0; at < 90; ++at) {
    auto event = settled(start - at * 8h, 0.0001 + 0.00001 * (at % 5));
    event.received_at = start + 1h;
    (void)bench.feed(event);
  }
  const auto first = of_kind(bench.feed(running(start + 1h, 0.002)), "funding_extreme");
  EXPECT_FALSE(first->fires);
  const auto second = of_kind(bench.feed(running(start + 1h + 30s, 0.002)), "funding_extreme");
  EXPECT_TRUE(second->fires);
}

TEST(FundingDetector, AContractWithoutAnIntervalTakesPartInNoComparison) {
  Bench bench;
  bench.warm();
  bench.others(40, 0.0001);
  auto event = running(start + 2h, 0.002, "NEWUSDT");
  event.interval.reset();
  event.settles_at = start + 4h;
  EXPECT_TRUE(bench.feed(event).empty());
  market::Funding stated;  // the interval has an endpoint of its own
  stated.exchange = "bybit";
  stated.symbol = "NEWUSDT";
  stated.interval = 240min;
  EXPECT_TRUE(bench.feed(stated).empty());
  const auto found = of_kind(bench.feed(event), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->strength, 0.004);
  EXPECT_EQ(found->missing, "settlements");
}

TEST(FundingDetector, SIG35_ANextSettlementInThePastIsStale) {
  Bench bench;
  bench.warm();
  auto event = running(start + 7h + 59min, 0.002);
  event.at = start + 8h;
  const auto found = of_kind(bench.feed(event), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->fires);
  EXPECT_EQ(found->missing, "stale: next funding time is in the past");
}

TEST(FundingDetector, SIG31_ThresholdModeReArmsBelowEightTenths) {
  funding::Settings settings;
  settings.extreme.mode = funding::Mode::threshold;
  settings.extreme.r8_threshold = 0.001;
  Bench bench(settings);
  struct Step {
    double rate;
    bool fires;
  };
  auto at = start + 1h;
  for (const Step& step :
       {Step{0.0009, false}, Step{0.001, true}, Step{0.002, false}, Step{0.0008, false}, Step{0.0015, false},
        Step{0.00079, false}, Step{0.001, true}, Step{-0.0005, false}, Step{-0.001, true}}) {
    const auto found = of_kind(bench.feed(running(at, step.rate)), "funding_extreme");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fires, step.fires) << step.rate << " " << found->missing;
    at += 1min;
  }
}

TEST(FundingDetector, SIG32_AFlipBetweenSettledRatesFires) {
  Bench bench;
  bench.warm();
  const auto calm = of_kind(bench.feed(settled(start + 8h, 0.0002)), "funding_flip");
  ASSERT_TRUE(calm);
  EXPECT_FALSE(calm->fires);
  const auto found = of_kind(bench.feed(settled(start + 16h, -0.0003)), "funding_flip");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_EQ(found->key, "funding_flip/bybit/BTCUSDT");
  EXPECT_NEAR(found->strength, 0.0005, 1e-12);
  EXPECT_TRUE(bench.feed(settled(start + 16h, -0.0003)).empty()) << "a repeat";
  EXPECT_FALSE(of_kind(bench.feed(settled(start + 24h, 0.00004)), "funding_flip")->fires) << "noise";
}

TEST(FundingDetector, SIG32_APredictedFlipIsMarkedAndSaidOnceAnInterval) {
  Bench bench;
  bench.warm();
  (void)bench.feed(settled(start + 8h, 0.0002));
  EXPECT_FALSE(of_kind(bench.feed(running(start + 9h, 0.0001)), "funding_flip"));
  const auto found = of_kind(bench.feed(running(start + 10h, -0.0001)), "funding_flip");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires);
  EXPECT_EQ(found->key, "funding_flip_predicted/bybit/BTCUSDT");
  EXPECT_DOUBLE_EQ(found->evidence.back().value, 1);
  EXPECT_FALSE(of_kind(bench.feed(running(start + 11h, -0.0001)), "funding_flip")->fires);
}

TEST(FundingDetector, SIG32_ARateThatTurnedAtASettlementStillUnknownIsNotPredictedToTurn) {
  Bench bench;
  bench.warm();
  (void)bench.feed(running(start + 7h, -0.0002));
  // 08:00 has settled and its rate is not fetched yet: what is known from 00:00 is not what this one is compared with.
  EXPECT_FALSE(of_kind(bench.feed(running(start + 8h, -0.0002)), "funding_flip"));
  EXPECT_TRUE(of_kind(bench.feed(settled(start + 8h, -0.0002)), "funding_flip")->fires);
  EXPECT_FALSE(of_kind(bench.feed(running(start + 8h + 1min, -0.0002)), "funding_flip"));
  EXPECT_TRUE(of_kind(bench.feed(running(start + 8h + 2min, 0.0002)), "funding_flip")->fires);
}

TEST(FundingDetector, SIG32_AFlipThatIsToldTooLateIsHeldAndNamed) {
  Bench bench;
  bench.warm();  // listens since 01:00
  auto event = settled(start + 8h, -0.0002);
  event.received_at = start + 8h + 9min;
  const auto found = of_kind(bench.feed(event), "funding_flip");
  ASSERT_TRUE(found) << "it happened while somebody listened";
  EXPECT_FALSE(found->fires);
  EXPECT_EQ(found->missing, "late: history only");
  event = settled(start + 16h, -0.0002);
  event.received_at = start + 16h + 9min;
  EXPECT_TRUE(bench.feed(event).empty()) << "no flip: nothing to name";
}

TEST(FundingDetector, SIG32_NothingIsComparedOverMissingSettlements) {
  Bench bench;
  bench.warm();
  EXPECT_FALSE(of_kind(bench.feed(settled(start + 32h, -0.0005)), "funding_flip"));
}

// Binance states intervals in a list of its own, asked once an hour; the step of the next funding time is seen at once.
TEST(FundingDetector, SIG3_AnIntervalThatChangedIsReadFromTheStepOfTheNextFundingTime) {
  Bench bench;
  bench.warm();
  const auto unstated = [](base::WallTime at, base::WallTime settles_at) {
    auto event = running(at, -0.0009);
    event.interval.reset();
    event.settles_at = settles_at;
    return event;
  };
  const auto apr_of = [&](const market::Funding& event) {
    const auto found = of_kind(bench.feed(event), "funding_extreme");
    return found ? found->evidence.at(1).value : std::nan("");
  };
  EXPECT_NEAR(apr_of(unstated(start + 7h, start + 8h)), -0.0009 * 3 * 365, 1e-9);
  EXPECT_NEAR(apr_of(unstated(start + 8h, start + 9h)), -0.0009 * 24 * 365, 1e-9) << "every hour from now on";
  EXPECT_NEAR(apr_of(unstated(start + 9h + 1min, start + 13h)), -0.0009 * 6 * 365, 1e-9) << "and every four";
}

TEST(FundingDetector, SIG3_AnIntervalThatCannotBeIsNoInterval) {
  Bench bench;
  bench.warm();
  auto event = running(start + 8h, -0.009);  // settles in 8 h
  event.interval = 60min;
  EXPECT_TRUE(bench.feed(event).empty()) << "one of the two is not true: no comparison";
  event.interval = 480min;
  event.received_at += 1min;
  EXPECT_FALSE(bench.feed(event).empty());
}

TEST(FundingDetector, SIG3_AStepOverUnheardSettlementsIsNoInterval) {
  Bench bench;
  bench.warm();
  auto event = running(start + 1h, 0.0001);
  event.interval = 60min;
  event.settles_at = start + 2h;
  (void)bench.feed(event);
  event = running(start + 5h + 30min, -0.0009);
  event.interval.reset();
  event.settles_at = start + 6h;  // four hours after the one before, three of which nobody heard
  const auto found = of_kind(bench.feed(event), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->evidence.at(1).value, -0.0009 * 24 * 365, 1e-9);
}

TEST(FundingDetector, SettlementsAloneAreJudgedToo) {
  Bench bench;
  for (int at = 0; at < 60; ++at) (void)bench.feed(settled(start + at * 8h, 0.0001 + 0.00001 * (at % 5)));
  const auto found = of_kind(bench.feed(settled(start + 60 * 8h, 0.003)), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires) << found->missing;
}

/// Between two settlements of a table there are hours in which nobody is heard.
TEST(FundingDetector, SettlementsAloneAreRankedAmongTheOthers) {
  Bench bench;
  desk::Findings out;
  const auto settle_all = [&](int at, double others) {
    const auto when = start + at * 8h;
    for (auto quiet = when - 7h; quiet < when; quiet += 1h) bench.detector.on_time(quiet, out);
    for (int i = 0; i < 40; ++i) (void)bench.feed(settled(when, others, "COIN" + std::to_string(i)));
  };
  for (int at = 0; at < 60; ++at) {
    settle_all(at, 0.0001);
    (void)bench.feed(settled(start + at * 8h, 0.0001 + 0.00001 * (at % 5)));
  }
  settle_all(60, 0.0001);
  const auto found = of_kind(bench.feed(settled(start + 60 * 8h, 0.003)), "funding_extreme");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_TRUE(found->missing.empty()) << "the rank was checked: " << found->missing;
  settle_all(61, 0.005);
  const auto usual = of_kind(bench.feed(settled(start + 61 * 8h, 0.003)), "funding_extreme");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->missing, "top share of the exchange");
}

TEST(FundingDetector, NonsenseRatesAreRefused) {
  Bench bench;
  bench.warm();
  EXPECT_TRUE(bench.feed(running(start + 2h, std::nan(""))).empty());
  EXPECT_TRUE(bench.feed(running(start + 2h, HUGE_VAL)).empty());
  EXPECT_TRUE(bench.feed(running(start + 2h, 3)).empty());
  EXPECT_EQ(bench.detector.settlements("bybit", "BTCUSDT"), 90U);
}

TEST(FundingDetector, SilentContractsLeaveTheRanking) {
  Bench bench;
  bench.warm();
  bench.others(40, 0.004);
  Findings out;
  bench.detector.on_time(start + 3h, out);
  EXPECT_TRUE(out.empty());
  (void)bench.feed(running(start + 3h, 0.0001));
  const auto found = of_kind(bench.feed(running(start + 3h + 1min, 0.002)), "funding_extreme");
  EXPECT_TRUE(found->fires) << found->missing;
}

TEST(FundingDetector, APrefixGivesTheSameFindings) {
  std::vector<market::Funding> events;
  for (int at = 0; at < 120; ++at) {
    const double wave = 0.0003 * std::sin(at * 0.7) + (at % 29 == 28 ? 0.004 : 0);
    events.push_back(settled(start + at * 8h, wave));
    for (int step = 1; step < 4; ++step) events.push_back(running(start + at * 8h + step * 2h, wave * step / 3));
  }
  const auto run = [&](std::size_t count) {
    Bench bench;
    std::string seen;
    std::size_t fired = 0;
    for (std::size_t at = 0; at < count; ++at) {
      for (const auto& f : bench.feed(events[at])) {
        seen += f.kind + f.event_id + (f.fires ? "!" : "?") + std::to_string(f.strength) + f.missing + "\n";
        if (f.fires) ++fired, seen += f.message().str();
      }
    }
    EXPECT_TRUE(count < events.size() || fired > 5) << fired;
    return seen;
  };
  const std::string whole = run(events.size());
  for (const std::size_t cut : {50U, 200U, 401U}) EXPECT_TRUE(whole.starts_with(run(cut)));
}

TEST(FundingDetector, ContractsAreBounded) {
  funding::Settings settings;
  settings.contracts_max = 5;
  Bench bench(settings);
  bench.others(9, 0.0001);
  EXPECT_EQ(bench.detector.contracts(), 5U);
}

}  // namespace detector_test
