#include "bots/liquidation/asset.hpp"

#include <algorithm>
#include <cmath>

namespace liquidation {
using namespace std::chrono_literals;

void Episode::count(const Print& print) {
  if (const auto told = counted_until.find(print.exchange); told != counted_until.end() && print.at <= told->second)
    return;
  auto& share = by_exchange[print.exchange];
  share.usd += print.usd;
  ++share.events;
  share.newest = std::max(share.newest, print.at);
  by_contract[{print.exchange, print.symbol}] += print.usd;
  total_usd += print.usd;
  ++events;
  since = events == 1 ? print.at : std::min(since, print.at);
  until = std::max(until, print.at);
  if (print.usd > largest.usd) largest = print;
}

void Episode::follow(const PriceMove& price, market::PositionSide side) {
  if (price.source == PriceSource::none) return;
  if (price_source == PriceSource::none || price_source != price.source) {
    // Prices of two sources are not one path: it begins anew.
    price_source = price.source;
    price_from = price.from;
    price_extreme = price.to;
  }
  price_to = price.to;
  const bool falls = side == market::PositionSide::long_side;
  price_extreme = falls ? std::min(price_extreme, price.to) : std::max(price_extreme, price.to);
}

void Run::count(const Print& print, base::Millis lull) {
  if (last != base::WallTime::min() && print.at > last + lull) usd = 0, events = 0;
  usd += print.usd;
  ++events;
  last = std::max(last, print.at);
}

double Run::strength_usd() const {
  constexpr double tenfold_steps = 2;
  const auto steps = static_cast<double>(std::clamp<std::uint64_t>(events, 1, 3) - 1);
  return usd * std::pow(10, steps / tenfold_steps);
}

bool Side::add(const Print& print) {
  if (!sums.add(print.at, print.usd)) return false;
  newest = std::max(newest, print.at);
  base::WallTime& last = heard.try_emplace(print.exchange, print.at).first->second;
  last = std::max(last, print.at);
  recent.push_back(print);
  if (recent.size() > recent_max) recent.pop_front();
  advance(newest);
  return true;
}

void Side::advance(base::WallTime now) {
  sums.advance(now);
  while (!recent.empty() && recent.front().at <= now - 1min) recent.pop_front();
}

std::uint64_t Side::exchanges() const {
  return static_cast<std::uint64_t>(
      std::count_if(heard.begin(), heard.end(), [this](const auto& last) { return last.second > newest - 1min; }));
}

void Asset::count_minute(base::WallTime at, double usd) {
  const std::int64_t of = std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
  if (of < minute_) return;  // its minute is in the population already
  if (of > minute_) {
    if (minute_usd_ > 0) (void)minutes_.add(base::WallTime(std::chrono::minutes(minute_)), minute_usd_);
    minute_ = of;
    minute_usd_ = 0;
  }
  minutes_.advance(at);
  minute_usd_ += usd;
}

std::string Asset::save() const {
  stats::BlobWriter out;
  prints.save(out);
  minutes_.save(out);
  return std::move(out).seal(blob_kind);
}

base::Result<void> Asset::restore(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  auto sizes = stats::SlidingQuantile::load(*opened, population);
  auto sums = stats::SlidingQuantile::load(*opened, population);
  if (!opened->finished()) {
    return base::Error(base::ErrorKind::bad_data, "stored liquidation sizes", "a value is out of its range",
                       "they are dropped and learned anew");
  }
  prints = std::move(sizes);
  minutes_ = std::move(sums);
  return {};
}

}  // namespace liquidation
