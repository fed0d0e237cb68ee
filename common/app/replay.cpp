#include "common/app/replay.hpp"

#include <algorithm>
#include <cctype>
#include <iostream>

#include "common/app/exit_codes.hpp"
#include "common/app/reports.hpp"
#include "common/base/text.hpp"
#include "common/desk/why.hpp"
#include "common/feed/heard.hpp"
#include "common/feed/packed_file.hpp"
#include "common/telegram/split.hpp"

namespace app {

namespace {

constexpr base::Millis afterwards{std::chrono::hours{24}};
constexpr std::string_view recording_magic = "\x28\xB5\x2F\xFD";  // zstd

base::WallTime next_second(base::WallTime at) { return std::chrono::ceil<std::chrono::seconds>(at); }

/// "BTCUSDT-1m-2022.csv.xz" -> "BTCUSDT": what a file is about that does not say it itself.
std::string symbol_in(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  const auto end = std::find_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; });
  return {name.begin(), end};
}

std::string headline(const std::string& html) { return base::visible_text(html.substr(0, html.find('\n'))); }

void print(const Rehearsed& message) {
  const std::string_view how = message.op == store::Op::edit ? "edited" : message.rings ? "rings" : "silent";
  std::cout << base::utc_stamp(message.at) << "  [" << how << "]\n"
            << telegram::Parts(message.html, true).text(0, false) << "\n\n";
}

constexpr std::size_t written_at_once = 1U << 18U;

/// `lines` is what was not written yet.
Rehearsal::Ears ears_of(const CommandLine& line, std::string& lines) {
  Rehearsal::Ears ears;
  const auto which = line.findings.value_or(line.jsonl ? WhichFindings::all : WhichFindings::said);
  if (which == WhichFindings::said) {
    ears.on_message = print;
    return ears;
  }
  ears.on_candidate = [jsonl = line.jsonl, which, &lines](const desk::Finding& finding) {
    if (!finding.fires && which == WhichFindings::fired) return;
    if (jsonl) {
      desk::append_candidate_json(lines, finding);
      lines += '\n';
      if (lines.size() < written_at_once) return;
      std::cout << lines;
      lines.clear();
    } else if (finding.fires && finding.message) {
      std::cout << telegram::Parts(finding.message().str(), true).text(0, false) << "\n\n";
    }
  };
  return ears;
}

using Posted = std::map<std::string, std::pair<base::WallTime, std::string>>;  ///< by signal: when, its headline

base::Result<Posted> said_with(Material& material, Loaded& loaded) {
  Posted out;
  Rehearsal::Ears ears;
  ears.on_message = [&out](const Rehearsed& message) {
    if (message.op == store::Op::send) out.emplace(message.signal, std::pair(message.at, headline(message.html)));
  };
  const auto done = rehearse(material, loaded, std::move(ears));
  if (!done) return done.error();
  return out;
}

int compare(const CommandLine& line, Material& material, const std::function<Loaded(const CommandLine&)>& load) {
  auto as_is = line;
  as_is.what_if.clear();
  auto before = load(as_is);
  auto after = load(line);
  if (!after.problems.empty()) {
    std::cerr << after.problems;
    return exit_config;
  }
  const auto old_said = said_with(material, before), new_said = said_with(material, after);
  if (!old_said) return fail(old_said.error());
  if (!new_said) return fail(new_said.error());
  std::multimap<base::WallTime, std::string> lines;
  for (const auto& [signal, what] : new_said.value())
    if (!old_said->contains(signal)) lines.emplace(what.first, "+ " + what.second);
  for (const auto& [signal, what] : old_said.value())
    if (!new_said->contains(signal)) lines.emplace(what.first, "- " + what.second);
  std::size_t vanish = 0;
  for (const auto& [at, what] : lines) {
    std::cout << base::utc_stamp(at) << "  " << what << '\n';
    vanish += what.starts_with('-') ? 1U : 0U;
  }
  std::cout << new_said->size() << " messages instead of " << old_said->size() << ": " << lines.size() - vanish
            << " appear, " << vanish << " vanish\n"
            << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace

base::Result<void> rehearse(Material& material, Loaded& loaded, Rehearsal::Ears ears, const std::string& whynot) {
  auto rehearsal = Rehearsal::begin(*loaded.logic, loaded.settings, std::move(ears));
  if (!rehearsal) return rehearsal.error();
  auto played = material.play(*rehearsal.value(), *loaded.logic, loaded.bot);
  rehearsal.value()->end();
  if (played && !whynot.empty()) std::cout << desk::whynot_text(rehearsal.value()->detector().last_evaluations(whynot));
  return played;
}

void walk(feed::Tables& tables, const TableListener& listener) {
  std::optional<base::WallTime> now;
  const auto wait_until = [&](base::WallTime until) {
    while (true) {
      const auto due = std::max(next_second(listener.due()), *now + base::Millis{1'000});
      if (due >= until) return;
      now = due;
      listener.pass_time(due);
    }
  };
  tables.each([&](const market::Event& event) {
    const auto at = market::received_at(event);
    if (!now) now = next_second(at) - base::Millis{1'000};
    wait_until(at);
    listener.hear(event, at);
    return true;
  });
  if (now) wait_until(*now + afterwards);
}

base::Result<Material> Material::read(const CommandLine& line) {
  Material out;
  for (const auto& file : line.files) {
    const auto name = file == "-" ? "standard input" : file.string();
    auto text = feed::read_packed(file);
    if (!text) return text.error();
    if (text->starts_with(recording_magic)) {
      out.recordings_.emplace_back(name, std::move(text.value()));
      continue;
    }
    feed::TableDefaults defaults;
    defaults.exchange = line.exchange;
    defaults.symbol = line.symbol.empty() ? symbol_in(file) : line.symbol;
    if (auto added = out.tables_.add(*text, name, defaults); !added) return added.error();
  }
  if (!out.recordings_.empty() && out.tables_.size() > 0)
    return base::Error(base::ErrorKind::bad_data, "replay", "recordings and tables have no common clock",
                       "replay them one after the other");
  return out;
}

base::Result<void> Material::play(Rehearsal& rehearsal, BotLogic& logic, std::string_view bot) {
  if (!recordings_.empty()) return play_recordings(rehearsal, logic, bot);
  TableListener listener;
  listener.hear = [&](const market::Event& event, base::WallTime now) { rehearsal.hear(event, now); };
  listener.pass_time = [&](base::WallTime now) { rehearsal.pass_time(now, now); };
  listener.due = [&] { return rehearsal.due(); };
  walk(tables_, listener);
  return {};
}

base::Result<void> Material::play_recordings(Rehearsal& rehearsal, BotLogic& logic, std::string_view bot) const {
  base::Result<void> heard;
  feed::HeardReader reader;
  reader.began = [&](std::string_view of) {
    if (of != bot)
      heard = base::Error(base::ErrorKind::bad_data, "recording", "of the " + std::string(of) + " bot",
                          "replay it with " + std::string(of) + "_bot");
  };
  reader.state = [&](const std::string& exchange, const std::string& symbol, std::string_view body) {
    (void)logic.restore({exchange, symbol, std::string(body)});  // what the live run could not restore either
  };
  reader.resumed = [&](const std::string& key, std::string_view memo, base::WallTime now) {
    rehearsal.resume(key, std::string(memo), now);
  };
  reader.feed_state = [&](const std::string& exchange, int state) {
    logic.on_feed_state(exchange, static_cast<health::FeedState>(state));
  };
  reader.looked_up = [&](const std::string& exchange, const std::string& symbol,
                         std::optional<market::Instrument> found) {
    rehearsal.contracts.erase({exchange, symbol});
    if (found) rehearsal.contracts.emplace(std::pair(exchange, symbol), std::move(*found));
  };
  reader.watched = [&](const std::string& exchange, const std::string& symbol, bool is_watched) {
    rehearsal.watched[{exchange, symbol}] = is_watched;
  };
  reader.event = [&](const market::Event& event, base::WallTime now) { rehearsal.hear(event, now); };
  reader.time_passed = [&](base::WallTime exchange_now, base::WallTime now) { rehearsal.pass_time(exchange_now, now); };
  for (const auto& [name, bytes] : recordings_) {
    const auto read = feed::each_record(bytes, name, [&](const feed::Record& record) {
      if (auto told = feed::hear(record, reader); !told) heard = told;
      return heard.has_value();
    });
    if (!read) return read;
    if (!heard) return heard;
  }
  return {};
}

int run_replay(const CommandLine& line, const std::function<Loaded(const CommandLine&)>& load) {
  auto material = Material::read(line);
  if (!material) return fail(material.error());
  if (!line.what_if.empty()) return compare(line, material.value(), load);
  auto loaded = load(line);
  std::string lines;
  auto ears = line.whynot.empty() ? ears_of(line, lines) : Rehearsal::Ears{};
  const auto done = rehearse(material.value(), loaded, std::move(ears), line.whynot);
  std::cout << lines << std::flush;
  if (!done) return fail(done.error());
  return std::cout ? 0 : 1;
}

}  // namespace app
