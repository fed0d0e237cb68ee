#include "common/desk/signal_chart.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/desk/liquidation_bars.hpp"

namespace signal_chart_test {
using desk::ChartSources;
using desk::LiquidationBars;
using market::PositionSide;
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

desk::Finding finding(const std::string& kind = "volume_spike") {
  desk::Finding out;
  out.kind = kind;
  out.direction = desk::Direction::long_side;
  out.at = noon + 30s;
  out.setup.emplace();
  out.setup->exchange = "okx";
  out.setup->symbol = "BTC-USDT-SWAP";
  out.setup->price = 100;
  return out;
}

market::Candle bar(base::WallTime at, double close = 101) {
  market::Candle out;
  out.opened_at = at;
  out.open = 100;
  out.high = 102;
  out.low = 99;
  out.close = close;
  out.quote_volume = 5'000;
  return out;
}

ChartSources sources(std::vector<market::Candle> candles) {
  ChartSources out;
  out.candles = std::move(candles);
  out.tick_size = 0.1;
  out.exchange_title = "OKX";
  return out;
}

TEST(SignalChart, ShowsTwoHoursOfMinutesOrADayOfFunding) {
  const auto spike = desk::chart_stretch(finding());
  EXPECT_EQ(spike.bar, 1min);
  EXPECT_EQ(spike.to, noon + 1min) << "the running bar too, if it has closed by the time of the look";
  EXPECT_EQ(spike.from, spike.to - 96min);
  const auto funding = desk::chart_stretch(finding("funding_extreme"));
  EXPECT_EQ(funding.bar, 15min);
  EXPECT_EQ(funding.to - funding.from, 24h);
}

TEST(SignalChart, CarriesWhatTheFindingAndItsPlanSay) {
  desk::ChartLevels levels{100, 98, 103, 106};
  auto with = sources({bar(noon - 1min)});
  with.liquidations = {{noon - 1min, 5, 0}};
  const auto spec = desk::signal_chart(finding(), levels, with);
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->title, "BTC-USDT-SWAP · OKX");
  EXPECT_EQ(spec->subtitle, "Volume spike · 1 m candles · liquidations of all exchanges");
  EXPECT_EQ(spec->direction, desk::Direction::long_side);
  EXPECT_EQ(spec->event_at, noon + 30s);
  EXPECT_EQ(spec->tick_size, 0.1);
  EXPECT_EQ(spec->entry, 100);
  EXPECT_EQ(spec->stop, 98);
  EXPECT_EQ(spec->tp1, 103);
  EXPECT_EQ(spec->tp2, 106);
  ASSERT_EQ(spec->candles.size(), 1U);
  EXPECT_EQ(spec->candles[0].close, 101);
  EXPECT_EQ(spec->candles[0].volume_usd, 5'000);
  EXPECT_EQ(spec->liquidations.size(), 1U);
  EXPECT_EQ(desk::chart_caption(*spec).str(), "BTC-USDT-SWAP · OKX · 1 m candles until 12:00 UTC");
  EXPECT_EQ(desk::signal_chart(finding("funding_extreme"), {}, sources({bar(noon - 15min)}))->subtitle,
            "Funding extreme · 15 m candles");
}

TEST(SignalChart, ShowsTheLevelsOfItsOwnPlanAlone) {
  desk::TradePlan plan;
  plan.direction = desk::Direction::long_side;
  plan.exchange = "okx";
  plan.symbol = "BTC-USDT-SWAP";
  plan.entry = 100;
  plan.stop = 98;
  plan.tp1 = 103;
  plan.tp2 = 106;
  const auto mine = desk::chart_levels(finding(), &plan);
  EXPECT_EQ(mine.entry, 100);
  EXPECT_EQ(mine.stop, 98);
  EXPECT_EQ(mine.tp1, 103);
  EXPECT_EQ(mine.tp2, 106);
  EXPECT_FALSE(desk::chart_levels(finding(), nullptr).entry);
  const auto other = [&](auto change) {
    auto changed = plan;
    change(changed);
    return desk::chart_levels(finding(), &changed).stop.has_value();
  };
  EXPECT_FALSE(other([](auto& p) { p.entry = 101; })) << "an earlier signal's trade, which still runs";
  EXPECT_FALSE(other([](auto& p) { p.direction = desk::Direction::short_side; }));
  EXPECT_FALSE(other([](auto& p) { p.symbol = "ETH-USDT-SWAP"; }));
  EXPECT_FALSE(other([](auto& p) { p.exchange = "bybit"; }));
}

TEST(SignalChart, TakesOnlyBarsThatCanBeDrawn) {
  auto odd = bar(noon - 3min);
  odd.high = 100.5;  // below its close
  odd.low = 100.2;
  odd.quote_volume = std::nan("");
  const auto spec = desk::signal_chart(
      finding(), {},
      sources({bar(noon - 200min), bar(noon - 4min), odd, bar(noon - 3min), bar(noon - 2min, 0), bar(noon + 1min)}));
  ASSERT_TRUE(spec);
  ASSERT_EQ(spec->candles.size(), 2U);
  EXPECT_EQ(spec->candles[0].opened_at, noon - 4min);
  EXPECT_EQ(spec->candles[1].opened_at, noon - 3min);
  EXPECT_EQ(spec->candles[1].high, 101);
  EXPECT_EQ(spec->candles[1].low, 100);
  EXPECT_EQ(spec->candles[1].volume_usd, std::nullopt);
}

TEST(SignalChart, WithoutSetupOrCandlesThereIsNone) {
  auto plain = finding();
  plain.setup.reset();
  EXPECT_FALSE(desk::signal_chart(plain, {}, sources({bar(noon)})));
  EXPECT_FALSE(desk::signal_chart(finding(), {}, sources({})));
  EXPECT_FALSE(desk::signal_chart(finding(), {}, sources({bar(noon - 200min)})));
}

TEST(SignalChart, ForeignNamesAreTamed) {
  auto wicked = finding();
  wicked.setup->symbol = "<b>\n\xC3" + std::string(500, 'x');
  const auto spec = desk::signal_chart(wicked, {}, sources({bar(noon)}));
  ASSERT_TRUE(spec);
  EXPECT_EQ(desk::chart_caption(*spec).str().find("<b>"), std::string::npos);
}

TEST(LiquidationBars, SumMinutesByAssetAndSide) {
  LiquidationBars bars(100min);
  bars.add("BTC", noon + 10s, PositionSide::long_side, 100);
  bars.add("BTC", noon + 50s, PositionSide::long_side, 20);
  bars.add("BTC", noon + 50s, PositionSide::short_side, 7);
  bars.add("ETH", noon + 50s, PositionSide::long_side, 1);
  bars.add("BTC", noon + 130s, PositionSide::short_side, 3);
  bars.add("BTC", noon + 70s, PositionSide::short_side, 5);  // told late
  const auto minutes = bars.bars("BTC", noon, noon + 1h, 1min);
  ASSERT_EQ(minutes.size(), 3U);
  EXPECT_EQ(minutes[0].at, noon);
  EXPECT_EQ(minutes[0].long_usd, 120);
  EXPECT_EQ(minutes[0].short_usd, 7);
  EXPECT_EQ(minutes[1].at, noon + 1min);
  EXPECT_EQ(minutes[1].short_usd, 5);
  EXPECT_EQ(minutes[2].short_usd, 3);
  EXPECT_EQ(bars.bars("BTC", noon + 1min, noon + 2min, 1min).size(), 1U);
  EXPECT_TRUE(bars.bars("SOL", noon, noon + 1h, 1min).empty());
  const auto quarters = bars.bars("BTC", noon, noon + 1h, 15min);
  ASSERT_EQ(quarters.size(), 1U);
  EXPECT_EQ(quarters[0].long_usd, 120);
  EXPECT_EQ(quarters[0].short_usd, 15);
}

TEST(LiquidationBars, ForgetWhatIsOld) {
  LiquidationBars bars(100min);
  for (int i = 0; i < 1'000; ++i) bars.add(i % 2 == 0 ? "A" : "B", noon + i * 1min, PositionSide::long_side, 1);
  EXPECT_EQ(bars.minutes(), 101U);
  bars.add("A", noon, PositionSide::long_side, 1);
  EXPECT_EQ(bars.minutes(), 101U) << "too old when it came";
  bars.add("A", noon + 24h, PositionSide::long_side, 1);
  EXPECT_EQ(bars.minutes(), 1U);
  bars.add("A", noon + 24h, PositionSide::long_side, std::nan(""));
  bars.add("A", noon + 24h + 1min, PositionSide::long_side, -4);
  EXPECT_EQ(bars.minutes(), 1U);
}

}  // namespace signal_chart_test
