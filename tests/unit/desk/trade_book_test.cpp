#include "common/desk/trade_book.hpp"

#include <gtest/gtest.h>

namespace trade_book_test {
using base::Millis;
using desk::Direction;

constexpr base::WallTime midnight = base::from_ms(1'767'225'600'000);
constexpr Millis minute{60'000};
base::WallTime at(int number) { return midnight + number * minute; }

market::Candle bar(int number, double price, double reach = 1) {
  market::Candle out;
  out.exchange = "okx";
  out.symbol = "BTC";
  out.opened_at = at(number);
  out.length = minute;
  out.open = out.close = price;
  out.high = price + reach;
  out.low = price - reach;
  out.closed = true;
  out.received_at = at(number + 1);
  return out;
}

desk::Finding finding(int number, Direction direction = Direction::long_side, std::optional<double> atr = 2) {
  desk::Finding out;
  out.kind = "rule";
  out.symbol = "BTC";
  out.key = "rule/BTC";
  out.event_id = std::to_string(number);
  out.fires = true;
  out.at = at(number);
  out.direction = direction;
  out.setup.emplace();
  out.setup->exchange = "okx";
  out.setup->symbol = "BTC";
  out.setup->price = 100;
  out.setup->atr_1h = atr;
  return out;
}

TEST(HourlyAtr, IsThatOfTheHoursWhateverTheBarsAre) {
  desk::HourlyAtr minutes, hours, halves;
  for (int hour = 0; hour < 20; ++hour) {
    auto whole = bar(hour * 60, 100 + hour, 3);
    whole.length = 60 * minute;
    whole.close = 100 + hour + 0.5;
    hours.add(whole);
    for (int i = 0; i < 60; ++i) {
      auto part = bar(hour * 60 + i, 100 + hour, i == 17 ? 3 : 1);
      if (i == 59) part.close = whole.close;
      if (hour == 9 && i > 50) continue;  // the end of an hour is missing: the next one shows that it is over
      minutes.add(part);
    }
    auto half = whole;
    half.length = 30 * minute;
    half.close = 1;
    halves.add(half);
    half.opened_at += 30 * minute;
    half.high = half.low = 100 + hour;
    half.close = whole.close;
    halves.add(half);
    EXPECT_EQ(minutes.value().has_value(), hour >= 13) << hour;
  }
  ASSERT_TRUE(hours.value());
  EXPECT_NEAR(*minutes.value(), *hours.value(), 0.05);
  EXPECT_NEAR(*halves.value(), *hours.value(), 1e-12);
}

TEST(TradeBook, ABarLeadsWhatWasOpenAndNotWhatItMade) {
  desk::TradeBook book({}, {});
  book.on_event(bar(0, 100));
  book.take(finding(1));
  book.on_event(bar(1, 90));  // opened before the decision + 2 s
  book.on_event(bar(2, 101));
  market::Funding funding;
  funding.exchange = "okx";
  funding.symbol = "BTC";
  funding.settled = true;
  funding.rate = 0.001;
  funding.settles_at = at(3);
  book.on_event(funding);
  book.on_event(bar(3, 101));
  book.on_event(bar(4, 97.5));  // reaches 96.5: stopped at 97
  ASSERT_EQ(book.trades().size(), 1U);
  const auto& o = book.trades()[0].outcome;
  EXPECT_EQ(o.entry, 101);
  EXPECT_EQ(o.reason, desk::EndReason::stop);
  EXPECT_NEAR(o.result_r(), (97.0 - 101) / 3 - 0.0005 * (101 + 97) / 3 - 0.001 * 101 / 3, 1e-12);
  const auto records = book.records("c");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].config, "c");
  EXPECT_EQ(records[0].state, desk::OutcomeState::closed);
}

TEST(TradeBook, TheSameGatesDecideAsInARunningBot) {
  desk::TradeBook book({}, {});
  book.on_event(bar(0, 100));
  book.take(finding(1));
  book.take(finding(20));  // within the cooldown
  EXPECT_EQ(book.trades().size(), 1U);
  auto candidate = finding(70);
  candidate.fires = false;
  book.take(candidate);
  book.take(finding(80, Direction::long_side, 0.3));
  book.take(finding(150, Direction::long_side, std::nullopt));
  book.take(finding(220, Direction::none));
  EXPECT_EQ(book.trades().size(), 1U);
  EXPECT_EQ(book.left_out(), (std::map<std::string, int>{{"cost too high", 1}, {"no ATR", 1}}));
  for (int i = 0; i < 6; ++i) {
    auto one = finding(300 + i);
    one.key += std::to_string(i);
    book.take(one);
  }
  EXPECT_EQ(book.trades().size(), 5U);
  EXPECT_EQ(book.left_out().at("too many in one direction"), 2);
}

TEST(TradeBook, TheAtrComesOfTheBarsWhereTheDetectorDoesNotKnowIt) {
  desk::TradeBook book({}, {});
  for (int i = 0; i < 15 * 60; ++i) book.on_event(bar(i, 100, 1));
  book.take(finding(15 * 60, Direction::short_side, std::nullopt));
  ASSERT_EQ(book.trades().size(), 1U);
  EXPECT_DOUBLE_EQ(book.trades()[0].outcome.plan.risk, 3);
}

TEST(Placebos, RandomEntriesOfTheSameDayAreTheSameEachTime) {
  const auto run = [](double from, double to) {
    desk::TradeBook book({}, {});
    std::vector<market::Candle> bars;
    for (int i = 0; i < 3 * 1'440; ++i) bars.push_back(bar(i, from + (to - from) * i / (3 * 1'440), 0.2));
    for (int i = 0; i < static_cast<int>(bars.size()); ++i) {
      book.on_event(bars[static_cast<std::size_t>(i)]);
      if (i == 600) book.take(finding(601));
    }
    desk::Placebos placebos(book.trades(), {});
    for (const auto& one : bars) placebos.on_bar(one);
    placebos.tell(book.trades());
    return book.trades()[0].placebo_r;
  };
  const auto up = run(100, 140), again = run(100, 140), down = run(140, 100);
  ASSERT_TRUE(up && down);
  EXPECT_EQ(up, again);
  EXPECT_NEAR(*up, 2.25 - 0.03, 0.2) << "where it only rises, chance alone reaches both targets";
  EXPECT_NEAR(*down, -1.03, 0.1);
}

/// As the funding bot's are when it reads a table of rates beside one of candles.
TEST(TradeBook, WhereNoPriceIsToldTheNewestCloseIsOne) {
  desk::TradeBook book(desk::TradeRules{}, desk::GatePolicy{});
  auto bare = finding(0);
  bare.exchange = "okx";
  bare.setup.reset();
  book.take(bare);
  EXPECT_TRUE(book.trades().empty()) << "nobody knows a price";
  for (int hour = 0; hour < 20; ++hour) {
    auto whole = bar(hour * 60, 100 + hour);
    whole.length = 60 * minute;
    book.on_event(whole);
  }
  bare = finding(1'200);
  bare.exchange = "okx";
  bare.setup.reset();
  book.take(bare);
  ASSERT_EQ(book.trades().size(), 1U);
  EXPECT_EQ(book.trades()[0].outcome.plan.entry, 119);
  EXPECT_EQ(book.trades()[0].outcome.plan.symbol, "BTC");
}

}  // namespace trade_book_test
