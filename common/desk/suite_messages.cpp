#include "common/desk/suite_messages.hpp"

#include <array>

#include "common/base/text.hpp"

namespace desk {
using base::Html;
using base::operator""_html;

namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return base::grouped(static_cast<std::int64_t>(count)) + " " + std::string(count == 1 ? one : many);
}

Html clock_line(base::WallTime at) { return "⏰ "_html + Html::text(base::utc_stamp(at)); }

/// "3 (rate limit 2, timeout 1)"
std::string errors_text(const health::ErrorCounts& errors) {
  std::string out = base::grouped(static_cast<std::int64_t>(errors.total()));
  std::string parts;
  for (const auto& share : errors.largest_first()) {
    if (!parts.empty()) parts += ", ";
    parts +=
        std::string(health::to_string(share.category)) + " " + base::grouped(static_cast<std::int64_t>(share.count));
  }
  if (!parts.empty()) out += " (" + parts + ")";
  return out;
}

std::string status_word(const health::HealthReport& report) {
  if (report.outside.paused) return "PAUSED";
  if (!report.open_alerts.empty() || report.exchanges_live < report.exchanges_total) return "DEGRADED";
  return "RUNNING";
}

std::string feed_line(const health::HealthReport& report) {
  std::string out =
      std::to_string(report.exchanges_live) + "/" + std::to_string(report.exchanges_total) + " exchanges live";
  if (report.newest_datum_age) out += ", newest datum " + base::duration_words(*report.newest_datum_age) + " old";
  out += "; " + counted(report.outside.breakers_open, "breaker", "breakers") + " open; outbox " +
         std::to_string(report.outside.outbox_pending);
  return out;
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

struct AlertWords {
  const char* bad;
  const char* good;
};

AlertWords words_of(health::AlertKind kind) {
  switch (kind) {
    case health::AlertKind::stale_cycle: return {"no cycle finishes", "cycles finish again"};
    case health::AlertKind::error_rate: return {"many errors", "errors are rare again"};
    case health::AlertKind::exchange_down: return {"not live", "live again"};
    case health::AlertKind::clock_offset: return {"clock is off", "clock agrees again"};
    case health::AlertKind::storage: return {"cannot write its database", "writes its database again"};
    case health::AlertKind::telegram: return {"Telegram refuses messages", "Telegram takes messages again"};
    case health::AlertKind::feed_doubt: return {"not believed", "believed again"};
    case health::AlertKind::own_network:
      return {"no exchange can be reached: our network?", "exchanges are reached again"};
  }
  return {"trouble", "fine again"};
}

/// What keeps the status from RUNNING, where no feed below says it.
Html alert_lines(const health::HealthReport& report) {
  Html out;
  for (const auto& alert : report.open_alerts) {
    if (alert.kind == health::AlertKind::exchange_down) continue;
    out += "\n🔴 "_html + Html::text((alert.subject.empty() ? "" : alert.subject + " ") + words_of(alert.kind).bad +
                                    " since " + base::utc_clock(alert.since));
  }
  return out;
}

Html troubled_lines(const health::HealthReport& report) {
  constexpr std::size_t shown_max = 6;
  Html out;
  std::size_t shown = 0;
  for (const auto& feed : report.troubled) {
    if (shown++ == shown_max) {
      out += "\n• … and "_html + Html::text(std::to_string(report.troubled.size() - shown_max)) + " more"_html;
      break;
    }
    out += "\n• "_html + Html::text(feed.key.exchange + " " + std::string(market::to_string(feed.key.topic)) + " " +
                                    std::string(health::to_string(feed.state)) + ": " + cut(feed.why, 120));
  }
  return out;
}

/// "Funding Bot: bybit not live"
Html alert_title(std::string_view title, const health::Alert& alert, const char* words) {
  Html out = Html::bold(std::string(title) + ": " + (alert.subject.empty() ? "" : alert.subject + " ") + words);
  return out;
}

}  // namespace

Html started_message(std::string_view title, const StartFacts& facts) {
  Html out = "🚀 "_html + Html::bold(std::string(title) + " started");
  out += "\n✅ Monitoring "_html + Html::text(counted(facts.exchanges, "exchange", "exchanges"));
  out += "\n"_html + clock_line(facts.at);
  out += "\n💚 Heartbeat every "_html + Html::text(period_words(facts.heartbeat_every));
  for (const auto& note : facts.notes) out += "\nℹ️ "_html + Html::text(cut(note, 300));
  return out;
}

Html heartbeat_message(std::string_view title, const health::HealthReport& report) {
  Html out = "💚 "_html + Html::bold(title) + " — health check"_html;
  out += "\n✅ Status: "_html + Html::bold(status_word(report));
  out += "\n⏱ Uptime: "_html + Html::text(base::duration_words(report.uptime));
  out += "\n🔄 Cycles: "_html + Html::text(base::grouped(static_cast<std::int64_t>(report.cycles)));
  out += "   📣 Signals: "_html + Html::text(base::grouped(static_cast<std::int64_t>(report.signals)));
  out += "\n⚠️ Errors: "_html + Html::text(errors_text(report.errors));
  out += "\n📡 "_html + Html::text(feed_line(report));
  out += alert_lines(report);
  out += troubled_lines(report);
  for (const auto& offset : report.clock_offsets)
    out += "\n🕰 "_html +
           Html::text(offset.exchange + " clock " + base::fixed(static_cast<double>(offset.offset.count()) / 1'000, 1) +
                      " s from ours");
  out += "\n"_html + clock_line(report.at);
  if (report.recent_errors.empty()) return out;
  out += "\nRecent errors:"_html;
  for (const auto& error : report.recent_errors) {
    std::string line = "[" + base::utc_clock(error.last) + "] " + std::string(health::to_string(error.category)) +
                       ", " + error.place + ": " + error.cause;
    if (error.times > 1) line += " (×" + std::to_string(error.times) + ")";
    out += "\n"_html + Html::text(cut(line, 200));
  }
  return out;
}

Html stopped_message(std::string_view title, const health::HealthReport& report) {
  Html out = "🛑 "_html + Html::bold(std::string(title) + " stopped");
  out += "\n⏱ Uptime "_html +
         Html::text(base::duration_words(report.uptime) + " · " + counted(report.cycles, "cycle", "cycles") + " · " +
                    counted(report.errors.total(), "error", "errors"));
  out += "\n"_html + clock_line(report.at);
  return out;
}

Html alert_message(std::string_view title, const health::Alert& alert, base::WallTime now) {
  Html out = "🔴 "_html + alert_title(title, alert, words_of(alert.kind).bad);
  for (const auto& fact : alert.facts) out += "\n• "_html + Html::text(cut(fact, 200));
  out += "\n"_html + clock_line(now);
  return out;
}

Html recovered_message(std::string_view title, const health::Alert& alert, base::WallTime now) {
  Html out = "🟢 "_html + alert_title(title, alert, words_of(alert.kind).good);
  out += "\n⏱ after "_html + Html::text(base::duration_words(alert.lasted)) + ", since "_html +
         Html::text(base::utc_clock(alert.since));
  out += "\n"_html + clock_line(now);
  return out;
}

Html ban_message(std::string_view title, std::string_view host, std::string_view reason, base::WallTime until,
                 base::WallTime now) {
  Html out = "⛔ "_html + Html::bold(std::string(title) + ": " + std::string(host) + " sent us away");
  out += "\n• until "_html + Html::text(base::utc_stamp(until) + ", " + base::duration_words(until - now)) +
         "; no bot asks it before, restarts included"_html;
  out += "\n• it said: "_html + Html::text(cut(std::string(reason), 200));
  out += "\n"_html + clock_line(now);
  return out;
}

Html contracts_message(std::string_view exchange, const std::vector<market::ContractChange>& changes,
                       base::WallTime now) {
  using Kind = market::ContractChange::Kind;
  struct Line {
    Kind kind;
    const char* words;
  };
  static constexpr std::array<Line, 9> lines{{{Kind::listed, "new"},
                                              {Kind::gone, "delisted"},
                                              {Kind::halted, "do not trade now"},
                                              {Kind::resumed, "trade again"},
                                              {Kind::multiplier, "another contract size"},
                                              {Kind::interval, "another funding interval"},
                                              {Kind::tick, "another price step"},
                                              {Kind::other_coin, "another coin by its price, counted apart"},
                                              {Kind::same_coin, "the coin of its name again"}}};
  Html out = "🗂 "_html + Html::bold(std::string(exchange) + " contracts changed");
  for (const auto& line : lines) {
    std::string names;
    std::size_t count = 0;
    for (const auto& change : changes) {
      if (change.kind != line.kind || ++count > contract_names_max) continue;
      names += (names.empty() ? "" : ", ") + change.symbol;
      if (!change.before.empty()) names += " " + change.before + " → " + change.after;
    }
    if (count > contract_names_max) names += " and " + std::to_string(count - contract_names_max) + " more";
    if (count > 0) out += "\n• "_html + Html::text(std::string(line.words) + ": " + names);
  }
  out += "\n"_html + clock_line(now);
  return out;
}

Html crash_message(std::string_view title, std::string_view task, std::string_view what, bool giving_up,
                   base::WallTime now) {
  Html out = "💥 "_html + Html::bold(std::string(title) + ": a task failed");
  out += "\n• "_html + Html::text(cut(std::string(task) + ": " + std::string(what), 300));
  out += giving_up ? "\n• it fails again and again: the bot exits, its supervisor starts it afresh"_html
                   : "\n• it starts again in 10 s; the others go on"_html;
  out += "\n"_html + clock_line(now);
  return out;
}

}  // namespace desk
