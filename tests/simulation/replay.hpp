// Recorded markets lived by the bots in virtual time, and the recordings asked whether they explain what was told.
// The checks compute from the file alone, by simpler means than the detectors do.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/life.hpp"
#include "tests/simulation/recorded_market.hpp"

namespace simulation {

struct Replay {
  std::string transcript;
  std::vector<sandbox::Delivery> posts;
  std::vector<Heard> heard;
  std::size_t signals{};              ///< new messages in the signals' chat
  std::size_t clear_cases{};          ///< of the file: so far above every bar that silence needs a reason
  std::vector<std::string> reasons;   ///< of clear cases that were not told: "…: cooldown"
  std::vector<std::string> problems;  ///< what the recording does not explain; must be empty
  std::int64_t refused_by_limit{};
  std::vector<std::string> idle_faults;

  [[nodiscard]] std::string summary() const;
  void take(const Town& town);  ///< what was posted, and which faults never fired
};

struct ReplayOptions {
  Ms skip{};                    ///< of the recording, after what the bot needs as history
  Ms span{365 * day};           ///< lived at most
  sandbox::Json faults;         ///< times in seconds since the start
  Ms blind_from{}, blind_to{};  ///< since the start: what happens then must not be told as news
  std::string layer;            ///< TOML over the shipped files
};

[[nodiscard]] double median(std::vector<double> values);  ///< of one at least
/// Of the evidence: a value, its threshold; NaN: there is none of that name.
[[nodiscard]] double measured(const Heard& heard, std::string_view name);
[[nodiscard]] double threshold(const Heard& heard, std::string_view name);
/// "volume_spike BTCUSDT 2025-02-03 14:20:00 UTC (said)"
[[nodiscard]] std::string words(const Heard& heard);

[[nodiscard]] Replay replay_volume(const RecordedCandles& market, const ReplayOptions& options);
[[nodiscard]] Replay replay_funding(const RecordedFunding& market, const ReplayOptions& options);
/// The recorded sessions are of calm hours: with the shipped floors they hold nothing that is told. So they
/// are played twice: as shipped, and with every floor at a tenth. Name and TOML layer of each.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> liquidation_layers();
/// All sessions, one start of the bot each; its state stays.
[[nodiscard]] Replay replay_liquidations(const std::filesystem::path& file, const ReplayOptions& options);

}  // namespace simulation
