// The command line, the same for each bot (CLI11).
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/app/bot.hpp"

namespace app {

enum class Command : std::uint8_t { run, check, once, send_test, config, replay, backtest, stats, why, export_csv };

/// Which findings `replay` prints.
enum class WhichFindings : std::uint8_t {
  all,    ///< every candidate that has a strength
  fired,  ///< those whose conditions are all met
  said,   ///< those that pass the gates too, as the messages that would go out
};

struct CommandLine {
  Command command{Command::run};
  std::filesystem::path config_dir{"config"};
  std::vector<std::filesystem::path> layers;  ///< further TOML files, after the bot's own
  std::filesystem::path state_dir{"state"};
  std::optional<std::filesystem::path> shared_dir;  ///< default: <state_dir>/shared
  std::optional<std::filesystem::path> env_file;    ///< mode 0600
  bool jsonl{};   ///< print candidate findings, one JSON object a line, instead of sending anything
  bool limits{};  ///< check: the limit plan in full
  std::vector<std::filesystem::path> files;  ///< replay, backtest; export: where to
  std::string symbol;                        ///< replay: of files that name none
  std::string exchange{"binance"};           ///< replay: of files that name none
  std::optional<WhichFindings> findings;     ///< replay; default: all as JSON, else said
  std::string whynot;                        ///< replay: the contract or asset whose newest look is printed
  std::int64_t signal{};                     ///< why
  std::string rule;                          ///< stats: this one alone; empty: all
  std::vector<std::string> what_if;          ///< replay: "volume.spike.floor_usd=1e6"
  double clock_speed{1};                     ///< tests only: an hour in 60/speed minutes
};

/// What to do, or the exit code when there is nothing left to do (--help, --version, a mistake that was printed).
[[nodiscard]] std::variant<CommandLine, int> parse_command_line(int argc, char** argv, const BotSpec& spec);

}  // namespace app
