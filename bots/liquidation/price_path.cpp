#include "bots/liquidation/price_path.hpp"

#include <algorithm>
#include <cmath>

namespace liquidation {

namespace {

constexpr base::Millis kept{300'000};
constexpr base::Millis sample_every{1'000};
constexpr base::Millis fresh_for{180'000};
constexpr base::Millis minute{60'000};

bool is_price(double x) { return std::isfinite(x) && x > 0; }

}  // namespace

void PricePath::Samples::add(base::WallTime at, double price) {
  if (!samples_.empty() && at < samples_.back().at + sample_every) {
    if (at >= samples_.back().at) samples_.back().price = price;  // within the second the newest counts; older: dropped
    return;
  }
  samples_.push_back({.at = at, .price = price});
  while (samples_.front().at <= at - kept) samples_.pop_front();
}

bool PricePath::Samples::fresh(base::WallTime now) const {
  return !samples_.empty() && samples_.back().at > now - fresh_for;
}

double PricePath::Samples::minute_before(base::WallTime now) const {
  const auto young =
      std::find_if(samples_.begin(), samples_.end(), [&](const Sample& s) { return s.at > now - minute; });
  return young == samples_.begin() ? young->price : std::prev(young)->price;
}

std::optional<base::WallTime> PricePath::Samples::newest_at() const {
  return samples_.empty() ? std::nullopt : std::optional(samples_.back().at);
}

bool PricePath::is_reference(const std::string& exchange, const std::string& symbol, base::WallTime at) {
  const std::string name = exchange + "/" + symbol;
  if (name == reference_) return true;
  if (market_.newest_at() && *market_.newest_at() > at - fresh_for) return false;
  reference_ = name;
  market_ = {};
  atr_.interrupt();
  band_.interrupt();
  return true;
}

void PricePath::on_candle(const market::Candle& candle, double unit_multiplier) {
  if (candle.length != minute && candle.length != base::Millis{0}) return;
  if (!is_price(candle.close) || !is_price(candle.high) || !is_price(candle.low) || !is_price(unit_multiplier)) return;
  const base::WallTime ends = candle.opened_at + minute;
  const bool closed = candle.closed ? *candle.closed : ends + base::Millis{2'000} <= candle.received_at;
  if (!is_reference(candle.exchange, candle.symbol, closed ? ends : candle.received_at)) return;
  if (!closed) return market_.add(candle.received_at, candle.close / unit_multiplier);
  if (candle.opened_at <= last_bar_) return;
  if (candle.opened_at != last_bar_ + minute) {
    atr_.interrupt();
    band_.interrupt();
  }
  last_bar_ = candle.opened_at;
  (void)atr_.add(candle.high / unit_multiplier, candle.low / unit_multiplier, candle.close / unit_multiplier);
  band_.add(candle.close / unit_multiplier);
  market_.add(ends, candle.close / unit_multiplier);
}

void PricePath::on_ticker(const market::Ticker& ticker, double unit_multiplier) {
  const auto price = ticker.last ? ticker.last : ticker.mark;
  if (!price || !is_price(*price) || !is_price(unit_multiplier)) return;
  if (reference_ != ticker.exchange + "/" + ticker.symbol) return;  // only candles make a reference: they give the ATR
  market_.add(time_of(ticker), *price / unit_multiplier);
}

void PricePath::on_liquidation(base::WallTime at, double price_per_coin) {
  if (!is_price(price_per_coin)) return;
  events_.add(at, price_per_coin);
  const std::int64_t of = base::to_ms(at) / minute.count();
  if (of < event_minute_) return;
  if (of > event_minute_) {
    if (event_minute_ != INT64_MIN) (void)event_atr_.add(event_high_, event_low_, event_close_);
    if (of != event_minute_ + 1) event_atr_.interrupt();
    event_minute_ = of;
    event_high_ = event_low_ = price_per_coin;
  }
  event_high_ = std::max(event_high_, price_per_coin);
  event_low_ = std::min(event_low_, price_per_coin);
  event_close_ = price_per_coin;
}

std::optional<double> PricePath::band_position(base::WallTime now, double width) const {
  return market_.fresh(now) ? band_.position(market_.newest(), width) : std::nullopt;
}

PriceMove PricePath::move(base::WallTime now) const {
  PriceMove out;
  if (market_.fresh(now)) {
    out.source = PriceSource::market;
    out.from = market_.minute_before(now);
    out.to = market_.newest();
    out.atr = atr_.value();
  } else if (events_.fresh(now)) {
    out.source = PriceSource::events;
    out.from = events_.minute_before(now);
    out.to = events_.newest();
    out.atr = event_atr_.value();
  }
  return out;
}

}  // namespace liquidation
