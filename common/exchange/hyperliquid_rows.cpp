#include "common/exchange/hyperliquid_rows.hpp"

#include <array>

#include "common/exchange/contract.hpp"
#include "common/exchange/fields.hpp"
#include "common/exchange/known_endpoint.hpp"

namespace exchange::hyperliquid {

using market::Events;
using market::SizeUnit;

namespace {

constexpr std::chrono::minutes funding_interval = std::chrono::hours{1};  // always, on the full hour of UTC (11.1)

/// What an asset context says of a coin:
/// {"funding":"0.0000125","openInterest":"27.5","dayNtlVlm":"15000","premium":null,
/// "oraclePx":"3000.1","markPx":"3000","midPx":null,"impactPxs":null,"dayBaseVlm":"5"}. The oracle plays the index.
void add_context(Row& row, Value context, const std::string& coin, const Scope& scope, Events& out) {
  if (!context.is_object()) return row.refuse();
  const auto mark = price_of(row, context["markPx"]);
  const auto index = price_of(row, context["oraclePx"]);
  if (const auto rate = row.number(context["funding"])) {
    auto& funding = add_event<market::Funding>(scope, out);
    funding.symbol = coin;
    funding.rate = *rate;
    funding.interval = funding_interval;
    funding.settles_at = std::chrono::floor<std::chrono::hours>(scope.received_at) + funding_interval;
    pass_on(mark, funding.mark);
    pass_on(index, funding.index);
  }
  if (const auto coins = row.amount(context["openInterest"])) {
    auto& interest = add_event<market::OpenInterest>(scope, out);
    interest.symbol = coin;
    interest.raw = *coins;
    interest.unit = SizeUnit::base;
    interest.base = *coins;
  }
  auto& ticker = add_event<market::Ticker>(scope, out);
  ticker.symbol = coin;
  pass_on(mark, ticker.mark);
  pass_on(index, ticker.index);
  ticker.base_volume_24h = row.amount(context["dayBaseVlm"]);
  ticker.quote_volume_24h = row.amount(context["dayNtlVlm"]);
}

/// One context; what of it was made is taken back where it cannot be read.
void read_context(Value context, const std::string& coin, const Scope& scope, Events& out, std::size_t& rows_skipped) {
  const auto before = out.size();
  Row row;
  add_context(row, context, coin, scope, out);
  if (row.ok()) return;
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(before), out.end());
  ++rows_skipped;
}

/// [{"universe":[{"name":"ETH"},…]},[{…},…]]: the n-th context is the n-th coin's.
base::Result<Reply> read_contexts(Value root, const Scope& scope) {
  const Value universe = root.at(0)["universe"];
  const Value contexts = root.at(1);
  if (!universe.is_array() || !contexts.is_array() || universe.size() != contexts.size()) {
    return shape_error("hyperliquid info/metaAndAssetCtxs", "universe and contexts of one length");
  }
  Reply reply;
  constexpr std::size_t events_a_coin = 3;
  reply.events.reserve(std::min(universe.size() * events_a_coin, reserved_max));
  auto context = contexts.begin();
  std::string coin;
  for (const Value asset : universe) {
    Row row;
    coin = row.symbol(asset["name"]);
    if (!row.ok()) {
      ++reply.rows_skipped;
    } else if (!asset["isDelisted"].is_true()) {
      read_context(*context, coin, scope, reply.events, reply.rows_skipped);
    }
    ++context;
  }
  return reply;
}

/// The coin that margins a builder's markets: 0 is USDC; the numbers of others are not documented here, and a contract
/// in a coin that is not known is counted in dollars.
std::string_view settle_coin(Value collateral) {
  const auto token = collateral.text();
  return token.empty() || token == "0" ? "USDC" : "USD";
}

void read_instrument(Row& row, Value asset, std::string_view settle, const Scope& scope,
                     std::vector<market::Instrument>& out) {
  const auto name = row.symbol(asset["name"]);
  auto instrument = scope.exchange.describe(name);
  if (!row.ok() || !instrument) return row.refuse();
  instrument->quote = settle;
  instrument->settle = settle;
  instrument->funding_interval = funding_interval;
  if (asset["isDelisted"].is_true()) instrument->status = market::Status::delisted;
  out.push_back(std::move(*instrument));
}

/// [["ETH",[["BinPerp",{…}],["HlPerp",{"fundingRate":"0.0001","nextFundingTime":…,"fundingIntervalHours":1}]]],…]; the
/// other venues' rates are theirs to tell.
void read_predicted(Row& row, Value value, const Scope& scope, Events& out) {
  if (!value.is_array()) return row.refuse();
  for (const Value venue : value.at(1)) {
    const Value said = venue.at(1);
    if (venue.at(0).text() != "HlPerp" || !said.is_object()) continue;
    auto& event = add_event<market::Funding>(scope, out);
    event.symbol = row.symbol(value.at(0));
    event.rate = row.number(said["fundingRate"]);
    event.settles_at = row.time(said["nextFundingTime"]);
    event.interval = read_interval(row, said["fundingIntervalHours"], std::chrono::hours{1});
    if (!event.rate) return row.refuse();
  }
}

void read_settled(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Funding>(scope, out);
  event.symbol = row.symbol(value["coin"]);
  event.rate = row.number(value["fundingRate"]);
  event.interval = funding_interval;
  event.settles_at = row.needed_time(value["time"]);
  event.settled = true;
  if (!event.rate) row.refuse();
}

/// {"t":open,"T":last millisecond,"s":"ETH","i":"1m","o":"3000","c":…,"h":…,"l":…,"v":coins,"n":trades}
void read_candle(Row& row, Value value, const Scope& scope, Events& out) {
  auto& candle = add_event<market::Candle>(scope, out);
  candle.symbol = value["s"].present() ? row.symbol(value["s"]) : std::string(scope.symbol);
  candle.opened_at = row.needed_time(value["t"]);
  const auto last = row.time(value["T"]);
  candle.length = last ? *last - candle.opened_at + base::Millis{1} : scope.bar_length;
  if (candle.length < base::Millis{0}) row.refuse();
  candle.open = row.needed_price(value["o"]);
  candle.high = row.needed_price(value["h"]);
  candle.low = row.needed_price(value["l"]);
  candle.close = row.needed_price(value["c"]);
  candle.base_volume = row.amount(value["v"]);
  candle.trades = row.integer(value["n"]);
}

/// `side` is the taker's: B bought, A sold.
void read_trade(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Trade>(scope, out);
  event.symbol = row.symbol(value["coin"]);
  const auto side = value["side"].text();
  if (side == "B") event.side = market::TakerSide::buy;
  if (side == "A") event.side = market::TakerSide::sell;
  event.price = row.needed_price(value["px"]);
  event.raw_quantity = row.needed_price(value["sz"]);
  event.unit = SizeUnit::base;
  event.id = value["tid"].text();
  event.at = row.needed_time(value["time"]);
  fill_sizes(event, contract_of(scope.exchange, scope.universe, event.symbol));
}

void read_book_side(Row& row, Value levels, std::vector<market::Depth::Level>& into) {
  for (const Value level : levels) into.push_back({row.needed_price(level["px"]), row.needed_amount(level["sz"])});
}

void read_depth(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Depth>(scope, out);
  event.symbol = row.symbol(value["coin"]);
  event.unit = SizeUnit::base;
  read_book_side(row, value["levels"].at(0), event.bids);
  read_book_side(row, value["levels"].at(1), event.asks);
  event.at = row.time(value["time"]);
}

void read_best(Row& row, Value value, const Scope& scope, Events& out) {
  auto& event = add_event<market::Ticker>(scope, out);
  event.symbol = row.symbol(value["coin"]);
  event.bid = price_of(row, value["bbo"].at(0)["px"]);
  event.ask = price_of(row, value["bbo"].at(1)["px"]);
  event.at = row.time(value["time"]);
}

/// {"ctxs":[["",[{…},…]],["xyz",[…]]]}: contexts by their place in the universe of a dex, whose names are not here.
/// They are called by that place, "#0" and "xyz#3", which no listed contract is.
void read_all_contexts(Value data, const Scope& scope, Frame& frame) {
  for (const Value dex : data["ctxs"]) {
    const auto name = dex.at(0).text();
    std::size_t place = 0;
    for (const Value context : dex.at(1)) {
      const auto coin = std::string(name.substr(0, 32)) + "#" + std::to_string(place++);
      read_context(context, coin, scope, frame.events, frame.rows_skipped);
    }
  }
}

using Known = KnownEndpoint<>;
constexpr std::array<Known, 7> known{{{"info/metaAndAssetCtxs", Topic::tickers, nullptr},
                                      {"info/meta", Topic::instruments, nullptr},
                                      {"info/predictedFundings", Topic::funding, read_predicted},
                                      {"info/fundingHistory", Topic::funding_history, read_settled},
                                      {"info/candleSnapshot", Topic::candles, read_candle},
                                      {"info/recentTrades", Topic::trades, read_trade},
                                      {"info/l2Book", Topic::depth, read_depth}}};

base::Result<Reply> read_universe(Value root, const Scope& scope) {
  const Value meta = root.is_array() ? root.at(0) : root;  // metaAndAssetCtxs has it too
  if (!meta["universe"].is_array()) return shape_error("hyperliquid info/meta", "universe");
  const auto settle = settle_coin(meta["collateralToken"]);
  Reply reply;
  each_row(meta["universe"], reply.instruments, reply.rows_skipped,
           [&](Row& row, Value asset, std::vector<market::Instrument>& out) {
             read_instrument(row, asset, settle, scope, out);
           });
  return reply;
}

}  // namespace

std::span<const Endpoint> endpoints() {
  static constexpr auto list = [] {
    std::array<Endpoint, known.size() + 1> out{};
    for (std::size_t at = 0; at < known.size(); ++at) out[at] = {known[at].tail, known[at].topic};
    out.back() = {"info/metaAndAssetCtxs", Topic::instruments};
    return out;
  }();
  return list;
}

bool is_perpetual(std::string_view coin) {
  return !coin.empty() && coin.find_first_of("@/#") == std::string_view::npos;
}

base::Result<Reply> read_reply(std::string_view endpoint, Value root, const Scope& scope) {
  const auto* found = find_known(known, endpoint);
  if (found == nullptr) return shape_error("hyperliquid " + std::string(endpoint), "known endpoint");
  const bool universe_wanted = scope.ask != nullptr && scope.ask->topic == Topic::instruments;
  if (found->topic == Topic::instruments || universe_wanted) return read_universe(root, scope);
  if (found->read == nullptr) return read_contexts(root, scope);
  Reply reply;
  if (found->read == read_depth) {
    if (!root["levels"].is_array()) return shape_error("hyperliquid info/l2Book", "levels");
    Row row;
    reply.server_time = row.time(root["time"]);
    if (scope.ask != nullptr && scope.ask->topic == Topic::server_time) return reply;
  } else if (!root.is_array()) {
    return shape_error("hyperliquid " + std::string(endpoint), "rows");
  }
  each_row(root, reply.events, reply.rows_skipped,
           [&](Row& row, Value value, Events& out) { found->read(row, value, scope, out); });
  if (found->topic == Topic::candles || found->topic == Topic::funding_history) oldest_first(reply.events);
  return reply;
}

bool read_push(Value root, const Scope& scope, Frame& frame) {
  const auto channel = root["channel"].text();
  const Value data = root["data"];
  const auto rows = [&](Known::Read read) {
    frame.kind = Frame::Kind::data;
    each_row(data, frame.events, frame.rows_skipped,
             [&](Row& row, Value value, Events& out) { read(row, value, scope, out); });
    return true;
  };
  if (channel == "candle") return rows(read_candle);
  if (channel == "trades") return rows(read_trade);
  if (channel == "l2Book") return rows(read_depth);
  if (channel == "bbo") return rows(read_best);
  if (channel == "allDexsAssetCtxs" && data["ctxs"].is_array()) {
    frame.kind = Frame::Kind::data;
    read_all_contexts(data, scope, frame);
    return true;
  }
  if (channel != "activeAssetCtx") return false;
  frame.kind = Frame::Kind::data;
  Row row;
  const auto coin = row.symbol(data["coin"]);
  if (!row.ok()) {
    ++frame.rows_skipped;
  } else if (is_perpetual(coin)) {
    read_context(data["ctx"], coin, scope, frame.events, frame.rows_skipped);
  }
  return true;
}

}  // namespace exchange::hyperliquid
