#include "common/app/report_keeper.hpp"

#include <algorithm>
#include <charconv>

namespace app {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis look_every{60'000};
}  // namespace

awaitable<void> ReportKeeper::run() {
  const auto settled = ports_.clock.steady_now() + settling;
  for (;;) {
    co_await ports_.clock.sleep_for(look_every);
    if (!settings_.enabled || ports_.clock.steady_now() < settled) continue;
    const auto week = settings_.times.newest(ports_.clock.wall_now() - settling);
    const auto due = is_due(week);
    if (!due) ports_.on_error(due.error());
    if (!due || !due.value()) continue;
    const auto tried = ports_.configs_tried();
    if (!tried) ports_.on_error(tried.error());
    if (!tried) continue;
    desk::WeeklyFacts facts;
    facts.title = ports_.title;
    facts.times = settings_.times;
    facts.week = week;
    facts.records = ports_.records();
    facts.configs_tried = static_cast<std::size_t>(std::max<std::int64_t>(tried.value(), 1));
    auto making = ports_.make(std::move(facts));
    const Made report = co_await std::move(making);
    if (auto done = commit(week, report); !done) ports_.on_error(done.error());  // tried again a minute later
  }
}

base::Result<bool> ReportKeeper::is_due(const desk::ReportWeek& week) {
  const auto told = ports_.facts.get(fact);
  if (!told) return told.error();
  if (!told.value()) return true;
  std::int64_t until = 0;
  std::from_chars(told.value()->data(), told.value()->data() + told.value()->size(), until);
  return week.to - base::from_ms(until) >= apart_least;
}

base::Result<void> ReportKeeper::commit(const desk::ReportWeek& week, const Made& report) {
  const auto done = ports_.database.transact([&]() -> base::Result<void> {
    if (auto set = ports_.facts.set(fact, std::to_string(base::to_ms(week.to))); !set) return set;
    return report ? put(week, *report) : base::Result<void>();
  });
  if (done && report) ports_.accepted();
  return done;
}

base::Result<void> ReportKeeper::put(const desk::ReportWeek& week, const desk::WeeklyReport& report) {
  const auto now = ports_.clock.wall_now();
  store::Draft text;
  text.dedupe_key = "report/" + std::to_string(base::to_ms(week.to));
  text.sink = ports_.sink;
  text.priority = store::Priority::reply;  // what rings does not wait behind it
  text.html = report.text;
  text.silent = true;
  const auto accepted = ports_.outbox.accept(text, now);
  if (!accepted) return accepted.error();
  if (!ports_.pictures || !desk::check(report.picture)) return {};
  store::Draft picture;
  picture.dedupe_key = text.dedupe_key + "/picture";
  picture.sink = ports_.sink;
  picture.priority = store::Priority::reply;
  picture.op = store::Op::reply;
  picture.refers_to = accepted.value().id;
  picture.html = report.caption;
  picture.picture = desk::to_json(report.picture);
  picture.silent = true;
  picture.repeatable = false;
  if (auto drawn = ports_.outbox.accept(picture, now); !drawn) return drawn.error();
  return {};
}

}  // namespace app
