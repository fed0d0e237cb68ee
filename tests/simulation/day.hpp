// A day of one bot with everything going wrong that can be scripted, and a market that gives it something to say.
#pragma once
#include "tests/simulation/life.hpp"
#include "tests/simulation/seeded_market.hpp"

namespace simulation {

struct DayOptions {
  std::string bot;
  std::uint64_t seed{1};
  std::size_t contracts{20};
  Ms span{day};                                            ///< less: the faults of later hours do not fire
  std::function<void(const std::string&)> candidate_line;  ///< as --jsonl
  std::filesystem::path record_folder;                     ///< not empty: all that comes is recorded
};

struct DayResult {
  std::string transcript;
  std::vector<sandbox::Delivery> posts;
  std::vector<Heard> heard;
  std::vector<std::string> idle_faults;  ///< planned, and never met
  std::string faults;                    ///< each with how often it fired
  std::int64_t asked{}, refused_by_limit{}, asked_during_ban{};
  bool ended_in_order{};

  [[nodiscard]] std::size_t count(std::string_view action, std::string_view part) const;
};

inline constexpr Ms day_start = 1'772'409'600'000;  ///< a Monday, 00:00 UTC
/// "11:12" of that day.
[[nodiscard]] constexpr Ms day_time(int hours, int minutes) { return day_start + hours * hour + minutes * minute; }

[[nodiscard]] DayResult live_a_day(const DayOptions& options);

}  // namespace simulation
