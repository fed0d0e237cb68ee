#include "bots/volume/hour_atr.hpp"

#include <algorithm>
#include <cmath>

#include "bots/volume/hour_of_week.hpp"

namespace volume {

namespace {
constexpr std::uint32_t hour_ms = 3'600'000;
}  // namespace

void HourAtr::finish(std::int64_t hour, double high, double low, double close) {
  if (hour <= last_hour_) return;
  if (hour != last_hour_ + 1) atr_.interrupt();
  if (atr_.add(high, low, close)) last_hour_ = hour;
}

void HourAtr::add_bar(base::WallTime opened_at, base::Millis length, double high, double low, double close) {
  const std::int64_t hour = hour_of(opened_at);
  if (hour < hour_) return;
  if (hour > hour_) {
    if (hour_ >= 0 && held_ms_ * 2 >= hour_ms) finish(hour_, high_, low_, close_);
    hour_ = hour;
    held_ms_ = 0;
    high_ = high;
    low_ = low;
  }
  held_ms_ += static_cast<std::uint32_t>(std::min<std::int64_t>(length.count(), hour_ms));
  high_ = std::max(high_, high);
  low_ = std::min(low_, low);
  close_ = close;
}

void HourAtr::add_hour(base::WallTime opened_at, double high, double low, double close) {
  const std::int64_t hour = hour_of(opened_at);
  if (hour <= last_hour_ && !value()) {
    atr_ = stats::Atr(bars);
    last_hour_ = -1;
  }
  finish(hour, high, low, close);
}

std::string HourAtr::save() const {
  stats::BlobWriter out;
  atr_.save(out);
  out.put(last_hour_);
  out.put(hour_);
  out.put(held_ms_);
  for (const double price : {high_, low_, close_}) out.put(price);
  return std::move(out).seal(blob_kind);
}

base::Result<HourAtr> HourAtr::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  stats::BlobReader& in = *opened;
  HourAtr out;
  out.atr_ = stats::Atr::load(in, bars);
  out.last_hour_ = in.get<std::int64_t>();
  out.hour_ = in.get<std::int64_t>();
  out.held_ms_ = in.get<std::uint32_t>();
  for (double* price : {&out.high_, &out.low_, &out.close_}) {
    *price = in.get<double>();
    if (!std::isfinite(*price)) in.fail();
  }
  if (!in.finished())
    return base::Error(base::ErrorKind::bad_data, "stored hourly range", "a value is out of its range",
                       "it is dropped and learned anew");
  return out;
}

}  // namespace volume
