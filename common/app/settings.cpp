#include "common/app/settings.hpp"

#include <algorithm>

#include "common/guard/limit_plan.hpp"

namespace app {
using namespace std::chrono_literals;
using base::Millis;
using config::Section;

namespace {

void bind_run(Section bot, Section heartbeat, RunSettings& run) {
  bot.read("cycle_every", run.cycle_every, {1s, 1h}, "time between the starts of two cycles");
  bot.read("cycle_limit", run.cycle_limit, {1s, 1h},
           "an exchange that is not done by then does not hold up the others");
  enum class Level : std::uint8_t { debug, info, warn, error };
  static constexpr const char* names[] = {"debug", "info", "warn", "error"};
  auto level = Level::info;
  bot.read("log_level", level,
           {{"debug", Level::debug}, {"info", Level::info}, {"warn", Level::warn}, {"error", Level::error}},
           "least important lines that are logged");
  run.log_level = names[static_cast<std::size_t>(level)];
  heartbeat.read("every", run.heartbeat_every, {5s, 24h}, "time between two heartbeats");
}

void bind_telegram(Section section, TelegramSettings& telegram) {
  section.read_url("base_url", telegram.base_url, config::UrlKind::https, "the Bot API's address");
  section.read_url("proxy", telegram.proxy, config::UrlKind::proxy, "proxy for Telegram alone; empty: none");
  section.read("announce", telegram.announce_start_stop, "say when the bot starts and stops");
  section.read("charts", telegram.charts, "a picture below each signal with a direction");
  section.read("signals_topic", telegram.signals_topic, {0, INT64_MAX}, "forum topic of the signals; 0: none");
  section.read("operators_topic", telegram.operators_topic, {0, INT64_MAX}, "forum topic of the operators; 0: none");
}

void bind_guard(Section limits, Section breaker, GuardSettings& guard) {
  limits.read("headroom", guard.headroom, {0.05, 1.0}, "part of each documented limit that all bots together may use");
  auto share = limits.sub("share");
  for (auto& [bot, part] : guard.shares)
    share.read(bot, part, {0.01, 1.0}, "this bot's part of that; the sum is at most 1");
  for (const auto& problem : guard::share_problems(guard.shares)) limits.reject("share", problem, "a sum of at most 1");
  auto& p = guard.breaker;
  breaker.read("consecutive_failures", p.consecutive_failures, {1, 1'000}, "failures in a row that open");
  breaker.read("calls_min", p.calls_min, {1, 1'000}, "calls before the rates count");
  breaker.read("failure_rate", p.failure_rate, {0.01, 1.0}, "failures among the last calls that open");
  breaker.read("slow_rate", p.slow_rate, {0.01, 1.0}, "slow calls among the last calls that open");
  breaker.read("window_calls", p.window_calls, {1, 10'000}, "the rates look at so many last calls");
  breaker.read("window_age", p.window_age, {1s, 24h}, "calls older than this are forgotten");
  breaker.read("slow_call", p.slow_call, {10ms, 60s}, "a good answer that took longer is slow");
  breaker.read("open_first", p.open_first, {100ms, 1h}, "first open time; doubled at each opening in a row");
  breaker.read("open_max", p.open_max, {100ms, 24h}, "longest open time");
  breaker.read("jitter", p.jitter, {0.0, 0.5}, "of the open time, either way");
  breaker.read("calm", p.calm, {1s, 24h}, "so long closed, and one opening is forgotten");
  breaker.read("probes_to_close", p.probes_to_close, {1, 100}, "good probes in a row that close");
  breaker.read("request_timeout", p.request_timeout, {1s, 120s}, "no request takes longer");
  breaker.read("probe_grace", p.probe_grace, {100ms, 60s}, "a probe that says nothing so much longer is lost");
  for (const auto& problem : p.problems()) breaker.reject("policy", problem, "numbers that agree with each other");
}

void bind_alerts(Section health, AlertSettings& alerts) {
  health.read("stale_after", alerts.stale_after, {5s, 24h}, "no cycle finished for so long: alert");
  health.read("errors_per_minute_max", alerts.errors_per_minute_max, {1.0, 100'000.0}, "more errors a minute: alert");
  health.read("exchange_down_after", alerts.exchange_down_after, {1s, 1h}, "an exchange without an answer: alert");
  health.read("start_grace", alerts.start_grace, {1s, 1h}, "after the start no exchange counts as missing for so long");
}

void bind_risk(Section section, desk::RiskPolicy& risk) {
  section.read("open_max", risk.open_max, {0, 1'000}, "no direction while so many trades are open");
  section.read("one_direction_max", risk.one_direction_max, {0, 1'000}, "nor while so many are open the same way");
  section.read("daily_loss_r", risk.daily_loss_r, {0.1, 1'000.0},
               "nor after today's closed trades lost so much, in units of one trade's risk");
  section.read("cost_r_max", risk.cost_r_max, {0.01, 10.0}, "nor where fees cost more of the risk");
}

/// Returns the time zone.
std::string bind_gates(Section gates, desk::GatePolicy& policy) {
  gates.read("cooldown", policy.cooldown, {0s, 168h}, "a repeat of the same signal inside it must be of a higher tier");
  gates.read("late_after", policy.late_after, {1s, 24h}, "a signal sent so long after its event is marked late");
  gates.read("too_old", policy.too_old, {10s, 168h}, "an event so old is no news and is not said");
  std::string hours, zone = "UTC";
  gates.read("quiet_hours", hours, "\"22:00-07:00\": signals come without a ring, a digest at the end; empty: none");
  gates.read("time_zone", zone, "of the quiet hours and the weekly report: \"Europe/Berlin\"");
  if (auto quiet = desk::QuietHours::make(hours, zone)) {
    policy.quiet = quiet.value();
  } else {
    gates.reject("quiet_hours", quiet.error().cause, quiet.error().remedy);
  }
  gates.read("rings_a_day", policy.rings_a_day, {0.0, 10'000.0},
             "about so many signals ring a day, the most remarkable; the rest is told together; 0: all ring");
  gates.read("burst_idle", policy.burst_idle, {0s, 60s},
             "signals that follow a ring inside it are told together, after so long without another; 0: each alone");
  gates.read("burst_max", policy.burst_max, {0s, 10min}, "and wait for each other at most so long");
  gates.read("overflow_every", policy.overflow_every, {1s, 24h}, "what is over the budget is told together so often");
  bind_risk(gates.sub("risk"), policy.risk);
  return zone;
}

void bind_report(Section section, Section gates, ReportSettings& report, const std::string& zone) {
  using desk::Weekday;
  auto weekday = Weekday::monday;
  int hour = 8;
  section.read("enabled", report.enabled, "once a week the record of each rule, with a picture, to the signals' chat");
  section.read("weekday", weekday,
               {{"monday", Weekday::monday},
                {"tuesday", Weekday::tuesday},
                {"wednesday", Weekday::wednesday},
                {"thursday", Weekday::thursday},
                {"friday", Weekday::friday},
                {"saturday", Weekday::saturday},
                {"sunday", Weekday::sunday}},
               "the day on which a week ends");
  section.read("hour", hour, {0, 23}, "and the hour, in the time zone of the gates; told ten minutes later");
  if (auto times = desk::ReportTimes::make(weekday, hour, zone)) {
    report.times = times.value();
  } else {
    gates.reject("time_zone", times.error().cause, times.error().remedy);
  }
}

void bind_trade(Section section, desk::TradeRules& trade) {
  section.read("stop_atr", trade.stop_atr, {0.1, 20.0}, "distance of the stop in ATR(14) of 1 h bars: 1 R");
  section.read("tp1_r", trade.tp1_r, {0.1, 50.0}, "first target, in R: half goes, the stop moves to the entry");
  section.read("tp2_r", trade.tp2_r, {0.1, 50.0}, "second target, in R");
  section.read("time_stop", trade.time_stop, {1h, 168h}, "out after so long");
  section.read("taker_fee", trade.taker_fee, {0.0, 0.01}, "a side, as a share of the notional: 0.0005 is 0.05 %");
  section.read("account_risk", trade.account_risk, {0.0001, 0.2}, "share of the account that a stop would cost");
  section.read("account_usd", trade.account_usd, {0.0, 1e12}, "of which sizes are told; 0: as a share of the account");
  if (trade.tp2_r <= trade.tp1_r) section.reject("tp2_r", "not beyond tp1_r", "more than tp1_r");
}

void bind_watch(Section watch, feed::WatchSettings& settings,
                std::map<std::string, Millis, std::less<>>& cooldown_by_symbol, Millis cooldown) {
  using Mode = feed::WatchSettings::Mode;
  watch.read("mode", settings.mode, {{"all", Mode::all}, {"listed", Mode::listed}},
             "all above the floor of turnover, or those that are listed");
  watch.read("turnover_floor_usd", settings.turnover_floor_usd, {0.0, 1e13}, "24 h turnover, for mode all");
  watch.read("contracts_max", settings.contracts_max, {1, 5'000}, "per exchange, by turnover, where each one costs");
  watch.read("symbols", settings.symbols, "for mode listed: BTCUSDT, or an asset such as BTC");
  watch.read("never", settings.never, "symbols or assets that are left out");
  auto symbols = watch.sub("symbol");
  for (const auto& name : symbols.names()) {
    auto own = cooldown;
    symbols.sub(name).read("cooldown", own, {0s, 168h}, "cooldown of this symbol");
    if (own != cooldown) cooldown_by_symbol[name] = own;
  }
}

void bind_record(Section section, feed::RecorderSettings& record) {
  section.read("enabled", record.enabled, "write down all that exchanges send, as it came");
  section.read("file_bytes_max", record.file_bytes_max, {std::uintmax_t{1'000'000}, std::uintmax_t{10'000'000'000}},
               "a file of a recording is at most so large, packed");
  section.read("file_age_max", record.file_age_max, {1min, 24h}, "and covers at most so long");
  section.read("total_bytes_max", record.total_bytes_max,
               {std::uintmax_t{2'000'000}, std::uintmax_t{1'000'000'000'000}},
               "all of this bot's recordings together; the oldest file goes first");
  section.read("flush_every", record.flush_every, {100ms, 1min}, "a crash costs at most so much");
  if (record.total_bytes_max < 2 * record.file_bytes_max)
    section.reject("total_bytes_max", "smaller than two files", "at least twice file_bytes_max");
}

void bind_exchange(Section section, exchange::Settings& settings) {
  section.read("enabled", settings.enabled, "ask this exchange");
  section.read_url("rest_url", settings.rest_url, config::UrlKind::https, "address of its REST API");
  section.read_url("proxy", settings.proxy, config::UrlKind::proxy, "proxy for this exchange; empty: none");
  using market::SizeUnit;
  section.read("liquidation_unit", settings.liquidation_unit, {{"quote", SizeUnit::quote}, {"base", SizeUnit::base}},
               "what a liquidation's size counts, where the exchange does not say it");
  auto streams = section.sub("stream_urls");
  for (const auto& door : streams.names())
    streams.read_url(door, settings.stream_urls[door], config::UrlKind::wss, "address of this stream");
  auto limits = section.sub("limits");
  for (const auto& name : limits.names()) {
    auto& limit = settings.limits[name];
    limit.units = 1;
    limit.per = Millis{60'000};
    auto one = limits.sub(name);
    one.read("units", limit.units, {1, 1'000'000'000}, "documented limit per address");
    one.read("per", limit.per, {1ms, 24h}, "window of the documented limit");
    one.read("undivided", limit.undivided, "too small for shares: the bots take turns");
    one.read("usage_header", limit.usage_header, "header of an answer that says how much is used; empty: none");
    one.read("source", limit.source, "where the number was read, and when");
  }
}

std::string known_names() {
  std::string out;
  for (const auto name : exchange::exchange_names()) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

void bind_exchanges(Section exchanges, std::map<std::string, exchange::Settings>& out) {
  const auto known = exchange::exchange_names();
  for (const auto& name : exchanges.names()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      exchanges.reject(name, "an exchange this program does not know", known_names());
      continue;
    }
    exchange::Settings settings;
    bind_exchange(exchanges.sub(name), settings);
    const auto closed = exchange::make_exchange(name, settings)->traits().closed;
    if (settings.enabled && !closed.empty()) {
      exchanges.reject(name, std::string(closed), "enabled = false");
      continue;
    }
    if (settings.enabled && settings.rest_url.empty())
      exchanges.reject(name, "no rest_url", "the address of its REST API");
    if (settings.enabled) out.emplace(name, std::move(settings));
  }
}

}  // namespace

void bind(config::Document& document, Settings& settings) {
  bind_run(document.section("bot"), document.section("heartbeat"), settings.run);
  bind_telegram(document.section("telegram"), settings.telegram);
  bind_guard(document.section("limits"), document.section("breaker"), settings.guard);
  bind_alerts(document.section("health"), settings.alerts);
  const auto zone = bind_gates(document.section("gates"), settings.gates);
  bind_trade(document.section("trade"), settings.trade);
  bind_report(document.section("report"), document.section("gates"), settings.report, zone);
  bind_watch(document.section("watch"), settings.watch, settings.cooldown_by_symbol, settings.gates.cooldown);
  bind_record(document.section("record"), settings.record);
  bind_exchanges(document.section("exchange"), settings.exchanges);
}

}  // namespace app
