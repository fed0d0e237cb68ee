#include "common/market/two_ways.hpp"

#include <gtest/gtest.h>

namespace market {
namespace two_ways_test {

using base::Millis;
constexpr base::WallTime start = base::from_ms(1'767'225'600'000);

/// Forced orders of one contract; REST knows whole seconds.
class TwoWaysTest : public ::testing::Test {
 protected:
  static Liquidation order(int second, double quantity) {
    Liquidation out;
    out.exchange = "gate";
    out.symbol = "X_USDT";
    out.raw_quantity = quantity;
    out.at = start + Millis{second * 1'000};
    return out;
  }
  std::size_t push(int second, double quantity, int sign) {
    auto one = order(second, quantity);
    one.at += Millis{400};
    one.sign = static_cast<std::int8_t>(sign);
    Events events{one};
    ways.pushed(events, one.at);
    if (!events.empty()) last = std::get<Liquidation>(events.front());
    return events.size();
  }
  std::size_t poll(int second, double quantity, PositionSide side, std::optional<double> of_order = std::nullopt) {
    auto one = order(second, quantity);
    one.order_quantity = of_order;
    one.side = side;
    Events events{one};
    ways.polled(events, one.at + Millis{5'000});
    return events.size();
  }
  /// `signs_of_orders`: a long that is closed is a sell, written below 0.
  void teach(std::size_t matches, bool signs_of_orders, int from = 0) {
    for (std::size_t i = 0; i < matches; ++i) {
      const int second = from + static_cast<int>(i) * 10;
      const bool is_long = i % 3 == 0;
      (void)push(second, 1 + static_cast<double>(i), is_long == signs_of_orders ? -1 : 1);
      (void)poll(second, 1 + static_cast<double>(i), is_long ? PositionSide::long_side : PositionSide::short_side);
    }
  }
  TwoWays ways;
  Liquidation last;
};

TEST_F(TwoWaysTest, TheSignIsLearnedWhicheverItIs) {
  for (const bool signs_of_orders : {false, true}) {
    ways = {};
    teach(TwoWays::matches_min - 1, signs_of_orders);
    EXPECT_FALSE(ways.positive_is()) << "not enough yet";
    teach(1, signs_of_orders, 1'000);
    EXPECT_EQ(ways.positive_is(), signs_of_orders ? PositionSide::short_side : PositionSide::long_side);
    EXPECT_EQ(push(2'000, 5, 1), 1U);
    EXPECT_EQ(last.side, signs_of_orders ? PositionSide::short_side : PositionSide::long_side);
    EXPECT_EQ(push(2'100, 5, -1), 1U);
    EXPECT_EQ(last.side, signs_of_orders ? PositionSide::long_side : PositionSide::short_side);
  }
}

TEST_F(TwoWaysTest, UntilThenThePollsTellAndThePushesOnlyTeach) {
  Events none;
  ways.polled(none, start);
  EXPECT_EQ(push(1, 7, 1), 0U);
  EXPECT_EQ(poll(1, 7, PositionSide::long_side), 1U);
}

TEST_F(TwoWaysTest, WithoutPollsThePushesAreToldWithoutASide) {
  EXPECT_EQ(push(1, 7, 1), 1U);
  EXPECT_FALSE(last.side);
  EXPECT_EQ(poll(1, 7, PositionSide::long_side), 0U) << "told already";
  EXPECT_EQ(push(20, 8, 1), 0U) << "polls live";
  EXPECT_EQ(push(200, 9, 1), 1U) << "and are gone again";
}

TEST_F(TwoWaysTest, WhatWasPushedIsNotToldAgainAndWhatWasNotIs) {
  teach(TwoWays::matches_min, true);
  EXPECT_EQ(push(500, 3, -1), 1U);
  EXPECT_EQ(poll(500, 3, PositionSide::long_side), 0U);
  EXPECT_EQ(poll(500, 3, PositionSide::long_side), 1U) << "one more of the same size";
  EXPECT_EQ(poll(700, 3, PositionSide::long_side), 1U) << "the socket missed it";
}

TEST_F(TwoWaysTest, WhatWasPolledFirstIsNotToldAgain) {
  teach(TwoWays::matches_min, true);
  EXPECT_EQ(poll(500, 3, PositionSide::long_side), 1U);
  EXPECT_EQ(push(500, 3, -1), 0U);
  EXPECT_EQ(push(501, 3, -1), 1U) << "another one";
}

TEST_F(TwoWaysTest, APositionLargerThanItsOrderIsTheSameOne) {
  teach(TwoWays::matches_min, true);
  EXPECT_EQ(push(500, 3, -1), 1U);
  EXPECT_EQ(poll(501, 4, PositionSide::long_side), 0U);
  EXPECT_EQ(ways.positive_is(), PositionSide::short_side);
}

TEST_F(TwoWaysTest, WhereTheOrderIsToldBesideThePositionThatIsWhatMatches) {
  for (int i = 1; i <= static_cast<int>(TwoWays::matches_min); ++i) {
    (void)push(i * 10, i, -1);
    (void)poll(i * 10, 100.0 * i, PositionSide::long_side, i);
  }
  EXPECT_EQ(ways.positive_is(), PositionSide::short_side);
  EXPECT_EQ(poll(500, 700, PositionSide::long_side, 7.0), 1U);
  EXPECT_EQ(push(500, 7, -1), 0U) << "polled first";
}

TEST_F(TwoWaysTest, WhatContradictsItselfTeachesNothing) {
  for (int i = 0; i < 20; ++i) {  // both signs at one time with one size
    (void)push(i * 10, 2, 1);
    (void)push(i * 10, 2, -1);
    (void)poll(i * 10, 2, PositionSide::long_side);
    (void)poll(i * 10 + 5, 2, PositionSide::long_side);
  }
  EXPECT_FALSE(ways.positive_is());
  for (int i = 0; i < 40; ++i) {  // a sign that means nothing
    (void)push(1'000 + i * 10, 3 + i, i % 2 == 0 ? 1 : -1);
    (void)poll(1'000 + i * 10, 3 + i, PositionSide::long_side);
  }
  EXPECT_FALSE(ways.positive_is());
}

TEST_F(TwoWaysTest, AnExchangeThatTurnsItsSignIsLearnedAnew) {
  teach(TwoWays::matches_max, true);
  teach(TwoWays::matches_max / 2, false, 5'000);
  EXPECT_FALSE(ways.positive_is()) << "doubted first";
  teach(TwoWays::matches_max, false, 10'000);
  EXPECT_EQ(ways.positive_is(), PositionSide::long_side);
}

}  // namespace two_ways_test
}  // namespace market
