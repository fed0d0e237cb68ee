#include "tests/sandbox/market/world.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/sandbox/market/path.hpp"

namespace sandbox {

namespace {

constexpr std::size_t liquidations_kept = 5'000;
constexpr double volume_sigma = 0.35;                  ///< of the logarithm of a minute's volume
constexpr double quiet_liquidations_per_minute = 3.0;  ///< per exchange

std::uint64_t contract_key(const Contract& contract) {
  return mix(key_of(contract.symbol), static_cast<std::uint64_t>(contract.venue));
}

double rounded(double value, int decimals) {
  static constexpr std::array<double, 13> powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
  const double scale = powers.at(static_cast<std::size_t>(decimals));
  return std::round(value * scale) / scale;
}

void merge(Bar& into, const Bar& bar) {
  into.high = std::max(into.high, bar.high);
  into.low = std::min(into.low, bar.low);
  into.close = bar.close;
  into.base += bar.base;
  into.quote += bar.quote;
  into.taker_buy_base += bar.taker_buy_base;
  into.taker_buy_quote += bar.taker_buy_quote;
  into.trades += bar.trades;
}

/// People trade more in the European and American day, and a little more at round minutes.
double clock_factor(Ms open_time) {
  const double hour_of_day = static_cast<double>(open_time % day) / static_cast<double>(hour);
  const Ms in_hour = open_time % hour / minute;
  const double round_minute = in_hour % 15 == 0 ? 1.35 : in_hour % 5 == 0 ? 1.12 : 1.0;
  return (1 + 0.35 * std::sin((hour_of_day - 9) * 2 * 3.14159265358979 / 24)) * round_minute;
}

}  // namespace

World::World(std::uint64_t seed, Ms start) : seed_(seed), background_until_(start) {
  for (const auto& coin : coins()) paths_.emplace_back(mix(seed_, key_of(coin.name)), coin.minute_sigma);
  for (const auto venue : venues) contracts_[venue] = standard_contracts(venue, start);
}

const std::vector<std::unique_ptr<Contract>>& World::contracts(Venue venue) const { return contracts_.at(venue); }

Contract* World::find(Venue venue, const std::string& name) const {
  Contract* by_coin = nullptr;
  for (const auto& contract : contracts_.at(venue)) {
    if (contract->symbol == name) return contract.get();
    const bool perpetual = contract->kind == Contract::Kind::perpetual;
    if (perpetual && (contract->coin == name || contract->base + "USDT" == name)) by_coin = contract.get();
  }
  return by_coin;
}

Contract& World::add(Venue venue, const std::string& symbol, Ms now, const std::string& like) {
  if (auto* known = find(venue, symbol)) {
    known->trading = true;
    return *known;
  }
  return *contracts_[venue].emplace_back(make_contract(venue, symbol, now, like));
}

double World::coin_price(std::size_t coin, Ms time) const {
  const auto& facts = coins()[coin];
  double log_price = paths_[coin].at(time);
  if (const auto moved = moves_.find(facts.name); moved != moves_.end()) {
    for (const auto& move : moved->second) {
      if (time <= move.from) continue;
      const double done =
          move.to <= move.from ? 1.0 : static_cast<double>(time - move.from) / static_cast<double>(move.to - move.from);
      log_price += std::log1p(move.change) * std::min(1.0, done);
    }
  }
  return facts.price * std::exp(log_price);
}

double World::last(const Contract& contract, Ms now) const {
  if (!contract.coin_index) {
    auto next = contract.played.upper_bound(now);
    while (next != contract.played.begin()) {
      const auto& bar = (--next)->second;
      if (bar.open_time + bar.length <= now) return bar.close;
    }
    return contract.last_played_price > 0 ? contract.last_played_price : 1.0;
  }
  return price(contract, basis(contract), now);
}

double World::basis(const Contract& contract) const {
  return (uniform(mix(seed_, contract_key(contract))) - 0.5) * 0.0003;
}

double World::price(const Contract& contract, double basis, Ms now) const {
  return rounded(coin_price(*contract.coin_index, now) * contract.unit * (1 + basis), contract.price_decimals);
}

double World::mark(const Contract& contract, Ms now) const {
  const double wobble =
      normal(mix(seed_ + 1, contract_key(contract), static_cast<std::uint64_t>(now / second))) * 0.00003;
  return rounded(last(contract, now) * (1 + wobble), contract.price_decimals + 2);
}

double World::index(const Contract& contract, Ms now) const {
  if (!contract.coin_index) return last(contract, now);
  return rounded(coin_price(*contract.coin_index, now) * contract.unit, contract.price_decimals + 2);
}

double World::minute_quote(const Contract& contract, Ms open_time) const {
  const double median = coins()[*contract.coin_index].usd_per_minute * contract.share;
  const auto bits = mix(seed_ + 2, contract_key(contract), static_cast<std::uint64_t>(open_time / minute));
  double quote = median * std::exp(volume_sigma * normal(bits)) * clock_factor(open_time);
  if (const auto found = bursts_.find(&contract); found != bursts_.end()) {
    for (const auto& burst : found->second) {
      if (open_time >= burst.from && open_time < burst.to) quote *= burst.factor;
    }
  }
  return quote;
}

Bar World::minute_bar(const Contract& contract, Ms open_time, Ms now) const {
  const Ms end = open_time + minute;
  const Ms until = std::min(now, end);
  Bar out;
  out.open_time = open_time;
  out.length = minute;
  out.closed = now >= end;
  const double above_index = basis(contract);
  out.open = out.high = out.low = price(contract, above_index, open_time);
  for (Ms at = open_time + KnownPath::step; at < until; at += KnownPath::step) {
    const double traded = price(contract, above_index, at);
    out.high = std::max(out.high, traded);
    out.low = std::min(out.low, traded);
  }
  out.close = price(contract, above_index, until);
  out.high = std::max(out.high, out.close);
  out.low = std::min(out.low, out.close);
  const auto bits = mix(seed_ + 3, contract_key(contract), static_cast<std::uint64_t>(open_time / minute));
  const double drift = (out.close / out.open - 1) / coins()[*contract.coin_index].minute_sigma;
  const double buy_share = std::clamp(0.5 + 0.06 * normal(bits) + 0.05 * drift, 0.08, 0.92);
  const double part = static_cast<double>(until - open_time) / static_cast<double>(minute);
  out.quote = rounded(minute_quote(contract, open_time) * part, 4);
  out.base = rounded(out.quote / ((out.open + out.close) / 2), contract.size_decimals + 2);
  out.taker_buy_quote = rounded(out.quote * buy_share, 4);
  out.taker_buy_base = rounded(out.base * buy_share, contract.size_decimals + 2);
  out.trades = 1 + static_cast<std::int64_t>(out.quote / 1'500);
  return out;
}

Bar World::merged(const Contract& contract, Ms open_time, Ms length, Ms now) const {
  Bar out = minute_bar(contract, open_time, now);
  for (Ms at = open_time + minute; at < open_time + length && at < now; at += minute) {
    merge(out, minute_bar(contract, at, now));
  }
  out.length = length;
  out.closed = now >= open_time + length;
  return out;
}

std::optional<Bar> World::bar(const Contract& contract, Ms open_time, Ms length, Ms now) const {
  if (open_time > now || open_time + length <= contract.listed) return std::nullopt;
  if (!contract.coin_index) {
    std::optional<Bar> out;
    for (auto it = contract.played.lower_bound(open_time); it != contract.played.end(); ++it) {
      if (it->first >= open_time + length || it->first + it->second.length > now) break;
      out ? merge(*out, it->second) : void(out = it->second);
    }
    if (out) {
      out->open_time = open_time;
      out->length = length;
      out->closed = now >= open_time + length;
    }
    return out;
  }
  return merged(contract, open_time, length, now);
}

std::vector<Bar> World::bars(const Contract& contract, Ms length, Ms from, Ms to, std::size_t limit, Ms now) const {
  std::vector<Bar> out;
  for (Ms at = std::min(to, now) / length * length; at >= from && at >= 0 && out.size() < limit; at -= length) {
    const auto next = bar(contract, at, length, now);
    if (next) {
      out.push_back(*next);
    } else if (contract.played.empty() || at < contract.played.begin()->first) {
      break;
    }
  }
  std::ranges::reverse(out);
  return out;
}

/// Hours that are over stay as they are: they are made once.
std::vector<Bar> World::bars_of_day(const Contract& contract, CachedDay& cached, Ms now) const {
  if (!contract.played.empty()) return bars(contract, minute, now - day, now, 1'441, now);
  cached.hours.erase(cached.hours.begin(), cached.hours.lower_bound(now - day));
  std::vector<Bar> out;
  for (Ms at = std::max<Ms>(0, (now - day + hour - 1) / hour * hour); at <= now; at += hour) {
    const auto known = cached.hours.find(at);
    const auto made = known != cached.hours.end() ? std::optional(known->second) : bar(contract, at, hour, now);
    if (!made) continue;
    out.push_back(*made);
    if (made->closed) cached.hours.emplace(at, *made);
  }
  return out;
}

DayStats World::day_stats(const Contract& contract, Ms now) const {
  auto& cached = days_[&contract];
  if (cached.minute != now / minute) {
    cached.minute = now / minute;
    auto& stats = cached.stats;
    stats = DayStats{};
    for (const auto& bar : bars_of_day(contract, cached, now)) {
      if (stats.open == 0) stats = DayStats{bar.open, bar.high, bar.low, bar.close, 0, 0, 0};
      stats.high = std::max(stats.high, bar.high);
      stats.low = std::min(stats.low, bar.low);
      stats.base += bar.base;
      stats.quote += bar.quote;
      stats.trades += bar.trades;
    }
  }
  auto out = cached.stats;
  out.last = last(contract, now);
  if (out.open == 0) out.open = out.high = out.low = out.last;
  out.high = std::max(out.high, out.last);
  out.low = std::min(out.low, out.last);
  return out;
}

double World::open_interest(const Contract& contract, Ms now) const {
  if (!contract.coin_index) {
    // Recordings hold none. So much bears what they liquidate: less would rightly not be believed by a bot that
    // compares.
    constexpr double usd = 20e6;
    const auto& bars = contract.played;
    const double first = bars.empty() ? contract.first_played_price : bars.begin()->second.open;
    return rounded(usd / (first > 0 ? first : 1), contract.size_decimals);
  }
  const auto& coin = coins()[*contract.coin_index];
  const double usd = coin.usd_per_minute * contract.share * 400;
  const double slow = log_path(mix(seed_ + 4, contract_key(contract)), 0.0004, now);
  return rounded(usd / coin.price / contract.unit * std::exp(slow), contract.size_decimals);
}

void World::move_price(const std::string& coin, double change, Ms from, Ms to) {
  moves_[coin].push_back(Move{change, from, to});
}

void World::burst(const Contract& contract, double factor, Ms from, Ms to) {
  bursts_[&contract].push_back(Burst{factor, from, to});
}

void World::liquidate(const Contract& contract, bool long_closed, double size, Ms now, Json frame) {
  const double price = last(contract, now) * (long_closed ? 0.9995 : 1.0005);
  const double step = std::pow(10.0, -contract.size_decimals) * contract.contract_size;
  const double stepped = std::max(step, std::round(size / step) * step);
  Liquidation event{++sequence_,     now, &contract, long_closed, stepped, rounded(price, contract.price_decimals),
                    std::move(frame)};
  liquidations_.push_back(std::move(event));
  if (liquidations_.size() > liquidations_kept) liquidations_.pop_front();
}

void World::background(Ms now) {
  for (; background_until_ + second <= now; background_until_ += second) {
    for (const auto venue : venues) {
      if (!publishes_liquidations(venue)) continue;
      const auto bits =
          mix(seed_ + 5, static_cast<std::uint64_t>(venue), static_cast<std::uint64_t>(background_until_ / second));
      if (uniform(bits) * 60 > quiet_liquidations_per_minute) continue;
      const auto& list = contracts_[venue];
      const auto& contract = *list[mix(bits, 1) % list.size()];
      if (!contract.coin_index || !contract.trading || contract.kind != Contract::Kind::perpetual) continue;
      const double usd = 300 * std::exp(1.2 * normal(mix(bits, 2)));
      liquidate(contract, (mix(bits, 3) & 1U) == 0, usd / last(contract, now), background_until_ + second);
    }
  }
}

}  // namespace sandbox
