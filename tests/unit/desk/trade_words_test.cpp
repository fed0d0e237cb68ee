#include "common/desk/trade_words.hpp"

#include <gtest/gtest.h>

namespace trade_words_test {
using desk::Direction;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);  // 2026-01-01 12:00
constexpr base::Millis minute{60'000};

desk::TradePlan plan(Direction direction) {
  desk::Finding finding;
  finding.direction = direction;
  finding.setup.emplace();
  finding.setup->exchange = "okx";
  finding.setup->symbol = "BTC-USDT-SWAP";
  finding.setup->price = 100;
  return *desk::plan_trade(finding, 2, {}, base::Millis{0}, base::Millis{1}).plan;
}
desk::TradeWords words() {
  desk::TradeWords out;
  out.tick_size = 0.1;
  out.exchange_title = "OKX";
  out.link = "https://www.okx.com/trade-swap/btc-usdt-swap";
  out.record = "Record: no closed trade yet";
  return out;
}
std::string seen(const base::Html& html) { return base::visible_text(html.str()); }

TEST(TradeWords, APlanIsToldInFull) {
  const std::vector<desk::Factor> factors{{"taker flow", 0.6}, {"depth", std::nullopt}, {"Bollinger <band>", -0.25}};
  const auto html = desk::plan_words(plan(Direction::long_side), factors, {}, words());
  EXPECT_EQ(seen(html),
            "🎯 Long from 100.0 · stop 97.0 (−3.00%)\n"
            "TP1 104.5 (+4.50%), half · TP2 109.0 (+9.00%) · at most 1d\n"
            "Size 0.33 × the account for a risk of 1.0% · fees 0.03 R\n"
            "For and against: taker flow +0.60 · depth not known · Bollinger <band> −0.25\n"
            "Record: no closed trade yet\n"
            "Open on OKX · Information, not advice");
  EXPECT_NE(html.str().find("<a href=\"https://www.okx.com"), std::string::npos);
  auto plain = words();
  plain.link = plain.record = "";
  auto sized = plan(Direction::short_side);
  sized.usd = 4'000;
  EXPECT_EQ(seen(desk::plan_words(sized, {}, {}, plain)),
            "🎯 Short from 100.0 · stop 103.0 (+3.00%)\n"
            "TP1 95.5 (−4.50%), half · TP2 91.0 (−9.00%) · at most 1d\n"
            "Size $4.00k for a risk of 1.0% · fees 0.03 R\n"
            "Information, not advice");
}

TEST(TradeWords, WithoutAPlanTheReasonIsSaid) {
  EXPECT_EQ(seen(desk::no_plan_words(desk::NoPlan::no_atr, {{"depth", 1}})),
            "🎯 No entry: its usual range (ATR) is not known\nFor and against: depth +1.00");
  EXPECT_EQ(seen(desk::no_plan_words(desk::NoPlan::late, {})), "🎯 No entry: too late to enter");
  EXPECT_EQ(seen(desk::no_plan_words(desk::NoPlan::no_price, {})), "🎯 No entry: its price is not known");
}

desk::Outcome ended(const std::vector<std::array<double, 4>>& bars) {
  auto out = desk::open_outcome(plan(Direction::long_side), {}, noon - minute / 2);
  int number = 0;
  for (const auto& [open, high, low, close] : bars) {
    market::Candle bar;
    bar.opened_at = noon + number++ * minute;
    bar.length = minute;
    bar.open = open, bar.high = high, bar.low = low, bar.close = close;
    desk::advance(out, bar);
  }
  return out;
}

TEST(TradeWords, TheReplyTellsHowItEnded) {
  auto o = ended({{100, 101, 99, 100}, {101, 105, 100.5, 104}, {104, 109, 103, 108}});
  const std::vector<desk::Settlement> settlements{{noon + minute, 0.001, std::nullopt}};
  desk::settle(o, settlements, true);
  EXPECT_EQ(seen(desk::outcome_words(o, words())),
            "✅ BTC-USDT-SWAP long +2.18 R: both targets\n"
            "Entered at 100.0, 2026-01-01 12:00 UTC · TP1 after 2m · out after 3m\n"
            "Best +3.00 R, worst −0.33 R · fees 0.03 R · funding −0.03 R\n"
            "Record: no closed trade yet");
  o = ended({{100, 106, 96, 100}});
  auto bare = words();
  bare.record = "";
  EXPECT_EQ(seen(desk::outcome_words(o, bare)),
            "❌ BTC-USDT-SWAP long −1.03 R: stopped\n"
            "Entered at 100.0, 2026-01-01 12:00 UTC · out after 1m\n"
            "Best 0.00 R, worst −1.00 R · fees 0.03 R · funding not known\n"
            "The order inside one bar is not known: the worse one was counted");
  o = ended({{100, 101, 99, 100}});
  auto gone = o;
  desk::end_delisted(gone, noon);
  EXPECT_EQ(seen(desk::outcome_words(gone, words())), "⚪ BTC-USDT-SWAP long: void, the contract was delisted");
  desk::end_unobserved(o, noon);
  EXPECT_EQ(seen(desk::outcome_words(o, words())),
            "⚪ BTC-USDT-SWAP long: it could not be observed, and does not count");
}

}  // namespace trade_words_test
