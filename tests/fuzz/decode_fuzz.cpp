// Any bytes as an answer of any endpoint, or as a WebSocket message: a decoder gives a value or an error, never a
// number that is none, and touches no memory that is not its own. The first byte chooses what the others are.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>

#include "common/exchange/exchange.hpp"

namespace {

using Number = std::optional<double>;
constexpr std::size_t choices_seeded = 32;  // seeds.py
constexpr base::WallTime now = base::from_ms(1'764'000'000'000);

void finite(std::initializer_list<Number> numbers) {
  for (const auto& number : numbers)
    if (number && !std::isfinite(*number)) std::abort();
}

struct Finite {
  void operator()(const market::Funding& e) const { finite({e.rate, e.predicted_rate, e.mark, e.index}); }
  void operator()(const market::Ticker& e) const {
    finite({e.last, e.mark, e.index, e.bid, e.ask, e.open_24h, e.high_24h, e.low_24h, e.change_24h, e.base_volume_24h,
            e.quote_volume_24h});
  }
  void operator()(const market::OpenInterest& e) const { finite({e.raw, e.base, e.quote, e.single_side_raw}); }
  void operator()(const market::Candle& e) const {
    finite({e.open, e.high, e.low, e.close, e.base_volume, e.quote_volume, e.taker_buy_quote});
  }
  void operator()(const market::Liquidation& e) const { finite({e.price, e.raw_quantity, e.base, e.usd}); }
  void operator()(const market::Trade& e) const { finite({e.price, e.raw_quantity, e.base, e.usd}); }
  void operator()(const market::Depth& e) const {
    for (const auto* side : {&e.bids, &e.asks})
      for (const auto& level : *side) finite({level.price, level.raw_quantity});
  }
  void operator()(const market::Gap&) const {}
};

void look(const market::Events& events) {
  for (const auto& event : events) std::visit(Finite{}, event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto exchange = exchange::make_exchange(FUZZED_EXCHANGE, {});
  static const market::Universe none;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);  // NOLINT: libFuzzer's bytes
  const auto endpoints = exchange->endpoints();
  if (endpoints.size() + 2 > choices_seeded) std::abort();  // the last ones would begin with nothing that fits them
  const auto choice = data[0] % (endpoints.size() + 2);
  if (choice == endpoints.size()) {
    if (const auto frame = exchange->decode_frame(bytes, none, now)) look(frame->events);
    return 0;
  }
  if (choice > endpoints.size()) {
    net::Response response;
    response.status = bytes.empty() || bytes.front() != '<' ? 200 : 403;
    response.body = bytes;
    (void)exchange->judge(response, now);
    return 0;
  }
  exchange::Ask ask(endpoints[choice].topic, std::string(endpoints[choice].tail),
                    net::Request("https://exchange.test/", "fuzzed"));
  ask.symbol = "BTCUSDT";
  ask.bar_length = base::Millis{60'000};
  const auto reply = exchange->decode(ask, bytes, none, now);
  if (!reply) return 0;
  look(reply->events);
  for (const auto& instrument : reply->instruments) finite({instrument.contract_size, instrument.tick_size});
  return 0;
}
