#include "bots/funding/spread.hpp"

#include <gtest/gtest.h>

#include "bots/funding/detector.hpp"
#include "bots/funding/message.hpp"

namespace spread_test {

using funding::Mode;
using funding::Quote;
using funding::SpreadLack;
using namespace std::chrono_literals;

constexpr auto start = base::from_ms(1'700'006'400'000);  // a full hour

Quote quote(const std::string& exchange, double rate, std::chrono::minutes interval, double oi_usd = 5e6) {
  Quote out;
  out.exchange = exchange;
  out.symbol = "BTCUSDT";
  out.rate = rate;
  out.r8 = rate * 480 / static_cast<double>(interval.count());
  out.apr = rate * 525'600 / static_cast<double>(interval.count());
  out.interval = interval;
  out.at = start;
  out.oi_usd = oi_usd;
  return out;
}

/// One hourly, one 8-hourly: 0.002 % an hour is 0.016 % in 8 h; the difference to -0.08 % is 0.096 %.
funding::AssetRates two() {
  funding::AssetRates out;
  out.hear(quote("hyperliquid", 0.00002, 60min));
  out.hear(quote("okx", -0.0008, 480min));
  return out;
}

TEST(Spread, SIG33_ComparesRatesOfDifferentIntervals) {
  auto rates = two();
  const funding::SpreadThresholds thresholds;
  const auto m = rates.measure(start + 30s, thresholds);
  EXPECT_EQ(m.exchanges, 2U);
  EXPECT_EQ(m.high.exchange, "hyperliquid");
  EXPECT_EQ(m.low.exchange, "okx");
  EXPECT_NEAR(m.spread_r8, 0.00096, 1e-12);
  EXPECT_NEAR(m.spread_apr, 0.00002 * 8'760 + 0.0008 * 1'095, 1e-9);
  EXPECT_NEAR(m.break_even_h, 4 * 0.0005 * 8'760 / m.spread_apr, 1e-9);
  EXPECT_EQ(decide(m, thresholds), SpreadLack::nothing);
}

TEST(Spread, SIG33_EachConditionDecidesAlone) {
  struct Case {
    const char* sentence;
    void (*change)(funding::AssetRates&, funding::SpreadThresholds&, base::Millis& later);
    SpreadLack lack;
  };
  const std::vector<Case> cases{
      {"all hold", [](auto&, auto&, auto&) {}, SpreadLack::nothing},
      {"one is too old", [](auto&, auto&, auto& later) { later = 91s; }, SpreadLack::exchanges},
      {"one has too little open interest",
       [](auto& rates, auto&, auto&) { rates.hear(quote("okx", -0.0008, 480min, 999'999)); }, SpreadLack::exchanges},
      {"it takes too long to pay the fees", [](auto&, auto& t, auto&) { t.break_even_h_max = 16; },
       SpreadLack::break_even},
      {"said already", [](auto& rates, auto&, auto&) { rates.said(); }, SpreadLack::armed},
  };
  for (const auto& one : cases) {
    auto rates = two();
    funding::SpreadThresholds thresholds;
    base::Millis later{};
    one.change(rates, thresholds, later);
    EXPECT_EQ(decide(rates.measure(start + later, thresholds), thresholds), one.lack) << one.sentence;
  }
}

TEST(Spread, SIG33_SaidAgainAfterFallingBelowItsShare) {
  auto rates = two();
  const funding::SpreadThresholds thresholds;
  rates.said();
  rates.hear(quote("okx", -0.00001, 480min));  // 94 h, above 72 / 0.8
  EXPECT_EQ(decide(rates.measure(start, thresholds), thresholds), SpreadLack::break_even);
  rates.hear(quote("okx", -0.0008, 480min));
  EXPECT_EQ(decide(rates.measure(start, thresholds), thresholds), SpreadLack::nothing);
}

TEST(Spread, SIG33_WithoutOpenInterestNothingIsCompared) {
  funding::AssetRates rates;
  for (const char* exchange : {"okx", "bybit"}) {
    auto one = quote(exchange, exchange[0] == 'o' ? 0.01 : -0.01, 480min);
    one.oi_usd.reset();
    rates.hear(one);
  }
  EXPECT_EQ(rates.measure(start, {}).exchanges, 0U);
  market::OpenInterest interest;
  interest.symbol = "BTCUSDT";
  interest.exchange = "okx";
  interest.quote = 2e6;
  rates.hear_open_interest(interest);
  interest.exchange = "bybit";
  interest.quote.reset();
  interest.base = 30;
  rates.hear_open_interest(interest);
  EXPECT_EQ(rates.measure(start, {}).exchanges, 1U) << "in coins, and no price known";
  auto one = quote("bybit", -0.01, 480min);
  one.oi_usd.reset();
  one.mark = 84'000;
  rates.hear(one);
  rates.hear_open_interest(interest);
  EXPECT_EQ(rates.measure(start, {}).exchanges, 2U);
}

market::Funding settled(const std::string& exchange, base::WallTime at, double rate) {
  market::Funding out;
  out.exchange = exchange;
  out.symbol = "BTC";
  out.rate = rate;
  out.settles_at = at;
  out.settled = true;
  out.received_at = at;
  return out;
}

/// Settled rates alone, judged on the full hour: 8 h at one exchange, 1 h at the other.
TEST(Spread, SIG33_ModeThresholdJudgesSettledRatesOnTheFullHour) {
  funding::Settings settings;
  settings.spread.mode = Mode::threshold;
  funding::Detector detector(settings);
  desk::Findings found, fired;
  const auto hear = [&](const market::Funding& event) {
    for (base::WallTime now = std::chrono::floor<std::chrono::hours>(event.received_at); now < event.received_at;
         now += 1s)
      detector.on_time(now, found);
    detector.on_event(event, found);
  };
  for (int hour = 0; hour <= 20; ++hour) {
    const auto at = start + std::chrono::hours(hour);
    if (hour % 8 == 0) hear(settled("binance", at + 3ms, 0.0001));
    hear(settled("hyperliquid", at + 2s, hour >= 12 && hour < 15 ? -0.0001 : 0.00001));  // -0.08 % in 8 h
    detector.on_time(at + 5s, found);
  }
  for (const auto& finding : found)
    if (finding.kind == "funding_spread" && finding.fires) fired.push_back(finding);
  ASSERT_EQ(fired.size(), 1U) << "once, while it lasts";
  EXPECT_EQ(fired[0].at, start + 12h + 5s);
  EXPECT_NEAR(fired[0].strength, 0.0009, 1e-12);
  EXPECT_EQ(fired[0].symbol, "BTC");
  EXPECT_NE(fired[0].message().str().find("long hyperliquid, short binance"), std::string::npos)
      << fired[0].message().str();
}

}  // namespace spread_test
