// Turns the candles of a stream into closed bars, each once and in order, whatever the exchange says about closing.
// Pure: told the exchange's time. Where the payload marks closed bars they pass at once; where it does not, a bar is
// closed when a later one begins or when its end is 2 s past (EXCHANGES.md 1.4).
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/market/event.hpp"

namespace feed {

class BarCloser {
 public:
  using Emit = std::function<void(const market::Candle&)>;
  void on_candle(const market::Candle& candle, base::WallTime exchange_now, const Emit& emit);
  /// Closes bars by time alone; call about once a second.
  void on_time(base::WallTime exchange_now, const Emit& emit);
  /// A lost stream: what was forming is incomplete and must not be closed from half its trades.
  void forget_forming();

 private:
  struct Forming {
    std::optional<market::Candle> bar;  ///< the newest state of the bar that is not closed yet
    base::WallTime last_closed{};       ///< open time of the last bar emitted
    bool seen_any{};
  };
  static void emit_closed(Forming& forming, market::Candle bar, const Emit& emit);
  static void close_if_over(Forming& forming, base::WallTime exchange_now, const Emit& emit);
  std::map<std::string, Forming, std::less<>> forming_;
};

}  // namespace feed
