#include "common/market/event.hpp"

#include <array>
#include <bit>

namespace market {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

std::string hex(double value) {
  static constexpr std::string_view digits = "0123456789abcdef";
  auto bits = std::bit_cast<std::uint64_t>(value);
  std::string out(16, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, bits >>= 4U) *at = digits[bits & 0xFU];
  return out;
}

std::string joined(std::string_view kind, const std::string& exchange, const std::string& symbol, base::WallTime at,
                   std::string_view tail = {}) {
  std::string out(kind);
  out += '/';
  out += exchange;
  out += '/';
  out += symbol;
  out += '/';
  out += std::to_string(base::to_ms(at));
  if (!tail.empty()) {
    out += '/';
    out += tail;
  }
  return out;
}

}  // namespace

std::string_view to_string(Topic topic) {
  static constexpr std::array<std::string_view, 11> words{
      "server time",     "instruments",   "funding", "funding intervals",
      "funding history", "open interest", "tickers", "candles",
      "liquidations",    "trades",        "depth"};
  return words.at(static_cast<std::size_t>(topic));
}

std::string_view to_string(PositionSide side) { return side == PositionSide::long_side ? "long" : "short"; }

const std::string& exchange_of(const Event& event) {
  return std::visit([](const auto& e) -> const std::string& { return e.exchange; }, event);
}

const std::string& symbol_of(const Event& event) {
  return std::visit([](const auto& e) -> const std::string& { return e.symbol; }, event);
}

base::WallTime received_at(const Event& event) {
  return std::visit(Overload{[](const Gap& gap) { return gap.to; }, [](const auto& e) { return e.received_at; }},
                    event);
}

std::string identity(const Event& event) {
  return std::visit(Overload{
                        [](const Funding& e) {
                          return joined(e.settled ? "settled" : "funding", e.exchange, e.symbol,
                                        e.settles_at.value_or(e.received_at),
                                        e.settled ? std::string{} : std::to_string(base::to_ms(time_of(e))));
                        },
                        [](const Ticker& e) { return joined("ticker", e.exchange, e.symbol, time_of(e)); },
                        [](const OpenInterest& e) { return joined("oi", e.exchange, e.symbol, time_of(e)); },
                        [](const Candle& e) {
                          return joined("candle", e.exchange, e.symbol, e.opened_at, std::to_string(e.length.count()));
                        },
                        [](const Liquidation& e) {
                          const std::string side = e.side ? std::string(to_string(*e.side)) : "unknown";
                          const std::string tail = e.id.empty() ? side + hex(e.price) + hex(e.raw_quantity) : e.id;
                          return joined("liquidation", e.exchange, e.symbol, e.at, tail);
                        },
                        [](const Trade& e) {
                          const std::string tail = e.id.empty() ? hex(e.price) + hex(e.raw_quantity) : e.id;
                          return joined("trade", e.exchange, e.symbol, e.at, tail);
                        },
                        [](const Depth& e) { return joined("depth", e.exchange, e.symbol, time_of(e)); },
                        [](const Gap& e) { return joined("gap", e.exchange, e.symbol, e.from, to_string(e.topic)); },
                    },
                    event);
}

bool is_closed(const Candle& candle, base::WallTime exchange_now) {
  return candle.opened_at + candle.length <= exchange_now - base::Millis{2'000};
}

}  // namespace market
