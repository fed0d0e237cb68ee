// What is known of one asset's liquidations: its populations of 7 days, its price path, and for each side the rolling
// sums and at most one episode.
#pragma once
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "bots/liquidation/cascade.hpp"
#include "bots/liquidation/coverage.hpp"
#include "bots/liquidation/interest.hpp"
#include "bots/liquidation/message.hpp"
#include "bots/liquidation/price_path.hpp"
#include "bots/liquidation/reversal.hpp"
#include "bots/liquidation/sample.hpp"
#include "common/stats/rolling_sums.hpp"
#include "common/stats/sliding_quantile.hpp"

namespace liquidation {

/// One liquidation that can be counted.
struct Print {
  std::string exchange;
  base::WallTime at{};
  double usd{};
  std::string symbol{};
};

/// A cascade that goes on.
struct Episode {
  double level_usd{};
  int tier{};
  base::WallTime since{}, until{};
  struct Share {
    double usd{};
    std::uint64_t events{};
    base::WallTime newest{};
  };
  std::map<std::string, Share> by_exchange;
  std::map<std::pair<std::string, std::string>, double> by_contract;  ///< USD by exchange and symbol
  double total_usd{};
  std::uint64_t events{};
  double other_side_usd{};
  double peak_60s_usd{};
  base::WallTime peak_at{};
  Print largest;
  PriceSource price_source{};
  double price_from{}, price_extreme{}, price_to{};
  base::WallTime blind_until{};  ///< a feed that fed it was blind until then: silence before it is no calm
  bool was_blind{};
  std::string unchecked;
  Sample sample;  ///< taken when it opened, of the asset's largest contract
  /// By exchange, of one that went on over a restart: polls tell again what was counted before.
  std::map<std::string, base::WallTime> counted_until;

  void count(const Print& print);
  void follow(const PriceMove& price, market::PositionSide side);
};

/// A cascade that has closed: a look at the market is waited for, then the reversal is judged.
struct Aftermath {
  base::WallTime since{}, closed_at{};  ///< of the cascade
  double liquidated_usd{}, other_usd{};
  std::string exchange, symbol;  ///< its largest contract by liquidated USD
  Sample sample;                 ///< taken after it closed
};

/// The newest look of one rule.
template <class Measure>
struct Looked {
  base::WallTime at{};
  Measure measure;
};

/// Events of one side without a lull between them: what a candidate is ranked by.
struct Run {
  double usd{};
  std::uint64_t events{};
  base::WallTime last{base::WallTime::min()};

  void count(const Print& print, base::Millis lull);
  /// Its USD, times ten for the step from one event to three: a lone print is seldom the beginning of more.
  [[nodiscard]] double strength_usd() const;
};

struct Side {
  static constexpr std::size_t recent_max = 1'000;

  stats::RollingSums sums{{base::Millis{10'000}, base::Millis{60'000}, base::Millis{300'000}}};
  base::WallTime newest{base::WallTime::min()};
  std::deque<Print> recent;                     ///< of the last 60 s in order of receipt: what an episode begins with
  std::map<std::string, base::WallTime> heard;  ///< newest event by exchange
  std::optional<Episode> episode;
  std::optional<Aftermath> aftermath;
  Run run;
  std::optional<Looked<CascadeMeasure>> looked;
  std::optional<Looked<ReversalMeasure>> looked_back;

  [[nodiscard]] bool add(const Print& print);  ///< false: too old for the sums, nothing changes
  void advance(base::WallTime now);
  [[nodiscard]] std::uint64_t exchanges() const;  ///< that had events within the last 60 s
};

class Asset {
 public:
  static constexpr stats::BlobKind blob_kind{"PWLA", 1};
  static constexpr std::chrono::hours population{7 * 24};

  stats::SlidingQuantile prints{population};
  PricePath price;
  AssetInterest interest;
  std::array<Side, 2> sides;                ///< by market::PositionSide
  std::map<std::string, BusySeconds> busy;  ///< of exchanges that publish samples
  std::optional<Looked<PrintMeasure>> looked;

  [[nodiscard]] Side& side(market::PositionSide of) { return sides.at(static_cast<std::size_t>(of)); }
  /// Counts an event into the minutes' sums. A minute joins the population when a later one begins.
  void count_minute(base::WallTime at, double usd);
  [[nodiscard]] const stats::SlidingQuantile& minutes() const { return minutes_; }

  [[nodiscard]] std::string save() const;
  [[nodiscard]] base::Result<void> restore(std::string_view blob);

 private:
  stats::SlidingQuantile minutes_{population};
  std::int64_t minute_{INT64_MIN};
  double minute_usd_{};
};

}  // namespace liquidation
