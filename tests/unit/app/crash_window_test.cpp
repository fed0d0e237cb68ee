#include "common/app/crash_window.hpp"

#include <gtest/gtest.h>

namespace crash_window_test {
using base::Millis;
using base::SteadyTime;

TEST(CrashWindow, TheFifthCrashInAMinuteIsOneTooMany) {
  app::CrashWindow window(5, Millis{60'000});
  SteadyTime now{};
  for (int i = 0; i < 4; ++i, now += Millis{10'000}) EXPECT_FALSE(window.on_crash(now));
  EXPECT_TRUE(window.on_crash(now));
}

TEST(CrashWindow, CrashesThatAreSpreadOutAreForgiven) {
  app::CrashWindow window(5, Millis{60'000});
  SteadyTime now{};
  for (int i = 0; i < 100; ++i, now += Millis{15'001}) EXPECT_FALSE(window.on_crash(now)) << i;
}

}  // namespace crash_window_test
