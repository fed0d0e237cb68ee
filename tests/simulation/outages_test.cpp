// Each exchange's outage: nothing answers, every socket is cut. It must be DEAD in minutes, told once, and its return
// told.
#include <algorithm>

#include <gtest/gtest.h>

#include "common/exchange/exchange.hpp"
#include "tests/simulation/several.hpp"

namespace outages_test {
using health::FeedState;
using namespace simulation;
using namespace std::chrono_literals;

struct Place {
  std::string exchange, title;
  std::size_t told{}, back{};
  std::optional<base::Millis> dead_after;
};

std::string title_of(const std::string& exchange) {
  return std::string(exchange::make_exchange(exchange, {})->traits().title);
}

class Outage : public testing::TestWithParam<std::size_t> {};

/// Every other exchange is away at once: what they share is not our network.
TEST_P(Outage, IsDeadToldAndItsEndIsTold) {
  Several bot("volume", all_exchanges(), 6);
  bot.run_for(6min);
  std::vector<Place> away;
  for (std::size_t i = 0; i < all_exchanges().size(); ++i) {
    const auto& exchange = all_exchanges()[i];
    EXPECT_LE(bot.state(exchange, {}), FeedState::quiet) << exchange;
    if (i % 2 != GetParam()) continue;
    const auto title = title_of(exchange);
    away.push_back({exchange, title, bot.count("send", title, "not live"), 0, {}});
    bot.add_fault({{"kind", "reset"}, {"path", "/" + exchange + "/*"}});
    bot.add_fault({{"kind", "ws_drop"}, {"path", "/" + exchange + "/*"}, {"to", 1}});
  }
  for (base::Millis took{0}; took < 10min; took += 5s) {
    for (auto& place : away) {
      if (place.dead_after || bot.state(place.exchange, {}) < FeedState::dead) continue;
      place.dead_after = took;
      std::cout << "Outage " << place.exchange << ": DEAD after " << took.count() / 1'000 << " s\n";
    }
    bot.run_for(5s);
  }
  for (auto& place : away) {
    EXPECT_LE(place.dead_after.value_or(1h), 5min) << place.exchange;
    EXPECT_EQ(bot.count("send", place.title, "not live") - place.told, 1U) << "said once\n" << bot.transcript();
    place.back = bot.count("edit", place.title, "live again");
  }
  for (const auto& [name, fired] : bot.fired()) {
    const bool socket = name.starts_with("ws_drop");  // Kraken's bars have none
    EXPECT_TRUE(fired > 0 || socket) << name;
  }
  for (const auto& exchange : all_exchanges()) {
    const auto is_away = std::ranges::find(away, exchange, &Place::exchange) != away.end();
    EXPECT_EQ(bot.state(exchange, {}) == FeedState::dead, is_away) << exchange;
  }
  bot.clear_faults();
  bot.run_for(10min);
  for (const auto& place : away) {
    EXPECT_LE(bot.state(place.exchange, {}), FeedState::quiet) << place.exchange;
    EXPECT_EQ(bot.count("edit", place.title, "live again") - place.back, 1U) << bot.transcript();
  }
  EXPECT_EQ(bot.count("send", "our network"), 0U);
}

INSTANTIATE_TEST_SUITE_P(EveryOther, Outage, testing::Values(0U, 1U),
                         [](const auto& half) { return half.param == 0 ? "First" : "Second"; });

}  // namespace outages_test
