#include "bots/liquidation/detector.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using desk::Findings;
using desk::Phase;
using market::PositionSide;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

market::Instrument instrument(const std::string& exchange, const std::string& symbol, const std::string& base,
                              const std::string& asset, double multiplier) {
  market::Instrument i;
  i.exchange = exchange;
  i.symbol = symbol;
  i.base = base;
  i.quote = "USDT";
  i.asset = asset;
  i.unit_multiplier = multiplier;
  return i;
}

struct Bench {
  explicit Bench(liquidation::Settings settings = small_floors())
      : listed{instrument("bybit", "PEPEUSDT", "PEPE", "PEPE", 1),
               instrument("binance", "1000PEPEUSDT", "1000PEPE", "PEPE", 1'000),
               instrument("okx", "PEPE-USDT-SWAP", "PEPE", "PEPE", 1)},
        detector(std::move(settings), [this](const std::string& exchange, const std::string& symbol) {
          for (const auto& i : listed) {
            if (i.exchange == exchange && i.symbol == symbol) return &i;
          }
          return static_cast<const market::Instrument*>(nullptr);
        }) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  Bench(Bench&&) = delete;
  Bench& operator=(Bench&&) = delete;
  ~Bench() = default;

  static liquidation::Settings small_floors() {
    liquidation::Settings settings;
    settings.cascade_floors.rest_usd = 100'000;
    settings.print_floors.rest_usd = 1'000'000;
    return settings;
  }

  std::vector<market::Instrument> listed;
  liquidation::Detector detector;

  Findings feed(const market::Event& event) {
    Findings out;
    detector.on_event(event, out);
    return out;
  }
  Findings tick(base::WallTime now) {
    Findings out;
    detector.on_time(now, out);
    return out;
  }
  /// Calm bars until `until`, range 1 % of the price.
  void candles(base::WallTime until, int bars = 40, double price = 100) {
    for (int back = bars; back > 0; --back) {
      market::Candle c;
      c.exchange = "bybit";
      c.symbol = "PEPEUSDT";
      c.opened_at = until - back * 1min;
      c.length = 1min;
      c.open = c.close = price;
      c.high = price * 1.005;
      c.low = price * 0.995;
      c.closed = true;
      c.received_at = c.opened_at + 61s;
      (void)feed(c);
    }
  }
  void price(base::WallTime at, double price) {
    market::Ticker t;
    t.exchange = "bybit";
    t.symbol = "PEPEUSDT";
    t.last = price;
    t.at = at;
    t.received_at = at;
    (void)feed(t);
  }
};

market::Liquidation event(base::WallTime at, double usd, const std::string& exchange = "bybit",
                          PositionSide side = PositionSide::long_side) {
  static int serial = 0;
  market::Liquidation e;
  e.exchange = exchange;
  e.symbol = exchange == "binance" ? "1000PEPEUSDT" : exchange == "okx" ? "PEPE-USDT-SWAP" : "PEPEUSDT";
  e.side = side;
  e.price = exchange == "binance" ? 100'000 : 100;
  e.base = usd / e.price;
  e.raw_quantity = *e.base;
  e.usd = usd;
  e.id = std::to_string(++serial);
  e.at = at;
  e.received_at = at + 300ms;
  return e;
}

std::optional<desk::Finding> of_kind(const Findings& findings, const std::string& kind) {
  const auto at = std::find_if(findings.rbegin(), findings.rend(), [&](const auto& f) { return f.kind == kind; });
  return at == findings.rend() ? std::nullopt : std::optional(*at);
}

/// Six prints within six seconds while the price falls by 3 %: a cascade of `usd`. Gives the last finding.
desk::Finding cascade(Bench& bench, base::WallTime at, double usd = 150'000) {
  bench.candles(at);
  bench.price(at, 97);
  desk::Finding last;
  for (int n = 0; n < 6; ++n) last = *of_kind(bench.feed(event(at + n * 1s, usd / 6)), "cascade");
  return last;
}

TEST(LiquidationDetector, SIG22_ACascadeOpensOnceAllConditionsHold) {
  Bench bench;
  const auto found = cascade(bench, start);
  EXPECT_TRUE(found.fires) << found.missing;
  EXPECT_EQ(found.phase, Phase::update);
  EXPECT_EQ(found.subject, "PEPE");
  EXPECT_EQ(found.key, "cascade/PEPE/long");
  EXPECT_NEAR(found.strength, 150'000, 1);
  EXPECT_TRUE(found.missing.empty());
}

TEST(LiquidationDetector, SIG22_EveryEventIsACandidateAndNamesWhatIsMissing) {
  Bench bench;
  bench.candles(start);
  bench.price(start, 97);
  std::string seen;
  for (int n = 0; n < 6; ++n) {
    const auto found = of_kind(bench.feed(event(start + n * 1s, 25'000)), "cascade");
    ASSERT_TRUE(found);
    seen += found->fires ? (found->phase == Phase::open ? "open " : "on ") : found->missing + " ";
  }
  EXPECT_EQ(seen, "sum_60s_usd sum_60s_usd sum_60s_usd events_60s or exchanges_60s open on ");
}

TEST(LiquidationDetector, SIG22_TwoExchangesAreBroadEnough) {
  Bench bench;
  bench.candles(start);
  bench.price(start, 97);
  EXPECT_FALSE(of_kind(bench.feed(event(start, 90'000, "bybit")), "cascade")->fires);
  const auto found = of_kind(bench.feed(event(start + 1s, 90'000, "binance")), "cascade");
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_EQ(found->phase, Phase::open);
  const std::string text = base::visible_text(found->message().str());
  EXPECT_NE(text.find("2 exchanges"), std::string::npos) << text;
  EXPECT_NE(text.find("binance saturated 1/60 s"), std::string::npos) << text;
}

TEST(LiquidationDetector, SIG22_APriceThatStoodStillKeepsItShut) {
  Bench bench;
  bench.candles(start);
  desk::Finding last;
  for (int n = 0; n < 8; ++n) last = *of_kind(bench.feed(event(start + n * 1s, 50'000)), "cascade");
  EXPECT_FALSE(last.fires);
  EXPECT_EQ(last.missing, "price move in the forced direction");
}

TEST(LiquidationDetector, SIG22_WithoutCandlesTheEventsOwnPricesCountAndItSaysSo) {
  Bench bench;
  desk::Finding last;
  for (int n = 0; n < 6; ++n) {
    auto e = event(start + n * 1s, 30'000);
    e.price = 100 - n;
    last = *of_kind(bench.feed(e), "cascade");
  }
  EXPECT_TRUE(last.fires);
  EXPECT_NE(last.missing.find("no ATR"), std::string::npos);
  EXPECT_NE(base::visible_text(last.message().str()).find("the liquidations' own prices"), std::string::npos);
}

TEST(LiquidationDetector, SIG22_WithoutAnyPriceTheConditionIsMissingNotFalse) {
  Bench bench;
  desk::Finding last;
  for (int n = 0; n < 6; ++n) {
    auto e = event(start + n * 1s, 30'000);
    e.price = 0;
    last = *of_kind(bench.feed(e), "cascade");
  }
  EXPECT_TRUE(last.fires);
  EXPECT_EQ(last.missing, "price move: no price known");
}

TEST(LiquidationDetector, SIG22_TheTierRisesAndStays) {
  Bench bench;
  (void)cascade(bench, start);
  EXPECT_EQ(of_kind(bench.feed(event(start + 10s, 160'000)), "cascade")->tier, 2);
  EXPECT_EQ(of_kind(bench.feed(event(start + 11s, 700'000)), "cascade")->tier, 3);
  const auto later = of_kind(bench.feed(event(start + 100s, 400'000)), "cascade");
  EXPECT_EQ(later->tier, 3);
  EXPECT_EQ(later->phase, Phase::update);
}

TEST(LiquidationDetector, SIG22_ItClosesAfterTwoMinutesBelowAQuarterOfItsPeak) {
  Bench bench;
  (void)cascade(bench, start);  // the sum of 60 s falls below a quarter when the fifth print is a minute old: 64 s
  EXPECT_TRUE(bench.tick(start + 183s).empty());
  const auto found = bench.tick(start + 184s + 100ms);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_TRUE(found[0].fires);
  EXPECT_TRUE(found[0].missing.empty());
  EXPECT_NEAR(found[0].strength, 150'000, 1);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("over"), std::string::npos);
  EXPECT_TRUE(bench.tick(start + 300s).empty());
}

TEST(LiquidationDetector, SIG22_ATrickleDoesNotKeepItOpenAndAnewCascadeIsAnewEpisode) {
  Bench bench;
  (void)cascade(bench, start);
  for (int n = 1; n <= 17; ++n) (void)bench.feed(event(start + n * 10s, 1'000));
  const auto next = bench.feed(event(start + 190s, 1'000));
  ASSERT_EQ(next.size(), 3U) << "large print candidate, close, cascade candidate";
  EXPECT_EQ(next[1].phase, Phase::close);
  EXPECT_FALSE(next[2].fires);
}

TEST(LiquidationDetector, SIG22_TheTwoSidesAreEpisodesOfTheirOwn) {
  Bench bench;
  const auto longs = cascade(bench, start);
  EXPECT_TRUE(longs.fires);
  const auto shorts = of_kind(bench.feed(event(start + 8s, 150'000, "bybit", PositionSide::short_side)), "cascade");
  EXPECT_FALSE(shorts->fires);
  EXPECT_EQ(shorts->key, "cascade/PEPE/short");
  const auto again = of_kind(bench.feed(event(start + 9s, 1'000)), "cascade");
  EXPECT_NE(base::visible_text(again->message().str()).find("Shorts meanwhile $150k"), std::string::npos);
}

TEST(LiquidationDetector, SIG22_OwnMinutesRaiseTheLevel) {
  Bench bench;
  auto at = start - 120min;
  for (int n = 0; n < 60; ++n, at += 2min) (void)bench.feed(event(at, 60'000));
  const auto quiet = cascade(bench, start);
  EXPECT_FALSE(quiet.fires) << "three times $60k is asked";
  const auto found = of_kind(bench.feed(event(start + 7s, 50'000)), "cascade");
  EXPECT_TRUE(found->fires) << found->missing;
  EXPECT_NEAR(*found->evidence.front().threshold, 180'000, 1'000);
}

TEST(LiquidationDetector, SIG23_AnEpisodeOverALostFeedDoesNotReadSilenceAsCalm) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("bybit", liquidation::FeedState::dead);
  EXPECT_TRUE(bench.tick(start + 200s).empty());
  market::Gap gap;
  gap.exchange = "bybit";
  gap.topic = market::Topic::liquidations;
  gap.from = start + 10s;
  gap.to = start + 240s;
  EXPECT_TRUE(bench.feed(gap).empty());
  bench.detector.feed_state("bybit", liquidation::FeedState::live);
  EXPECT_TRUE(bench.tick(start + 350s).empty()) << "110 s after the feed came back";
  const auto found = bench.tick(start + 361s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_NE(found[0].missing.find("coverage"), std::string::npos);
  const std::string text = base::visible_text(found[0].message().str());
  EXPECT_NE(text.find("≥ $150k"), std::string::npos) << text;
  EXPECT_NE(text.find("gap within 5 min: bybit"), std::string::npos) << text;
}

TEST(LiquidationDetector, SIG23_AFeedThatStaysLostEndsItBlind) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("bybit", liquidation::FeedState::dead);
  EXPECT_TRUE(bench.tick(start + 10min).empty());
  const auto found = bench.tick(start + 17min);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].missing.find("coverage"), std::string::npos);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("0/1 exchanges live · bybit dead"), std::string::npos);
}

TEST(LiquidationDetector, SIG23_AnotherExchangesGapDoesNotHoldItOpen) {
  Bench bench;
  (void)cascade(bench, start);
  bench.detector.feed_state("okx", liquidation::FeedState::dead);
  const auto found = bench.tick(start + 185s);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("1/2 exchanges live · okx dead"), std::string::npos);
}

TEST(LiquidationDetector, SIG21_ALargePrintFires) {
  Bench bench;
  const auto small = of_kind(bench.feed(event(start, 999'999)), "large_print");
  ASSERT_TRUE(small);
  EXPECT_FALSE(small->fires);
  EXPECT_EQ(small->missing, "usd");
  const auto large = of_kind(bench.feed(event(start + 1h, 1'000'000)), "large_print");
  EXPECT_TRUE(large->fires);
  EXPECT_EQ(large->phase, Phase::single);
  EXPECT_EQ(large->subject, "bybit PEPEUSDT");
  EXPECT_DOUBLE_EQ(large->strength, 1'000'000);
  EXPECT_TRUE(large->message);
}

TEST(LiquidationDetector, SIG21_TheAssetsOwnSizesRaiseTheLevelFromFourHundredOn) {
  Bench bench;
  auto at = start;
  for (int n = 0; n < 399; ++n, at += 10min) (void)bench.feed(event(at, 800'000));
  EXPECT_TRUE(of_kind(bench.feed(event(at, 1'200'000)), "large_print")->fires) << "399 known: the floor alone";
  EXPECT_FALSE(of_kind(bench.feed(event(at + 1s, 1'200'000)), "large_print")->fires) << "twice $800k is asked";
  EXPECT_TRUE(of_kind(bench.feed(event(at + 2s, 1'700'000)), "large_print")->fires);
}

TEST(LiquidationDetector, TheSameEventCountsOnce) {
  Bench bench;
  auto e = event(start, 2'000'000);
  EXPECT_EQ(bench.feed(e).size(), 2U);
  e.received_at += 30s;
  EXPECT_TRUE(bench.feed(e).empty());
}

TEST(LiquidationDetector, AnOldEventTeachesAndNeverFires) {
  Bench bench;
  auto e = event(start, 5'000'000);
  e.received_at = start + 2min + 1ms;
  for (const auto& finding : bench.feed(e)) {
    EXPECT_FALSE(finding.fires);
    EXPECT_NE(finding.missing.find("late"), std::string::npos);
  }
}

TEST(LiquidationDetector, EventsWithoutASizeOrASideAreNotGuessed) {
  Bench bench;
  auto e = event(start, 2'000'000);
  e.usd.reset();
  e.base.reset();
  EXPECT_TRUE(bench.feed(e).empty());
  e = event(start, std::nan(""));
  EXPECT_TRUE(bench.feed(e).empty());
  e = event(start, 2'000'000);
  e.side.reset();
  const auto found = bench.feed(e);
  ASSERT_EQ(found.size(), 1U) << "no cascade without a side";
  EXPECT_TRUE(found[0].fires);
  EXPECT_NE(base::visible_text(found[0].message().str()).find("side not known"), std::string::npos);
}

TEST(LiquidationDetector, ALeadingClockDoesNotMakeTheOthersOld) {
  Bench bench;
  auto e = event(start + 1h, 50'000, "okx");
  e.received_at = start;
  (void)bench.feed(e);
  EXPECT_NEAR(of_kind(bench.feed(event(start + 1s, 60'000)), "cascade")->strength, 110'000, 1);
}

TEST(LiquidationDetector, OrderOfReceiptWithinAMinuteDoesNotChangeTheSums) {
  std::vector<market::Liquidation> events;
  for (int n = 0; n < 12; ++n) events.push_back(event(start + n * 2s, 20'000 + n, n % 2 == 0 ? "bybit" : "okx"));
  std::mt19937_64 random(2);
  for (int round = 0; round < 5; ++round) {
    Bench bench;
    bench.candles(start);
    bench.price(start, 97);
    for (const auto& e : events) (void)bench.feed(e);
    const auto last = of_kind(bench.feed(event(start + 30s, 1)), "cascade");
    EXPECT_NEAR(last->strength, 240'067, 0.01);
    EXPECT_TRUE(last->fires);
    std::shuffle(events.begin(), events.end(), random);
  }
}

TEST(LiquidationDetector, APrefixGivesTheSameFindings) {
  std::vector<market::Event> tape;
  for (int n = 0; n < 400; ++n) {
    const auto at = start + n * 7s;
    const bool burst = n % 60 > 50;
    tape.emplace_back(event(at, burst ? 90'000 : 800, n % 3 == 0 ? "okx" : "bybit",
                            n % 4 == 0 ? PositionSide::short_side : PositionSide::long_side));
  }
  const auto run = [&](std::size_t count) {
    Bench bench;
    bench.candles(start);
    std::string seen;
    std::size_t fired = 0;
    for (std::size_t at = 0; at < count; ++at) {
      bench.price(market::received_at(tape[at]), 100 - 0.2 * static_cast<double>(at));
      Findings out = bench.feed(tape[at]);
      bench.detector.on_time(market::received_at(tape[at]), out);
      for (const auto& f : out) {
        seen += f.kind + f.event_id + (f.fires ? "!" : "?") + std::to_string(f.strength) + f.missing + "\n";
        if (f.fires) ++fired, seen += f.message().str();
      }
    }
    EXPECT_TRUE(count < tape.size() || fired > 20) << fired;
    return seen;
  };
  const std::string whole = run(tape.size());
  for (const std::size_t cut : {40U, 120U, 333U}) EXPECT_TRUE(whole.starts_with(run(cut)));
  EXPECT_EQ(whole, run(tape.size()));
}

TEST(LiquidationDetector, PopulationsSurviveAStore) {
  Bench first;
  auto at = start - 100h;
  for (int n = 0; n < 450; ++n, at += 10min) (void)first.feed(event(at, 800'000));
  const auto blob = first.detector.save("PEPE");
  ASSERT_TRUE(blob);
  Bench second;
  ASSERT_TRUE(second.detector.restore("PEPE", *blob));
  EXPECT_FALSE(of_kind(second.feed(event(start, 1'200'000)), "large_print")->fires);
  EXPECT_FALSE(second.detector.restore("PEPE", blob->substr(0, 40)));
  EXPECT_FALSE(second.detector.restore("PEPE", "nonsense"));
  EXPECT_FALSE(second.detector.save("BTC"));
}

TEST(LiquidationDetector, AssetsAreBounded) {
  liquidation::Settings settings = Bench::small_floors();
  settings.assets_max = 1;
  Bench bench(settings);
  EXPECT_FALSE(bench.feed(event(start, 5'000)).empty());
  auto unlisted = event(start, 5'000);
  unlisted.symbol = "OTHERUSDT";
  EXPECT_TRUE(bench.feed(unlisted).empty());
}

}  // namespace
