#include "tests/sandbox/market/tape.hpp"

#include <algorithm>
#include <cmath>

#include "tests/sandbox/market/path.hpp"

namespace sandbox {

namespace {
constexpr Ms print_every = 250;
}  // namespace

Book book_of(const World& world, const Contract& contract, std::size_t levels, Ms now) {
  Book out;
  const double last = world.last(contract, now);
  const double tick = std::pow(10.0, -contract.price_decimals);
  const double step = std::max(tick, last * 0.0001);
  const double usd = contract.coin_index ? coins()[*contract.coin_index].usd_per_minute * contract.share / 30 : 1'000;
  for (std::size_t i = 0; i < levels; ++i) {
    const auto bits = mix(key_of(contract.symbol), static_cast<std::uint64_t>(now / second), i);
    const double size = usd / last * (0.5 + uniform(bits));
    const double away = static_cast<double>(i) * step;
    out.bids.push_back(Level{std::max(tick, last - tick - away), size});
    out.asks.push_back(Level{last + tick + away, size * (0.7 + 0.6 * uniform(mix(bits, 1)))});
  }
  return out;
}

std::vector<Print> tape_of(const World& world, const Contract& contract, std::size_t count, Ms now) {
  std::vector<Print> out;
  const double usd = contract.coin_index ? coins()[*contract.coin_index].usd_per_minute * contract.share / 240 : 100;
  for (std::size_t i = count; i-- > 0;) {
    const Ms at = (now / print_every - static_cast<Ms>(i)) * print_every;
    const auto bits = mix(key_of(contract.symbol), static_cast<std::uint64_t>(at));
    Print print;
    print.id = at / print_every;
    print.time = at;
    print.price = world.last(contract, at);
    print.size = std::max(usd / print.price * 2 * uniform(bits), std::pow(10.0, -contract.size_decimals));
    // Of a played contract the price stands still between what is played: nobody knows who took.
    const double before = world.last(contract, at - 2 * second);
    print.taker_buys = print.price == before ? uniform(mix(bits, 2)) < 0.5 : print.price > before;
    out.push_back(print);
  }
  return out;
}

}  // namespace sandbox
