#include "common/feed/watchlist.hpp"

#include <algorithm>

namespace feed {

Watchlist::Watchlist(WatchSettings settings) { configure(std::move(settings)); }

void Watchlist::configure(WatchSettings settings) {
  settings_ = std::move(settings);
  listed_ = {settings_.symbols.begin(), settings_.symbols.end()};
  never_ = {settings_.never.begin(), settings_.never.end()};
}

void Watchlist::on_ticker(const market::Ticker& ticker) {
  // OKX states no quote volume for swaps: coins times the last price (EXCHANGES.md 4.3).
  std::optional<double> usd = ticker.quote_volume_24h;
  const auto price = ticker.last ? ticker.last : ticker.mark;
  if (!usd && ticker.base_volume_24h && price) usd = *ticker.base_volume_24h * *price;
  if (usd) turnover_usd_[ticker.exchange][ticker.symbol] = *usd;
}

void Watchlist::remember(const std::string& exchange, const std::string& symbol, double turnover_usd) {
  turnover_usd_[exchange].try_emplace(symbol, turnover_usd);
}

bool Watchlist::names(const std::set<std::string, std::less<>>& set, const market::Instrument& instrument) {
  // Operators name what they read in the list, whichever coin its price says it is.
  return set.contains(instrument.symbol) || set.contains(instrument.asset) ||
         set.contains(instrument.asset.substr(0, instrument.asset.find('@'))) ||
         set.contains(instrument.base + instrument.quote);
}

std::optional<double> Watchlist::turnover_usd(const std::string& exchange, const std::string& symbol) const {
  const auto of_exchange = turnover_usd_.find(exchange);
  if (of_exchange == turnover_usd_.end()) return std::nullopt;
  const auto found = of_exchange->second.find(symbol);
  return found == of_exchange->second.end() ? std::nullopt : std::optional<double>(found->second);
}

bool Watchlist::watches(const market::Instrument& instrument) const {
  if (!market::is_watchable(instrument) || names(never_, instrument)) return false;
  if (settings_.mode == WatchSettings::Mode::listed) return names(listed_, instrument);
  return turnover_usd(instrument.exchange, instrument.symbol).value_or(0) >= settings_.turnover_floor_usd;
}

std::vector<const market::Instrument*> Watchlist::select(const market::Universe& universe) const {
  struct Candidate {
    const market::Instrument* instrument;
    double turnover;
  };
  std::vector<Candidate> candidates;
  for (const auto& instrument : universe.all())
    if (watches(instrument))
      candidates.push_back({&instrument, turnover_usd(instrument.exchange, instrument.symbol).value_or(0)});
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.turnover > b.turnover; });
  std::vector<const market::Instrument*> out;
  for (const auto& candidate : candidates) {
    if (out.size() >= static_cast<std::size_t>(settings_.contracts_max)) break;
    out.push_back(candidate.instrument);
  }
  return out;
}

}  // namespace feed
