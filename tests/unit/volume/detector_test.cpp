#include "bots/volume/detector.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace detector_test {

using namespace std::chrono_literals;
using desk::Findings;
using desk::Phase;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC

/// Bars of about `usual` USD around a price of 100; the same seed gives the same bars.
class Tape {
 public:
  explicit Tape(double noise = 0.4) : noise_(noise) {}
  market::Candle next(double times = 1, double move = 0, double taker_share = 0.5) {
    market::Candle c;
    c.exchange = "binance";
    c.symbol = "BTCUSDT";
    c.opened_at = at_;
    c.length = 1min;
    const double jitter = 0.02 * normal_(random_);
    c.open = 100;
    c.close = 100 + jitter + move;
    c.high = std::max(c.open, c.close) + 0.05;
    c.low = std::min(c.open, c.close) - 0.05;
    c.quote_volume = usual * times * std::exp(noise_ * normal_(random_));
    c.taker_buy_quote = *c.quote_volume * taker_share;
    at_ += 1min;
    c.received_at = at_ + 2s;
    return c;
  }
  void skip(base::Millis span) { at_ += span; }
  static constexpr double usual = 200'000;

 private:
  double noise_;
  base::WallTime at_ = start;
  std::mt19937_64 random_{42};
  std::normal_distribution<double> normal_{0, 1};
};

struct Bench {
  volume::Detector detector{volume::Settings{}};
  Tape tape;
  Findings feed(const market::Event& event) {
    Findings out;
    detector.on_event(event, out);
    return out;
  }
  void warm(int bars = 200) {
    for (int at = 0; at < bars; ++at) (void)feed(tape.next());
  }
};

std::size_t firing(const Findings& findings) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [](const auto& f) { return f.fires; }));
}

TEST(VolumeDetector, SIG42_ASpikeOpensGoesOnAndCloses) {
  Bench bench;
  bench.warm();
  auto found = bench.feed(bench.tape.next(12, 0.5, 0.7));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].fires);
  EXPECT_EQ(found[0].phase, Phase::open);
  EXPECT_EQ(found[0].kind, "volume_spike");
  EXPECT_EQ(found[0].key, "volume_spike/binance/BTCUSDT");
  EXPECT_GE(found[0].strength, 3);
  EXPECT_EQ(found[0].at, start + 201min);
  EXPECT_TRUE(found[0].message);
  EXPECT_TRUE(found[0].missing.empty());

  found = bench.feed(bench.tape.next(12, 0.5, 0.7));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::update);

  // Sums of up to five bars still hold the burst; then it is over.
  int updates = 0;
  for (int at = 0; at < 8; ++at) {
    found = bench.feed(bench.tape.next(0.5));
    if (found.size() == 2) break;
    ASSERT_EQ(found[0].phase, Phase::update);
    ++updates;
  }
  ASSERT_EQ(found.size(), 2U) << "a candidate and the close";
  EXPECT_LE(updates, 4);
  EXPECT_FALSE(found[0].fires);
  EXPECT_EQ(found[0].missing.empty(), false);
  EXPECT_EQ(found[1].phase, Phase::close);
  EXPECT_TRUE(found[1].fires);
  EXPECT_TRUE(found[1].message);
}

TEST(VolumeDetector, SIG42_TheTierIsARatchet) {
  Bench bench;
  bench.warm();
  const auto big = bench.feed(bench.tape.next(60, 0.5, 0.7));
  const auto less = bench.feed(bench.tape.next(6, 0.2, 0.7));
  ASSERT_EQ(big.size(), 1U);
  ASSERT_EQ(less.size(), 1U);
  EXPECT_EQ(big[0].tier, 3);
  EXPECT_EQ(less[0].phase, Phase::update);
  EXPECT_EQ(less[0].tier, 3);
}

TEST(VolumeDetector, SIG42_EveryTierIsReachable) {
  std::set<int> tiers;
  for (double times = 3; times < 40; times += 0.5) {
    Bench bench;
    bench.warm();
    for (const auto& finding : bench.feed(bench.tape.next(times, 0.5, 0.7))) {
      if (finding.fires) tiers.insert(finding.tier);
    }
  }
  EXPECT_EQ(tiers, (std::set<int>{1, 2, 3}));
}

TEST(VolumeDetector, SIG42_ASlowBurstCountsThoughNoBarDoes) {
  Bench bench;
  bench.tape = Tape(0.8);
  bench.warm(2'000);
  double bars = 0;
  for (int at = 0; at < 6 && bars == 0; ++at) {
    auto bar = bench.tape.next(1, 0.2, 0.7);
    bar.quote_volume = 5 * Tape::usual;  // each bar alone is within this noise
    bar.taker_buy_quote = *bar.quote_volume * 0.7;
    for (const auto& finding : bench.feed(bar)) {
      for (const auto& line : finding.evidence) bars = finding.fires && line.name == "window_bars" ? line.value : bars;
    }
  }
  EXPECT_GE(bars, 2) << "it fires, by a sum";
}

TEST(VolumeDetector, QuietBarsRarelyFireAndAlwaysAreCandidates) {
  Bench bench;
  bench.warm(120);
  std::size_t candidates = 0;
  std::size_t fired = 0;
  for (int at = 0; at < 3'000; ++at) {
    const auto found = bench.feed(bench.tape.next());
    candidates += found.size();
    fired += firing(found);
    for (const auto& finding : found)
      EXPECT_EQ(finding.fires, finding.missing.empty() || finding.phase == Phase::close);
  }
  EXPECT_GE(candidates, 3'000U);
  EXPECT_LE(fired, 3U);
}

TEST(VolumeDetector, SIG44_UnderOneHundredTwentyBarsItSaysSoAndNeverFires) {
  Bench bench;
  EXPECT_FALSE(bench.detector.bars_until_ready("binance", "BTCUSDT"));
  for (int at = 0; at < 119; ++at) EXPECT_TRUE(bench.feed(bench.tape.next(at % 10 == 9 ? 50 : 1, 0.5, 0.9)).empty());
  EXPECT_EQ(bench.detector.bars_until_ready("binance", "BTCUSDT"), 1U);
  EXPECT_TRUE(bench.feed(bench.tape.next()).empty());
  EXPECT_EQ(bench.detector.bars_until_ready("binance", "BTCUSDT"), 0U);
  EXPECT_EQ(bench.feed(bench.tape.next(50, 0.5, 0.9)).size(), 1U);
}

TEST(VolumeDetector, ALateBarTeachesAndNeverFires) {
  Bench bench;
  bench.warm();
  market::Candle late = bench.tape.next(50, 0.5, 0.9);
  late.received_at = late.opened_at + 1min + 5min + 1ms;
  const auto found = bench.feed(late);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].fires);
  EXPECT_NE(found[0].missing.find("late"), std::string::npos);
  EXPECT_FALSE(found[0].message);
}

TEST(VolumeDetector, WarmUpIsHistoryFedAsEvents) {
  Bench bench;
  for (int at = 0; at < 1'440; ++at) {
    auto candle = bench.tape.next();
    candle.received_at = start + 25h;
    EXPECT_EQ(firing(bench.feed(candle)), 0U);
  }
  EXPECT_EQ(bench.detector.bars_until_ready("binance", "BTCUSDT"), 0U);
  EXPECT_EQ(firing(bench.feed(bench.tape.next(20, 0.5, 0.7))), 1U);
}

TEST(VolumeDetector, RepeatsOldBarsAndOpenBarsChangeNothing) {
  Bench bench;
  bench.warm();
  const auto before = bench.detector.save("binance", "BTCUSDT");
  auto bar = bench.tape.next(50, 0.5, 0.9);
  bar.opened_at = start + 199min;
  EXPECT_TRUE(bench.feed(bar).empty()) << "a repeat";
  bar.opened_at = start + 10min;
  EXPECT_TRUE(bench.feed(bar).empty()) << "older";
  bar.opened_at = start + 200min;
  bar.closed = false;
  EXPECT_TRUE(bench.feed(bar).empty()) << "open";
  bar.closed.reset();
  bar.received_at = start + 201min + 1s;
  EXPECT_TRUE(bench.feed(bar).empty()) << "by its time not surely closed";
  bar.length = 15min;
  bar.closed = true;
  EXPECT_TRUE(bench.feed(bar).empty()) << "another length";
  EXPECT_EQ(bench.detector.save("binance", "BTCUSDT"), before);
}

TEST(VolumeDetector, ARepeatDoesNotDisturbAnOpenEpisode) {
  Bench bench;
  bench.warm();
  const auto bar = bench.tape.next(20, 0.5, 0.7);
  EXPECT_EQ(firing(bench.feed(bar)), 1U);
  EXPECT_TRUE(bench.feed(bar).empty());
  EXPECT_EQ(bench.feed(bench.tape.next(20, 0.5, 0.7)).at(0).phase, Phase::update);
}

TEST(VolumeDetector, ImpossibleBarsAreRefused) {
  Bench bench;
  bench.warm();
  const auto before = bench.detector.save("binance", "BTCUSDT");
  const auto good = bench.tape.next();
  for (const double bad : {std::nan(""), -1.0, HUGE_VAL}) {
    auto bar = good;
    bar.quote_volume = bad;
    EXPECT_TRUE(bench.feed(bar).empty());
    bar = good;
    bar.close = bad;
    EXPECT_TRUE(bench.feed(bar).empty());
  }
  auto bar = good;
  bar.quote_volume.reset();
  EXPECT_TRUE(bench.feed(bar).empty()) << "no volume at all";
  EXPECT_EQ(bench.detector.save("binance", "BTCUSDT"), before);
  bar.base_volume = *good.quote_volume / 100;
  EXPECT_EQ(bench.feed(bar).size(), 1U) << "base volume at the bar's price stands in";
}

TEST(VolumeDetector, AGapEndsTheEpisodeWithANoteAndLeavesTheBaseline) {
  Bench bench;
  bench.warm();
  (void)bench.feed(bench.tape.next(20, 0.5, 0.7));
  const auto before = bench.detector.save("binance", "BTCUSDT");
  market::Gap gap;
  gap.exchange = "binance";
  gap.topic = market::Topic::candles;
  gap.from = start + 201min;
  gap.to = start + 204min;
  market::Gap other = gap;
  other.topic = market::Topic::funding;
  EXPECT_TRUE(bench.feed(other).empty());
  const auto found = bench.feed(gap);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_NE(found[0].missing.find("feed was lost"), std::string::npos);
  EXPECT_EQ(bench.detector.save("binance", "BTCUSDT"), before);
  EXPECT_TRUE(bench.feed(gap).empty()) << "nothing left to end";
}

TEST(VolumeDetector, MissingBarsEndTheEpisodeAndSumsDoNotReachOverThem) {
  Bench bench;
  bench.warm();
  (void)bench.feed(bench.tape.next(20, 0.5, 0.7));
  bench.tape.skip(3min);
  const auto found = bench.feed(bench.tape.next());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].phase, Phase::close);
  EXPECT_FALSE(found[1].fires);
  for (const auto& line : found[1].evidence) {
    if (line.name == "window_bars") {
      EXPECT_DOUBLE_EQ(line.value, 1);
    }
  }
}

TEST(VolumeDetector, AnEpisodeWithoutBarsEndsWithTime) {
  Bench bench;
  bench.warm();
  (void)bench.feed(bench.tape.next(20, 0.5, 0.7));
  Findings out;
  bench.detector.on_time(start + 206min, out);
  EXPECT_TRUE(out.empty());
  bench.detector.on_time(start + 208min, out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].phase, Phase::close);
}

TEST(VolumeDetector, APrefixGivesTheSameFindings) {
  std::vector<market::Candle> bars;
  Tape tape;
  for (int at = 0; at < 600; ++at)
    bars.push_back(tape.next(at % 97 < 3 && at > 150 ? 15 : 1, at % 97 == 0 ? 0.4 : 0, 0.62));
  const auto run = [&](std::size_t count) {
    volume::Detector detector{volume::Settings{}};
    std::string seen;
    Findings out;
    for (std::size_t at = 0; at < count; ++at) detector.on_event(bars[at], out);
    std::size_t fired = 0;
    for (const auto& f : out) {
      seen += f.event_id + (f.fires ? "!" : "?") + std::to_string(f.strength) + f.missing + "\n";
      if (f.fires) ++fired, seen += f.message().str();
    }
    EXPECT_TRUE(count < 400 || fired > 3);
    return seen;
  };
  const std::string whole = run(bars.size());
  for (const std::size_t cut : {130U, 255U, 400U, 599U}) EXPECT_TRUE(whole.starts_with(run(cut))) << cut;
  EXPECT_EQ(whole, run(bars.size()));
}

TEST(VolumeDetector, ARestoredBaselineGoesOnAndDoesNotLearnTwice) {
  Bench first;
  first.warm(400);
  const auto blob = first.detector.save("binance", "BTCUSDT");
  Bench second;
  ASSERT_TRUE(second.detector.restore("binance", "BTCUSDT", *blob));
  EXPECT_EQ(second.detector.bars_until_ready("binance", "BTCUSDT"), 0U);
  second.warm(400);  // the start asks for a day of history again
  EXPECT_EQ(second.detector.save("binance", "BTCUSDT"), blob);
  const auto a = first.feed(first.tape.next(20, 0.5, 0.7));
  const auto b = second.feed(second.tape.next(20, 0.5, 0.7));
  ASSERT_EQ(a.size(), 1U);
  ASSERT_EQ(b.size(), 1U);
  EXPECT_NEAR(a[0].strength, b[0].strength, 0.1) << "sums expect what the restored level says";
  EXPECT_FALSE(second.detector.restore("binance", "ETHUSDT", "nonsense"));
}

TEST(VolumeDetector, InstrumentsAreBounded) {
  volume::Settings settings;
  settings.instruments_max = 2;
  volume::Detector detector(settings);
  Findings out;
  Tape tape;
  for (const char* symbol : {"A", "B", "C"}) {
    auto bar = tape.next();
    bar.symbol = symbol;
    detector.on_event(bar, out);
  }
  EXPECT_EQ(detector.instruments(), 2U);
}

}  // namespace detector_test
