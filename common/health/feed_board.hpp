// The truth about each feed: what came, when, and whether silence may be read as calm.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/health/moment.hpp"
#include "common/health/root_cause.hpp"
#include "common/market/topic.hpp"

namespace health {

/// From good to bad. A number from a feed that is not live or quiet must name it.
enum class FeedState : std::uint8_t {
  off,      ///< switched off by an operator; counts nowhere
  live,     ///< connected, and data within its normal period
  quiet,    ///< connected but silent for longer than normal, or lost so shortly that nothing is known yet
  suspect,  ///< data comes, and must not be believed
  dead,     ///< disconnected or failing for longer than its rule allows
};
[[nodiscard]] std::string_view to_string(FeedState state);  ///< "LIVE"

/// Why a whole exchange or one feed is not believed although it talks.
enum class Doubt : std::uint8_t {
  clock,     ///< its clock is more than 30 s from ours
  schedule,  ///< the next funding time it states has passed
};

struct FeedKey {
  std::string exchange;
  market::Topic topic{};
  std::string stream;  ///< one of several sockets; empty: the topic as a whole
  auto operator<=>(const FeedKey&) const = default;
};

struct FeedRules {
  base::Millis quiet_after{60'000};  ///< the topic's normal period between data
  base::Millis dead_after{20'000};   ///< disconnected or failing for so long
  /// Data that come by a timetable (bars, polls): connected and silent for so long, it is suspect. Absent: their rate
  /// is the market's, and silence is judged by what is learned of it.
  std::optional<base::Millis> suspect_after{};
};

struct FeedView {
  FeedKey key;
  FeedState state{};
  std::string why;                         ///< "no data for 3m", "connection reset"; empty while live
  std::optional<base::WallTime> newest;    ///< by the exchange's clock
  std::optional<base::WallTime> received;  ///< by ours
  std::optional<base::Millis> age;         ///< since it was received
  std::uint64_t events{}, gaps{};
};

class FeedBoard {
 public:
  /// A feed is judged from the moment it is expected: one that never comes up is dead after its rule.
  void expect(const FeedKey& key, FeedRules rules, Moment now);
  void forget(const FeedKey& key);
  void switch_off(const std::string& exchange, bool off);

  void on_up(const FeedKey& key, Moment now);  ///< connected and subscribed, or a poll answered; no data yet
  void on_down(const FeedKey& key, const base::Error& why, Moment now);
  /// Market data alone: acks, pings and empty answers are none. `newest`: the exchange's time, where the payload has
  /// it.
  void on_data(const FeedKey& key, std::size_t events, std::optional<base::WallTime> newest, Moment now);
  void on_gap(const FeedKey& key);
  /// The latest next funding time that the feed states. It is suspect once that has passed by two minutes.
  void on_schedule(const FeedKey& key, base::WallTime next);
  void doubt_clock(const std::string& exchange, bool doubted);
  /// Evidence against one feed, in words with numbers; empty: none any more. Connecting anew does not end it.
  void doubt(const FeedKey& key, std::string why);
  /// What is known of each exchange's reach, for the root cause of alarms.
  [[nodiscard]] std::vector<Reach> reach() const;

  [[nodiscard]] std::vector<FeedView> views(Moment now) const;
  /// The worst of its feeds (of one topic, if named); off when it has none.
  [[nodiscard]] FeedState state(std::string_view exchange, std::optional<market::Topic> topic, Moment now) const;
  [[nodiscard]] std::vector<std::string> exchanges() const;                ///< that are expected and not off
  [[nodiscard]] std::size_t exchanges_live(Moment now) const;              ///< all of their feeds live or quiet
  [[nodiscard]] std::optional<base::Millis> newest_age(Moment now) const;  ///< since any feed received data

 private:
  struct Feed {
    FeedRules rules;
    std::optional<base::SteadyTime> down_since;
    base::SteadyTime up_since{};
    std::string reason;
    bool by_network{};  ///< no answer came at all
    std::string doubt;
    std::optional<base::WallTime> newest, received, schedule;
    std::optional<base::SteadyTime> received_steady;
    std::uint64_t events{}, gaps{};
  };
  struct Judged {
    FeedState state{};
    std::string why;
  };
  [[nodiscard]] Judged judge(const FeedKey& key, const Feed& feed, Moment now) const;
  Feed* find(const FeedKey& key);

  std::map<FeedKey, Feed> feeds_;
  std::set<std::string, std::less<>> off_, clock_doubted_;
};

}  // namespace health
