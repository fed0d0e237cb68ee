// The commands beside `run`, and what all of them need first: the configuration, read and checked.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "common/app/command_line.hpp"
#include "common/app/program.hpp"
#include "common/config/secrets.hpp"

namespace app {

struct Loaded {
  std::string bot;       ///< "funding"
  std::string problems;  ///< one a line; empty: the rest may be used
  Settings settings;
  Destination destination;
  std::unique_ptr<BotLogic> logic;
  std::vector<std::string> warnings;
  std::vector<std::string> described_secrets;
  std::string effective;  ///< the settings in force as TOML
};
using Loader = std::function<Loaded()>;

[[nodiscard]] Loaded load_everything(const CommandLine& line, const BotSpec& spec);
int print_config(const Loaded& loaded);
/// check, once, send-test: prints a line each, returns the exit code.
[[nodiscard]] int run_command(const CommandLine& line, boost::asio::io_context& io, base::Clock& clock,
                              Program& program, const Loaded& loaded);

}  // namespace app
