// Every exchange that Perpwatch knows, one line each.
#include <algorithm>
#include <array>

#include "common/exchange/binance.hpp"
#include "common/exchange/bybit.hpp"
#include "common/exchange/exchange.hpp"
#include "common/exchange/mexc.hpp"
#include "common/exchange/okx.hpp"

namespace exchange {

namespace {

struct Line {
  std::string_view name;
  std::unique_ptr<Exchange> (*make)(const Settings&);
};
template <class Described>
std::unique_ptr<Exchange> make(const Settings& settings) {
  return std::make_unique<Described>(settings);
}

constexpr std::array lines{
    Line{"binance", make<Binance>},
    Line{"bybit", make<Bybit>},
    Line{"okx", make<Okx>},
    Line{"mexc", make<Mexc>},
};

constexpr auto names = [] {
  std::array<std::string_view, lines.size()> out{};
  std::transform(lines.begin(), lines.end(), out.begin(), [](const Line& line) { return line.name; });
  return out;
}();

}  // namespace

std::unique_ptr<Exchange> make_exchange(std::string_view name, const Settings& settings) {
  const auto* line = std::find_if(lines.begin(), lines.end(), [&](const Line& known) { return known.name == name; });
  return line == lines.end() ? nullptr : line->make(settings);
}

std::span<const std::string_view> exchange_names() { return names; }

}  // namespace exchange
