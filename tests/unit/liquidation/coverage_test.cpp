#include "bots/liquidation/coverage.hpp"

#include <gtest/gtest.h>

namespace coverage_test {

using namespace std::chrono_literals;
using liquidation::BusySeconds;
using liquidation::Feeds;
using liquidation::FeedState;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

TEST(BusySeconds, CountsDistinctSecondsOfTheLastMinute) {
  BusySeconds busy;
  EXPECT_EQ(busy.count(start), 0);
  for (int ms = 0; ms < 3'000; ms += 250) busy.mark(start + ms * 1ms);
  EXPECT_EQ(busy.count(start + 3s), 3);
  busy.mark(start - 30s);
  EXPECT_EQ(busy.count(start + 3s), 4) << "late ones count too";
  EXPECT_EQ(busy.count(start + 30s), 3);
  EXPECT_EQ(busy.count(start + 61s), 1);
  EXPECT_EQ(busy.count(start + 2min), 0);
  busy.mark(start + 1h);
  EXPECT_EQ(busy.count(start + 1h), 1);
  busy.mark(start - 1h);
  EXPECT_EQ(busy.count(start + 1h), 1);
}

TEST(Feeds, NamesWhatIsNotLive) {
  Feeds feeds;
  feeds.heard("binance");
  feeds.set("okx", FeedState::dead);
  feeds.set("bybit", FeedState::live);
  feeds.gap("bybit", start);
  const auto view = feeds.view(start + 1min);
  EXPECT_EQ(view.live, 2U);
  EXPECT_EQ(view.known, 3U);
  ASSERT_EQ(view.lost.size(), 1U);
  EXPECT_EQ(view.lost[0].exchange, "okx");
  EXPECT_EQ(view.gaps, std::vector<std::string>{"bybit"});
  EXPECT_TRUE(view.lower_bound());
  EXPECT_TRUE(feeds.view(start + 6min).gaps.empty());
  EXPECT_EQ(feeds.state("binance"), FeedState::live);
  EXPECT_EQ(feeds.state("nobody"), FeedState::live);
}

TEST(Feeds, AWholeViewIsNoLowerBound) {
  Feeds feeds;
  feeds.heard("bybit");
  EXPECT_FALSE(feeds.view(start).lower_bound());
}

}  // namespace coverage_test
