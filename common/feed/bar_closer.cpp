#include "common/feed/bar_closer.hpp"

namespace feed {

void BarCloser::emit_closed(Forming& forming, market::Candle bar, const Emit& emit) {
  if (forming.seen_any && bar.opened_at <= forming.last_closed) return;  // said before
  forming.last_closed = bar.opened_at;
  forming.seen_any = true;
  bar.closed = true;
  emit(bar);
}

void BarCloser::close_if_over(Forming& forming, base::WallTime exchange_now, const Emit& emit) {
  // A bar of an exchange that marks closing is never closed by the clock: its last trades may be missing.
  if (!forming.bar || forming.bar->closed.has_value() || !market::is_closed(*forming.bar, exchange_now)) return;
  const market::Candle bar = *forming.bar;
  forming.bar.reset();
  emit_closed(forming, bar, emit);
}

void BarCloser::on_candle(const market::Candle& candle, base::WallTime exchange_now, const Emit& emit) {
  auto& forming = forming_[candle.symbol];
  if (candle.closed.value_or(false)) {
    if (forming.bar && forming.bar->opened_at <= candle.opened_at) forming.bar.reset();
    emit_closed(forming, candle, emit);
    return;
  }
  if (forming.bar && candle.opened_at > forming.bar->opened_at) {
    if (!candle.closed) emit_closed(forming, *forming.bar, emit);
    forming.bar.reset();
  }
  if (!forming.bar || candle.opened_at == forming.bar->opened_at) forming.bar = candle;
  close_if_over(forming, exchange_now, emit);
}

void BarCloser::on_time(base::WallTime exchange_now, const Emit& emit) {
  for (auto& [symbol, forming] : forming_) close_if_over(forming, exchange_now, emit);
}

void BarCloser::forget_forming() {
  for (auto& [symbol, forming] : forming_) forming.bar.reset();
}

}  // namespace feed
