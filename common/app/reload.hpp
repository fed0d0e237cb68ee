// What a reload changed, by the printed configurations before and after. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace app {

struct ConfigChanges {
  std::vector<std::string> in_force;       ///< "gates.cooldown"
  std::vector<std::string> after_restart;  ///< "exchange.okx.proxy"
};

/// Both texts as Document::effective() prints them. Sections of the bot, its gates, watchlist and periods are in force
/// at once; connections, limits, alerts and the span of history are set at the start.
[[nodiscard]] ConfigChanges changes_between(std::string_view before, std::string_view after, std::string_view bot);

/// For the log: "reloaded: gates.cooldown in force; exchange.okx.proxy after a restart".
[[nodiscard]] std::string describe(const ConfigChanges& changes);

/// Eight hex digits of what decides whether a finding is a signal: the bot's own section, its gates, trades and
/// watchlist.
[[nodiscard]] std::string config_hash(std::string_view effective, std::string_view bot);

}  // namespace app
