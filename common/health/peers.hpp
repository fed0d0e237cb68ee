// Exchanges that tell of the same market vouch for each other: while others liquidate and one is silent, the silence is
// measured in their events instead of minutes. How many of theirs pass between two of its own is learned, for the
// exchange as a whole and for each asset that it often tells of. Pure; bounded.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/health/gap_tail.hpp"
#include "common/health/moment.hpp"

namespace health {

class Peers {
 public:
  static constexpr std::size_t exchanges_max = 12;
  static constexpr std::size_t assets_max = 48;

  /// `prior_per_minute`: events on a quiet day (EXCHANGES.md 1.2).
  void expect(const std::string& exchange, double prior_per_minute, Moment now);
  /// Fresh data alone: a repeat is none.
  void on_event(std::string_view exchange, std::string_view asset, Moment now);
  /// Connected, or lost and back: what passed meanwhile is nobody's silence.
  void restart(std::string_view exchange, Moment now);
  /// Something was tried: what comes soon after it does not teach that the gap was its own.
  void on_action(std::string_view exchange);

  /// For a restart: what was learned of an exchange among these others.
  [[nodiscard]] GapTail learned(std::string_view exchange) const;
  void remember(std::string_view exchange, const GapTail& learned);

  struct Doubt {
    std::string asset;  ///< empty: the exchange as a whole
    base::Millis silent{};
    double others{};    ///< their events meanwhile…
    double allowed{};   ///< …of so many that may pass
    std::string whose;  ///< "bybit and okx", the liveliest first
    [[nodiscard]] std::string words() const;
  };
  /// The gravest doubt about an exchange; nullopt: none.
  [[nodiscard]] std::optional<Doubt> judge(std::string_view exchange, Moment now) const;
  /// Share of the bound that the exchange's present silence has reached.
  [[nodiscard]] double share(std::string_view exchange) const;
  /// How lively the others are now against their own normal; absent while that is not known.
  [[nodiscard]] std::optional<double> activity(std::string_view exchange, Moment now) const;

  static constexpr base::Millis silent_min{60'000};  ///< what comes in bursts may come a moment later
  static constexpr base::Millis asset_silent_min{300'000};
  static constexpr base::Millis asset_silent_max{43'200'000};  ///< delisted there, for all we know

 private:
  using Counts = std::array<double, exchanges_max>;
  /// Events by exchange, and of all.
  struct Told {
    Counts by{};
    double all{};
    void add(std::size_t peer);
    [[nodiscard]] double by_others(std::size_t peer) const { return all - by[peer]; }
  };
  struct Gap {
    GapTail tail;
    Counts since{};      ///< everybody's count when its last event came
    double passed_by{};  ///< what the others had told by then
    base::SteadyTime at{};
    bool running{};
    std::optional<double> acted_at;
  };
  struct Peer {
    std::string name;
    double prior{};
    Gap gap;
    std::int64_t second{-1};
    std::vector<std::size_t> assets;  ///< told of in this second
    double recent{}, usual{};         ///< events a minute: of the last minutes, of days
    base::SteadyTime counted_at{}, began{};
  };
  struct Asset {
    Told told;
    std::array<Gap, exchanges_max> gaps;
    base::SteadyTime at{};
  };
  [[nodiscard]] std::optional<std::size_t> find(std::string_view exchange) const;
  [[nodiscard]] static bool counts_once(Peer& peer, std::string_view asset, Moment now);
  [[nodiscard]] GapTail::Rules rules_of(std::size_t peer) const;
  [[nodiscard]] GapTail::Rules asset_rules(const Asset& asset, std::size_t peer, Moment now) const;
  static void close(Gap& gap, const Told& told, std::size_t peer, const GapTail::Rules& rules, Moment now);
  [[nodiscard]] std::string names(const Told& told, const Gap& gap, std::size_t peer) const;
  Asset* asset_of(std::string_view name, Moment now);

  std::vector<Peer> peers_;
  Told told_;
  std::map<std::string, Asset, std::less<>> assets_;
  base::SteadyTime began_{};
};

}  // namespace health
