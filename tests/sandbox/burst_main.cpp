// burst: so many liquidations through a socket into the detector, counted; `./dev bench --only burst` runs a million.
#include <iostream>

#include <CLI/CLI.hpp>

#include "tests/sandbox/burst.hpp"

int main(int argc, char** argv) {
  CLI::App cli("A burst of liquidations from a socket to the liquidation bot's detector.", "burst");
  std::uint64_t events = 1'000'000;
  cli.add_option("--events", events, "how many; each another one")->check(CLI::Range(1, 100'000'000));
  CLI11_PARSE(cli, argc, argv);
  try {
    const auto report = sandbox::burst(events);
    std::cout << sandbox::as_json(report) << '\n';
    return report.judged == events && report.received == events && report.refused == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "burst: " << error.what() << '\n';
    return 1;
  }
}
