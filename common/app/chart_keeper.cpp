#include "common/app/chart_keeper.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis charts_every{500};
}  // namespace

void ChartKeeper::on_event(const market::Event& event) {
  const auto* one = std::get_if<market::Liquidation>(&event);
  if (one == nullptr || !one->side || !one->usd) return;
  if (const auto* instrument = ports_.resolve(one->exchange, one->symbol))
    liquidations_.add(instrument->asset, one->at, *one->side, *one->usd);
}

void ChartKeeper::on_published(const desk::Finding& finding, std::int64_t outbox_id, const desk::ChartLevels& levels) {
  if (!finding.setup || finding.direction == desk::Direction::none || jobs_.size() >= waiting_max) return;
  Job job{finding, levels, outbox_id, ports_.clock.steady_now() + settling};
  job.finding.message = nullptr;
  jobs_.push_back(std::move(job));
}

awaitable<void> ChartKeeper::run() {
  for (;;) {
    co_await ports_.clock.sleep_for(charts_every);
    const auto now = ports_.clock.steady_now();
    if (jobs_.empty() || jobs_.front().not_before > now) continue;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    const auto stretch = desk::chart_stretch(job.finding);
    feed::CandleQuestion question(job.finding.setup->symbol, stretch.bar, stretch.from, stretch.to);
    question.not_after = now + lookup_max;
    auto asking = ports_.look_up(job.finding.setup->exchange, question);
    auto candles = co_await std::move(asking);
    if (candles) finish(job, std::move(candles.value()));  // else the feed has said so
  }
}

void ChartKeeper::finish(const Job& job, std::vector<market::Candle> candles) {
  const auto& setup = *job.finding.setup;
  const auto stretch = desk::chart_stretch(job.finding);
  const auto* instrument = ports_.resolve(setup.exchange, setup.symbol);
  desk::ChartSources sources;
  sources.candles = std::move(candles);
  sources.exchange_title = ports_.title_of(setup.exchange);
  if (instrument != nullptr) {
    sources.tick_size = instrument->tick_size;
    sources.liquidations = liquidations_.bars(instrument->asset, stretch.from, stretch.to, stretch.bar);
  }
  const auto spec = desk::signal_chart(job.finding, job.levels, sources);
  if (!spec) return;
  const auto now = ports_.clock.wall_now();
  store::Draft draft;
  draft.dedupe_key = "chart/" + std::to_string(job.outbox_id);
  draft.sink = ports_.sink;
  draft.priority = store::Priority::reply;
  draft.op = store::Op::reply;
  draft.refers_to = job.outbox_id;
  draft.html = desk::chart_caption(*spec);
  draft.picture = desk::to_json(*spec);
  draft.silent = true;
  draft.repeatable = false;
  draft.expires = now + worth_for;
  if (auto accepted = ports_.outbox.accept(draft, now); !accepted) return ports_.on_error(accepted.error());
  ports_.accepted();
}

}  // namespace app
