#include "common/health/freshness.hpp"

#include <algorithm>
#include <bit>
#include <functional>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr std::uint64_t seed = 0x9E3779B97F4A7C15U;

class Mixer {
 public:
  Mixer& add(std::uint64_t value) {
    hash_ = (hash_ ^ value) * 0xFF51AFD7ED558CCDU;
    hash_ ^= hash_ >> 32U;
    return *this;
  }
  Mixer& add(double value) { return add(std::bit_cast<std::uint64_t>(value)); }
  Mixer& add(const std::optional<double>& value) { return add(value.value_or(-1.0)); }
  Mixer& add(base::WallTime at) { return add(static_cast<std::uint64_t>(base::to_ms(at))); }
  Mixer& add(const std::optional<base::WallTime>& at) { return at ? add(*at) : add(std::uint64_t{1}); }
  Mixer& add(const std::string& text) { return add(std::uint64_t{std::hash<std::string>{}(text)}); }
  [[nodiscard]] std::uint64_t value() const { return hash_ | 1U; }  // 0 says that it does not count

 private:
  std::uint64_t hash_{seed};
};

struct Print {
  std::uint64_t operator()(const market::Funding& e) const {
    if (e.settled || (!e.mark && !e.index)) return 0;
    return Mixer{}.add(e.symbol).add(e.rate).add(e.mark).add(e.index).add(e.at).value();
  }
  std::uint64_t operator()(const market::Ticker& e) const {
    return Mixer{}.add(e.symbol).add(e.last).add(e.mark).add(e.bid).add(e.quote_volume_24h).add(e.at).value();
  }
  std::uint64_t operator()(const market::OpenInterest& e) const {
    return e.history ? 0 : Mixer{}.add(e.symbol).add(e.raw).add(e.base).add(e.at).value();
  }
  std::uint64_t operator()(const market::Candle& e) const {
    return Mixer{}.add(e.symbol).add(e.opened_at).add(e.close).add(e.high).add(e.low).add(e.base_volume).value();
  }
  std::uint64_t operator()(const market::Liquidation& e) const {
    return Mixer{}.add(e.symbol).add(e.at).add(e.price).add(e.raw_quantity).add(e.id).value();
  }
  std::uint64_t operator()(const market::Trade& e) const {
    return Mixer{}.add(e.symbol).add(e.at).add(e.price).add(e.raw_quantity).add(e.id).value();
  }
  std::uint64_t operator()(const market::Depth&) const { return 0; }  // a calm book stands still
  std::uint64_t operator()(const market::Gap&) const { return 0; }
};

}  // namespace

std::uint64_t fingerprint(const market::Event& event) { return std::visit(Print{}, event); }

std::optional<base::WallTime> stated_time(const market::Event& event) {
  if (const auto* liquidation = std::get_if<market::Liquidation>(&event)) return liquidation->at;
  if (const auto* candle = std::get_if<market::Candle>(&event)) return candle->opened_at;
  if (const auto* ticker = std::get_if<market::Ticker>(&event)) return ticker->at;
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) return interest->at;
  if (const auto* funding = std::get_if<market::Funding>(&event)) return funding->at;
  if (const auto* trade = std::get_if<market::Trade>(&event)) return trade->at;
  return std::nullopt;
}

bool Freshness::on_data(std::uint64_t print, std::optional<base::WallTime> at, Moment now) {
  if (at && *at > now.wall + ahead_max) at.reset();  // a misread time must not make all later ones look old
  const bool newer = at && (!newest_ || *at > *newest_);
  if (newer) {
    newest_ = at;
    advanced_ = now.steady;
  }
  const bool stands_still = at && !newer && span(advanced_, now.steady) > late_max;
  if (stands_still || std::ranges::find(known_, print) != known_.end()) {
    ++repeats_;
    repeated_ = now.steady;
    return false;
  }
  known_[next_] = print;
  next_ = (next_ + 1) % known_.size();
  repeats_ = 0;
  fresh_ = now.steady;
  return true;
}

std::optional<std::string> Freshness::frozen(Moment now) const {
  if (!fresh_ || repeats_ < repeats_min || span(*fresh_, repeated_) < stale_min) return std::nullopt;
  return "the same content " + std::to_string(repeats_) + " times over, nothing new for " +
         base::duration_words(span(*fresh_, now.steady));
}

}  // namespace health
