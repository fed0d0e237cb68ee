#include "bots/liquidation/message.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;
using market::PositionSide;

constexpr base::WallTime at = base::from_ms(noon_ms);

liquidation::PrintDetails print() {
  liquidation::PrintDetails d;
  d.asset = "BTC";
  d.symbol = "BTCUSDT";
  d.exchange_title = "Binance";
  d.side = PositionSide::long_side;
  d.usd = 2'400'000;
  d.price = 95'120.5;
  d.tick_size = 0.1;
  d.base_units = 25.231;
  d.base = "BTC";
  d.at = at;
  d.measure = {.usd = 2'400'000, .events = 1'240, .quantile995 = 600'000};
  d.thresholds.floor_usd = 1'000'000;
  return d;
}

liquidation::PrintDetails odd_print() {
  auto d = print();
  d.asset = "PEPE";
  d.symbol = "PEPE_USDT";
  d.exchange_title = "Gate";
  d.side.reset();
  d.base_units.reset();
  d.usd = 310'000;
  d.price = 0.000012345;
  d.tick_size = 0.000000001;
  d.measure = {.usd = 310'000, .events = 120, .quantile995 = std::nullopt};
  d.thresholds.floor_usd = 50'000;
  return d;
}

liquidation::Sample sample(bool whole) {
  liquidation::Sample out;
  market::Trade trade;
  trade.exchange = "binance";
  trade.symbol = "BTCUSDT";
  trade.at = at;
  trade.side = market::TakerSide::sell;
  trade.usd = 310'000;
  out.on_trade(trade);
  trade.side = market::TakerSide::buy;
  trade.usd = 190'000;
  out.on_trade(trade);
  if (!whole) return out;
  market::Depth depth;
  depth.exchange = "binance";
  depth.symbol = "BTCUSDT";
  depth.at = at;
  depth.bids = {{93'395, 12}, {93'000, 30}};
  depth.asks = {{93'405, 9}, {93'500, 4}};
  market::Instrument instrument;
  instrument.exchange = "binance";
  instrument.symbol = "BTCUSDT";
  instrument.contract_size = 1;
  out.on_depth(depth, instrument);
  return out;
}

liquidation::CascadeDetails cascade() {
  liquidation::CascadeDetails d;
  d.asset = "BTC";
  d.level_usd = 2'000'000;
  d.since = at - 58s;
  d.until = at;
  d.now.side = PositionSide::long_side;
  d.now.price = {.source = liquidation::PriceSource::market, .from = 95'000, .to = 93'400, .atr = 500.0};
  d.total_usd = 6'200'000;
  d.events = 42;
  d.other_side_usd = 120'000;
  d.by_exchange = {{"Binance", 4'000'000, 30}, {"Bybit", 2'200'000, 12}};
  d.peak_60s_usd = 6'200'000;
  d.peak_at = at;
  d.largest_usd = 812'000;
  d.largest_exchange_title = "Bybit";
  d.price_source = liquidation::PriceSource::market;
  d.price_from = 95'120;
  d.price_extreme = 93'000;
  d.price_to = 93'400;
  d.coverage.live = 6;
  d.coverage.known = 6;
  d.coverage.saturated.push_back({"Binance", 38});
  d.sample = sample(true);
  d.sample_title = "Binance";
  return d;
}

liquidation::CascadeDetails partial() {
  auto d = cascade();
  d.asset = "DOGE";
  d.now.side = PositionSide::short_side;
  d.now.price = {.source = liquidation::PriceSource::events, .from = 0.1712, .to = 0.1784, .atr = std::nullopt};
  d.price_source = liquidation::PriceSource::events;
  d.price_from = 0.1712;
  d.price_extreme = d.price_to = 0.1784;
  d.level_usd = 500'000;
  d.total_usd = d.peak_60s_usd = 930'000;
  d.events = 17;
  d.largest_usd = 240'000;
  d.largest_exchange_title = "OKX";
  d.other_side_usd = 41'000;
  d.by_exchange = {{"OKX", 930'000, 17}};
  d.coverage.live = 4;
  d.coverage.saturated.clear();
  d.coverage.lost = {{"Bybit", liquidation::FeedState::dead}, {"Gate", liquidation::FeedState::suspect}};
  d.coverage.gaps = {"HTX"};
  d.sample = sample(false);
  d.sample_title = "OKX";
  return d;
}

liquidation::CascadeDetails over() {
  auto d = cascade();
  d.phase = desk::Phase::close;
  d.tier = 2;
  d.since = at - 4min;
  d.total_usd = 38'700'000;
  d.events = 274;
  d.by_exchange = {{"Bybit", 28'700'000, 130}, {"Binance", 7'840'000, 90}, {"OKX", 2'160'000, 54}};
  d.peak_60s_usd = 19'100'000;
  d.peak_at = at - 2min;
  d.largest_usd = 2'660'000;
  d.interest = liquidation::InterestChange{-1'234, -0.031, 3, -115'300'000};
  d.coverage.saturated = {{"Binance", 0}};
  return d;
}

liquidation::CascadeDetails blind() {
  auto d = over();
  d.price_source = liquidation::PriceSource::none;
  d.interest = liquidation::InterestChange{-88.4, -0.012, 1, std::nullopt};
  d.note = "Coverage: a feed of it was lost meanwhile, the total is a lower bound";
  d.sample_title.clear();
  return d;
}

liquidation::ReversalDetails reversal() {
  liquidation::ReversalDetails d;
  d.asset = "BTC";
  d.exchange_title = "Bybit";
  d.symbol = "BTCUSDT";
  d.measure.side = PositionSide::long_side;
  d.measure.liquidated_usd = 38'700'000;
  d.measure.other_usd = 9'200'000;
  d.measure.taker_buy_share = 0.61;
  d.measure.band_position = -1.2;
  d.measure.depth_lean = 0.22;
  d.price = 93'400.5;
  d.tick_size = 0.1;
  d.since = at - 6min;
  d.closed_at = at - 2min;
  d.at = at;
  return d;
}

liquidation::ReversalDetails thin_reversal() {
  auto d = reversal();
  d.asset = "ETH";
  d.symbol = "ETHUSDT";
  d.measure.side = PositionSide::short_side;
  d.measure.taker_buy_share = 0.36;
  d.measure.band_position = 0.8;
  d.measure.depth_lean.reset();
  d.price = 3'312.45;
  d.tick_size = 0.01;
  return d;
}

}  // namespace

Chapter liquidations() {
  Chapter out{"Liquidations", "Positions are closed by force.", {}};
  const auto add = [&out](std::string what, const base::Html& html) {
    out.messages.push_back({std::move(what), html.str(), false, false});
  };
  add("one large order", liquidation::print_message(print()));
  add("one of a coin that is little known; the exchange does not say whose", liquidation::print_message(odd_print()));
  add("a cascade opens: Binance shows one order a second, so the sum is a lower bound",
      liquidation::cascade_message(cascade()));
  add("one that not every exchange was heard of", liquidation::cascade_message(partial()));
  add("its last edit, with what it did to the open interest", liquidation::cascade_message(over()));
  add("its last edit after a feed was lost", liquidation::cascade_message(blind()));
  add("after the cascade the market leans back", liquidation::reversal_message(reversal()));
  add("the same downwards, without an order book", liquidation::reversal_message(thin_reversal()));
  out.messages[2].main = true;
  return out;
}

}  // namespace gallery
