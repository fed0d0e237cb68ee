#include "common/telegram/pacer.hpp"

#include <deque>

#include <gtest/gtest.h>

namespace pacer_test {
using namespace std::chrono_literals;
using telegram::Pacer;

constexpr base::SteadyTime start{1h};

/// Sends as fast as the pacer lets, and returns when each one went.
std::deque<base::SteadyTime> flood(const std::string& chat, int count) {
  Pacer pacer;
  std::deque<base::SteadyTime> out;
  auto now = start;
  for (int i = 0; i < count; ++i) {
    now = pacer.ready_at(chat, now);
    pacer.take(chat, now);
    out.push_back(now);
  }
  return out;
}

TEST(Pacer, GroupsAreNegativeIdsAndNames) {
  EXPECT_TRUE(telegram::is_group("-1001234"));
  EXPECT_TRUE(telegram::is_group("@channel"));
  EXPECT_FALSE(telegram::is_group("1234"));
}

TEST(Pacer, TG1_APrivateChatGetsOneASecond) {
  const auto times = flood("77", 30);
  EXPECT_EQ(times.front(), start);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_EQ(times[i] - times[i - 1], 1s);
}

TEST(Pacer, TG1_AGroupGets18AMinuteAndNeverOver20InAnyMinute) {
  for (const char* chat : {"-1001", "@channel"}) {
    const auto times = flood(chat, 200);
    EXPECT_EQ(times.front(), start) << "the first one does not wait";
    for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], 1s);
    std::size_t oldest = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      while (times[i] - times[oldest] >= 60s) ++oldest;
      EXPECT_LE(i - oldest + 1, 20U);
    }
    const auto minutes = std::chrono::duration<double>(times.back() - times.front()).count() / 60;
    EXPECT_NEAR(199 / minutes, 18.0, 0.2);
  }
}

TEST(Pacer, TG1_AfterQuietTwoMayFollowASecondApart) {
  Pacer pacer;
  pacer.take("-1", start);
  auto now = start + 10min;
  EXPECT_EQ(pacer.ready_at("-1", now), now);
  pacer.take("-1", now);
  EXPECT_EQ(pacer.ready_at("-1", now), now + 1s);
}

TEST(Pacer, TG1_AllChatsTogetherGet25ASecond) {
  Pacer pacer;
  auto now = start;
  std::deque<base::SteadyTime> times;
  for (int i = 0; i < 300; ++i) {
    const std::string chat = std::to_string(i);
    now = pacer.ready_at(chat, now);
    pacer.take(chat, now);
    times.push_back(now);
  }
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    while (times[i] - times[oldest] >= 1s) ++oldest;
    EXPECT_LE(i - oldest + 1, 30U);
  }
}

}  // namespace pacer_test
