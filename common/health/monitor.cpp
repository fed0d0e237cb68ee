#include "common/health/monitor.hpp"

#include <algorithm>
#include <set>

#include "common/base/text.hpp"

namespace health {

Monitor::Monitor(std::string bot, MonitorSettings settings, Moment started)
    : bot_(std::move(bot)),
      settings_(settings),
      started_(started),
      progress_(settings.stale_after, started),
      error_rate_(settings.errors_per_minute_max) {}

void Monitor::on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                             base::Millis round_trip, base::Millis resolution) {
  offsets_.add(exchange, server, received, round_trip, resolution);
  const auto view = offsets_.view(exchange);
  feeds_.doubt_clock(exchange, view && view->suspect());
}

void Monitor::expect(const FeedKey& key, base::Millis normal_period, Moment now, bool polled) {
  FeedRules rules{normal_period, settings_.exchange_down_after, std::nullopt};
  if (key.topic != market::Topic::liquidations) rules.suspect_after = 2 * normal_period;
  feeds_.expect(key, rules, now);
  truth_.expect(key, now, polled);
}

void Monitor::on_up(const FeedKey& key, Moment now) {
  feeds_.on_up(key, now);
  truth_.on_up(key, now);
}

void Monitor::on_down(const FeedKey& key, const base::Error& why, Moment now) {
  feeds_.on_down(key, why, now);
  truth_.on_down(key);
}

Condition Monitor::exchange_condition(const std::string& exchange, Moment now) const {
  Condition out{AlertKind::exchange_down, exchange, false, {}};
  for (const auto& view : feeds_.views(now)) {
    if (view.key.exchange != exchange || view.state != FeedState::dead) continue;
    out.bad = true;
    out.facts.push_back(std::string(market::to_string(view.key.topic)) + ": " + view.why);
  }
  return out;
}

std::vector<AlertChange> Monitor::check(Moment now) {
  std::vector<Condition> conditions{progress_.judge(now),
                                    error_rate_.judge(journal_.since(error_window, now).total(), error_window)};
  std::set<std::string> exchanges;  // also those switched off or forgotten while an alert was open: it must end
  for (const auto& view : feeds_.views(now)) exchanges.insert(view.key.exchange);
  for (const auto& alert : alerts_.open(now)) {
    if (alert.kind == AlertKind::exchange_down) exchanges.insert(alert.subject);
  }
  for (const auto& exchange : exchanges) conditions.push_back(exchange_condition(exchange, now));
  for (const auto& view : offsets_.views()) {
    conditions.push_back({AlertKind::clock_offset,
                          view.exchange,
                          view.suspect(),
                          {"its clock is " + base::duration_words(std::chrono::abs(view.offset)) +
                           (view.offset > base::Millis{0} ? " ahead of ours" : " behind ours")}});
  }
  for (auto& condition : truth_.conditions()) conditions.push_back(std::move(condition));
  conditions = root_cause_.filter(std::move(conditions), feeds_.reach(), alerts_.open(now), now);
  std::vector<AlertChange> out;
  for (auto& alert : truth_.recovered_untold()) out.push_back({AlertChange::Kind::cleared, std::move(alert)});
  for (const auto& condition : conditions) {
    if (auto change = alerts_.report(condition, now)) out.push_back(std::move(*change));
  }
  return out;
}

HealthReport Monitor::report(const Outside& outside, Moment now) const {
  HealthReport out;
  out.bot = bot_;
  out.at = now.wall;
  out.started_at = started_.wall;
  out.uptime = span(started_.steady, now.steady);
  out.cycles = progress_.cycles();
  out.signals = signals_;
  out.errors = journal_.total();
  out.exchanges_live = feeds_.exchanges_live(now);
  out.exchanges_total = feeds_.exchanges().size();
  out.troubled = feeds_.views(now);
  std::erase_if(out.troubled, [](const FeedView& view) { return view.state <= FeedState::quiet; });
  out.newest_datum_age = feeds_.newest_age(now);
  out.clock_offsets = offsets_.views();
  std::erase_if(out.clock_offsets, [](const OffsetView& view) { return !view.worth_showing(); });
  out.recent_errors = journal_.recent(recent_errors_shown);
  out.open_alerts = alerts_.open(now);
  out.outside = outside;
  return out;
}

}  // namespace health
