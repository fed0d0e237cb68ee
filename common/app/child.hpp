// Runs a program to its end without stopping the loop: what it is given on standard input, what it says on standard
// output. It gets no environment and no file descriptor of ours, so that no secret and no connection reaches it, and it
// never stays: not over its deadline, not over a cancellation, not as a zombie.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace app {

/// Has a constructor on purpose (docs/decisions/0002).
struct ChildPlan {
  explicit ChildPlan(std::filesystem::path what) : program(std::move(what)) {}
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::string input;
  base::Millis deadline{10'000};
  std::size_t output_max{4U << 20U};
};

/// What it printed, when it exits with 0. Errors: config (it cannot be started), timeout, bad_data (it printed too
/// much), internal (it failed: the cause holds its exit code and its own first words on standard error).
[[nodiscard]] boost::asio::awaitable<base::Result<std::string>> run_child(base::Clock& clock, ChildPlan plan);

}  // namespace app
