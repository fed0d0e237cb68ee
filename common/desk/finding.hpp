// What a detector saw: facts, no decision whether anybody is told. The interface between the bots and the desk.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/html.hpp"
#include "common/base/time.hpp"
#include "common/market/event.hpp"

namespace desk {

enum class Direction : std::uint8_t { none, long_side, short_side };
enum class Phase : std::uint8_t {
  single,  ///< said once
  open,    ///< an episode begins
  update,  ///< it goes on: the same message is edited; a higher tier rings as a reply
  close,   ///< it ended: last edit, with totals
};

/// When a condition holds: its value against its threshold.
enum class Holds : std::uint8_t { at_least, at_most, by_size };  ///< by_size: |value| at least

/// One measured value with the threshold it was held against: the evidence of a decision.
struct Measured {
  std::string_view name;  ///< a literal: "z", "relative_volume", "sum_60s_usd"
  double value{};
  std::optional<double> threshold;
  Holds holds{Holds::at_least};
};

/// How far a value is from holding its condition, in units of the threshold: 0.25 is a quarter of it away, 0: it holds.
/// Absent: no threshold, or one of 0 that is missed.
[[nodiscard]] inline std::optional<double> distance(const Measured& m) {
  if (!m.threshold) return std::nullopt;
  const double size = m.holds == Holds::by_size ? std::fabs(m.value) : m.value;
  const double lacks = m.holds == Holds::at_most ? size - *m.threshold : *m.threshold - size;
  if (lacks <= 0) return 0;
  return *m.threshold == 0 ? std::nullopt : std::optional(lacks / std::fabs(*m.threshold));
}

/// One fact for or against a direction (SIGNALS.md 2.4).
struct Factor {
  std::string name;             ///< "taker flow", "Bollinger band", "depth"
  std::optional<double> score;  ///< -1 against to 1 for; absent: could not be measured, counts 0 and is listed
};

/// What a finding with a direction would be traded on, as it was when it was decided. Entry, stop and targets are the
/// desk's.
struct Setup {
  std::string exchange, symbol;  ///< the contract, in its exchange's spelling
  double price{};                ///< the last one known
  std::optional<double> atr_1h;  ///< ATR(14) of its 1 h bars, in price; absent: the detector does not know it
  std::vector<Factor> factors;
};

struct Finding {
  std::string kind;                   ///< "volume_spike", "cascade", "large_print", "funding_extreme", "funding_flip"
  std::string exchange;               ///< "binance"; empty: `symbol` is an asset across exchanges
  std::string subject;                ///< what it is about: "binance BTCUSDT", or an asset across exchanges: "BTC"
  std::string symbol;                 ///< for --jsonl and mutes: "BTCUSDT", "BTC"
  std::string key;                    ///< cooldown and episode identity: "volume_spike/binance/BTCUSDT"
  std::optional<market::Topic> feed;  ///< of `exchange`, that it was seen on: while that is doubted, nothing is said
  std::string event_id;               ///< identity of the market event that decided it: dedup over restarts
  Phase phase{Phase::single};
  int tier{1};
  Direction direction{Direction::none};
  double strength{};    ///< in the kind's own unit
  bool fires{};         ///< every condition of the rule is met; false: a candidate for --jsonl and /whynot only
  base::WallTime at{};  ///< market time when it could be said
  std::vector<Measured> evidence;
  std::optional<Setup> setup;  ///< with a direction
  bool silent{};               ///< said without a ring
  bool warming_up{};           ///< what it is measured against is not learned yet
  bool needs_direction{};      ///< says nothing without one: a gate that takes the direction holds it
  std::string missing;         ///< the condition that kept a candidate from firing, or that could not be checked
  /// Of an episode that goes on: what its detector needs to go on with it after a restart (Detector::resume). Text,
  /// kept with the gate's state: it is never newer or older than what the message says.
  std::string memo{};
  /// Words it for the channel. Pure and cheap to carry: called only for what passes the gates. Empty for candidates.
  std::function<base::Html()> message;
  /// How it would be traded: said below the message, with its direction and only on time.
  std::function<base::Html()> trade;
};

/// The newest look of one rule at one contract or asset, fired or not: what `whynot` prints.
struct Evaluation {
  std::string kind, exchange,
      symbol;  ///< as a finding has them, or closer: "cascade of longs"; `exchange` empty: an asset
  base::WallTime at{};
  std::vector<Measured> conditions;  ///< every one that was measured, in the rule's order
  std::string missing;  ///< the first that kept it from firing, or why nothing was measured; empty: it fired
};

/// Of Detector::due(): nothing is waited for.
inline constexpr base::WallTime never = base::from_ms(253'402'300'800'000);  // the year 10000: sums do not overflow

using Findings = std::vector<Finding>;

/// Pure. Same events in the same order give the same findings: no clock, no I/O, no logging, no randomness.
class Detector {
 public:
  Detector() = default;
  virtual ~Detector() = default;
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;
  Detector(Detector&&) = delete;
  Detector& operator=(Detector&&) = delete;

  virtual void on_event(const market::Event& event, Findings& out) = 0;
  /// Time passing without events (episodes closing). `now` is exchange time and never goes backwards.
  virtual void on_time(base::WallTime now, Findings& out) = 0;
  /// Until when on_time() has nothing to do. A replay calls it in the whole second of this time or the next after it;
  /// a running bot every second anyway.
  [[nodiscard]] virtual base::WallTime due() const { return base::WallTime::min(); }
  /// An episode that was said and not ended when the process died, by its key and the memo of what was said last.
  /// Before the first event. One that this detector cannot read is left to end unseen.
  virtual void resume(const std::string& key, std::string_view memo, base::WallTime now) {
    (void)key, (void)memo, (void)now;
  }
  /// The newest look of every rule at this contract (in its exchange's spelling, on every exchange) or asset; empty:
  /// the detector does not know it.
  [[nodiscard]] virtual std::vector<Evaluation> last_evaluations(std::string_view symbol) const {
    (void)symbol;
    return {};
  }
};

}  // namespace desk
