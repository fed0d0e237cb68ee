// A whole bot lives a day in which everything goes wrong that can be scripted. The shorter scenes are in
// volume_hours_test.cpp; the limit of ten seconds is measured by `simulation day` in a release build.
#include "tests/simulation/day.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace day_test {
using namespace simulation;
using ::testing::IsEmpty;

// A sanitizer makes everything ten times slower: fewer contracts there, and less of the day that is lived twice.
#ifdef __SANITIZE_ADDRESS__
constexpr bool slow = true;
#else
constexpr bool slow = false;
#endif

DayOptions day_of(const std::string& bot) {
  DayOptions options;
  options.bot = bot;
  options.contracts = slow ? 9 : 20;
  return options;
}

/// What holds for every bot, whatever its market does.
void expect_an_honest_day(const DayResult& lived) {
  EXPECT_THAT(lived.idle_faults, IsEmpty()) << "a fault that never fired has proved nothing:\n" << lived.faults;
  EXPECT_TRUE(lived.ended_in_order);
  EXPECT_EQ(lived.refused_by_limit, 0) << "the exchange had to refuse by its own limits";
  EXPECT_EQ(lived.asked_during_ban, 1) << "the one that met the ban, and none after it";
  EXPECT_EQ(lived.count("send", "sent us away"), 1U) << "the ban is told once";
  EXPECT_EQ(lived.count("send", " started"), 1U);
  EXPECT_EQ(lived.count("send", " stopped"), 1U);
  // 24 hours; one heartbeat met a 502 and is not sent twice.
  EXPECT_GE(lived.count("send", "health check"), 23U);
  EXPECT_LE(lived.count("send", "health check"), 24U);
  EXPECT_EQ(lived.count("send", "Binance not live"), lived.count("edit", "Binance live again"))
      << "what went away came back, and both were told";
  EXPECT_EQ(lived.count("send", "a task failed"), 0U);
}

TEST(Day, OfTheVolumeBot) {
  const auto lived = live_a_day(day_of("volume"));
  expect_an_honest_day(lived);
  EXPECT_GE(lived.count("send", "Binance not live"), 6U) << lived.transcript;
  EXPECT_EQ(lived.count("send", "BTCUSDT volume"), 1U) << "on a calm feed";
  EXPECT_EQ(lived.count("send", "ETHUSDT volume"), 1U) << "while the socket was refused: found in history";
  EXPECT_EQ(lived.count("send", "SOLUSDT volume"), 1U) << "while Telegram was away: waits in the outbox";
  EXPECT_EQ(lived.count("send", "⏳ late: this happened"), 1U) << "and says so\n" << lived.transcript;
  EXPECT_EQ(lived.count("send", "XRPUSDT volume"), 1U) << "while the feed was frozen: found in history";
  EXPECT_EQ(lived.count("send", "ADAUSDT volume"), 1U) << "after it";
  EXPECT_EQ(lived.count("send", "BNBUSDT volume"), 0U) << "sixteen minutes late: it only teaches";
  EXPECT_EQ(lived.count("send", "DOGEUSDT volume"), 1U);
  EXPECT_EQ(lived.count("edit", "DOGEUSDT volume burst over"), 1U);
}

TEST(Day, OfTheFundingBot) {
  const auto lived = live_a_day(day_of("funding"));
  expect_an_honest_day(lived);
  EXPECT_GE(lived.count("send", "Binance not live"), 6U) << lived.transcript;
  EXPECT_EQ(lived.count("send", "XRPUSDT funding −0.400% per 8h"), 2U) << "once for each of its two settlements";
  EXPECT_EQ(lived.count("send", "XRPUSDT funding turned negative"), 1U);
  EXPECT_EQ(lived.count("send", "XRPUSDT funding about to turn negative"), 1U) << "before it did, not after";
  EXPECT_EQ(lived.count("send", "XRPUSDT funding turned positive"), 1U);
  EXPECT_EQ(lived.count("send", "DOGEUSDT funding turned negative"), 1U);
}

TEST(Day, OfTheLiquidationBot) {
  const auto lived = live_a_day(day_of("liquidation"));
  expect_an_honest_day(lived);
  EXPECT_GE(lived.count("send", "Binance not live"), 5U) << lived.transcript;
  EXPECT_EQ(lived.count("send", "BTC longs liquidated"), 1U);
  EXPECT_EQ(lived.count("edit", "🏁 BTC longs liquidated ≥ $12.0M"), 1U);
  EXPECT_EQ(lived.count("send", "ETH $2.50M long liquidated"), 1U);
  EXPECT_EQ(lived.count("send", "SOL shorts liquidated"), 1U) << "while Telegram was away";
  EXPECT_EQ(lived.count("send", "XRP longs liquidated"), 0U) << "behind a frozen feed nobody saw it";
  EXPECT_EQ(lived.count("send", "ADA longs liquidated"), 1U);
  EXPECT_GE(lived.count("edit", "gap within 5 min: Binance"), 1U) << "and what came right after it says so";
  EXPECT_EQ(lived.count("send", "DOGE $900k short liquidated"), 1U);
}

class DayTwice : public ::testing::TestWithParam<const char*> {};

TEST_P(DayTwice, IsTheSameDay) {
  auto options = day_of(GetParam());
  if (slow) options.span = 3 * hour + 30 * minute;  // with an outage and, where there is one, a socket that dies
  const auto first = live_a_day(options);
  EXPECT_EQ(first.transcript, live_a_day(options).transcript);
  EXPECT_GE(first.count("send", "Binance not live"), 1U) << "a day without an outage is easily the same";
}
INSTANTIATE_TEST_SUITE_P(Bots, DayTwice, ::testing::Values("volume", "funding", "liquidation"));

TEST(Day, OfAnotherSeedIsAnotherDay) {
  auto options = day_of("volume");
  options.contracts = 2;
  options.span = hour;
  const auto first = live_a_day(options);
  options.seed = 2;
  EXPECT_NE(first.transcript, live_a_day(options).transcript);
}

TEST(Town, NamesAFaultThatNeverFired) {
  const sandbox::Json never{{"name", "on a path nobody asks"}, {"kind", "reset"}, {"path", "/binance/fapi/v1/depth"}};
  Town town(day_start, sandbox::Json::array({never}));
  const SeededMarket market(1, 3, day_start, hour);
  LifeOptions options;
  options.bot = "funding";
  Life life(town, market, day_start, options);
  life.run_for(5 * minute);
  EXPECT_TRUE(life.stop());
  EXPECT_THAT(town.idle_faults(), ::testing::ElementsAre("on a path nobody asks"));
}

}  // namespace day_test
