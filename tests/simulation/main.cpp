// simulation day [--bot NAME]… [--limit-s N]      a day with outages, twice: seconds, sameness, transcript
// Exit codes: 0, 1 when something that must hold does not, 2 for a wrong command line.
#include <fstream>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "common/base/clock.hpp"
#include "tests/simulation/day.hpp"

namespace {
using namespace simulation;

double seconds_since(base::SteadyTime began) {
  return std::chrono::duration<double>(base::SystemClock().steady_now() - began).count();
}

int day_of(const std::string& bot, std::size_t contracts, double limit_s, const std::string& folder) {
  DayOptions options;
  options.bot = bot;
  options.contracts = contracts;
  double slowest = 0;
  std::vector<DayResult> runs;
  for (int run = 0; run < 2; ++run) {
    const auto began = base::SystemClock().steady_now();
    runs.push_back(live_a_day(options));
    slowest = std::max(slowest, seconds_since(began));
  }
  const auto& first = runs.front();
  const bool same = first.transcript == runs.back().transcript;
  std::printf("%-12s %zu contracts, 24 h in %.2f s (the slower of two), transcripts %s, %zu posts, %lld requests\n",
              bot.c_str(), contracts, slowest, same ? "the same" : "DIFFER", first.posts.size(),
              static_cast<long long>(first.asked));
  std::cout << first.faults;
  for (const auto& fault : first.idle_faults) std::cout << "NEVER FIRED: " << fault << '\n';
  if (!folder.empty()) std::ofstream(folder + "/day_" + bot + ".txt") << first.transcript;
  const bool good = same && first.idle_faults.empty() && first.ended_in_order && slowest <= limit_s;
  if (!good) std::cout << "FAILED: " << bot << '\n';
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Whole bots in virtual time"};
  app.require_subcommand(1);
  std::vector<std::string> bots{"volume", "funding", "liquidation"};
  std::size_t contracts = 20;
  double limit_s = 10;
  std::string out;
  auto* one_day = app.add_subcommand("day", "a day with outages, lived twice");
  one_day->add_option("--bot", bots, "which bots");
  one_day->add_option("--contracts", contracts, "how many contracts the exchange lists, 1 to 40");
  one_day->add_option("--limit-s", limit_s, "no day may take longer");
  one_day->add_option("--out", out, "folder for the transcripts");
  CLI11_PARSE(app, argc, argv);
  int result = 0;
  try {
    for (const auto& bot : bots) result |= day_of(bot, contracts, limit_s, out);
  } catch (const std::exception& error) {
    std::cerr << "simulation: " << error.what() << '\n';
    return 2;
  }
  return result;
}
