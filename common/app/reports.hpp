// stats and export: what the bot's database knows of its signals, read beside the running bot.
#pragma once
#include <string>

#include "common/app/command_line.hpp"
#include "common/base/result.hpp"
#include "common/store/database.hpp"

namespace app {

/// `<bot>.db` without the lock of an instance: an error when there is none, when it cannot be read or is of an older
/// program; never set aside, and never changed below a bot that runs.
[[nodiscard]] base::Result<std::unique_ptr<store::Database>> open_beside(const std::filesystem::path& state_dir,
                                                                         std::string_view bot, base::WallTime now);
/// The scoreboard, a rule and configuration each. `rule`: that one alone; an error where there is no such record.
[[nodiscard]] base::Result<std::string> stats_text(store::Database& bot, const std::string& rule = {});
/// Signals with their outcomes, oldest first, one a line below a header line (RFC 4180).
[[nodiscard]] base::Result<std::string> export_csv(store::Database& bot);

/// Says it on stderr. What a command returns after that.
[[nodiscard]] int fail(const base::Error& error);
/// The commands; they return the exit code.
[[nodiscard]] int run_stats(const CommandLine& line, std::string_view bot, base::WallTime now);
[[nodiscard]] int run_why(const CommandLine& line, std::string_view bot, base::WallTime now);
[[nodiscard]] int run_export(const CommandLine& line, std::string_view bot, base::WallTime now);

}  // namespace app
