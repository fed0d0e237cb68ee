// What tests need to put a bot's real parts before the sandbox: the shipped configuration with its addresses turned to
// loopback, and the guard's options as a bot has them.
#pragma once
#include <functional>
#include <string>

#include "common/app/settings.hpp"
#include "common/guard/gate.hpp"

namespace sandbox {

/// config/common.toml. Throws std::runtime_error when it has problems.
[[nodiscard]] app::Settings shipped_settings();
/// The sandbox's paths are the exchange's own, below its name.
void point_at(exchange::Settings& settings, const std::string& exchange, const std::string& host, std::uint16_t port);
/// The documented limits of all exchanges, and this bot's share of them. Throws std::runtime_error.
[[nodiscard]] guard::GateOptions gate_options(const app::Settings& settings, const std::string& bot);

}  // namespace sandbox
