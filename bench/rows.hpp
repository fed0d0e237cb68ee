// What the bench writes as exchanges do: one row of a list each. The numbers are made up, the members and their order
// are the documentation's.
#pragma once
#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>

namespace bench {

inline std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

/// One JSON object of an array; says its members in the order of the calls.
class Row {
 public:
  explicit Row(std::string& out) : out_(out) { out_ += out_.back() == '}' ? ",{" : "{"; }
  ~Row() { out_ += '}'; }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  void text(std::string_view key, std::string_view value) {
    name(key);
    out_.append("\"").append(value).append("\"");
  }
  void text(std::string_view key, double value, int digits) { text(key, decimal(value, digits)); }
  void bare(std::string_view key, std::string_view value) {
    name(key);
    out_ += value;
  }
  void bare(std::string_view key, std::int64_t value) { bare(key, std::to_string(value)); }
  void bare(std::string_view key, double value, int digits) { bare(key, decimal(value, digits)); }

 private:
  void name(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_.append("\"").append(key).append("\":");
  }
  std::string& out_;
};

/// A contract's numbers: the price somewhere between a cent and a hundred thousand, the rest after it.
struct Quote {
  explicit Quote(std::mt19937& random) {
    std::uniform_real_distribution<double> unit(0, 1);
    const double size = unit(random) * 7 - 2;
    price = 1;
    for (double left = size; left > 0; left -= 1) price *= 10;
    if (size < 0) price = 0.01 + 0.99 * unit(random);
    price *= 1 + unit(random);
    digits = price > 1'000 ? 2 : price > 1 ? 4 : 6;
    volume = 1e5 + unit(random) * 1e8 / price;
    rate = (unit(random) - 0.4) * 2e-4;
    tick = price * 1e-4;
  }
  double price, volume, rate, tick;
  int digits;
};

inline std::int64_t next_settlement(std::int64_t now_ms) {
  constexpr std::int64_t hour_ms = 3'600'000;
  return (now_ms / (8 * hour_ms) + 1) * 8 * hour_ms;
}

using AddRow = void(std::string& out, const std::string& symbol, const Quote& q, std::int64_t now_ms);
AddRow binance_premium, binance_ticker, bybit_ticker, okx_funding, okx_ticker, okx_mark, mexc_funding, mexc_ticker,
    gate_ticker, bitget_ticker, kraken_ticker, htx_ticker, kucoin_contract, hyperliquid_asset, deribit_summary;
void hyperliquid_context(std::string& out, const Quote& q);

}  // namespace bench
