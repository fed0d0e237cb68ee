// How long a gap of a feed may become before it means something, learned from the gaps it had. The unit is the
// caller's: minutes of the market, or events of other exchanges. Pure; 64 bytes.
#pragma once
#include <cstdint>
#include <optional>

namespace health {

/// What ends within so many mean gaps after something was tried was cured by it: it does not teach how long gaps are.
inline constexpr double cured_within = 3;

/// The bound is where one false alarm is expected in `gaps_looked_at / chance` gaps (EXCHANGES.md 1.2: ln(gaps/0.05) /
/// rate, for a Poisson process). Gaps are taken as a body and an exponential tail (peaks over threshold), and the tail
/// alone decides: bursts and quiet nights, of which a Poisson process has none, do not look like a dead feed. Of a feed
/// whose tail is that of a Poisson process, and of which enough was seen to say so, the formula is taken as it stands.
class GapTail {
 public:
  struct Rules {
    double memory{};             ///< gaps fade over so many units
    double seen_after{};         ///< until so many units were seen, it is up to half as patient again; 0: at once
    bool hours_told{};           ///< the unit is the market's time: for a Poisson process's formula that is enough
    double looked_at{};          ///< so many units are looked at…
    double chance{0.05};         ///< …in which a false alarm has this chance
    double poisson_looked_at{};  ///< of a Poisson process, in so many units; 0: that is nobody's claim here
    double prior_mean{};         ///< the mean gap that is believed before any was learned; 0: none is
    double prior_gaps{20};       ///< and how many gaps that belief is worth: it is of one afternoon
    std::uint32_t gaps_min{30};  ///< without a prior: no bound before so many gaps
  };

  /// What is worth keeping over a restart.
  struct State {
    double gaps{}, units{}, over{}, excess{}, recent{}, seen{};
    std::uint32_t learned{};
  };
  [[nodiscard]] State state() const;
  [[nodiscard]] static std::optional<GapTail> from(const State& state);  ///< nullopt: no gaps can have left this

  void learn(double gap, const Rules& rules);
  [[nodiscard]] std::optional<double> bound(const Rules& rules) const;  ///< absent: nothing is known yet
  [[nodiscard]] std::optional<double> mean(const Rules& rules) const;
  [[nodiscard]] std::uint32_t learned() const { return learned_; }

 private:
  struct Sums {
    double gaps{}, units{};   ///< all gaps
    double over{}, excess{};  ///< those beyond the body, and by how much
    double recent{};          ///< the last excesses alone: a feed that has become rarer is believed soon
  };
  [[nodiscard]] Sums sums(const Rules& rules) const;
  [[nodiscard]] bool is_poisson(const Sums& all, const Rules& rules) const;
  Sums sums_;
  double seen_{};
  std::uint32_t learned_{};
};

}  // namespace health
