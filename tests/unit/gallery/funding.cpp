#include "bots/funding/contract.hpp"
#include "bots/funding/message.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;

constexpr base::WallTime at = base::from_ms(noon_ms);

funding::RateDetails rate(double each, std::chrono::minutes interval) {
  funding::RateDetails d;
  d.symbol = "WIFUSDT";
  d.exchange_title = "Bybit";
  d.rate = each;
  d.interval = interval;
  d.at = at;
  d.settles_at = base::from_ms(noon_ms - noon_ms % 28'800'000 + 28'800'000);
  return d;
}

funding::ExtremeDetails extreme() {
  funding::ExtremeDetails d;
  d.rate = rate(0.0016, 240min);
  d.measure.r8 = 0.0032;
  d.measure.apr = 3.504;
  d.measure.z = 5.23;
  d.measure.settlements = 180;
  d.measure.contracts = 540;
  d.measure.above = 1;
  d.usual_r8.median = 0.0001;
  d.interest_change_24h = 0.083;
  d.settled_r8 = {0.0001, 0.0002, 0.00035, 0.0003,  0.00026, 0.0004, 0.0005, 0.00045,
                  0.0009, 0.0011, 0.001,   0.00145, 0.0019,  0.0022, 0.0028};
  return d;
}

funding::ExtremeDetails paid_longs() {
  auto d = extreme();
  d.rate = rate(-0.0011, 480min);
  d.rate.settles_at = at + 20s;
  d.measure.r8 = -0.0011;
  d.measure.z = -12.4;
  d.measure.contracts = 12;
  d.rank_skipped = true;
  d.interest_change_24h = 0.012;
  d.settled_r8.clear();
  return d;
}

funding::ExtremeDetails plain() {
  auto d = extreme();
  d.rate.settles_at.reset();
  d.thresholds.mode = funding::Mode::threshold;
  return d;
}

funding::FlipDetails flip(bool predicted) {
  funding::FlipDetails d;
  d.rate = rate(-0.00012, 480min);
  d.rate.settled = !predicted;
  if (!predicted) d.rate.settles_at = at - 5min;
  d.measure.r8_before = 0.0003;
  d.measure.r8_now = -0.00012;
  d.measure.predicted = predicted;
  d.r8_min = 0.00005;
  d.settled_r8 = {0.0004, 0.0005, 0.00045, 0.0004, 0.00052, 0.0003, 0.00035, 0.0003};
  return d;
}

funding::FlipDetails flip_up() {
  auto d = flip(false);
  d.rate.rate = 0.00021;
  d.measure.r8_before = -0.0002;
  d.settled_r8 = {-0.0004, -0.0005, -0.0002};
  d.measure.r8_now = 0.00021;
  return d;
}

funding::SpreadDetails spread(funding::Mode mode) {
  funding::SpreadDetails d;
  d.asset = "WIF";
  d.low_title = "OKX";
  d.high_title = "Bybit";
  const auto quote = [](std::string symbol, double each, std::chrono::minutes interval, std::optional<double> oi) {
    funding::Quote out;
    out.symbol = std::move(symbol);
    out.rate = each;
    out.interval = interval;
    out.r8 = funding::to_r8(each, interval);
    out.apr = funding::to_apr(each, interval);
    out.oi_usd = oi;
    return out;
  };
  d.measure.low = quote("WIF-USDT-SWAP", -0.0002, 240min, 18.4e6);
  d.measure.high =
      quote("WIFUSDT", 0.0009, 480min, mode == funding::Mode::threshold ? std::nullopt : std::optional(31.2e6));
  d.measure.exchanges = 7;
  d.measure.spread_r8 = d.measure.high.r8 - d.measure.low.r8;
  d.measure.spread_apr = d.measure.high.apr - d.measure.low.apr;
  d.measure.break_even_h = 4 * d.thresholds.taker_fee * 8760 / d.measure.spread_apr;
  d.thresholds.mode = mode;
  d.at = at;
  return d;
}

funding::LimitDetails limit(bool cap) {
  funding::LimitDetails d;
  d.rate = rate(cap ? 0.02 : -0.02, 240min);
  d.measure.rate = d.rate.rate;
  d.measure.cap = 0.02;
  d.measure.floor = -0.02;
  if (!cap) d.measure.cap.reset();
  return d;
}

}  // namespace

Chapter funding() {
  Chapter out{"Funding", "What one side of a contract pays the other.", {}};
  const auto add = [&out](std::string what, const base::Html& html, bool silent = false) {
    out.messages.push_back({std::move(what), html.str(), silent, false});
  };
  add("an extreme rate: longs pay", funding::extreme_message(extreme()));
  add("shorts pay; the exchange has few contracts", funding::extreme_message(paid_longs()));
  add("the plain mode: a threshold of the rate alone", funding::extreme_message(plain()));
  add("the settled rate changed its sign", funding::flip_message(flip(false)));
  add("the other way", funding::flip_message(flip_up()));
  add("about to change", funding::flip_message(flip(true)), true);
  add("two exchanges pay differently", funding::spread_message(spread(funding::Mode::statistical)));
  add("the plain mode of it", funding::spread_message(spread(funding::Mode::threshold)));
  auto hourly = rate(0.0004, 60min);
  hourly.exchange_title = "Binance";
  add("the exchange settles more often", funding::interval_message({hourly, 240min}));
  add("a rate at its cap", funding::limit_message(limit(true)));
  add("a rate at its floor, without a cap known", funding::limit_message(limit(false)));
  funding::CalmDetails calm;
  calm.symbol = "WIFUSDT";
  calm.exchange_title = "Binance";
  calm.measure.periods = 12;
  calm.settled_at = at - 5min;
  calm.rate = 0.0001;
  add("Binance is about to settle every 4 h again", funding::calm_message(calm), true);
  out.messages[0].main = true;
  return out;
}

}  // namespace gallery
