// The volume bot's first hour, and what is left of it after a kill -9.
#include <gtest/gtest.h>

#include "tests/simulation/life.hpp"
#include "tests/simulation/seeded_market.hpp"

namespace first_start_test {
using namespace simulation;

constexpr Ms start = 1'780'000'020'000;
constexpr std::size_t contracts = 40;

class FirstStart : public ::testing::Test {
 protected:
  [[nodiscard]] static LifeOptions options() {
    LifeOptions out;
    out.bot = "volume";
    return out;
  }
  /// The files as they are at this moment, as a process leaves them that is killed.
  void kill_and_take(Town& from, Town& to) {
    std::filesystem::copy(from.folder.path(), to.folder.path(),
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  }
  static std::int64_t klines(const Life& life) { return life.http().counts().at("binance klines"); }

  SeededMarket market{5, contracts, start, 2 * hour};
  Town first{start, sandbox::Json::object()}, after{start, sandbox::Json::object()};
};

TEST_F(FirstStart, SIG41_WeeksOfHoursAreAskedForSlowlyOnceAndNotAgainAfterAKill) {
  Life life(first, market, start, options());
  life.run_for(4 * minute);
  const auto hours = klines(life) - static_cast<std::int64_t>(contracts);
  EXPECT_GE(hours, 15) << "after the day of minutes of each";
  EXPECT_LE(hours, 24) << "six a minute";
  kill_and_take(first, after);
  {
    Life again(after, market, life.now(), options());
    again.run_for(30 * minute);
    EXPECT_LE(klines(again), static_cast<std::int64_t>(2 * contracts) - (hours - 7))
        << "all but what the last minute brought";
    EXPECT_EQ(again.program().market().followed().at("binance").without_hours, 0U);
    EXPECT_EQ(again.binance().refused_by_limit(), 0);
    EXPECT_TRUE(again.stop());
  }
  Life third(after, market, start + 35 * minute, options());
  third.run_for(10 * minute);
  EXPECT_EQ(klines(third), static_cast<std::int64_t>(contracts)) << "what was missed meanwhile, and no hours";
}

TEST_F(FirstStart, CR5_ABurstThatWasToldIsNotToldAgainWhenItsBarsAreReadAgainAfterAKill) {
  const Ms burst = start + 40 * minute + (minute - start % minute) % minute;
  for (const std::size_t contract : {0UL, 3UL, 7UL}) market.burst(contract, burst, 10, 0.01);
  Life life(first, market, start, options());
  life.run_until(burst + 3 * minute);
  for (const char* coin : {"BTC", "XRP", "LINK"})
    EXPECT_EQ(first.count(coin + std::string("USDT volume ×")), 1U) << first.transcript();
  kill_and_take(first, after);
  Life again(after, market, life.now() + 20 * simulation::second, options());
  again.run_for(20 * minute);
  EXPECT_EQ(after.count(" volume ×"), 0U) << after.transcript();
}

}  // namespace first_start_test
