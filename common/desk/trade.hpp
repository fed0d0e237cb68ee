// The plan of a directional finding: entry, stop, targets, what it costs and how much of it (SIGNALS.md 5). Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/desk/finding.hpp"

namespace desk {

struct TradeRules {
  double stop_atr{1.5};  ///< the stop's distance, in ATR(14) of 1 h bars: 1 R
  double tp1_r{1.5};     ///< there half is taken off, and the stop moves to the entry
  double tp2_r{3.0};     ///< there the rest
  base::Millis time_stop{std::chrono::hours{24}};
  base::Millis decision_delay{2'000};  ///< nobody acts faster
  double taker_fee{0.0005};            ///< a side, of the notional
  double account_risk{0.01};           ///< of the account, that a stop would cost
  double account_usd{0};               ///< 0: sizes are told as a share of the account
};

enum class NoPlan : std::uint8_t {
  planned,
  no_direction,  ///< nothing to plan
  no_price,
  no_atr,
  late,  ///< the signal is older than GatePolicy::late_after
};
[[nodiscard]] std::string_view to_string(NoPlan reason);

struct TradePlan {
  Direction direction{};
  std::string exchange, symbol;
  double entry{};  ///< the price when it was decided; the hypothetical trade enters later, at what it gets
  double stop{}, tp1{}, tp2{};
  double risk{};              ///< 1 R, in price
  double cost_r{};            ///< taker fees of the way in and out, in R: a gate looks at it
  double size_of_account{};   ///< notional over account, so that the stop costs TradeRules::account_risk of it
  std::optional<double> usd;  ///< that notional; absent: the account is not stated
};

struct Planned {
  NoPlan reason{NoPlan::no_direction};
  std::optional<TradePlan> plan;  ///< of planned
};

/// `atr_1h`: what the finding's setup does not know itself. `age`: of the finding, when it is said.
[[nodiscard]] Planned plan_trade(const Finding& finding, std::optional<double> atr_1h, const TradeRules& rules,
                                 base::Millis age, base::Millis late_after);

/// ATR(14) of closed bars of one length, oldest first; absent with fewer than 14.
[[nodiscard]] std::optional<double> atr_14(std::span<const market::Candle> bars);

/// "+0.21", "−1.05": multiples of R as people read them.
[[nodiscard]] std::string r_words(double r);

}  // namespace desk
