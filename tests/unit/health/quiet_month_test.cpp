// Thirty quiet days of four exchanges at the rates of EXCHANGES.md 1.2, before the whole judge; then one falls silent.
#include <cmath>
#include <iostream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/monitor.hpp"
#include "tests/unit/health/traffic.hpp"

namespace quiet_month_test {

using health::FeedKey;
using health::FeedState;
using health_tests::Arrivals;
using health_tests::at_minute;
using health_tests::quiet_feeds;
using market::Topic;
using namespace std::chrono_literals;

constexpr double month = 30 * health_tests::minutes_per_day;
constexpr double judge_every = 0.5;
constexpr const char* assets[] = {"BTC",  "ETH", "SOL",  "XRP",  "DOGE", "SUI",
                                  "PEPE", "WIF", "AVAX", "LINK", "ADA",  "LTC"};

class QuietMarket {
 public:
  explicit QuietMarket(std::uint64_t seed) : random_(seed) {
    for (const auto& feed : quiet_feeds) {
      monitor_.expect(key(feed.exchange), 24h, at_minute(0));
      monitor_.on_up(key(feed.exchange), at_minute(0));
      feeds_.push_back({feed.exchange, Arrivals({feed.per_minute, 0, 0}, seed * 16 + feeds_.size()), 0, false});
      feeds_.back().next = feeds_.back().arrivals.next();
    }
  }
  void live_until(double minute) {
    for (; now_ < minute; now_ += judge_every) {
      for (auto& feed : feeds_)
        for (; feed.next <= now_; feed.next = feed.arrivals.next()) tell(feed);
      (void)monitor_.truth().judge(at_minute(now_));
      (void)monitor_.truth().in_doubt(at_minute(now_));
      for (auto& feed : feeds_) {
        const bool suspect = is_suspect(feed.name);
        if (suspect && !feed.suspect) {
          ++accused[feed.name];
          for (const auto& view : monitor_.feeds().views(at_minute(now_)))
            if (view.key.exchange == feed.name) std::cout << feed.name << ": " << view.why << "\n";
        }
        feed.suspect = suspect;
      }
    }
  }
  /// Minutes of silence of one until it is suspect, while the others go on.
  double silent_until_suspect(const std::string& exchange) {
    silent_ = exchange;
    const double from = now_;
    while (!is_suspect(exchange) && now_ < from + 200) live_until(now_ + judge_every);
    return now_ - from;
  }

  std::map<std::string, int> accused;

 private:
  struct Feed {
    std::string name;
    Arrivals arrivals;
    double next{};
    bool suspect{};
  };
  static FeedKey key(const std::string& exchange) { return {exchange, Topic::liquidations, ""}; }
  bool is_suspect(const std::string& exchange) const {
    return monitor_.feeds().state(exchange, Topic::liquidations, at_minute(now_)) == FeedState::suspect;
  }
  void tell(const Feed& feed) {
    if (feed.name == silent_) return;
    market::Liquidation event;
    event.exchange = feed.name;
    event.symbol = assets[random_() % std::size(assets)];
    event.at = at_minute(feed.next).wall;
    event.price = 100;
    event.raw_quantity = ++count_;
    monitor_.truth().on_content(key(feed.name), {event}, at_minute(feed.next));
    monitor_.feeds().on_data(key(feed.name), 1, event.at, at_minute(feed.next));
  }

  health::Monitor monitor_{"liquidation", {24h, 30, 20s}, at_minute(0)};
  std::vector<Feed> feeds_;
  std::mt19937_64 random_;
  std::string silent_;
  double now_{}, count_{};
};

TEST(QuietMonth, NobodyIsAccusedAndWhoFallsSilentIsInTime) {
  int rare_accused = 0;
  for (std::uint64_t seed = 1; seed <= std::size(quiet_feeds); ++seed) {
    QuietMarket market(seed);
    market.live_until(month);
    rare_accused += market.accused["htx"];
    for (const auto& [exchange, times] : market.accused)
      if (exchange != "htx") ADD_FAILURE() << exchange << " accused " << times << " times";
    const auto& feed = quiet_feeds[seed - 1];
    const double due = std::max(10.0, std::log(feed.per_minute * month / 0.05) / feed.per_minute);
    const double took = market.silent_until_suspect(feed.exchange);
    std::cout << feed.exchange << ": suspect after " << took << " min, due after " << due << "\n";
    // The others' liveliness is the clock here: it runs a little faster or slower than ours.
    EXPECT_LE(took, 1.1 * due + judge_every) << feed.exchange;
  }
  EXPECT_LE(rare_accused, 1) << "one month in twenty may have one";
}

}  // namespace quiet_month_test
