// What an operator may change about the liquidation bot. The defaults are SIGNALS.md section 2.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace liquidation {

/// USD by the size of the asset's market.
struct Floors {
  double major_usd{}, large_usd{}, rest_usd{};
};

/// What one asset ("BTC", across exchanges) has different; what is absent stays as its tier has it.
struct AssetSettings {
  std::optional<double> print_floor_usd, cascade_floor_usd;
};

struct PrintThresholds {
  double floor_usd{};
  double own_factor{2};           ///< times the asset's own 99.5th percentile of 7 days…
  std::uint64_t events_min{400};  ///< …once so many events are known
};

struct CascadeThresholds {
  double floor_usd{};
  double own_factor{3};           ///< times the 95th percentile of the asset's minutes that had an event, 7 days…
  std::uint64_t minutes_min{50};  ///< …once so many such minutes are known
  std::uint64_t events_min{5};    ///< in 60 s; or
  std::uint64_t exchanges_min{2};
  double move_atr_min{1.5};               ///< in the forced direction against 60 s before, in ATR(1 m, 30)
  std::array<double, 3> tiers{1, 3, 10};  ///< of the opening level
  double close_share{0.25};               ///< of the peak 60 s sum
  base::Millis close_after{120'000};      ///< below that share for so long
  base::Millis lull{60'000};              ///< so long without an event ends a run, whose USD ranks a candidate
  base::Millis blind_close{900'000};      ///< with a feed of it lost, the episode ends so long after its last strength
};

/// After a cascade has closed.
struct ReversalThresholds {
  double ratio_min{1.5};               ///< liquidated side to the other
  double score_min{0.5};               ///< mean of the four factors
  std::uint64_t factors_min{3};        ///< so many of them must be measured
  double band_width{2};                ///< of the Bollinger band, in deviations of 20 closes of 1 m
  double taker_tilt_full{0.10};        ///< taker share so far from one half is a full point
  double depth_lean_full{1.0 / 3};     ///< so is a book that leans so far: a third is two to one
  base::Millis sample_within{30'000};  ///< a look at trades and book that comes later is not waited for
};

struct Settings {
  ReversalThresholds reversal;
  Floors print_floors{1'000'000, 250'000, 50'000};
  Floors cascade_floors{2'000'000, 500'000, 100'000};
  PrintThresholds print;             ///< its floor is set by the asset
  CascadeThresholds cascade;         ///< likewise
  base::Millis late_after{120'000};  ///< an event received so long after it happened only teaches
  std::size_t assets_max{4'000};     ///< further ones are not watched
  std::set<std::string, std::less<>> major_assets{"BTC", "ETH"};
  std::set<std::string, std::less<>> large_assets{"SOL",  "XRP", "BNB", "DOGE", "ADA",  "LINK",
                                                  "AVAX", "SUI", "LTC", "BCH",  "HYPE", "TRX"};
  /// Exchanges that publish at most about one event a contract and second: their sums are lower bounds
  /// (exchange::Traits::liquidations_sampled).
  std::set<std::string, std::less<>> sampled_exchanges;
  std::map<std::string, AssetSettings, std::less<>> assets;
  std::map<std::string, std::string, std::less<>> exchange_titles;  ///< "okx" -> "OKX"; a missing one is shown as it is

  /// One line for each value that makes no sense: which key, what was found, what is allowed. Empty: all well.
  [[nodiscard]] std::vector<std::string> validate() const;
  [[nodiscard]] PrintThresholds print_for(std::string_view asset) const;
  [[nodiscard]] CascadeThresholds cascade_for(std::string_view asset) const;
  [[nodiscard]] std::string title_of(const std::string& exchange) const;
};

}  // namespace liquidation
