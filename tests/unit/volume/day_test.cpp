// The detector over days: what it makes of full hours, of a day's profile, of a restart.
#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "bots/volume/detector.hpp"
#include "bots/volume/memo.hpp"

namespace day_test {

using namespace std::chrono_literals;
using desk::Direction;
using desk::Findings;
using desk::Phase;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC, a Monday

struct Bar {
  double times{1};  ///< the usual volume
  double taker{0.5};
  double open{100}, close{100};
};

struct Bench {
  volume::Detector detector{volume::Settings{}};
  std::vector<market::Candle> tape;
  base::WallTime at = start;
  std::mt19937_64 random{11};
  std::normal_distribution<double> normal{0, 1};
  double sigma = 0.2 / 0.6745;  ///< of ln(volume): a MAD of 0.2

  Findings feed(const Bar& bar) {
    market::Candle c;
    c.exchange = "binance";
    c.symbol = "XUSDT";
    c.opened_at = at;
    c.length = 1min;
    c.open = bar.open;
    c.close = bar.close;
    c.high = std::max(bar.open, bar.close) + 0.05;
    c.low = std::min(bar.open, bar.close) - 0.05;
    c.quote_volume = 500'000 * bar.times * std::exp(sigma * normal(random));
    c.taker_buy_quote = *c.quote_volume * bar.taker;
    at += 1min;
    c.received_at = at + 2s;
    tape.push_back(c);
    Findings out;
    detector.on_event(c, out);
    return out;
  }
  /// A day whose price walks between 99 and 101.
  void day() {
    for (int minute = 0; minute < 1'440; ++minute) {
      const double price = 100 + std::sin(minute * 0.05);
      (void)feed({.open = price, .close = 100 + std::sin((minute + 1) * 0.05)});
    }
  }
};

bool opens(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const auto& f) { return f.fires && f.phase == Phase::open; });
}

bool full_hour(base::WallTime at) { return at.time_since_epoch() % 1h == 0ms; }

/// Full hours trade six times the usual, as funding, options and habits make them do. Takers are as one-sided as the
/// rule asks for in every bar, so that only the volume decides.
TEST(VolumeDays, SIG41_BurstsOfEveryFullHourAreNoSpikesOnceTheyAreKnown) {
  Bench bench;
  int at_full_hours = 0, elsewhere = 0, first_day = 0;
  for (int bar = 0; bar < 30 * 1'440; ++bar) {
    const bool hour = full_hour(bench.at);
    const bool spike = opens(bench.feed({.times = hour ? 6.0 : 1.0, .taker = 0.65}));
    if (bar < 1'440) {
      if (spike && hour) ++first_day;
    } else if (bar >= 3 * 1'440 && spike) {
      ++(hour ? at_full_hours : elsewhere);
    }
  }
  EXPECT_GE(first_day, 2) << "nobody knows them yet";
  EXPECT_EQ(at_full_hours, 0) << "of 648";
  EXPECT_LE(elsewhere, 12) << "by chance one bar in 9,000 trades three times the usual: four in 27 days";
}

TEST(VolumeDays, SIG41_WithOrdinaryFlowThereIsNoSpikeAtAll) {
  Bench bench;
  int spikes = 0;
  for (int bar = 0; bar < 30 * 1'440; ++bar) {
    const double taker = std::clamp(0.5 + 0.03 * bench.normal(bench.random), 0.0, 1.0);
    const double close = 100 + 0.02 * bench.normal(bench.random);
    const bool spike = opens(bench.feed({.times = full_hour(bench.at) ? 6.0 : 1.0, .taker = taker, .close = close}));
    if (bar >= 3 * 1'440 && spike) ++spikes;
  }
  EXPECT_EQ(spikes, 0);
}

TEST(VolumeDays, SIG41_ABurstOnTopOfAFullHoursBurstIsFound) {
  for (const int day : {4, 10, 20, 29}) {
    Bench bench;
    for (int bar = 0; bar < day * 1'440; ++bar) (void)bench.feed({.times = full_hour(bench.at) ? 6.0 : 1.0});
    ASSERT_TRUE(full_hour(bench.at));
    const auto found = bench.feed({.times = 36, .taker = 0.65});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].fires) << "day " << day << ": " << found[0].missing;
  }
}

TEST(VolumeDays, SIG45_ABreakOfTheDaysValueAreaWithFlowPointsThatWayWithItsContractPriceAndRange) {
  Bench bench;
  bench.day();
  const auto found = bench.feed({.times = 12, .taker = 0.7, .open = 100.5, .close = 102.5});
  ASSERT_TRUE(opens(found));
  const auto& finding = found[0];
  EXPECT_EQ(finding.direction, Direction::long_side);
  ASSERT_TRUE(finding.setup);
  EXPECT_EQ(finding.setup->exchange, "binance");
  EXPECT_EQ(finding.setup->symbol, "XUSDT");
  EXPECT_EQ(finding.setup->price, 102.5);
  ASSERT_TRUE(finding.setup->atr_1h);
  EXPECT_NEAR(*finding.setup->atr_1h, 1.617, 0.01) << "most of the way from 99 to 101, in an hour";
  EXPECT_EQ(finding.setup->factors.size(), 3U);
  const auto text = base::visible_text(finding.message().str());
  EXPECT_NE(text.find(" · long: breaks up\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nBreaks up out of the day's value area "), std::string::npos) << text;
  const auto next = bench.feed({.times = 12, .taker = 0.3, .open = 102.5, .close = 102.4});
  EXPECT_EQ(next.at(0).phase, Phase::update);
  EXPECT_EQ(next.at(0).direction, Direction::long_side) << "an episode keeps the way it opened with";
}

TEST(VolumeDays, SIG45_WithoutABreakOrWithoutFlowItPointsNowhere) {
  struct Row {
    double taker, open, close;
    Direction way;
  };
  for (const Row& row : {Row{0.7, 100, 100.4, Direction::none}, Row{0.55, 100.5, 102.5, Direction::none},
                         Row{0.3, 99.5, 97.5, Direction::short_side}, Row{0.7, 99.5, 97.5, Direction::none}}) {
    Bench bench;
    bench.day();
    const auto found = bench.feed({.times = 12, .taker = row.taker, .open = row.open, .close = row.close});
    ASSERT_TRUE(opens(found));
    EXPECT_EQ(found[0].direction, row.way) << row.open << " to " << row.close;
    EXPECT_EQ(found[0].setup.has_value(), row.way != Direction::none);
  }
}

TEST(VolumeDays, SIG44_WhileWarmingUpItSaysSo) {
  Bench bench;
  EXPECT_FALSE(bench.detector.warm_up_words("binance", "XUSDT"));
  EXPECT_TRUE(bench.detector.last_evaluations("XUSDT").empty());
  for (int bar = 0; bar < 61; ++bar) (void)bench.feed({});
  EXPECT_EQ(bench.detector.warm_up_words("binance", "XUSDT"),
            "warm-up: 61 of 120 closed bars, listed or first heard of 1h 1m of trading ago: no baseline");
  auto why = bench.detector.last_evaluations("XUSDT");
  ASSERT_EQ(why.size(), 1U);
  EXPECT_EQ(why[0].missing, *bench.detector.warm_up_words("binance", "XUSDT"));
  EXPECT_EQ(why[0].at, bench.at);
  EXPECT_EQ(why[0].conditions.at(0).value, 61);
  for (int bar = 0; bar < 60; ++bar) (void)bench.feed({});
  EXPECT_EQ(bench.detector.warm_up_words("binance", "XUSDT"), "");
  why = bench.detector.last_evaluations("XUSDT");
  EXPECT_EQ(why[0].missing, "z");
  EXPECT_EQ(why[0].exchange, "binance");
  EXPECT_EQ(why[0].conditions.at(0).name, "z");
  EXPECT_GT(*desk::distance(why[0].conditions.at(0)), 0);
}

TEST(VolumeDays, ARestartKeepsProfileAndHourlyRange) {
  Bench first;
  first.day();
  const auto blob = first.detector.save("binance", "XUSDT");
  ASSERT_TRUE(blob);
  EXPECT_LE(blob->size(), 3'200U);
  Bench second;
  ASSERT_TRUE(second.detector.restore("binance", "XUSDT", *blob));
  second.at = first.at;
  const auto found = second.feed({.times = 12, .taker = 0.7, .open = 100.5, .close = 102.5});
  ASSERT_TRUE(opens(found));
  EXPECT_EQ(found[0].direction, Direction::long_side);
  EXPECT_NEAR(found[0].setup->atr_1h.value_or(0), 1.617, 0.01);
  for (const std::size_t cut : {3UL, 5UL, 8UL, 100UL, 1'600UL, blob->size() - 1})
    EXPECT_FALSE(Bench().detector.restore("binance", "XUSDT", blob->substr(0, cut))) << cut;
}

TEST(VolumeDays, ARestartRanksItsCandidatesAsIfNothingHadHappened) {
  Bench whole;
  whole.day();
  const auto saved = whole.detector.save("binance", "XUSDT");
  Bench again;
  ASSERT_TRUE(saved && again.detector.restore("binance", "XUSDT", *saved));
  desk::Findings unused;
  for (auto bar = whole.tape.end() - 40; bar != whole.tape.end(); ++bar) again.detector.on_event(*bar, unused);
  for (int bar = 0; bar < 60; ++bar) {
    const auto expected = whole.feed({.times = bar == 30 ? 4.0 : 1.0});
    desk::Findings found;
    again.detector.on_event(whole.tape.back(), found);
    ASSERT_EQ(found.size(), expected.size()) << bar;
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].strength, expected[i].strength) << bar;
  }
}

TEST(VolumeDays, AnEpisodeGoesOnAfterAKillFromWhatTheMessageSaid) {
  Bench first;
  first.day();
  first.tape.clear();
  for (int bar = 0; bar < 10; ++bar) (void)first.feed({});
  auto found = first.feed({.times = 12, .taker = 0.7, .open = 100.5, .close = 102.5});
  ASSERT_TRUE(opens(found));
  const auto saved = first.detector.save("binance", "XUSDT");  // a minute before the kill
  found = first.feed({.times = 15, .taker = 0.7, .open = 102.5, .close = 103});
  ASSERT_EQ(found.at(0).phase, Phase::update);
  const auto memo = found[0].memo;
  const auto total = [](const desk::Finding& finding) {
    const auto text = base::visible_text(finding.message().str());
    return std::stod(text.substr(text.find("\n$") + 2));
  };
  const double said = total(found[0]);

  Bench second;
  ASSERT_TRUE(second.detector.restore("binance", "XUSDT", *saved));
  second.detector.resume("volume_spike/binance/XUSDT", memo, first.at);
  for (const auto& bar : first.tape) {  // history tells the last bars again
    Findings out;
    second.detector.on_event(bar, out);
    EXPECT_TRUE(out.empty()) << "they are in the message";
  }
  second.at = first.at;
  found = second.feed({.times = 14, .taker = 0.7, .open = 103, .close = 103.2});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::update);
  EXPECT_EQ(found[0].direction, Direction::long_side);
  EXPECT_GT(total(found[0]), said + 3) << "millions: one more bar";
  EXPECT_LT(total(found[0]), said + 20) << "and none twice";
  EXPECT_NE(base::visible_text(found[0].message().str()).find(" → 103.2"), std::string::npos);
}

TEST(VolumeDays, AnEpisodeWithADirectionGoesOnWithoutAProfile) {
  Bench first;
  first.day();
  const auto memo = first.feed({.times = 12, .taker = 0.7, .open = 100.5, .close = 102.5}).at(0).memo;
  volume::Baseline baseline;  // an earlier version stored no more
  for (int bar = 0; bar < 300; ++bar)
    baseline.learn(first.at - (300 - bar) * 1min, 1min, std::log(500'000.0),
                   baseline.expected(first.at - (300 - bar) * 1min));
  Bench second;
  ASSERT_TRUE(second.detector.restore("binance", "XUSDT", baseline.save()));
  second.detector.resume("volume_spike/binance/XUSDT", memo, first.at);
  second.at = first.at;
  const auto found = second.feed({.times = 40, .taker = 0.7, .open = 102.5, .close = 103});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::update) << found[0].missing;
  EXPECT_EQ(found[0].direction, Direction::long_side);
  EXPECT_FALSE(found[0].setup);
}

TEST(VolumeDays, AMemoThatCannotBeReadChangesNothing) {
  Bench bench;
  bench.day();
  const auto memo = bench.feed({.times = 12, .taker = 0.7, .open = 100.5, .close = 102.5}).at(0).memo;
  for (std::size_t at = 0; at < memo.size(); at += 3) {
    const auto read = volume::read_memo(memo.substr(0, at));
    EXPECT_TRUE(!read || volume::memo_of(*read) != memo);
  }
  ASSERT_TRUE(volume::read_memo(memo));
  EXPECT_EQ(volume::memo_of(*volume::read_memo(memo)), memo);
  EXPECT_FALSE(volume::read_memo(memo + " 1"));
  EXPECT_FALSE(volume::read_memo("spike 2" + memo.substr(7)));
  Bench other;
  other.detector.resume("volume_spike/binance/XUSDT", "nonsense", start);
  other.detector.resume("cascade/X/long", memo, start);
  EXPECT_EQ(other.detector.due(), desk::never) << "nothing is open";
}

TEST(VolumeDays, WhatAnEarlierVersionStoredIsTheBaselineAlone) {
  volume::Baseline baseline;
  for (int bar = 0; bar < 200; ++bar)
    baseline.learn(start + bar * 1min, 1min, 13, baseline.expected(start + bar * 1min));
  Bench bench;
  ASSERT_TRUE(bench.detector.restore("binance", "XUSDT", baseline.save()));
  EXPECT_EQ(bench.detector.warm_up_words("binance", "XUSDT"), "");
}

}  // namespace day_test
