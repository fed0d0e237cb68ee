// What 28 days of 1 h bars are worth on the first day that is watched live.
#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "bots/volume/detector.hpp"

namespace weeks_test {

using namespace std::chrono_literals;

constexpr base::WallTime live_from = base::from_ms(1'759'795'200'000);  // 2025-10-07 00:00 UTC, a Tuesday
constexpr base::WallTime minutes_from = live_from - 24h;
constexpr int contracts = 8;

/// How much more than usual is traded in an hour of the week.
using Rhythm = double (*)(int day, int hour);
double strong(int day, int hour) {
  if (day >= 5) return 0.5;
  return hour == 0 || hour == 8 || hour == 14 || hour == 20 ? 5 : 1;
}
double even(int, int) { return 1; }

/// One contract's minutes, a function of time alone: its hours are the sums of its minutes.
struct Market {
  Rhythm rhythm;
  std::uint64_t seed;
  [[nodiscard]] double usual(base::WallTime at) const {
    const auto hour = base::to_ms(at) / 3'600'000;
    return 500'000 * rhythm(static_cast<int>((hour / 24 + 3) % 7), static_cast<int>(hour % 24));
  }
  [[nodiscard]] double volume(base::WallTime at) const {
    const auto minute = base::to_ms(at) / 60'000;
    const auto hour = minute / 60;
    std::mt19937_64 random(seed * 1'000'003 + static_cast<std::uint64_t>(minute));
    std::normal_distribution<double> normal(0, 1);
    const double noise = 0.15 / 0.6745 * normal(random);  // a MAD of 0.15
    std::mt19937_64 of_hour(seed * 7'919 + static_cast<std::uint64_t>(hour));
    return usual(at) * std::exp(noise + 0.1 * normal(of_hour));
  }
};

market::Candle bar(const Market& market, base::WallTime at, base::Millis length) {
  market::Candle out;
  out.exchange = "binance";
  out.symbol = "XUSDT";
  out.opened_at = at;
  out.length = length;
  out.open = out.close = 100;
  out.high = 100.05;
  out.low = 99.95;
  double volume = 0;
  for (auto minute = at; minute < at + length; minute += 1min) volume += market.volume(minute);
  out.quote_volume = volume;
  out.taker_buy_quote = *out.quote_volume * 0.65;  // one-sided, as the rule asks for: only the volume decides
  out.received_at = std::max(at + length, live_from) + 2s;
  return out;
}

enum class Hours : std::uint8_t { none, first, last };  ///< before the day of minutes, or when it has been learned

struct Told {
  int false_spikes{}, planted_found{}, planted{};
};

/// A first start on Tuesday with a day of minutes and `days` of hours; then a live day with bursts of six times the
/// usual.
Told first_day(Rhythm rhythm, Hours hours, int days = 28) {
  Told told;
  for (int contract = 0; contract < contracts; ++contract) {
    const Market market{rhythm, static_cast<std::uint64_t>(contract + 1)};
    volume::Detector detector{volume::Settings{}};
    desk::Findings findings;
    const auto teach_hours = [&] {
      for (auto at = live_from - days * 24h; at < live_from; at += 1h) detector.on_event(bar(market, at, 1h), findings);
    };
    if (hours == Hours::first) teach_hours();
    for (auto at = minutes_from; at < live_from; at += 1min) detector.on_event(bar(market, at, 1min), findings);
    if (hours == Hours::last) teach_hours();
    EXPECT_TRUE(std::none_of(findings.begin(), findings.end(), [](const auto& f) { return f.fires; }));
    const std::set<base::WallTime> planted{live_from + 3h + 30min, live_from + 10h + 17min, live_from + 14h + 31min,
                                           live_from + 22h + 11min};
    for (auto at = live_from; at < live_from + 24h; at += 1min) {
      const bool burst = planted.contains(at);
      findings.clear();
      auto minute = bar(market, at, 1min);
      if (burst) minute.quote_volume = 6 * market.usual(at), minute.taker_buy_quote = 3.9 * market.usual(at);
      detector.on_event(minute, findings);
      const bool fires = std::any_of(findings.begin(), findings.end(),
                                     [](const auto& f) { return f.fires && f.phase != desk::Phase::close; });
      const bool opens = std::any_of(findings.begin(), findings.end(),
                                     [](const auto& f) { return f.fires && f.phase == desk::Phase::open; });
      if (burst) {
        ++told.planted;
        told.planted_found += fires ? 1 : 0;
      } else {
        told.false_spikes += opens ? 1 : 0;
      }
    }
  }
  return told;
}

TEST(VolumeWeeks, SIG41_HoursOfTheWeekKeepItsRhythmFromBeingTold) {
  const auto without = first_day(strong, Hours::none);
  const auto with = first_day(strong, Hours::last);
  EXPECT_GE(without.false_spikes, 3 * contracts) << "each busy hour is one";  // 35, and none with hours
  EXPECT_LE(with.false_spikes * 8, without.false_spikes);
  EXPECT_EQ(with.planted_found, with.planted) << "a burst is one in a busy hour too";
}

TEST(VolumeWeeks, SIG41_ItDoesNotMatterWhetherHoursOrMinutesComeFirst) {
  const auto first = first_day(strong, Hours::first);
  EXPECT_LE(first.false_spikes, 4);
  EXPECT_EQ(first.planted_found, first.planted);
}

TEST(VolumeWeeks, SIG41_AMarketWithoutARhythmIsGivenNone) {
  const auto without = first_day(even, Hours::none);
  const auto with = first_day(even, Hours::last);
  EXPECT_LE(with.false_spikes, without.false_spikes + 1);
  EXPECT_EQ(with.planted_found, with.planted);
}

TEST(VolumeWeeks, SIG41_AYoungListingKnowsLessAndIsNotWorseForIt) {
  const int without = first_day(strong, Hours::none).false_spikes;
  const int days_10 = first_day(strong, Hours::last, 10).false_spikes;
  const int day = first_day(strong, Hours::last, 1).false_spikes;
  EXPECT_LT(days_10, without);
  EXPECT_LE(day, without);
}

}  // namespace weeks_test
