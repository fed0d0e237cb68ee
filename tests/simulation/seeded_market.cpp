#include "tests/simulation/seeded_market.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/sandbox/market/path.hpp"

namespace simulation {
using sandbox::mix;
using sandbox::normal;
using sandbox::uniform;

namespace {

constexpr std::array<const char*, 40> coins{
    "BTC", "ETH",  "SOL",  "XRP",  "BNB",  "DOGE", "ADA",  "LINK", "AVAX", "SUI",  "LTC",  "BCH", "NEAR", "APT",
    "ARB", "OP",   "FIL",  "ALGO", "ATOM", "UNI",  "DOT",  "ETC",  "ICP",  "INJ",  "SEI",  "TIA", "TRX",  "XLM",
    "VET", "HBAR", "AAVE", "CRV",  "GALA", "SAND", "MANA", "AXS",  "EGLD", "FLOW", "KAVA", "ZEC"};

constexpr double forced_per_minute = 0.1;  // of one contract, on a calm day

std::uint64_t at_minute(Ms at) { return static_cast<std::uint64_t>(at / minute); }

}  // namespace

std::optional<Bar> Market::bar(std::size_t, Ms) const { return std::nullopt; }
double Market::last_price(std::size_t, Ms) const { return 100; }
double Market::turnover_24h(std::size_t, Ms) const { return 1e9; }
std::optional<Running> Market::running(std::size_t, Ms) const { return std::nullopt; }
std::vector<Settlement> Market::settlements(std::size_t, Ms, Ms) const { return {}; }
const std::vector<ForcedOrder>& Market::forced_orders() const {
  static const std::vector<ForcedOrder> none;
  return none;
}

SeededMarket::SeededMarket(std::uint64_t seed, std::size_t contracts, Ms start, Ms span) : seed_(seed) {
  for (std::size_t i = 0; i < std::min(contracts, coins.size()); ++i)
    contracts_.push_back({std::string(coins[i]) + "USDT", coins[i], 0});
  for (Ms at = start / minute * minute; at < start + span; at += minute)
    for (std::size_t i = 0; i < contracts_.size(); ++i) {
      const auto bits = mix(seed_ + 5, i, at_minute(at));
      if (uniform(bits) >= forced_per_minute) continue;
      ForcedOrder order;
      order.at = at + static_cast<Ms>(uniform(mix(bits, 1)) * 59'000);
      order.contract = i;
      order.sell = (mix(bits, 2) & 1U) == 0;
      order.price = price_at(i, order.at);
      order.quantity = 800 * std::exp(1.2 * normal(mix(bits, 3))) / order.price;
      forced_.push_back(order);
    }
  std::ranges::stable_sort(forced_, {}, &ForcedOrder::at);
}

void SeededMarket::burst(std::size_t contract, Ms at, double factor, double move) {
  bursts_[{contract, at / minute * minute}] = {factor, move};
}

void SeededMarket::set_rate(std::size_t contract, Ms from, double rate) { rates_[{contract, from}] = rate; }

void SeededMarket::add(ForcedOrder order) {
  const auto place = std::ranges::upper_bound(forced_, order.at, {}, &ForcedOrder::at);
  forced_.insert(place, order);
}

void SeededMarket::cascade(std::size_t contract, Ms at, bool of_longs, double usd, int events) {
  for (int i = 0; i < events; ++i) {
    ForcedOrder order;
    order.at = at + 50 * second * i / events;
    order.contract = contract;
    order.sell = of_longs;
    order.price = price_at(contract, at) * (1 + (of_longs ? -0.02 : 0.02) * i / events);
    order.quantity = usd / events / order.price;
    add(order);
  }
}

void SeededMarket::print(std::size_t contract, Ms at, bool of_long, double usd) {
  ForcedOrder order;
  order.at = at;
  order.contract = contract;
  order.sell = of_long;
  order.price = price_at(contract, at);
  order.quantity = usd / order.price;
  add(order);
}

double SeededMarket::usd_per_minute(std::size_t contract) const {
  return 2e6 / static_cast<double>(1 + contract) + 40'000;
}

/// Noise around a level that only bursts move.
double SeededMarket::price_at(std::size_t contract, Ms at) const {
  double level = 20'000 / static_cast<double>((1 + contract) * (1 + contract));
  for (auto burst = bursts_.lower_bound({contract, 0}); burst != bursts_.end() && burst->first.first == contract;
       ++burst)
    if (burst->first.second + minute <= at) level *= 1 + burst->second.move;
  return level * std::exp(0.0005 * normal(mix(seed_ + 1, contract, at_minute(at))));
}

std::optional<Bar> SeededMarket::bar(std::size_t contract, Ms opens_at) const {
  const auto bits = mix(seed_ + 2, contract, at_minute(opens_at));
  const auto burst = bursts_.find({contract, opens_at});
  const double hour_of_day = static_cast<double>(opens_at % day) / static_cast<double>(hour);
  Bar out;
  out.open = price_at(contract, opens_at);
  out.close = price_at(contract, opens_at + minute);
  out.high = std::max(out.open, out.close) * (1 + 0.0003 * uniform(mix(bits, 1)));
  out.low = std::min(out.open, out.close) * (1 - 0.0003 * uniform(mix(bits, 2)));
  out.quote =
      usd_per_minute(contract) * std::exp(0.25 * normal(bits)) * (1 + 0.3 * std::sin(hour_of_day / 24 * 6.2832));
  if (burst != bursts_.end()) out.quote *= burst->second.factor;
  out.base = out.quote / out.open;
  const double tilt = burst == bursts_.end() ? 0.03 * normal(mix(bits, 3)) : burst->second.move > 0 ? 0.2 : -0.2;
  out.taker_buy_quote = out.quote * (0.5 + tilt);
  out.trades = 1 + static_cast<std::int64_t>(out.quote / 1'500);
  return out;
}

double SeededMarket::last_price(std::size_t contract, Ms now) const { return price_at(contract, now); }

double SeededMarket::turnover_24h(std::size_t contract, Ms) const { return usd_per_minute(contract) * 1'440; }

double SeededMarket::settled_rate(std::size_t contract, Ms at) const {
  auto set = rates_.upper_bound({contract, at});
  if (set != rates_.begin() && std::prev(set)->first.first == contract) return std::prev(set)->second;
  return 0.0001 * (1 + 0.3 * normal(mix(seed_ + 4, contract, at_minute(at))));
}

std::optional<Running> SeededMarket::running(std::size_t contract, Ms now) const {
  const Ms interval = interval_hours(contract) * hour;
  Running out;
  out.settles_at = (now / interval + 1) * interval;
  out.interval_hours = interval_hours(contract);
  out.rate = settled_rate(contract, out.settles_at);
  return out;
}

std::vector<Settlement> SeededMarket::settlements(std::size_t contract, Ms from, Ms to) const {
  const Ms interval = interval_hours(contract) * hour;
  std::vector<Settlement> out;
  for (Ms at = (from + interval - 1) / interval * interval; at <= to; at += interval)
    out.push_back({at, settled_rate(contract, at)});
  return out;
}

}  // namespace simulation
