#include "common/feed/bar_closer.hpp"

#include <gtest/gtest.h>

namespace bar_closer_test {
using base::Millis;
using base::WallTime;
using market::Candle;

constexpr WallTime start = base::from_ms(1'767'225'600'000);

Candle bar(int minute, double close, std::optional<bool> closed) {
  Candle out;
  out.exchange = "x";
  out.symbol = "BTCUSDT";
  out.opened_at = start + Millis{60'000} * minute;
  out.length = Millis{60'000};
  out.close = close;
  out.closed = closed;
  return out;
}

class BarCloserTest : public ::testing::Test {
 protected:
  void feed(const Candle& candle, Millis after_start) {
    closer.on_candle(candle, start + after_start, [this](const Candle& c) { said.push_back(c.close); });
  }
  void tick(Millis after_start) {
    closer.on_time(start + after_start, [this](const Candle& c) { said.push_back(c.close); });
  }
  feed::BarCloser closer;
  std::vector<double> said;
};

TEST_F(BarCloserTest, AMarkedBarPassesAtOnceAndOnlyOnce) {
  feed(bar(0, 1, false), Millis{30'000});
  feed(bar(0, 2, true), Millis{60'001});
  feed(bar(0, 2, true), Millis{60'500});  // sent again by the renewed connection
  EXPECT_EQ(said, std::vector<double>{2});
}

TEST_F(BarCloserTest, AnExchangeThatMarksClosingIsNeverClosedByTheClock) {
  feed(bar(0, 1, false), Millis{59'000});
  tick(Millis{90'000});
  feed(bar(1, 5, false), Millis{91'000});  // the closing frame of bar 0 was lost: history will bring it
  EXPECT_TRUE(said.empty());
}

TEST_F(BarCloserTest, WithoutMarksALaterBarClosesTheOneBefore) {
  feed(bar(0, 1, std::nullopt), Millis{10'000});
  feed(bar(0, 3, std::nullopt), Millis{59'000});
  EXPECT_TRUE(said.empty());
  feed(bar(1, 4, std::nullopt), Millis{60'500});
  EXPECT_EQ(said, std::vector<double>{3});
}

TEST_F(BarCloserTest, WithoutMarksTheClockClosesTwoSecondsAfterTheEnd) {
  feed(bar(0, 3, std::nullopt), Millis{59'000});
  tick(Millis{61'999});
  EXPECT_TRUE(said.empty());
  tick(Millis{62'000});
  tick(Millis{63'000});
  EXPECT_EQ(said, std::vector<double>{3});
}

TEST_F(BarCloserTest, ALateFrameOfAnOlderBarChangesNothing) {
  feed(bar(1, 7, std::nullopt), Millis{61'000});
  feed(bar(0, 3, std::nullopt), Millis{61'100});
  tick(Millis{122'000});
  EXPECT_EQ(said, std::vector<double>{7});
}

TEST_F(BarCloserTest, AfterALostStreamAHalfBarIsNotClosed) {
  feed(bar(0, 3, std::nullopt), Millis{30'000});
  closer.forget_forming();
  tick(Millis{70'000});
  EXPECT_TRUE(said.empty());
}

}  // namespace bar_closer_test
