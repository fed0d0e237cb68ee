// Whole bots in virtual time, for a person to measure and to read.
//   simulation day [--bot NAME…] [--contracts N] [--limit-s S] [--out DIR]   a day with outages, lived twice
//   simulation recorded [--bot NAME…] [--days N] [--out DIR]                 the recordings of shared/data
// Exit codes: 0, 1 when something that must hold does not, 2 for a wrong command line or a missing recording.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "common/base/clock.hpp"
#include "tests/simulation/day.hpp"
#include "tests/simulation/replay.hpp"
#include "tests/simulation/table.hpp"

namespace {
using namespace simulation;

struct Wanted {
  std::vector<std::string> bots{"volume", "funding", "liquidation"};
  std::size_t contracts{20};
  int days{365};
  double limit_s{10};
  std::string out;
};

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(clock_.steady_now() - began_).count(); }

 private:
  base::SystemClock clock_;
  base::SteadyTime began_{clock_.steady_now()};
};

void write(const Wanted& wanted, const std::string& name, const std::string& transcript) {
  if (!wanted.out.empty()) std::ofstream(wanted.out + "/" + name + ".txt") << transcript;
}

bool live_day(const Wanted& wanted, const std::string& bot) {
  DayOptions options;
  options.bot = bot;
  options.contracts = wanted.contracts;
  double slowest = 0;
  std::vector<DayResult> runs;
  for (int run = 0; run < 2; ++run) {
    const Stopwatch watch;
    runs.push_back(live_a_day(options));
    slowest = std::max(slowest, watch.seconds());
  }
  const auto& first = runs.front();
  const bool same = first.transcript == runs.back().transcript;
  fmt::print("{:<12} {} contracts, 24 h in {:.2f} s (the slower of two), transcripts {}, {} posts, {} requests\n", bot,
             wanted.contracts, slowest, same ? "the same" : "DIFFER", first.posts.size(), first.asked);
  fmt::print("{}", first.faults);
  for (const auto& fault : first.idle_faults) fmt::print("  NEVER FIRED: {}\n", fault);
  write(wanted, "day_" + bot, first.transcript);
  return same && first.idle_faults.empty() && first.ended_in_order && slowest <= wanted.limit_s;
}

bool report(const Wanted& wanted, const std::string& name, const Replay& replay, double seconds) {
  fmt::print("{:<22} {:.1f} s: {}\n", name, seconds, replay.summary());
  for (std::size_t i = 0; i < std::min<std::size_t>(replay.problems.size(), 40); ++i)
    fmt::print("  UNEXPLAINED: {}\n", replay.problems[i]);
  write(wanted, name, replay.transcript);
  return replay.problems.empty() && replay.idle_faults.empty() && replay.refused_by_limit == 0;
}

bool play_recordings(const Wanted& wanted, const std::string& bot) {
  ReplayOptions options;
  options.span = wanted.days * day;
  bool good = true;
  if (bot == "volume") {
    for (const std::string month : {"2023-02", "2025-02"}) {
      const Stopwatch watch;
      const RecordedCandles market(recorded_files("klines_1m_um", month));
      const auto replay = replay_volume(market, options);
      good = report(wanted, "volume_" + month, replay, watch.seconds()) && good;
    }
  } else if (bot == "funding") {
    const Stopwatch watch;
    const RecordedFunding market(data_folder() / "funding" / "binance_um_539.csv.xz");
    const auto replay = replay_funding(market, options);
    good = report(wanted, "funding", replay, watch.seconds());
  } else {
    for (const auto& [name, layer] : liquidation_layers()) {
      options.layer = layer;
      const Stopwatch watch;
      const auto replay = replay_liquidations(data_folder() / "liq" / "binance_um_forceorder_sessions.csv.xz", options);
      good = report(wanted, name, replay, watch.seconds()) && good;
    }
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  Wanted wanted;
  CLI::App app{"Whole bots in virtual time"};
  app.require_subcommand(1);
  auto* one_day = app.add_subcommand("day", "a day with outages, lived twice");
  one_day->add_option("--contracts", wanted.contracts, "how many contracts the exchange lists, 1 to 40");
  one_day->add_option("--limit-s", wanted.limit_s, "no day may take longer");
  auto* recorded =
      app.add_subcommand("recorded", "the recordings of shared/data, and whether they explain what was told");
  recorded->add_option("--days", wanted.days, "live at most so many days of each");
  for (auto* command : {one_day, recorded}) {
    command->add_option("--bot", wanted.bots, "volume, funding, liquidation");
    command->add_option("--out", wanted.out, "folder for the transcripts");
  }
  CLI11_PARSE(app, argc, argv);
  bool good = true;
  try {
    for (const auto& bot : wanted.bots) good = (one_day->parsed() ? live_day : play_recordings)(wanted, bot) && good;
  } catch (const std::exception& error) {
    std::cerr << "simulation: " << error.what() << '\n';
    return 2;
  }
  if (!good) fmt::print("FAILED\n");
  return good ? 0 : 1;
}
