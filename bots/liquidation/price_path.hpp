// How an asset's price moved within the last minutes, per coin of the asset (1000PEPE and PEPE are comparable). Candles
// and tickers of one reference instrument where they are known; else the liquidations' own prices, which on some
// exchanges are bankruptcy prices: whoever uses them says so.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "common/base/time.hpp"
#include "common/market/event.hpp"
#include "common/stats/atr.hpp"
#include "common/stats/bollinger.hpp"

namespace liquidation {

enum class PriceSource : std::uint8_t { none, events, market };

/// Against 60 s before; per coin of the asset.
struct PriceMove {
  PriceSource source{PriceSource::none};
  double from{}, to{};
  std::optional<double> atr;  ///< ATR(1 m, 30); absent before 30 bars
};

class PricePath {
 public:
  /// A bar of an instrument of this asset; closed ones of 1 m feed the ATR. The first instrument heard is the reference
  /// until it is silent for three minutes: mixing exchanges would measure their differences.
  void on_candle(const market::Candle& candle, double unit_multiplier);
  void on_ticker(const market::Ticker& ticker, double unit_multiplier);
  void on_liquidation(base::WallTime at, double price_per_coin);
  [[nodiscard]] PriceMove move(base::WallTime now) const;
  /// Where the newest price of the market stands in the Bollinger band of 20 closed bars: -1 at its lower edge, 1 at
  /// its upper one. Absent without a fresh price or 20 bars that follow each other.
  [[nodiscard]] std::optional<double> band_position(base::WallTime now, double width) const;

 private:
  /// At most one sample a second, five minutes long.
  class Samples {
   public:
    void add(base::WallTime at, double price);
    [[nodiscard]] bool fresh(base::WallTime now) const;
    [[nodiscard]] double newest() const { return samples_.back().price; }
    /// The newest that is at least 60 s old; else the oldest.
    [[nodiscard]] double minute_before(base::WallTime now) const;
    [[nodiscard]] std::optional<base::WallTime> newest_at() const;

   private:
    struct Sample {
      base::WallTime at;
      double price;
    };
    std::deque<Sample> samples_;
  };
  [[nodiscard]] bool is_reference(const std::string& exchange, const std::string& symbol, base::WallTime at);

  std::string reference_;
  Samples market_;
  Samples events_;
  stats::Atr atr_{30};
  stats::Bollinger band_;
  base::WallTime last_bar_{};
  stats::Atr event_atr_{30};  ///< of minutes that had liquidations
  std::int64_t event_minute_{INT64_MIN};
  double event_high_{}, event_low_{}, event_close_{};
};

}  // namespace liquidation
