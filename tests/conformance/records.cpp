#include "tests/conformance/records.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace conformance {

using nlohmann::json;

namespace {

template <class Number>
void put(json& record, const char* key, const std::optional<Number>& value) {
  if (value) record[key] = *value;
}
void put(json& record, const char* key, const std::optional<base::WallTime>& time) {
  if (time) record[key] = base::to_ms(*time);
}

void put_contract(json& record, const exchange::Exchange& exchange, const std::string& symbol) {
  record["native_symbol"] = symbol;
  const auto spelled = exchange.describe(symbol);
  if (!spelled) return;
  record["symbol"] = spelled->base + "/" + spelled->quote;
  record["type"] = spelled->kind == market::ContractKind::perpetual ? "perp" : "future";
  record["inverse"] = spelled->inverse;
  record["settle"] = spelled->settle;
}

std::string unit_word(market::SizeUnit unit, bool usd) {
  switch (unit) {
    case market::SizeUnit::base: return "base";
    case market::SizeUnit::contracts: return "contracts";
    case market::SizeUnit::quote: return usd ? "quote_usd" : "quote";
  }
  return "";
}

void put_event(json& record, const market::Funding& e) {
  put(record, "funding_rate", e.rate);
  put(record, "predicted_rate", e.predicted_rate);
  if (e.interval) record["interval_hours"] = static_cast<double>(e.interval->count()) / 60;
  put(record, e.settled ? "funding_time" : "next_funding_time", e.settles_at);
  // A push that names one time alone, that of the rate: the recordings call it so (KuCoin).
  if (!e.settles_at) put(record, "funding_time", e.at);
  put(record, "mark", e.mark);
  put(record, "index", e.index);
  put(record, "time", e.at);
}

void put_event(json& record, const market::Ticker& e) {
  put(record, "last", e.last);
  put(record, "mark", e.mark);
  put(record, "index", e.index);
  put(record, "bid", e.bid);
  put(record, "ask", e.ask);
  put(record, "open_24h", e.open_24h);
  put(record, "high_24h", e.high_24h);
  put(record, "low_24h", e.low_24h);
  if (e.change_24h) record["change_pct_24h"] = *e.change_24h * 100;
  put(record, "base_volume_24h", e.base_volume_24h);
  put(record, "quote_volume_24h", e.quote_volume_24h);
  put(record, "time", e.at);
}

/// The recorded values are as sent; ours are one side of the market. Where an exchange counts both sides they differ by
/// the share of one side in the raw figure.
void put_event(json& record, const market::OpenInterest& e) {
  put(record, "open_interest", e.raw);
  const bool usd = record.value("symbol", std::string{}).ends_with("/USD");
  record["open_interest_unit"] = unit_word(e.unit, usd);
  const auto one_side = e.unit == market::SizeUnit::quote ? e.quote : e.unit == market::SizeUnit::base ? e.base : e.raw;
  const double sides = e.raw && one_side && *one_side > 0 ? *e.raw / *one_side : 1;
  if (e.base) record["open_interest_base"] = *e.base * sides;
  if (e.quote) record["open_interest_quote"] = *e.quote * sides;
  if (e.single_side_raw) {
    record[e.unit == market::SizeUnit::quote ? "single_side_quote" : "single_side_base"] = *e.single_side_raw;
  }
  put(record, "time", e.at);
}

void put_event(json& record, const market::Candle& e) {
  record["open_time"] = base::to_ms(e.opened_at);
  if (e.length.count() > 0) record["length_ms"] = e.length.count();
  record["open"] = e.open;
  record["high"] = e.high;
  record["low"] = e.low;
  record["close"] = e.close;
  put(record, "base_volume", e.base_volume);
  put(record, "quote_volume", e.quote_volume);
  put(record, "closed", e.closed);
}

void put_event(json& record, const market::Liquidation& e) {
  if (e.side) record["side"] = market::to_string(*e.side);
  record["price"] = e.price;
  record["quantity_raw"] = e.raw_quantity;
  record["quantity_unit"] = unit_word(e.unit, record.value("symbol", std::string{}).ends_with("/USD"));
  put(record, "quantity_base", e.base);
  put(record, "quote_value", e.usd);
  if (!e.id.empty()) record["id"] = e.id;
  record["time"] = base::to_ms(e.at);
}

void put_event(json& record, const market::Trade& e) {
  record["price"] = e.price;
  record["quantity_raw"] = e.raw_quantity;
  record["quantity_unit"] = unit_word(e.unit, record.value("symbol", std::string{}).ends_with("/USD"));
  put(record, "quantity_base", e.base);
  put(record, "quote_value", e.usd);
  if (e.side) record["side"] = *e.side == market::TakerSide::buy ? "buy" : "sell";
  record["time"] = base::to_ms(e.at);
  if (!e.id.empty()) record["id"] = e.id;
}
void put_event(json& record, const market::Depth& e) {
  const auto best = [&](const char* price, const char* quantity, const std::vector<market::Depth::Level>& levels) {
    if (levels.empty()) return;
    record[price] = levels.front().price;
    record[quantity] = levels.front().raw_quantity;
  };
  best("bid", "bid_quantity", e.bids);
  best("ask", "ask_quantity", e.asks);
  record["levels"] = e.bids.size() + e.asks.size();
  record["quantity_unit"] = unit_word(e.unit, record.value("symbol", std::string{}).ends_with("/USD"));
  if (e.at) record["time"] = base::to_ms(*e.at);
}
void put_event(json& /*record*/, const market::Gap& /*gap*/) {}

template <class Event>
std::vector<json> records(const exchange::Exchange& exchange, const market::Events& events) {
  std::vector<json> out;
  for (const auto& event : events) {
    const auto* wanted = std::get_if<Event>(&event);
    if (wanted == nullptr) continue;
    put_contract(out.emplace_back(json::object()), exchange, wanted->symbol);
    put_event(out.back(), *wanted);
  }
  return out;
}

/// What one payload says of a contract in events of other kinds belongs to the same record.
template <class Event>
std::vector<json> joined_records(const exchange::Exchange& exchange, const market::Events& events) {
  std::vector<json> out = records<Event>(exchange, events);
  std::map<std::string, std::vector<std::size_t>> by_symbol;
  for (std::size_t at = 0; at < out.size(); ++at) by_symbol[out[at]["native_symbol"].get<std::string>()].push_back(at);
  for (const auto& event : events) {
    if (std::holds_alternative<Event>(event)) continue;
    for (const auto at : by_symbol[market::symbol_of(event)]) {
      auto& record = out[at];
      json more{{"symbol", record.value("symbol", std::string{})}};
      std::visit([&](const auto& e) { put_event(more, e); }, event);
      for (auto& [key, value] : more.items()) {
        if (!record.contains(key)) record[key] = value;
      }
    }
  }
  return out;
}

std::vector<json> instrument_records(const std::vector<market::Instrument>& instruments) {
  std::vector<json> out;
  for (const auto& e : instruments) {
    json record{{"native_symbol", e.symbol},
                {"symbol", e.base + "/" + e.quote},
                {"type", e.kind == market::ContractKind::perpetual ? "perp" : "future"},
                {"inverse", e.inverse},
                {"settle", e.settle},
                {"multiplier_unit", e.inverse ? e.quote : e.base},
                {"active", e.status == market::Status::trading}};
    put(record, "contract_multiplier", e.contract_size);
    out.push_back(std::move(record));
  }
  return out;
}

/// Where the payload or the case says it.
void put_multipliers(std::vector<json>& out, const market::Universe& universe) {
  for (auto& record : out) {
    const auto* known = universe.find(record["native_symbol"].get<std::string>());
    if (known != nullptr) put(record, "contract_multiplier", known->contract_size);
  }
}

}  // namespace

bool is_known_kind(std::string_view kind) {
  static constexpr std::array<std::string_view, 9> kinds{"funding",     "tickers",         "open_interest",
                                                         "klines",      "liquidations_ws", "liquidations_rest",
                                                         "instruments", "trades",          "depth"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<json> records_of(std::string_view kind, const exchange::Exchange& exchange,
                             const market::Universe& universe, const market::Events& events,
                             const std::vector<market::Instrument>& instruments) {
  if (kind == "funding") return joined_records<market::Funding>(exchange, events);
  if (kind == "open_interest") {
    auto out = joined_records<market::OpenInterest>(exchange, events);
    put_multipliers(out, instruments.empty() ? universe : market::Universe(instruments));
    return out;
  }
  if (kind == "klines") return records<market::Candle>(exchange, events);
  if (kind == "tickers") return joined_records<market::Ticker>(exchange, events);
  if (kind == "instruments") return instrument_records(instruments);
  if (kind == "trades") return records<market::Trade>(exchange, events);
  if (kind == "depth") return records<market::Depth>(exchange, events);
  auto out = records<market::Liquidation>(exchange, events);
  put_multipliers(out, universe);
  return out;
}

json record_of(const market::Verdict& verdict) {
  using market::Outcome;
  std::string word;
  bool retryable = true;
  switch (verdict.outcome) {
    case Outcome::ok: word = "none"; break;
    case Outcome::transient:
    case Outcome::malformed: word = "server_error"; break;
    case Outcome::soft_limit: word = "rate_limit"; break;
    case Outcome::banned: word = "ip_ban"; break;
    case Outcome::blocked:
      word = "geo_block";
      retryable = false;
      break;
    case Outcome::bad_symbol:
    case Outcome::bad_request:
      word = "bad_request";
      retryable = false;
      break;
    case Outcome::unauthorised:
      word = "auth";
      retryable = false;
      break;
  }
  json record{{"error_class", word}, {"retryable", retryable}, {"exchange_code", verdict.code}};
  if (!verdict.message.empty()) record["exchange_message"] = verdict.message;
  if (verdict.retry_after) record["retry_after_ms"] = verdict.retry_after->count();
  if (verdict.banned_until) record["banned_until_ms"] = base::to_ms(*verdict.banned_until);
  return record;
}

}  // namespace conformance
