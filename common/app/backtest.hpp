// backtest: replay, hypothetical trades and the scoreboard, over recorded markets.
#pragma once
#include <string>

#include "common/app/replay.hpp"
#include "common/desk/trade_book.hpp"

namespace app {

using LoadAs = std::function<Loaded(const CommandLine&)>;

/// Plays the material twice, for the trades and for their placebos; what it came to, in words.
[[nodiscard]] base::Result<std::string> backtest(Material& material, const CommandLine& line, const LoadAs& load);

/// The command: prints it. Returns the exit code.
[[nodiscard]] int run_backtest(const CommandLine& line, const LoadAs& load);

}  // namespace app
