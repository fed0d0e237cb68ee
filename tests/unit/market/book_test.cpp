#include "common/market/book.hpp"

#include <gtest/gtest.h>

namespace market {
namespace book_test {

Depth book(SizeUnit unit, std::optional<double> contract_size = std::nullopt) {
  Depth out;
  out.unit = unit;
  out.contract_size = contract_size;
  out.bids = {{99.9, 10}, {99.8, 20}, {99.0, 1'000}};
  out.asks = {{100.1, 5}, {100.2, 5}};
  return out;
}

TEST(NearDepth, CountsWhatRestsWithinTheRangeAndSaysWhetherTheBookGoesOn) {
  const auto near = depth_within(book(SizeUnit::base), Instrument{}, 0.0025);
  ASSERT_TRUE(near);
  EXPECT_DOUBLE_EQ(near->bids.usd, 99.9 * 10 + 99.8 * 20);
  EXPECT_TRUE(near->bids.whole);
  EXPECT_DOUBLE_EQ(near->asks.usd, 100.1 * 5 + 100.2 * 5);
  EXPECT_FALSE(near->asks.whole) << "what lies behind the last level is not known";
}

TEST(NearDepth, ContractsAndInverseOnes) {
  const auto linear = depth_within(book(SizeUnit::contracts, 0.01), Instrument{}, 0.0025);
  ASSERT_TRUE(linear);
  EXPECT_DOUBLE_EQ(linear->bids.usd, (99.9 * 10 + 99.8 * 20) * 0.01);
  Instrument inverse;
  inverse.inverse = true;
  EXPECT_DOUBLE_EQ(depth_within(book(SizeUnit::contracts, 100), inverse, 0.0025)->bids.usd, 3'000);
  EXPECT_DOUBLE_EQ(depth_within(book(SizeUnit::quote), inverse, 0.0025)->bids.usd, 30);
}

TEST(NearDepth, WhatCannotBeMeasuredIsAbsent) {
  EXPECT_FALSE(depth_within(book(SizeUnit::contracts), Instrument{}, 0.0025)) << "contracts of unknown size";
  auto empty = book(SizeUnit::base);
  empty.asks.clear();
  EXPECT_FALSE(depth_within(empty, Instrument{}, 0.0025));
  auto crossed = book(SizeUnit::base);
  crossed.bids[0].price = 100.1;
  EXPECT_FALSE(depth_within(crossed, Instrument{}, 0.0025));
}

}  // namespace book_test
}  // namespace market
