#include "common/desk/outcome.hpp"

#include <gtest/gtest.h>

#include "common/stats/intervals.hpp"

namespace outcome_test {
using base::Millis;
using desk::Direction;
using desk::Outcome;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr Millis minute{60'000};
base::WallTime at(int number) { return noon + number * minute; }

/// Long at 100 with 1 R = 2: stop 98, targets 103 and 106. Short: 102, 97 and 94. Fees 0.05 % a side.
desk::TradePlan plan(Direction direction = Direction::long_side) {
  const double way = direction == Direction::long_side ? 1 : -1;
  desk::TradePlan out;
  out.direction = direction;
  out.exchange = "binance";
  out.symbol = "BTCUSDT";
  out.entry = 100;
  out.risk = 2;
  out.stop = 100 - way * 2;
  out.tp1 = 100 + way * 3;
  out.tp2 = 100 + way * 6;
  out.cost_r = 0.05;
  return out;
}

market::Candle bar(int number, double open, double high, double low, double close) {
  market::Candle out;
  out.exchange = "binance";
  out.symbol = "BTCUSDT";
  out.opened_at = at(number);
  out.length = minute;
  out.open = open;
  out.high = high;
  out.low = low;
  out.close = close;
  return out;
}
market::Candle calm(int number, double price = 100) { return bar(number, price, price + 0.5, price - 0.5, price); }
/// The same bar, seen from the other side of 100.
market::Candle mirrored(market::Candle of) {
  of.open = 200 - of.open;
  of.close = 200 - of.close;
  const double high = 200 - of.low;
  of.low = 200 - of.high;
  of.high = high;
  return of;
}

/// Decided half a minute before noon: the bar of noon is the first that opens 2 s later or after.
Outcome decided(Direction direction = Direction::long_side) {
  return desk::open_outcome(plan(direction), desk::TradeRules{}, noon - Millis{30'000});
}
Outcome lived(const std::vector<market::Candle>& bars, Direction direction = Direction::long_side) {
  auto out = decided(direction);
  for (const auto& one : bars) desk::advance(out, one);
  return out;
}
std::string words(const Outcome& o) {
  return std::string(desk::to_string(o.state)) + "/" + std::string(desk::to_string(o.reason)) +
         (o.ambiguous ? "/ambiguous" : "");
}

struct Vector {
  const char* name;
  std::vector<market::Candle> bars;
  const char* end;
  double gross, result;
};

/// Worked out by hand: fees are 0.0005 x (100 + what was sold, by parts) / 2.
std::vector<Vector> vectors() {
  const auto entry = calm(0);
  return {
      {"nothing yet", {entry, calm(1)}, "open/none", 0, -0.025},
      {"stop", {entry, bar(1, 100, 100.5, 97.5, 98.5)}, "closed/stop", -1, -1.0495},
      {"the stop's very price is enough", {entry, bar(1, 100, 100, 98, 99)}, "closed/stop", -1, -1.0495},
      {"a tick above the stop is not", {entry, bar(1, 100, 100, 98.01, 99)}, "open/none", 0, -0.025},
      {"first target", {entry, bar(1, 101, 103, 100.5, 102)}, "half/none", 0.75, 0.75 - 0.025 - 0.012875 * 2 / 2},
      {"both targets",
       {entry, bar(1, 101, 103.5, 100.5, 103), bar(2, 103, 106, 102, 105)},
       "closed/tp2",
       2.25,
       2.25 - 0.0005 * (100 + 51.5 + 53) / 2},
      {"both targets in one bar", {entry, bar(1, 101, 107, 100.5, 106)}, "closed/tp2", 2.25, 2.198875},
      {"half, then back to the entry",
       {entry, bar(1, 101, 103.5, 100.5, 103), bar(2, 103, 104, 100, 101)},
       "closed/stop at entry",
       0.75,
       0.75 - 0.0005 * (100 + 51.5 + 50) / 2},
      {"stop and target in one bar", {entry, bar(1, 100, 103, 98, 102)}, "closed/stop/ambiguous", -1, -1.0495},
      {"in the bar of the entry too", {bar(0, 100, 106, 98, 102)}, "closed/stop/ambiguous", -1, -1.0495},
      {"first target and the entry in one bar: the way back may have come first, and counts",
       {entry, bar(1, 101, 103, 99.5, 102)},
       "closed/stop at entry/ambiguous",
       0.75,
       0.699625},
      {"closed below the entry: it came after",
       {entry, bar(1, 101, 103, 99.5, 99.8)},
       "closed/stop at entry",
       0.75,
       0.699625},
      {"closed below the entry, with the second target",
       {entry, bar(1, 101, 106, 99.5, 99.8)},
       "closed/stop at entry/ambiguous",
       0.75,
       0.699625},
      {"of the bar of the entry the entry itself is no way back",
       {bar(0, 100, 103, 100, 102)},
       "half/none",
       0.75,
       0.712125},
      {"second target and the entry in one bar",
       {entry, bar(1, 101, 103.5, 100.5, 103), bar(2, 103, 106, 100, 105)},
       "closed/stop at entry/ambiguous",
       0.75,
       0.699625},
      {"gap through the stop", {entry, bar(1, 96, 104, 95, 103)}, "closed/stop", -2, -2 - 0.0005 * (100 + 96) / 2},
      {"gap through the entry, with half off",
       {entry, bar(1, 101, 103.5, 100.5, 103), bar(2, 99, 107, 98, 103)},
       "closed/stop at entry",
       0.75 - 0.25,
       0.5 - 0.0005 * (100 + 51.5 + 49.5) / 2},
      {"gap over the first target: its price, no more",
       {entry, bar(1, 104, 105, 103, 104)},
       "half/none",
       0.75,
       0.712125},
      {"gap over the first target, then the way back: no doubt about the order",
       {entry, bar(1, 104, 105, 97, 104)},
       "closed/stop at entry",
       0.75,
       0.699625},
      {"gap over both targets, whatever came after", {entry, bar(1, 108, 109, 90, 95)}, "closed/tp2", 2.25, 2.198875},
      {"entered beyond the stop", {bar(0, 97, 104, 96, 103)}, "closed/stop", 0, -0.0005 * 194 / 2},
      {"entered beyond the first target",
       {bar(0, 104, 104.5, 103.5, 104)},
       "closed/stop at entry",
       0,
       -0.0005 * 208 / 2},
      {"a worse entry is a worse trade: the stop stands where it was told",
       {calm(0, 101), bar(1, 101, 101, 97, 98)},
       "closed/stop",
       -1.5,
       -1.5 - 0.0005 * (101 + 98) / 2},
  };
}

TEST(Outcome, EndsAsWorkedOutByHandOnBothSides) {
  for (const auto& one : vectors()) {
    SCOPED_TRACE(one.name);
    const auto o = lived(one.bars);
    EXPECT_EQ(words(o), one.end);
    EXPECT_NEAR(o.gross_r, one.gross, 1e-12);
    EXPECT_NEAR(o.result_r(), one.result, 1e-12);
    std::vector<market::Candle> other;
    for (const auto& bar : one.bars) other.push_back(mirrored(bar));
    const auto s = lived(other, Direction::short_side);
    EXPECT_EQ(words(s), one.end) << "short";
    EXPECT_NEAR(s.gross_r, one.gross, 1e-12) << "short";
  }
}

TEST(Outcome, AShortPaysFeesOfItsOwnPrices) {
  const auto o = lived({calm(0), bar(1, 100, 102, 99, 101)}, Direction::short_side);
  EXPECT_EQ(words(o), "closed/stop");
  EXPECT_NEAR(o.result_r(), -1 - 0.0005 * (100 + 102) / 2, 1e-12);
}

TEST(Outcome, EntersAtTheFirstBarThatOpensTwoSecondsAfterTheDecisionOrLater) {
  const auto entered = [](base::WallTime decision) {
    auto o = desk::open_outcome(plan(), desk::TradeRules{}, decision);
    for (int i = -2; i < 4; ++i) desk::advance(o, calm(i, 100 + i));
    return o.entered_at ? o.entry : 0;
  };
  EXPECT_EQ(entered(noon - Millis{2'000}), 100) << "to the millisecond";
  EXPECT_EQ(entered(noon - Millis{1'999}), 101);
  EXPECT_EQ(entered(noon), 101) << "decided when a bar closed: the next but one";
  auto late = desk::open_outcome(plan(), desk::TradeRules{}, noon - Millis{30'000});
  desk::advance(late, calm(6));
  EXPECT_EQ(words(late), "unobserved/unobserved") << "nobody knows what the first price was";
  auto hours = desk::open_outcome(plan(), desk::TradeRules{}, noon - Millis{30'000});
  auto long_bar = calm(40);
  long_bar.length = 60 * minute;
  desk::advance(hours, long_bar);
  EXPECT_EQ(words(hours), "open/none") << "but with long bars the first one may open much later";
}

TEST(Outcome, TheTimeStopSellsAtTheFirstPriceAfterADay) {
  std::vector<market::Candle> bars;
  for (int i = 0; i < 1'440; ++i) bars.push_back(calm(i));
  auto o = lived(bars);
  EXPECT_EQ(words(o), "open/none");
  auto with_gap = o;
  desk::advance(with_gap, bar(1'440, 97, 97, 97, 97));
  EXPECT_EQ(words(with_gap), "closed/stop") << "the stop was there first";
  desk::advance(o, bar(1'440, 101, 150, 90, 101));
  EXPECT_EQ(words(o), "closed/time stop");
  EXPECT_NEAR(o.result_r(), 0.5 - 0.0005 * 201 / 2, 1e-12);
  EXPECT_EQ(o.ended_at, at(1'440));
  desk::advance(o, bar(1'441, 90, 90, 90, 90));
  EXPECT_NEAR(o.gross_r, 0.5, 1e-12) << "what has ended stays so";
}

TEST(Outcome, FundingIsPaidForWhatWasOpenAtTheSettlement) {
  // Full at minutes 1 and 2, half at 3 and 4: the bar of minute 2 reaches the first target, that of minute 4 the end.
  auto o =
      lived({calm(0), calm(1), bar(2, 101, 103.5, 100.5, 103), bar(3, 103, 104, 102, 103), bar(4, 103, 106, 102, 105)});
  ASSERT_EQ(words(o), "closed/tp2");
  const double before = o.result_r();
  const auto paid = [&](const std::vector<desk::Settlement>& settlements) {
    desk::settle(o, settlements, true);
    EXPECT_NEAR(o.result_r(), before + o.funding_r, 1e-12);
    return o.funding_r;
  };
  const auto one = [](int number, double rate, std::optional<double> price = std::nullopt) {
    return desk::Settlement{at(number), rate, price};
  };
  EXPECT_NEAR(paid({one(1, 0.001)}), -0.05, 1e-12) << "0.1 % of 100, with 1 R = 2";
  EXPECT_NEAR(paid({one(0, 0.001)}), 0, 1e-12) << "the very moment of the entry";
  EXPECT_NEAR(paid({one(2, 0.001)}), -0.05, 1e-12) << "half was taken off after it";
  EXPECT_NEAR(paid({one(3, 0.001)}), -0.025, 1e-12);
  EXPECT_NEAR(paid({one(4, 0.001)}), -0.025, 1e-12) << "the bar of the end was lived through it";
  EXPECT_NEAR(paid({one(5, 0.001)}), 0, 1e-12);
  EXPECT_NEAR(paid({one(1, -0.002), one(3, 0.001, 104)}), 0.1 - 0.026, 1e-12)
      << "received, and by the price charged on";
  EXPECT_TRUE(o.funding_known);
  auto s = lived({calm(0), calm(1), calm(2), bar(3, 100, 102, 99, 101)}, Direction::short_side);
  const std::vector<desk::Settlement> at_two{one(2, 0.001)};
  desk::settle(s, at_two, false);
  EXPECT_NEAR(s.funding_r, 0.05, 1e-12) << "shorts receive";
  EXPECT_FALSE(s.funding_known);
}

TEST(Outcome, WhatCouldNotBeSeenIsUnobservedAndNeverAnEnd) {
  auto o = lived({calm(0), calm(1)});
  auto calm_hole = o;
  desk::advance(calm_hole, calm(7));  // 2 to 6 are missing: nobody traded
  EXPECT_EQ(words(calm_hole), "open/none");
  desk::advance(o, bar(8, 110, 120, 100.5, 110));  // six minutes: the stop may have been reached before
  EXPECT_EQ(words(o), "unobserved/unobserved");
  EXPECT_EQ(o.ended_at, at(2));
  desk::advance(o, bar(9, 110, 120, 100, 110));
  desk::end_delisted(o, at(9));
  EXPECT_EQ(words(o), "unobserved/unobserved");
  auto gone = lived({calm(0), bar(1, 101, 103.5, 100.5, 103)});
  desk::end_delisted(gone, at(2));
  EXPECT_EQ(words(gone), "void/delisted");
  EXPECT_EQ(desk::open_outcome(plan(), {}, noon).is_running(), true);
}

TEST(Outcome, ExcursionsAreKeptAndInDoubtTheWorseOne) {
  auto o = lived({calm(0), bar(1, 100, 102, 99, 101)});
  EXPECT_NEAR(o.mfe_r, 1, 1e-12);
  EXPECT_NEAR(o.mae_r, 0.5, 1e-12);
  desk::advance(o, bar(2, 101, 102.9, 97, 98));
  EXPECT_NEAR(o.mfe_r, 1, 1e-12) << "the high of the bar that stopped it may have come after";
  EXPECT_NEAR(o.mae_r, 1, 1e-12) << "at the stop it was out";
  const auto best = lived({calm(0), bar(1, 101, 109, 99.5, 108)}).mfe_r;
  EXPECT_NEAR(best, 1.5, 1e-12) << "ambiguous: the first target is all that is certain";
  const auto both = lived({bar(0, 100, 109, 100, 108)});
  EXPECT_NEAR(both.mfe_r, 3, 1e-12) << "after the second target it was out";
  EXPECT_EQ(both.tp1_at, at(1)) << "known when the bar had closed";
}

TEST(Outcome, BarsThatAreNoneOrCameBeforeChangeNothing) {
  auto o = lived({calm(0), calm(1)});
  const auto before = desk::outcome_json(o);
  desk::advance(o, bar(1, 90, 90, 90, 90));
  desk::advance(o, bar(-5, 90, 90, 90, 90));
  desk::advance(o, bar(2, 0, 90, 90, 90));
  desk::advance(o, bar(2, 90, std::numeric_limits<double>::infinity(), 90, 90));
  EXPECT_EQ(desk::outcome_json(o), before);
}

/// Random walks of a coarse tick, so that barriers are often met exactly.
std::vector<market::Candle> walk(stats::Draws& draws) {
  std::vector<market::Candle> out;
  double price = 100;
  const auto step = [&] { return (static_cast<double>(draws.below(9)) - 4) / 4; };
  for (int i = -3; i < 200; ++i) {
    if (draws.below(40) == 0) continue;  // nobody traded
    const double open = price + (draws.below(20) == 0 ? 4 * step() : 0);
    price = open + step();
    const double wild = draws.below(15) == 0 ? 6 : 1;
    const double high = std::max(open, price) + wild * std::max(0.0, step());
    const double low = std::min(open, price) - wild * std::max(0.0, step());
    out.push_back(bar(i, open, high, low, price));
  }
  return out;
}

TEST(Outcome, WrittenDownAfterAnyBarItEndsTheSame) {
  stats::Draws draws(7);
  std::map<std::string, int> ends;
  for (int round = 0; round < 80; ++round) {
    const auto bars = walk(draws);
    const auto direction = round % 2 == 0 ? Direction::long_side : Direction::short_side;
    auto whole = decided(direction), cut = decided(direction);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      desk::advance(whole, bars[i]);
      if (draws.below(3) == 0) {
        const auto back = desk::outcome_from_json(desk::outcome_json(cut));
        ASSERT_TRUE(back) << back.error().text();
        cut = back.value();
        for (std::size_t again = i < 5 ? 0 : i - 5; again < i; ++again) desk::advance(cut, bars[again]);
      }
      desk::advance(cut, bars[i]);
    }
    const std::vector<desk::Settlement> settlements{{at(30), 0.0003, {}}, {at(60), -0.0001, {}}};
    desk::settle(whole, settlements, true);
    desk::settle(cut, settlements, true);
    EXPECT_EQ(desk::outcome_json(cut), desk::outcome_json(whole));
    ++ends[words(whole)];
    EXPECT_GE(whole.mfe_r, 0);
    EXPECT_GE(whole.mae_r, 0);
  }
  for (const auto* end : {"closed/stop", "closed/stop/ambiguous", "closed/stop at entry", "closed/tp2"})
    EXPECT_GT(ends[end], 0) << end;
}

TEST(Outcome, DamagedTextIsRefused) {
  const auto good = desk::outcome_json(lived({calm(0)}));
  EXPECT_TRUE(desk::outcome_from_json(good));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"state\":1", "\"state\":9"},
           {"\"state\":1", "\"state\":3"},
           {"\"risk\":2.0", "\"risk\":0.0"},
           {"\"risk\":2.0", "\"risk\":\"2\""},
           {"\"entry\":", "\"entree\":"},
           {"}", ""},
       }) {
    auto bad = good;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), from.size(), to);
    const auto back = desk::outcome_from_json(bad);
    ASSERT_FALSE(back) << to;
    EXPECT_EQ(back.error().kind, base::ErrorKind::bad_data);
  }
}

}  // namespace outcome_test
