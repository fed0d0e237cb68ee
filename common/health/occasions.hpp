// Moments at which a feed of liquidations usually speaks: the price of an asset moved more than 3 sigma within a minute
// and others liquidated, or its own open interest fell. How often it does is learned; occasions that it lets pass in a
// row add up to a doubt. Pure; bounded.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/health/moment.hpp"

namespace health {

/// How often it spoke when it had reason to, and what its silence since is worth.
class HitRate {
 public:
  void hit();
  void miss();
  void spoke(bool cured);  ///< any event at all: what it let pass was chance, unless an action brought it back
  void forget() { pending_ = evidence_ = 0; }
  [[nodiscard]] double expected() const { return (hits_ + 1) / (looks_ + 2); }
  [[nodiscard]] int passed() const { return static_cast<int>(pending_); }
  /// Minus the logarithm of the chance that an honest feed lets so many pass.
  [[nodiscard]] double evidence() const { return evidence_; }

 private:
  void look();
  double hits_{}, looks_{}, pending_{}, evidence_{};
};

class Occasions {
 public:
  static constexpr std::size_t exchanges_max = 12;
  static constexpr std::size_t assets_max = 48;

  void expect(const std::string& exchange);
  /// A closed bar of 1 m; of several exchanges' bars of one minute the first counts.
  void on_bar(std::string_view asset, base::WallTime opened_at, double open, double close, Moment now);
  void on_event(std::string_view exchange, std::string_view asset, Moment now);
  void on_open_interest(std::string_view exchange, std::string_view asset, double base_units, Moment now);
  void on_time(Moment now);
  void restart(std::string_view exchange);
  void on_action(std::string_view exchange);

  /// In words, with numbers; nullopt: nothing to doubt.
  [[nodiscard]] std::optional<std::string> judge(std::string_view exchange) const;

  static constexpr double sigmas = 3;
  static constexpr int bars_min = 60;  ///< before an asset's sigma is known
  static constexpr double fall_min = 0.02;
  static constexpr base::Millis window{60'000}, interest_window{300'000};
  static constexpr double evidence_min = 12;  ///< e^-12: one in 160,000; there are some dozen occasions a day

 private:
  struct Interest {
    double base{};
    base::SteadyTime at{};
  };
  struct Asset {
    double variance{};
    int bars{};
    base::WallTime newest{};
    std::array<std::optional<base::SteadyTime>, exchanges_max> told{};
    std::array<std::optional<Interest>, exchanges_max> interest{};
    base::SteadyTime at{};
  };
  struct Exchange {
    std::string name;
    HitRate moves, falls;
    bool acted{};
    std::string move, fall;  ///< the latest that it let pass
  };
  struct Mover {
    std::string asset;
    double change{}, sigma{};
  };
  [[nodiscard]] std::optional<std::size_t> find(std::string_view exchange) const;
  Asset* asset_of(std::string_view name, Moment now);
  void judge_movers(std::size_t exchange);

  std::vector<Exchange> exchanges_;
  std::map<std::string, Asset, std::less<>> assets_;
  std::optional<base::SteadyTime> opened_;
  std::vector<Mover> movers_;
};

}  // namespace health
