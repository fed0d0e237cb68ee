// What the keepers of outcomes and of their report may ask of a running bot.
#include "common/app/program.hpp"

namespace app {

void Program::build_outcomes() {
  OutcomeKeeper::Hooks hooks;
  hooks.look_up = [this](std::string exchange, feed::CandleQuestion question) {
    return feed_->look_up(std::move(exchange), std::move(question));
  };
  hooks.settlements = [this](std::string exchange, std::string symbol, base::WallTime from, base::WallTime to) {
    return feed_->look_up_settlements(std::move(exchange), std::move(symbol), from, to);
  };
  hooks.find = [this](const std::string& exchange, const std::string& symbol) {
    return feed_ ? feed_->find(exchange, symbol) : nullptr;
  };
  hooks.names = [this](const std::string& exchange, const std::string& symbol) {
    return std::pair(title_of(exchange), feed_ ? feed_->link(exchange, symbol) : std::string());
  };
  hooks.would_publish = [this](const desk::Finding& finding) {
    return desk_->would_publish(finding, world_.clock.wall_now()).has_value();
  };
  hooks.spawn = [this](std::string name, boost::asio::awaitable<void> task) {
    tasks_->spawn(std::move(name), std::move(task));
  };
  hooks.release = [this](const desk::Finding& finding) { pipeline_->go_on(finding); };
  hooks.on_error = [this](const base::Error& error) { hub_.error(error); };
  hooks.on_accepted = [this] { sender_->notice(); };
  outcomes_ = std::make_unique<OutcomeKeeper>(*stores_.bot, outbox_, world_.clock, std::string(sink_->name()),
                                              std::move(hooks));
  outcomes_->configure(options_.settings.trade, options_.settings.gates.late_after, options_.config_hash);
  desk_->on_published = [this](const desk::Finding& finding, const desk::Handled& handled, base::WallTime now) {
    return outcomes_->on_published(finding, handled, now);
  };
}

namespace {

boost::asio::awaitable<ReportKeeper::Made> made(base::Worker* worker, desk::WeeklyFacts facts) {
  if (worker == nullptr) co_return desk::weekly_report(facts);
  const auto work = [about = std::move(facts)] { return desk::weekly_report(about); };
  auto working = worker->run<ReportKeeper::Made>(work);
  co_return co_await std::move(working);
}

}  // namespace

void Program::build_reports() {
  ReportKeeper::Ports ports(*stores_.bot, outbox_, facts_, world_.clock);
  ports.records = [this] { return outcomes_->records(); };
  ports.configs_tried = [this] { return outcomes_->configs_tried(); };
  ports.make = [this](desk::WeeklyFacts facts) { return made(world_.worker, std::move(facts)); };
  ports.accepted = [this] { sender_->notice(); };
  ports.on_error = [this](const base::Error& error) { hub_.error(error); };
  ports.sink = std::string(sink_->name());
  ports.title = title_;
  ports.pictures = charts_ != nullptr;
  reports_ = std::make_unique<ReportKeeper>(std::move(ports), options_.settings.report);
}

}  // namespace app
