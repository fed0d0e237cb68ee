#include "tests/sandbox/director.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/sandbox/market/path.hpp"

namespace sandbox {

namespace {

constexpr std::array<std::string_view, 9> action_kinds{"burst", "cascade", "print",  "funding", "flip",
                                                       "move",  "list",    "delist", "play"};

Ms seconds(const Json& action, const char* key, double fallback) {
  return static_cast<Ms>(action.value(key, fallback) * 1000);
}

/// How a cascade spreads over exchanges that publish liquidations.
double weight_of(Venue venue) { return venue == Venue::binance ? 0.4 : venue == Venue::bybit ? 0.35 : 0.25; }

}  // namespace

void Director::load(const Json& actions, Ms start) {
  for (const auto& action : actions) {
    const auto kind = action.value("kind", "");
    if (std::ranges::find(action_kinds, kind) == action_kinds.end()) {
      throw std::runtime_error("action: unknown kind \"" + kind + "\"");
    }
    schedule(start + seconds(action, "at", 0), [this, action](Ms now) { run(action, now); });
  }
}

void Director::perform(const Json& action, Ms now) {
  if (action.value("at", 0.0) <= 0) return run(action, now);
  load(Json::array({action}), now);
}

void Director::tick(Ms now) {
  while (!steps_.empty() && steps_.begin()->first <= now) {
    const auto step = std::move(steps_.begin()->second);
    const auto at = steps_.begin()->first;
    steps_.erase(steps_.begin());
    step(std::max(at, now));
  }
  world_.settle_due(now);
  world_.background(now);
}

void Director::run(const Json& action, Ms now) {
  const auto kind = action.value("kind", "");
  if (kind == "burst") {
    burst(action, now);
  } else if (kind == "cascade") {
    cascade(action, now);
  } else if (kind == "print") {
    print(action, now);
  } else if (kind == "funding") {
    world_.set_rate(contract_of(action), action.at("rate").get<double>());
  } else if (kind == "flip") {
    flip(action, now);
  } else if (kind == "move") {
    world_.move_price(action.at("symbol").get<std::string>(), action.at("change").get<double>(), now,
                      now + seconds(action, "seconds", 1));
  } else if (kind == "list") {
    list(action, now);
  } else if (kind == "delist") {
    contract_of(action).trading = false;
  } else if (kind == "play") {
    play(action, now);
  } else {
    throw std::runtime_error("action: unknown kind \"" + kind + "\"");
  }
  Json done{{"time", now}, {"action", action}};
  report_.push_back(std::move(done));
}

Contract& Director::contract_of(const Json& action) const {
  const auto exchange = action.value("exchange", "");
  const auto symbol = action.value("symbol", "");
  const auto venue = venue_of(exchange);
  auto* contract = venue ? world_.find(*venue, symbol) : nullptr;
  if (contract == nullptr) throw std::runtime_error("action: no contract \"" + symbol + "\" on \"" + exchange + "\"");
  return *contract;
}

void Director::list(const Json& action, Ms now) {
  const auto venue = venue_of(action.at("exchange").get<std::string>());
  if (!venue) throw std::runtime_error("list: unknown exchange");
  const auto like = action.value("like", "");
  auto& contract = world_.add(*venue, action.at("symbol").get<std::string>(), now, like);
  if (!contract.coin_index) contract.first_played_price = contract.last_played_price = action.value("price", 1.0);
  if (like.empty() || !contract.coin_index) return;
  // A quiet one of those that were always there: with a past, and with its own part of the coin's turnover.
  contract.listed = (now - 400 * day) / day * day;
  constexpr double minutes_a_day = 1'440;
  const double turnover_of_coin = coins()[*contract.coin_index].usd_per_minute * minutes_a_day;
  contract.share = action.value("turnover_usd", turnover_of_coin * contract.share) / turnover_of_coin;
}

void Director::burst(const Json& action, Ms now) {
  auto& contract = contract_of(action);
  // The first bar that closes at least so long after now: whoever watches has come up by then.
  const Ms first = (now + seconds(action, "closes_after", 0)) / minute * minute;
  const auto bars = action.value("bars", 1);
  world_.burst(contract, action.value("factor", 8.0), first, first + bars * minute);
  const double change = action.value("return", 0.0);
  for (int i = 0; change != 0 && i < bars; ++i) {
    const Ms from = std::max(now, first + i * minute);
    world_.move_price(contract.coin, change, from, first + (i + 1) * minute - 2 * second);
  }
}

void Director::cascade(const Json& action, Ms now) {
  const auto symbol = action.at("symbol").get<std::string>();
  const bool long_closed = action.value("side", "long") != "short";
  const double total = action.value("usd_total", 20e6);
  const auto events = std::max(1, action.value("events", 60));
  const Ms span = seconds(action, "seconds", 20);
  std::vector<std::pair<Contract*, double>> places;
  double weights = 0;
  for (const auto& name : action.value("exchanges", std::vector<std::string>{"binance", "bybit", "okx"})) {
    const auto venue = venue_of(name);
    auto* contract = venue ? world_.find(*venue, symbol) : nullptr;
    if (contract == nullptr) throw std::runtime_error("cascade: no \"" + symbol + "\" on \"" + name + "\"");
    weights += weight_of(*venue);
    places.emplace_back(contract, weights);
  }
  if (places.empty()) throw std::runtime_error("cascade: no exchange");
  std::vector<double> sizes;
  double sum = 0;
  for (int i = 0; i < events; ++i) {
    sizes.push_back(std::exp(0.8 * normal(mix(key_of(symbol), static_cast<std::uint64_t>(i)))));
    sum += sizes.back();
  }
  for (int i = 0; i < events; ++i) {
    const double pick = uniform(mix(key_of(symbol), static_cast<std::uint64_t>(i), 1)) * weights;
    auto* place = std::ranges::find_if(places, [&](const auto& each) { return pick < each.second; })->first;
    const double usd = total * sizes[static_cast<std::size_t>(i)] / sum;
    schedule(now + span * i / events, [this, place, long_closed, usd](Ms at) {
      world_.liquidate(*place, long_closed, usd / world_.last(*place, at), at);
    });
  }
  const double change = std::abs(action.value("move", 0.015)) * (long_closed ? -1 : 1);
  const auto& coin = places.front().first->coin;
  world_.move_price(coin, change, now, now + span);
  world_.move_price(coin, -change / 2, now + 2 * span, now + 6 * span);
}

void Director::print(const Json& action, Ms now) {
  const auto& contract = contract_of(action);
  world_.liquidate(contract, action.value("side", "long") != "short",
                   action.value("usd", 5e6) / world_.last(contract, now), now);
}

void Director::flip(const Json& action, Ms now) {
  auto& contract = contract_of(action);
  const double settled = world_.funding(contract, now).settled_rate;
  const double against = std::copysign(std::max(std::abs(settled) * 3, 0.0003), -settled);
  world_.flip(contract, action.value("rate", against), now + seconds(action, "in", 0), now);
}

}  // namespace sandbox
