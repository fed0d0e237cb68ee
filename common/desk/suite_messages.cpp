#include "common/desk/suite_messages.hpp"

#include <array>
#include <cmath>

#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace desk {
using base::Html;

namespace {

std::string grouped(std::uint64_t count) { return base::grouped(static_cast<std::int64_t>(count)); }

/// "1 cycle", "1,027 cycles"
std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return grouped(count) + " " + base::word("words.count", count == 1 ? one : many);
}

/// "3 (rate limit 2, timeout 1)"
Html errors_text(const health::ErrorCounts& errors) {
  std::vector<std::string> parts;
  for (const auto& share : errors.largest_first())
    parts.push_back(std::string(health::to_string(share.category)) + " " + grouped(share.count));
  return base::words("suite.errors", {{"total", grouped(errors.total())}, {"parts", base::joined(parts, ", ")}});
}

std::string_view status(const health::HealthReport& report) {
  if (report.outside.paused) return "paused";
  if (!report.open_alerts.empty() || report.exchanges_live < report.exchanges_total) return "degraded";
  return "running";
}

/// "60 min", "5 s": how a period is said.
std::string period_words(base::Millis every) {
  if (every < base::Millis{60'000}) return std::to_string(every.count() / 1'000) + " s";
  return std::to_string(every.count() / 60'000) + " min";
}

std::string cut(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a character
  return text.substr(0, end) + "…";
}

std::string_view key_of(health::AlertKind kind) {
  switch (kind) {
    case health::AlertKind::stale_cycle: return "stale_cycle";
    case health::AlertKind::error_rate: return "error_rate";
    case health::AlertKind::exchange_down: return "exchange_down";
    case health::AlertKind::clock_offset: return "clock_offset";
    case health::AlertKind::storage: return "storage";
    case health::AlertKind::telegram: return "telegram";
    case health::AlertKind::feed_doubt: return "feed_doubt";
    case health::AlertKind::own_network: break;
  }
  return "own_network";
}

std::string bad_words(health::AlertKind kind) { return base::word("words.alert.bad", key_of(kind)); }

Html lines(const std::vector<Html>& each) { return base::joined(each, "\n"); }

/// What keeps the status from RUNNING, where no feed below says it.
Html alert_lines(const health::HealthReport& report) {
  std::vector<Html> out;
  for (const auto& alert : report.open_alerts) {
    if (alert.kind == health::AlertKind::exchange_down) continue;
    out.push_back(base::words(
        "suite.open_alert",
        {{"subject", alert.subject}, {"what", bad_words(alert.kind)}, {"since", base::utc_clock(alert.since)}}));
  }
  return lines(out);
}

Html feed_lines(const health::HealthReport& report) {
  constexpr std::size_t shown_max = 6;
  const auto& troubled = report.troubled;
  std::vector<Html> out;
  for (std::size_t i = 0; i < std::min(troubled.size(), shown_max); ++i)
    out.push_back(base::words("suite.feed", {{"exchange", troubled[i].key.exchange},
                                             {"topic", market::to_string(troubled[i].key.topic)},
                                             {"state", health::to_string(troubled[i].state)},
                                             {"why", cut(troubled[i].why, 120)}}));
  if (troubled.size() > shown_max)
    out.push_back(base::words("suite.more_feeds", {{"more", troubled.size() - shown_max}}));
  return lines(out);
}

Html clock_lines(const health::HealthReport& report) {
  std::vector<Html> out;
  for (const auto& view : report.clock_offsets)
    out.push_back(base::words("suite.clock",
                              {{"exchange", view.exchange},
                               {"offset", base::fixed(std::fabs(static_cast<double>(view.offset.count())) / 1'000, 1)},
                               {"behind", view.offset.count() < 0},
                               {"ahead", view.offset.count() >= 0}}));
  return lines(out);
}

Html error_lines(const health::HealthReport& report) {
  std::vector<Html> out;
  for (const auto& error : report.recent_errors)
    out.push_back(base::words("suite.error", {{"at", base::utc_clock(error.last)},
                                              {"category", health::to_string(error.category)},
                                              {"place", error.place},
                                              {"cause", cut(error.cause, 160)},
                                              {"times", error.times > 1 ? std::to_string(error.times) : ""}}));
  return lines(out);
}

Html facts_of(const health::Alert& alert) {
  std::vector<Html> out;
  for (const auto& fact : alert.facts) out.push_back(base::words("suite.fact", {{"fact", cut(fact, 200)}}));
  return lines(out);
}

}  // namespace

Html started_message(std::string_view title, const StartFacts& facts) {
  std::vector<Html> notes;
  for (const auto& note : facts.notes) notes.push_back(base::words("suite.note", {{"note", cut(note, 300)}}));
  return base::words("suite.started", {{"bot", title},
                                       {"exchanges", counted(facts.exchanges, "exchange", "exchanges")},
                                       {"at", base::utc_stamp(facts.at)},
                                       {"every", period_words(facts.heartbeat_every)},
                                       {"notes", lines(notes)}});
}

Html heartbeat_message(std::string_view title, const health::HealthReport& report) {
  const auto& newest = report.newest_datum_age;
  return base::words("suite.heartbeat", {{"bot", title},
                                         {"status", base::word("words.status", status(report))},
                                         {"running", status(report) == "running"},
                                         {"degraded", status(report) == "degraded"},
                                         {"paused", status(report) == "paused"},
                                         {"uptime", base::duration_words(report.uptime)},
                                         {"cycles", grouped(report.cycles)},
                                         {"signals", grouped(report.signals)},
                                         {"errors", errors_text(report.errors)},
                                         {"live", report.exchanges_live},
                                         {"known", report.exchanges_total},
                                         {"newest", newest ? base::duration_words(*newest) : ""},
                                         {"breakers", counted(report.outside.breakers_open, "breaker", "breakers")},
                                         {"outbox", report.outside.outbox_pending},
                                         {"alerts", alert_lines(report)},
                                         {"feeds", feed_lines(report)},
                                         {"clocks", clock_lines(report)},
                                         {"at", base::utc_stamp(report.at)},
                                         {"with_errors", !report.recent_errors.empty()},
                                         {"recent", error_lines(report)}});
}

Html stopped_message(std::string_view title, const health::HealthReport& report) {
  return base::words("suite.stopped", {{"bot", title},
                                       {"uptime", base::duration_words(report.uptime)},
                                       {"cycles", counted(report.cycles, "cycle", "cycles")},
                                       {"errors", counted(report.errors.total(), "error", "errors")},
                                       {"at", base::utc_stamp(report.at)}});
}

Html alert_message(std::string_view title, const health::Alert& alert, base::WallTime now) {
  return base::words("suite.alert", {{"bot", title},
                                     {"subject", alert.subject},
                                     {"what", bad_words(alert.kind)},
                                     {"facts", facts_of(alert)},
                                     {"at", base::utc_stamp(now)}});
}

Html recovered_message(std::string_view title, const health::Alert& alert, base::WallTime now) {
  return base::words("suite.recovered", {{"bot", title},
                                         {"subject", alert.subject},
                                         {"what", base::word("words.alert.over", key_of(alert.kind))},
                                         {"lasted", base::duration_words(alert.lasted)},
                                         {"since", base::utc_clock(alert.since)},
                                         {"at", base::utc_stamp(now)}});
}

Html ban_message(std::string_view title, std::string_view host, std::string_view reason, base::WallTime until,
                 base::WallTime now) {
  return base::words("suite.ban", {{"bot", title},
                                   {"host", host},
                                   {"until", base::utc_stamp(until)},
                                   {"left", base::duration_words(until - now)},
                                   {"reason", cut(std::string(reason), 200)},
                                   {"at", base::utc_stamp(now)}});
}

Html contracts_message(std::string_view exchange, const std::vector<market::ContractChange>& changes,
                       base::WallTime now) {
  using Kind = market::ContractChange::Kind;
  struct Line {
    Kind kind;
    std::string_view key;
  };
  static constexpr std::array<Line, 9> kinds{{{Kind::listed, "listed"},
                                              {Kind::gone, "gone"},
                                              {Kind::halted, "halted"},
                                              {Kind::resumed, "resumed"},
                                              {Kind::multiplier, "multiplier"},
                                              {Kind::interval, "interval"},
                                              {Kind::tick, "tick"},
                                              {Kind::other_coin, "other_coin"},
                                              {Kind::same_coin, "same_coin"}}};
  std::vector<Html> each;
  for (const auto& [kind, key] : kinds) {
    std::vector<Html> names;
    std::size_t count = 0;
    for (const auto& change : changes) {
      if (change.kind != kind || ++count > contract_names_max) continue;
      const auto after = change.before.empty() ? std::string() : change.after;
      names.push_back(base::words("suite.changed_contract",
                                  {{"symbol", change.symbol}, {"before", change.before}, {"after", after}}));
    }
    if (count == 0) continue;
    const auto more = count > contract_names_max ? std::to_string(count - contract_names_max) : std::string();
    each.push_back(base::words(
        "suite.change",
        {{"what", base::word("words.contract_change", key)}, {"names", base::joined(names, ", ")}, {"more", more}}));
  }
  return base::words("suite.contracts",
                     {{"exchange", exchange}, {"changes", lines(each)}, {"at", base::utc_stamp(now)}});
}

Html doubt_words(std::string_view exchange, const health::FeedView& feed) {
  return base::words("signal.doubt", {{"exchange", exchange},
                                      {"topic", market::to_string(feed.key.topic)},
                                      {"state", base::word("words.feed", health::to_string(feed.state))},
                                      {"why", feed.why}});
}

Html with_doubt(const Html& said, std::string_view doubt) {
  return lines({said, base::words("signal.coverage", {{"feeds", doubt}})});
}

Html test_message(base::WallTime now) { return base::words("suite.test", {{"at", base::utc_stamp(now)}}); }

Html crash_message(std::string_view title, std::string_view task, std::string_view what, bool giving_up,
                   base::WallTime now) {
  return base::words("suite.crash", {{"bot", title},
                                     {"task", task},
                                     {"what", cut(std::string(what), 300)},
                                     {"again", !giving_up},
                                     {"giving_up", giving_up},
                                     {"at", base::utc_stamp(now)}});
}

}  // namespace desk
