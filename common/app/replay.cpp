#include "common/app/replay.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <iostream>

#include "common/app/exit_codes.hpp"
#include "common/feed/packed_file.hpp"
#include "common/telegram/split.hpp"

namespace app {

namespace {

constexpr base::Millis afterwards{std::chrono::hours{24}};

base::WallTime next_second(base::WallTime at) { return std::chrono::ceil<std::chrono::seconds>(at); }

/// "BTCUSDT-1m-2022.csv.xz" -> "BTCUSDT": what a file is about that does not say it itself.
std::string symbol_in(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  const auto end = std::find_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; });
  return {name.begin(), end};
}

}  // namespace

void replay(desk::Detector& detector, feed::Tables& tables, const std::function<void(const desk::Finding&)>& take) {
  desk::Findings found;
  std::optional<base::WallTime> now;
  const auto pass = [&] {
    for (const auto& finding : found) take(finding);
    found.clear();
  };
  const auto wait_until = [&](base::WallTime until) {
    while (true) {
      const auto due = std::max(next_second(detector.due()), *now + base::Millis{1'000});
      if (due >= until) return;
      now = due;
      detector.on_time(due, found);
      pass();
    }
  };
  tables.each([&](const market::Event& event) {
    const auto at = market::received_at(event);
    if (!now) now = next_second(at) - base::Millis{1'000};
    wait_until(at);
    detector.on_event(event, found);
    pass();
    return true;
  });
  if (now) wait_until(*now + afterwards);
}

int run_replay(const CommandLine& line, Loaded& loaded) {
  feed::Tables tables;
  for (const auto& file : line.files) {
    feed::TableDefaults defaults;
    defaults.exchange = line.exchange;
    defaults.symbol = line.symbol.empty() ? symbol_in(file) : line.symbol;
    const auto text = feed::read_packed(file);
    const auto added =
        text ? tables.add(*text, file == "-" ? "standard input" : file.string(), defaults) : text.error();
    if (!added) {
      std::cerr << added.error().text() << '\n';
      return exit_config;
    }
  }
  ExchangeTitles titles;
  const auto unlisted = [](const std::string&, const std::string&) -> const market::Instrument* { return nullptr; };
  auto& detector = loaded.logic->make_detector(unlisted, titles);
  replay(detector, tables, [&](const desk::Finding& finding) {
    if (line.jsonl && desk::is_candidate(finding) && (finding.fires || line.findings == WhichFindings::all))
      std::cout << desk::candidate_json(finding) << '\n';
    if (!line.jsonl && finding.fires && finding.message)
      std::cout << telegram::Parts(finding.message().str(), true).text(0, false) << "\n\n";
  });
  std::cout << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace app
