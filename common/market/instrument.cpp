#include "common/market/instrument.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace market {

namespace {

struct Power {
  std::string_view digits;
  double multiplier;
};
constexpr std::array<Power, 4> powers{{{"1000000", 1e6}, {"100000", 1e5}, {"10000", 1e4}, {"1000", 1e3}}};

std::uint32_t hash_of(std::string_view symbol) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(symbol));
}

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

UnitName split_unit(std::string_view base) {
  for (const auto& [digits, multiplier] : powers) {
    if (base.size() > digits.size() && base.starts_with(digits)) {
      const auto rest = base.substr(digits.size());
      if (rest.size() >= 2 && is_letter(rest[0])) return {std::string(rest), multiplier};
    }
    if (base.size() > digits.size() && base.ends_with(digits)) {
      const auto rest = base.substr(0, base.size() - digits.size());
      if (rest.size() >= 2 && is_letter(rest.back())) return {std::string(rest), multiplier};
    }
  }
  if (base.size() > 3 && base.starts_with("1M") && is_letter(base[2])) return {std::string(base.substr(2)), 1e6};
  if (base.size() > 2 && base[0] == 'k' && is_letter(base[1])) return {std::string(base.substr(1)), 1e3};
  return {std::string(base), 1};
}

Universe::Universe(std::vector<Instrument> instruments) : instruments_(std::move(instruments)) {
  std::stable_sort(instruments_.begin(), instruments_.end(),
                   [](const Instrument& a, const Instrument& b) { return a.symbol < b.symbol; });
  const auto same = [](const Instrument& a, const Instrument& b) { return a.symbol == b.symbol; };
  instruments_.erase(std::unique(instruments_.begin(), instruments_.end(), same), instruments_.end());
  slots_.resize(std::bit_ceil(instruments_.size() * 2 + 1));
  std::uint32_t number = 0;
  for (const auto& instrument : instruments_) {
    const auto hash = hash_of(instrument.symbol);
    auto at = hash % slots_.size();
    while (slots_[at].number != 0) at = (at + 1) % slots_.size();
    slots_[at] = {hash, ++number};
  }
}

const Instrument* Universe::find(std::string_view symbol) const {
  if (slots_.empty()) return nullptr;
  const auto hash = hash_of(symbol);
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask; slots_[at].number != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != hash) continue;
    const auto& instrument = instruments_[slots_[at].number - 1];
    if (instrument.symbol == symbol) return &instrument;
  }
  return nullptr;
}

void Universe::count_as(std::string_view symbol, const std::string& asset) {
  if (const auto* known = find(symbol))
    instruments_[static_cast<std::size_t>(known - instruments_.data())].asset = asset;
}

bool is_watchable(const Instrument& instrument) {
  const auto dollars = [](std::string_view currency) {
    return currency == "USDT" || currency == "USDC" || currency == "USD";
  };
  const bool linear =
      !instrument.inverse && dollars(instrument.quote) && (instrument.settle.empty() || dollars(instrument.settle));
  const bool counted = instrument.inverse && instrument.sized_in_usd && instrument.quote == "USD" &&
                       instrument.settle == instrument.base;
  return instrument.kind == ContractKind::perpetual && (linear || counted) && instrument.status == Status::trading;
}

}  // namespace market
