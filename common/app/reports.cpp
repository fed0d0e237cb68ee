#include "common/app/reports.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>

#include "common/app/exit_codes.hpp"
#include "common/base/text.hpp"
#include "common/desk/scoreboard.hpp"
#include "common/desk/why.hpp"
#include "common/store/files.hpp"
#include "common/store/outcomes.hpp"
#include "common/store/schema.hpp"
#include "common/store/signal_log.hpp"

namespace app {

namespace {

desk::TradeRecord record_of(const store::OutcomeRow& row) {
  using desk::OutcomeState;
  desk::TradeRecord out;
  out.rule = row.rule;
  out.config = row.config;
  out.decided_at = row.decided_at;
  out.ended_at = row.ended_at;
  out.ambiguous = row.ambiguous;
  out.result_r = row.result_r;
  out.placebo_r = row.placebo_r;
  out.state = OutcomeState::unobserved;
  for (const auto state :
       {OutcomeState::waiting, OutcomeState::open, OutcomeState::half, OutcomeState::closed, OutcomeState::voided})
    if (row.state == desk::to_string(state)) out.state = state;
  return out;
}

/// A text as a field: quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe.
std::string field(const std::string& text) {
  std::string out = text;
  if (!out.empty() && std::string_view("=+-@\t").find(out.front()) != std::string_view::npos) out.insert(0, "'");
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}
std::string field(double value) { return base::plain_number(value); }
std::string field(const std::optional<base::WallTime>& time) {
  return time ? std::to_string(base::to_ms(*time)) : std::string();
}

constexpr std::string_view header =
    "time_ms,time_utc,signal,kind,subject,tier,direction,strength,score,config,said,"
    "outcome,end,exchange,symbol,entry_told,stop,tp1,tp2,entered_ms,entry,tp1_ms,ended_ms,"
    "result_r,gross_r,fees_r,funding_r,funding_known,mfe_r,mae_r,ambiguous,placebo_r\n";

std::string outcome_fields(const store::OutcomeRow& row) {
  const auto read = desk::outcome_from_json(row.body);
  std::string out = field(row.state);
  const auto add = [&out](const std::string& text) { out += "," + text; };
  if (!read) return out + std::string(20, ',');
  const auto& o = read.value();
  const bool counts = o.state == desk::OutcomeState::closed;
  add(field(std::string(desk::to_string(o.reason))));
  add(field(row.exchange));
  add(field(row.symbol));
  for (const double level : {o.plan.entry, o.plan.stop, o.plan.tp1, o.plan.tp2}) add(field(level));
  add(field(o.entered_at));
  add(o.entered_at ? field(o.entry) : "");
  add(field(o.tp1_at));
  add(field(o.ended_at));
  for (const double r : {o.result_r(), o.gross_r, o.fees_r, o.funding_r}) add(counts ? field(r) : "");
  add(counts ? (o.funding_known ? "1" : "0") : "");
  for (const double r : {o.mfe_r, o.mae_r}) add(o.entered_at ? field(r) : "");
  add(o.ambiguous ? "1" : "0");
  add(row.placebo_r ? field(*row.placebo_r) : "");
  return out;
}

base::Result<void> write_whole(const std::filesystem::path& target, const std::string& bytes) {
  const std::filesystem::path draft = target.string() + ".draft";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  base::Result<void> done;
  if (out) {
    done = store::replace_file(draft, target);
  } else {
    done = base::Error(base::ErrorKind::storage, draft.string(), "cannot be written",
                       "see whether its folder exists and the disk has room");
  }
  std::error_code ignored;
  if (!done) std::filesystem::remove(draft, ignored);  // half of an export is none
  return done;
}

}  // namespace

int fail(const base::Error& error) {
  std::cerr << error.text() << '\n';
  return exit_config;
}

base::Result<std::unique_ptr<store::Database>> open_beside(const std::filesystem::path& state_dir, std::string_view bot,
                                                           base::WallTime now) {
  const auto file = state_dir / (std::string(bot) + ".db");
  if (!std::filesystem::exists(file))
    return base::Error(base::ErrorKind::config, file.string(), "there is no database of this bot",
                       "say where it is with --state-dir");
  if (auto current = store::check_not_older(file, store::bot_migrations()); !current) return current.error();
  store::Options options;
  options.now = now;
  options.before_set_aside = [&file]() -> base::Result<void> {
    return base::Error(base::ErrorKind::storage, file.string(), "it cannot be read", "start the bot: it sets it aside");
  };
  auto opened = store::Database::open(file, store::bot_migrations(), options);
  if (!opened) return opened.error();
  return std::move(opened.value().database);
}

base::Result<std::string> stats_text(store::Database& bot, const std::string& rule) {
  store::Outcomes outcomes(bot);
  const auto rows = outcomes.since(base::from_ms(0));
  if (!rows) return rows.error();
  const auto tried = outcomes.configs_tried();
  if (!tried) return tried.error();
  std::vector<desk::TradeRecord> records;
  for (const auto& row : rows.value()) records.push_back(record_of(row));
  const auto configs = static_cast<std::size_t>(std::max<std::int64_t>(tried.value(), 1));
  std::string out, known, before;
  for (const auto& score : desk::score(records)) {
    if (score.rule != before) known += (known.empty() ? "" : ", ") + score.rule;
    before = score.rule;
    if (rule.empty() || rule == score.rule) out += desk::score_text(score, configs);
  }
  if (out.empty() && !rule.empty())
    return base::Error(base::ErrorKind::config, "rule " + rule, "has no record",
                       known.empty() ? "no rule has one yet" : "there are records of " + known);
  return out.empty() ? "no signal with a direction yet\n" : out;
}

base::Result<std::string> export_csv(store::Database& bot) {
  auto signals = store::SignalLog(bot).since(base::from_ms(0), std::numeric_limits<int>::max());
  if (!signals) return signals.error();
  const auto rows = store::Outcomes(bot).since(base::from_ms(0));
  if (!rows) return rows.error();
  std::map<std::int64_t, const store::OutcomeRow*> by_signal;
  for (const auto& row : rows.value()) by_signal[row.signal_id] = &row;
  std::reverse(signals->begin(), signals->end());
  std::string out(header);
  for (const auto& signal : signals.value()) {
    out += std::to_string(base::to_ms(signal.at)) + "," + base::utc_stamp(signal.at).substr(0, 19) + "," +
           std::to_string(signal.id) + "," + field(signal.kind) + "," + field(signal.subject) + "," +
           std::to_string(signal.tier) + "," + field(signal.direction) + "," + field(signal.strength) + "," +
           field(signal.score) + "," + field(signal.config) + "," + field(signal.said) + ",";
    const auto outcome = by_signal.find(signal.id);
    out += outcome == by_signal.end() ? std::string(20, ',') : outcome_fields(*outcome->second);
    out += "\n";
  }
  return out;
}

int run_stats(const CommandLine& line, std::string_view bot, base::WallTime now) {
  auto database = open_beside(line.state_dir, bot, now);
  if (!database) return fail(database.error());
  const auto text = stats_text(*database.value(), line.rule);
  if (!text) return fail(text.error());
  std::cout << text.value() << std::flush;
  return std::cout ? 0 : 1;
}

int run_why(const CommandLine& line, std::string_view bot, base::WallTime now) {
  auto database = open_beside(line.state_dir, bot, now);
  if (!database) return fail(database.error());
  const auto signal = store::SignalLog(*database.value()).find(line.signal);
  if (!signal) return fail(signal.error());
  if (!signal.value())
    return fail(base::Error(base::ErrorKind::config, "signal " + std::to_string(line.signal), "is not known",
                            "its number stands in the last line of its message"));
  std::cout << desk::why_text(*signal.value()) << std::flush;
  return std::cout ? 0 : 1;
}

int run_export(const CommandLine& line, std::string_view bot, base::WallTime now) {
  auto database = open_beside(line.state_dir, bot, now);
  if (!database) return fail(database.error());
  const auto csv = export_csv(*database.value());
  if (!csv) return fail(csv.error());
  const auto& target = line.files.front();
  if (target == "-") {
    std::cout << csv.value() << std::flush;
    return std::cout ? 0 : 1;
  }
  if (const auto written = write_whole(target, csv.value()); !written) return fail(written.error());
  return 0;
}

}  // namespace app
