#include "common/market/asset_prices.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "common/base/text.hpp"

namespace market {

namespace {

struct Quote {
  double price{};
  int rank{};  ///< an index is what the exchanges have in common; a last trade may be old
};

std::optional<Quote> best(const std::optional<double>& index, const std::optional<double>& mark,
                          const std::optional<double>& middle, const std::optional<double>& last) {
  int rank = 4;
  for (const auto* price : {&index, &mark, &middle, &last}) {
    if (*price && std::isfinite(**price) && **price > 0) return Quote{**price, rank};
    --rank;
  }
  return std::nullopt;
}

std::optional<Quote> quote_of(const Event& event) {
  if (const auto* ticker = std::get_if<Ticker>(&event)) {
    std::optional<double> middle;
    if (ticker->bid && ticker->ask) middle = (*ticker->bid + *ticker->ask) / 2;
    return best(ticker->index, ticker->mark, middle, ticker->last);
  }
  const auto* funding = std::get_if<Funding>(&event);
  if (funding == nullptr || funding->settled) return std::nullopt;
  return best(funding->index, funding->mark, std::nullopt, std::nullopt);
}

std::optional<double> turnover(const Event& event) {
  const auto* ticker = std::get_if<Ticker>(&event);
  if (ticker == nullptr) return std::nullopt;
  const auto price = ticker->last ? ticker->last : ticker->mark;
  if (ticker->quote_volume_24h) return ticker->quote_volume_24h;
  if (ticker->base_volume_24h && price) return *ticker->base_volume_24h * *price;
  return std::nullopt;
}

/// Has a price in dollars that is a spot market's: a dated contract has a basis, one that is halted an old price.
bool is_comparable(const Instrument& instrument) {
  const auto& quote = instrument.quote;
  return instrument.kind == ContractKind::perpetual && instrument.status == Status::trading &&
         instrument.unit_multiplier > 0 && (quote == "USDT" || quote == "USDC" || quote == "USD");
}

std::string listed_asset(const Instrument& instrument) {
  return instrument.asset.substr(0, instrument.asset.find('@'));
}

double apart_by(double a, double b) { return std::max(a, b) / std::min(a, b) - 1; }

}  // namespace

bool AssetPrices::Coin::before(const Coin& other) const {
  return std::tie(exchanges, named, turnover_usd) > std::tie(other.exchanges, other.named, other.turnover_usd);
}

bool AssetPrices::agree(double a, double b) const { return apart_by(a, b) <= settings_.apart; }

void AssetPrices::hear(const Event& event, const Instrument& instrument) {
  const auto quote = quote_of(event);
  const auto usd = turnover(event);
  if ((!quote && !usd) || !is_comparable(instrument)) return;
  auto& all = assets_[listed_asset(instrument)];
  auto one = std::find_if(all.begin(), all.end(), [&](const Contract& known) {
    return known.symbol == instrument.symbol && known.exchange == instrument.exchange;
  });
  if (one == all.end()) {
    one = all.insert(all.end(), Contract{});
    one->exchange = instrument.exchange;
    one->symbol = instrument.symbol;
  }
  if (usd) one->turnover_usd = *usd;
  if (!quote) return;
  const auto at = received_at(event);
  // A poorer price does not take the place of a good one of the same minutes.
  if (one->price > 0 && quote->rank < one->rank && at - one->at < settings_.one_time) return;
  one->price = quote->price / instrument.unit_multiplier;
  one->rank = quote->rank;
  one->at = at;
}

/// Those who agree with `one`. Exchanges that are silent now still stand for the name that they agreed on: an outage
/// must not hand it to another coin.
AssetPrices::Coin AssetPrices::coin_of(const Contracts& all, const Contract& one, base::WallTime from) const {
  Coin out;
  std::set<std::string_view> exchanges, silent;
  std::vector<double> prices;
  for (const auto& other : all) {
    if (other.at < from) {
      if (other.agreed && other.split.empty()) silent.insert(other.exchange);
      continue;
    }
    if (!agree(one.price, other.price)) continue;
    exchanges.insert(other.exchange);
    prices.push_back(other.price);
    out.turnover_usd += other.turnover_usd;
    out.named = out.named || other.split.empty();
  }
  if (out.named) exchanges.insert(silent.begin(), silent.end());
  out.exchanges = exchanges.size();
  const auto middle = prices.begin() + static_cast<std::ptrdiff_t>(prices.size() / 2);
  std::nth_element(prices.begin(), middle, prices.end());
  out.price = *middle;
  return out;
}

std::optional<AssetPrices::Coin> AssetPrices::main_coin(const Contracts& all, base::WallTime from) const {
  std::optional<Coin> out;
  for (const auto& one : all) {
    if (one.at < from) continue;
    const auto coin = coin_of(all, one, from);
    if (!out || coin.before(*out)) out = coin;
  }
  return out;
}

/// One more look at it: does it change sides now?
bool AssetPrices::turns(Contract& one, double others) const {
  const double by = apart_by(one.price, others);
  const bool against = one.split.empty() ? by > settings_.apart : by <= settings_.together;
  if (one.split.empty() && !against) one.agreed = true;
  if (!against) {
    one.looks = 0;
    return false;
  }
  if (one.looks++ == 0) one.since = one.at;
  if (one.split.empty() && !one.agreed && by > settings_.at_once) return true;
  const auto held = one.split.empty() ? settings_.held : settings_.held_together;
  return one.looks >= settings_.looks && one.at - one.since >= held;
}

/// That of another one with its price; else a new one.
std::string AssetPrices::name_for(std::string_view asset, const Contracts& all, const Contract& one) const {
  std::string own = std::string(asset) + "@" + one.exchange;
  for (const auto& other : all) {
    if (&other == &one || other.split.empty()) continue;
    if (agree(other.price, one.price) && other.at >= one.at - settings_.one_time) return other.split;
    if (other.split == own) own += ":" + one.symbol;
  }
  return own;
}

void AssetPrices::judge_asset(const std::string& asset, Contracts& all, std::vector<Move>& out) const {
  const auto newest =
      std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; })->at;
  const auto from = newest - settings_.one_time;
  const auto main = main_coin(all, from);
  if (!main) return;
  for (auto& one : all) {
    if (one.at < from || one.at <= one.judged) continue;
    one.judged = one.at;
    if (!turns(one, main->price)) continue;
    const bool split = one.split.empty();
    const std::string before = split ? asset : one.split;
    one.split = split ? name_for(asset, all, one) : std::string();
    one.looks = 0;
    one.agreed = one.agreed || !split;
    Move move;
    move.exchange = one.exchange;
    move.asset = split ? one.split : asset;
    move.change.kind = split ? ContractChange::Kind::other_coin : ContractChange::Kind::same_coin;
    move.change.symbol = one.symbol;
    move.change.before = before;
    move.change.after =
        move.asset + " (" + base::price(one.price) + " here, " + base::price(main->price) + " elsewhere)";
    out.push_back(std::move(move));
  }
}

std::vector<AssetPrices::Move> AssetPrices::judge(base::WallTime now) {
  std::vector<Move> out;
  for (auto& [asset, all] : assets_) {
    std::erase_if(all, [&](const Contract& one) { return one.price > 0 && one.at < now - settings_.forgotten; });
    const bool news = std::any_of(all.begin(), all.end(), [](const Contract& one) { return one.at > one.judged; });
    if (news && all.size() > 1) judge_asset(asset, all, out);
  }
  return out;
}

const std::string* AssetPrices::counted_as(const Instrument& instrument) const {
  const auto known = assets_.find(listed_asset(instrument));
  if (known == assets_.end()) return nullptr;
  for (const auto& one : known->second)
    if (one.symbol == instrument.symbol && one.exchange == instrument.exchange && !one.split.empty()) return &one.split;
  return nullptr;
}

}  // namespace market
