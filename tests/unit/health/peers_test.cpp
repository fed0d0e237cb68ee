// What the other exchanges' events say about one that is silent.
#include "common/health/peers.hpp"

#include <array>
#include <queue>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/traffic.hpp"

namespace peers_test {

using health::Peers;
using health_tests::Arrivals;
using health_tests::at_minute;
using health_tests::Flow;
using health_tests::quiet_feeds;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr double month = 30 * health_tests::minutes_per_day;

/// Four exchanges over one market: each has its own orders, and now and then a cascade of one asset hits them all.
class Market {
 public:
  Market(double swing, double burst, bool cascades, std::uint64_t seed) : random_(seed) {
    for (const auto& feed : quiet_feeds) {
      flows_.emplace_back(Flow{feed.per_minute, swing, burst}, seed * 100 + flows_.size());
      peers.expect(feed.exchange, feed.per_minute / 2, at_minute(0));
      peers.restart(feed.exchange, at_minute(0));
      next_.push_back(flows_.back().next());
    }
    if (cascades) plan_cascade();
  }
  /// Lives until a minute; judges exchanges right before their events, one time in seven. `dead`: one whose events are
  /// lost.
  void live_until(double minute, std::string_view dead = {}) {
    for (;;) {
      const auto first = std::ranges::min_element(next_);
      const auto source = static_cast<std::size_t>(first - next_.begin());
      if (cascade_ < *first && cascade_ < minute) {
        cascade(dead);
        continue;
      }
      if (*first > minute) return;
      const double at = *first;
      *first = flows_[source].next();
      tell(quiet_feeds[source].exchange, asset(), at, dead);
    }
  }
  /// Minutes from `from` on until an exchange that went dead is suspected.
  double minutes_to_doubt(std::string_view dead, double from) {
    double minute = from;
    while (minute < from + 600 && !peers.judge(dead, at_minute(minute))) live_until(minute += 0.25, dead);
    return minute - from;
  }
  void cascade_at(double minute) { cascade_ = minute; }

  Peers peers;
  int false_doubts{};
  std::int64_t events{};

 private:
  std::string asset() {  // the first few are told of most
    const double u = uniform_(random_);
    return "A" + std::to_string(static_cast<int>(60 * u * u * u));
  }
  void tell(const char* exchange, const std::string& asset, double minute, std::string_view dead) {
    if (exchange == dead) return;
    if (dead.empty() && events % 7 == 0 && peers.judge(exchange, at_minute(minute))) ++false_doubts;
    peers.on_event(exchange, asset, at_minute(minute));
    ++events;
  }
  void plan_cascade() { cascade_ += 720 * exponential_(random_); }
  void cascade(std::string_view dead) {
    const auto one = asset();
    const double from = cascade_;
    for (double at = 0; at < 3; at += 0.05)
      for (const auto& feed : quiet_feeds)
        if (uniform_(random_) < feed.per_minute / 6) tell(feed.exchange, one, from + at, dead);
    plan_cascade();
    for (auto& next : next_) next = std::max(next, from + 3);
  }
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_{0.0, 1.0};
  std::exponential_distribution<double> exponential_{1.0};
  std::vector<Arrivals> flows_;
  std::vector<double> next_;
  double cascade_{};
};

struct Traffic {
  const char* name;
  double swing, burst;
  bool cascades;
};
class ThirtyHonestDays : public testing::TestWithParam<Traffic> {};

TEST_P(ThirtyHonestDays, HaveNoDoubtAboutAnyOfFourExchanges) {
  int doubts = 0;
  std::int64_t events = 0;
  constexpr int seeds = 2;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Market market(GetParam().swing, GetParam().burst, GetParam().cascades, seed);
    market.cascade_at(GetParam().cascades ? 30 : 1e12);
    market.live_until(month);
    doubts += market.false_doubts;
    events += market.events;
  }
  std::cout << GetParam().name << ": " << doubts << " false doubts in " << seeds << " months of four exchanges, "
            << events << " events\n";
  EXPECT_EQ(doubts, 0);
}
INSTANTIATE_TEST_SUITE_P(Peers, ThirtyHonestDays,
                         testing::Values(Traffic{"Steady", 0, 0, false}, Traffic{"Hours", 0.7, 0, false},
                                         Traffic{"Bursts", 0, 4, false}, Traffic{"Cascades", 0.5, 2, true}),
                         [](const auto& traffic) { return traffic.param.name; });

TEST(Peers, ADeadExchangeIsDoubtedWithinTenMinutesOfALivelyMarket) {
  for (const auto* dead : {"okx", "bybit"}) {
    Market market(0, 0, false, 11);
    market.cascade_at(1e12);
    market.live_until(7 * health_tests::minutes_per_day);
    const double took = market.minutes_to_doubt(dead, 7 * health_tests::minutes_per_day);
    EXPECT_LE(took, 10) << dead;
    std::cout << dead << " doubted after " << took << " quiet minutes\n";
  }
}

TEST(Peers, OneThatSeldomHasAnyIsDoubtedOnceTheOthersHadHundreds) {
  Market market(0, 0, false, 12);
  market.cascade_at(1e12);
  market.live_until(7 * health_tests::minutes_per_day);
  const double from = 7 * health_tests::minutes_per_day;
  const double quiet = market.minutes_to_doubt("htx", from);
  EXPECT_GE(quiet, 45);
  // The same in a market ten times as lively: the clock does not matter, what the others tell does.
  Market busy(0, 0, false, 12);
  busy.cascade_at(1e12);
  busy.live_until(from);
  double minute = from;
  int told = 0;
  for (; !busy.peers.judge("htx", at_minute(minute)); minute += 0.02, ++told)
    busy.peers.on_event(told % 3 == 0 ? "bybit" : "okx", "A" + std::to_string(told % 40), at_minute(minute));
  EXPECT_LE(minute - from, quiet / 4);
}

TEST(Peers, SaysWhoToldHowOften) {
  Market market(0, 0, false, 13);
  market.cascade_at(1e12);
  market.live_until(3 * health_tests::minutes_per_day);
  double minute = 3 * health_tests::minutes_per_day;
  market.live_until(minute += 40, "okx");
  const auto doubt = market.peers.judge("okx", at_minute(minute));
  ASSERT_TRUE(doubt);
  EXPECT_TRUE(doubt->asset.empty());
  EXPECT_THAT(
      doubt->words(),
      testing::MatchesRegex("silent for 40m( .+)?; gate, bybit and htx liquidated 1.. times meanwhile, .. may pass"));
}

TEST(Peers, OneAssetOfManyThatDiedIsNamed) {
  Peers peers;
  for (const auto* exchange : {"bybit", "okx"}) {
    peers.expect(exchange, 1, at_minute(0));
    peers.restart(exchange, at_minute(0));
  }
  double minute = 0;
  for (int i = 0; i < 4'000; ++i, minute += 0.5) {
    peers.on_event(i % 2 == 0 ? "bybit" : "okx", "BTC", at_minute(minute));
    peers.on_event(i % 2 == 0 ? "okx" : "bybit", "ETH", at_minute(minute + 0.2));
  }
  ASSERT_FALSE(peers.judge("bybit", at_minute(minute)));
  for (int i = 0; i < 60; ++i, minute += 0.5) {  // bybit's BTC topic has died, all else goes on
    peers.on_event("okx", "BTC", at_minute(minute));
    peers.on_event(i % 2 == 0 ? "okx" : "bybit", "ETH", at_minute(minute + 0.2));
  }
  const auto doubt = peers.judge("bybit", at_minute(minute));
  ASSERT_TRUE(doubt);
  EXPECT_EQ(doubt->asset, "BTC");
  EXPECT_THAT(doubt->words(), HasSubstr("no BTC for 3"));
  EXPECT_FALSE(peers.judge("okx", at_minute(minute)));
  peers.on_event("bybit", "BTC", at_minute(minute));
  EXPECT_FALSE(peers.judge("bybit", at_minute(minute))) << "data alone ends the doubt";
}

TEST(Peers, WhileItWasProvablyAwayNothingCountsAgainstIt) {
  Market market(0, 0, false, 14);
  market.cascade_at(1e12);
  market.live_until(2 * health_tests::minutes_per_day);
  const double from = 2 * health_tests::minutes_per_day;
  market.live_until(from + 60, "okx");
  market.peers.restart("okx", at_minute(from + 60));
  EXPECT_FALSE(market.peers.judge("okx", at_minute(from + 60)));
}

TEST(Peers, AFloodOfOneAssetInOneSecondIsOneEvent) {
  Peers peers;
  for (const auto* exchange : {"bybit", "okx"}) {
    peers.expect(exchange, 1, at_minute(0));
    peers.restart(exchange, at_minute(0));
  }
  for (int i = 0; i < 10'000; ++i) peers.on_event("bybit", "BTC", at_minute(1));
  EXPECT_FALSE(peers.judge("okx", at_minute(5)));
}

TEST(Peers, ActivityIsWhatTheOthersTellNowAgainstTheirUsual) {
  Market market(0, 0, false, 15);
  market.cascade_at(1e12);
  EXPECT_FALSE(market.peers.activity("okx", at_minute(1))) << "nothing is known yet";
  const double from = 4 * health_tests::minutes_per_day;
  market.live_until(from);
  EXPECT_NEAR(market.peers.activity("okx", at_minute(from)).value_or(0), 1, 0.3);
  for (int i = 0; i < 600; ++i)
    market.peers.on_event("bybit", "A" + std::to_string(i % 40), at_minute(from + i * 0.05));
  EXPECT_GT(market.peers.activity("okx", at_minute(from + 30)).value_or(0), 2.5);
  EXPECT_LT(market.peers.activity("okx", at_minute(from + 240)).value_or(0), 0.2);
}

}  // namespace peers_test
