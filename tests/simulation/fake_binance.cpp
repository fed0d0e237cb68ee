#include "tests/simulation/fake_binance.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "tests/sandbox/text.hpp"

namespace simulation {
using sandbox::Charge;
using sandbox::Json;
using sandbox::Request;
using sandbox::Response;

namespace {

constexpr int weight_limit = 2'400;

int klines_weight(Ms limit) { return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1'000 ? 5 : 10; }

std::vector<Charge> charges(const Request& request, const std::string& path) {
  const auto weight = [](int cost) { return std::vector<Charge>{Charge{"weight", cost, weight_limit, minute}}; };
  if (path == "/fapi/v1/premiumIndex") return weight(10);
  if (path == "/fapi/v1/ticker/24hr") return weight(40);
  if (path == "/fapi/v1/klines") return weight(klines_weight(sandbox::int_param(request.query, "limit", 500)));
  if (path == "/fapi/v1/fundingRate" || path == "/fapi/v1/fundingInfo")
    return {Charge{"weight", 0, weight_limit, minute}, Charge{"funding 5m", 1, 500, 5 * minute}};
  return weight(1);
}

Response ok(std::string body) {
  Response out;
  out.body = std::move(body);
  return out;
}

Response error(int status, int code, const std::string& text) {
  return sandbox::json_response(Json{{"code", code}, {"msg", text}}, status);
}

/// Five digits of a price.
double tick_of(double price) { return std::pow(10, std::max(-7.0, std::floor(std::log10(price)) - 4)); }

/// One body of rows: [a,b,c].
class Rows {
 public:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    body_ += body_.size() > 1 ? "," : "";
    fmt::format_to(std::back_inserter(body_), format, std::forward<Args>(args)...);
  }
  [[nodiscard]] std::string close() && { return std::move(body_) + "]"; }

 private:
  std::string body_{"["};
};

}  // namespace

FakeBinance::FakeBinance(const Market& market, sandbox::Faults& faults) : market_(market), faults_(faults) {
  for (std::size_t i = 0; i < market_.contracts().size(); ++i) by_symbol_[market_.contracts()[i].symbol] = i;
}

std::optional<std::size_t> FakeBinance::find(const std::string& symbol) const {
  const auto found = by_symbol_.find(symbol);
  return found == by_symbol_.end() ? std::nullopt : std::optional(found->second);
}

Response FakeBinance::http(const Request& request, Ms now) {
  const auto path = request.path.substr(std::string_view("/binance").size());
  ++asked_;
  if (const auto* fault = faults_.fire(request.label, request.host, {"ban"}, now))
    limits_.ban(now + static_cast<Ms>(fault->settings.value("seconds", 120.0) * 1'000));
  const auto verdict = limits_.charge(request.client, path, charges(request, path), now);
  Response out;
  switch (verdict.kind) {
    case sandbox::LimitVerdict::Kind::ok: out = answer(request, path, now); break;
    case sandbox::LimitVerdict::Kind::over: ++refused_by_limit_; [[fallthrough]];
    case sandbox::LimitVerdict::Kind::banned: out = refusal(verdict);
  }
  if (verdict.kind == sandbox::LimitVerdict::Kind::banned) ++asked_during_ban_;
  out.headers.emplace_back("X-MBX-USED-WEIGHT-1M", std::to_string(verdict.used));
  out.headers.emplace_back("Date", sandbox::http_date(now));
  return out;
}

Response FakeBinance::refusal(const sandbox::LimitVerdict& verdict) const {
  if (verdict.kind == sandbox::LimitVerdict::Kind::banned)
    return error(418, -1003,
                 "Way too many requests; IP(10.0.0.1) banned until " + std::to_string(verdict.until) +
                     ". Please use the websocket for live updates to avoid bans.");
  return error(
      429, -1003,
      "Too many requests; current limit of IP(10.0.0.1) is " + std::to_string(verdict.limit) + " requests per minute.");
}

Response FakeBinance::answer(const Request& request, const std::string& path, Ms now) const {
  if (path == "/fapi/v1/time") return ok(fmt::format(R"({{"serverTime":{}}})", now));
  if (path == "/fapi/v1/exchangeInfo") return ok(exchange_info(now));
  if (path == "/fapi/v1/ticker/24hr") return ok(tickers(now));
  if (path == "/fapi/v1/premiumIndex") return ok(premium_index(now));
  if (path == "/fapi/v1/fundingInfo") return ok(funding_info(now));
  if (path == "/fapi/v1/fundingRate") return funding_rate(request, now);
  if (path == "/fapi/v1/klines") return klines(request, now);
  if (path == "/fapi/v1/openInterest") return open_interest(request, now);
  return error(404, -1000, "no such path");
}

/// A market whose positions breathe a little over the hours.
Response FakeBinance::open_interest(const Request& request, Ms now) const {
  const auto symbol = sandbox::text_param(request.query, "symbol");
  const auto at = find(symbol);
  if (!at) return error(400, -1121, "Invalid symbol.");
  const double coins = 2e8 / market_.last_price(*at, now) * (1 + 0.02 * std::sin(static_cast<double>(now) / 1e7));
  return ok(fmt::format(R"({{"openInterest":"{:.3f}","symbol":"{}","time":{}}})", coins, symbol, now));
}

std::string FakeBinance::exchange_info(Ms now) const {
  Rows rows;
  for (std::size_t i = 0; i < market_.contracts().size(); ++i) {
    const auto& contract = market_.contracts()[i];
    if (contract.listed > now) continue;
    rows.add(
        R"({{"symbol":"{0}","pair":"{0}","contractType":"PERPETUAL","deliveryDate":4133404800000,"status":"TRADING",)"
        R"("baseAsset":"{1}","quoteAsset":"USDT","marginAsset":"USDT","underlyingType":"COIN",)"
        R"("filters":[{{"filterType":"PRICE_FILTER","tickSize":"{2:.8f}"}}]}})",
        contract.symbol, contract.base, tick_of(market_.last_price(i, now)));
  }
  return fmt::format(R"({{"timezone":"UTC","serverTime":{},"rateLimits":[],"symbols":{}}})", now,
                     std::move(rows).close());
}

std::string FakeBinance::tickers(Ms now) const {
  Rows rows;
  for (std::size_t i = 0; i < market_.contracts().size(); ++i) {
    const auto& contract = market_.contracts()[i];
    if (contract.listed > now) continue;
    const double price = market_.last_price(i, now);
    const double turnover = market_.turnover_24h(i, now);
    rows.add(R"({{"symbol":"{}","lastPrice":"{:.8f}","volume":"{:.3f}","quoteVolume":"{:.2f}","closeTime":{}}})",
             contract.symbol, price, turnover / price, turnover, now);
  }
  return std::move(rows).close();
}

std::string FakeBinance::premium_index(Ms now) const {
  Rows rows;
  for (std::size_t i = 0; i < market_.contracts().size(); ++i) {
    const auto& contract = market_.contracts()[i];
    const auto running = contract.listed > now ? std::nullopt : market_.running(i, now);
    if (!running) continue;
    rows.add(R"({{"symbol":"{}","markPrice":"{:.8f}","lastFundingRate":"{:.8f}","nextFundingTime":{},"time":{}}})",
             contract.symbol, market_.last_price(i, now), running->rate, running->settles_at, now);
  }
  return std::move(rows).close();
}

/// Only what differs from 8 h, as the exchange lists it.
std::string FakeBinance::funding_info(Ms now) const {
  Rows rows;
  for (std::size_t i = 0; i < market_.contracts().size(); ++i) {
    const auto& contract = market_.contracts()[i];
    const auto running = contract.listed > now ? std::nullopt : market_.running(i, now);
    if (!running || running->interval_hours == 8) continue;
    rows.add(R"({{"symbol":"{}","adjustedFundingRateCap":"{}","adjustedFundingRateFloor":"-{}",)"
             R"("fundingIntervalHours":{},"disclaimer":false}})",
             contract.symbol, funding_limit, funding_limit, running->interval_hours);
  }
  return std::move(rows).close();
}

/// Of one symbol, or without one of all; oldest first.
Response FakeBinance::funding_rate(const Request& request, Ms now) const {
  const auto symbol = sandbox::text_param(request.query, "symbol");
  const auto wanted = find(symbol);
  if (!wanted && !symbol.empty()) return error(400, -1121, "Invalid symbol.");
  const Ms from = sandbox::int_param(request.query, "startTime", 0);
  const Ms to = std::min(now, sandbox::int_param(request.query, "endTime", now));
  const auto limit = static_cast<std::size_t>(sandbox::int_param(request.query, "limit", 100));
  std::vector<std::pair<Settlement, std::size_t>> found;
  for (std::size_t i = wanted.value_or(0); i < (wanted ? *wanted + 1 : market_.contracts().size()); ++i)
    for (const auto& settled : market_.settlements(i, from, to)) found.emplace_back(settled, i);
  const auto older = [](const auto& one, const auto& other) { return one.first.at < other.first.at; };
  std::stable_sort(found.begin(), found.end(), older);
  if (found.size() > limit) found.resize(limit);
  Rows rows;
  for (const auto& [settled, contract] : found)
    rows.add(R"({{"symbol":"{}","fundingTime":{},"fundingRate":"{:.8f}","markPrice":"100.0","rateType":"Regular"}})",
             market_.contracts()[contract].symbol, settled.at, settled.rate);
  return ok(std::move(rows).close());
}

Response FakeBinance::klines(const Request& request, Ms now) const {
  const auto contract = find(sandbox::text_param(request.query, "symbol"));
  if (!contract) return error(400, -1121, "Invalid symbol.");
  const Ms from = sandbox::int_param(request.query, "startTime", 0);
  const Ms to = std::min(now, sandbox::int_param(request.query, "endTime", now));
  const auto limit = sandbox::int_param(request.query, "limit", 500);
  Rows rows;
  Ms count = 0;
  const Ms length = sandbox::text_param(request.query, "interval") == "1h" ? 60 * minute : minute;
  for (Ms at = (from + length - 1) / length * length; at <= to && count < limit; at += length) {
    auto bar = market_.bar(*contract, at);
    for (Ms inside = at + minute; inside < std::min(at + length, now); inside += minute) {
      const auto next = market_.bar(*contract, inside);
      if (!bar || !next) continue;
      bar->high = std::max(bar->high, next->high);
      bar->low = std::min(bar->low, next->low);
      bar->close = next->close;
      bar->base += next->base;
      bar->quote += next->quote;
      bar->taker_buy_quote += next->taker_buy_quote;
      bar->trades += next->trades;
    }
    if (!bar) continue;
    ++count;
    rows.add(R"([{},"{:.8f}","{:.8f}","{:.8f}","{:.8f}","{:.6f}",{},"{:.4f}",{},"{:.6f}","{:.4f}","0"])", at, bar->open,
             bar->high, bar->low, bar->close, bar->base, at + length - 1, bar->quote, bar->trades,
             bar->quote > 0 ? bar->base * bar->taker_buy_quote / bar->quote : 0, bar->taker_buy_quote);
  }
  return ok(std::move(rows).close());
}

}  // namespace simulation
