// A detector with three listed instruments of one asset, and events to feed it.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "bots/liquidation/detector.hpp"

namespace liquidation_test {

using namespace std::chrono_literals;
using desk::Findings;
using desk::Phase;
using market::PositionSide;

inline constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

inline market::Instrument instrument(const std::string& exchange, const std::string& symbol, const std::string& base,
                                     const std::string& asset, double multiplier) {
  market::Instrument i;
  i.exchange = exchange;
  i.symbol = symbol;
  i.base = base;
  i.quote = "USDT";
  i.asset = asset;
  i.unit_multiplier = multiplier;
  return i;
}

struct Bench {
  explicit Bench(liquidation::Settings settings = small_floors())
      : listed{instrument("bybit", "PEPEUSDT", "PEPE", "PEPE", 1),
               instrument("binance", "1000PEPEUSDT", "1000PEPE", "PEPE", 1'000),
               instrument("okx", "PEPE-USDT-SWAP", "PEPE", "PEPE", 1)},
        detector(std::move(settings), [this](const std::string& exchange, const std::string& symbol) {
          for (const auto& i : listed) {
            if (i.exchange == exchange && i.symbol == symbol) return &i;
          }
          return static_cast<const market::Instrument*>(nullptr);
        }) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  Bench(Bench&&) = delete;
  Bench& operator=(Bench&&) = delete;
  ~Bench() = default;

  static liquidation::Settings small_floors() {
    liquidation::Settings settings;
    settings.cascade_floors.rest_usd = 100'000;
    settings.print_floors.rest_usd = 1'000'000;
    settings.sampled_exchanges = {"binance", "okx", "bitget"};
    return settings;
  }

  std::vector<market::Instrument> listed;
  liquidation::Detector detector;

  Findings feed(const market::Event& event) {
    Findings out;
    detector.on_event(event, out);
    return out;
  }
  Findings tick(base::WallTime now) {
    Findings out;
    detector.on_time(now, out);
    return out;
  }
  /// Calm bars until `until`, range 1 % of the price.
  void candles(base::WallTime until, int bars = 40, double price = 100) {
    for (int back = bars; back > 0; --back) {
      market::Candle c;
      c.exchange = "bybit";
      c.symbol = "PEPEUSDT";
      c.opened_at = until - back * 1min;
      c.length = 1min;
      c.open = c.close = price;
      c.high = price * 1.005;
      c.low = price * 0.995;
      c.closed = true;
      c.received_at = c.opened_at + 61s;
      (void)feed(c);
    }
  }
  void price(base::WallTime at, double price) {
    market::Ticker t;
    t.exchange = "bybit";
    t.symbol = "PEPEUSDT";
    t.last = price;
    t.at = at;
    t.received_at = at;
    (void)feed(t);
  }
};

inline market::Liquidation event(base::WallTime at, double usd, const std::string& exchange = "bybit",
                                 PositionSide side = PositionSide::long_side) {
  static int serial = 0;
  market::Liquidation e;
  e.exchange = exchange;
  e.symbol = exchange == "binance" ? "1000PEPEUSDT" : exchange == "okx" ? "PEPE-USDT-SWAP" : "PEPEUSDT";
  e.side = side;
  e.price = exchange == "binance" ? 100'000 : 100;
  e.base = usd / e.price;
  e.raw_quantity = *e.base;
  e.usd = usd;
  e.id = std::to_string(++serial);
  e.at = at;
  e.received_at = at + 300ms;
  return e;
}

inline std::optional<desk::Finding> of_kind(const Findings& findings, const std::string& kind) {
  const auto at = std::find_if(findings.rbegin(), findings.rend(), [&](const auto& f) { return f.kind == kind; });
  return at == findings.rend() ? std::nullopt : std::optional(*at);
}

inline std::optional<double> measured(const desk::Finding& finding, std::string_view name) {
  for (const auto& one : finding.evidence)
    if (one.name == name) return one.value;
  return std::nullopt;
}
inline double minute_sum(const desk::Finding& finding) { return measured(finding, "sum_60s_usd").value_or(0); }

/// Six prints within six seconds while the price falls by 3 %: a cascade of `usd`. Gives the last finding.
inline desk::Finding cascade(Bench& bench, base::WallTime at, double usd = 150'000) {
  bench.candles(at);
  bench.price(at, 97);
  desk::Finding last;
  for (int n = 0; n < 6; ++n) last = *of_kind(bench.feed(event(at + n * 1s, usd / 6)), "cascade");
  return last;
}

}  // namespace liquidation_test
