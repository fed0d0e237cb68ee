// One topic of many that died: its siblings on the same feed talk, it does not. Pure; about 110 bytes a topic.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/health/moment.hpp"

namespace health {

class TopicWatch {
 public:
  /// `at`, `print`: the exchange's time and the content. What is no later and no other than before is no sign of life.
  void on_data(const std::string& topic, Moment now, std::optional<base::WallTime> at = {}, std::uint64_t print = 0);
  /// The feed was away: everybody starts anew.
  void restart(Moment now);
  /// In words, with one name; nullopt: all of them talk, or too few do to tell.
  [[nodiscard]] std::optional<std::string> judge(Moment now);

  static constexpr base::Millis silent_min{580'000};   ///< the judge comes once a second or so: within ten minutes
  static constexpr double own_gaps = 5;                ///< and so many times its own longest gap of late
  static constexpr base::Millis known_after{900'000};  ///< of its own gaps
  static constexpr base::Millis talking_within{180'000};
  static constexpr base::Millis given_up_after{7'200'000};  ///< delisted, or nobody trades it any more
  static constexpr base::Millis ahead_max{120'000};
  static constexpr std::size_t topics_max = 5'000;

 private:
  struct Topic {
    base::SteadyTime first{}, seen{};
    float longest_ms{};
    std::optional<base::WallTime> newest{};
    std::uint64_t print{};
  };
  std::unordered_map<std::string, Topic> topics_;
};

}  // namespace health
