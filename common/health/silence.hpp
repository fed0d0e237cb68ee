// How long a feed may be silent before that means something. Learned from its own gaps, in the market's time instead of
// the clock's: a minute of a busy market counts for more than a minute of a calm one. Pure; about 130 bytes a feed.
#pragma once
#include <cstdint>
#include <optional>

#include "common/health/gap_tail.hpp"
#include "common/health/moment.hpp"

namespace health {

struct SilenceRules {
  /// What is known before the feed's own gaps are: events a minute on a quiet day (EXCHANGES.md 1.2). 0: nothing, and
  /// then silence proves nothing until gaps were learned.
  double prior_per_minute{};
  base::Millis floor{std::chrono::minutes{10}};  ///< never sooner, however lively the feed
  /// The gaps one looks at are those of so much time: ten feeds of one installation, for a year. Where the gaps are a
  /// Poisson process's, those of a month of this feed: the bound is then ln(gaps / chance) / rate.
  double feed_years{10};
  double poisson_days{30};
  double chance{0.05};  ///< of a false alarm in all of it
};

class SilenceModel {
 public:
  explicit SilenceModel(SilenceRules rules = {});

  /// Activity of the market around it from now on, against its own normal: 1 is normal. Clamped to [1/4, 4]. Who is
  /// told of it need not see every hour of a week first.
  void on_activity(double index, base::SteadyTime now);
  void on_data(base::SteadyTime now);
  /// Connected anew after it was provably lost: the gap until now was not the feed's own.
  void restart(base::SteadyTime now);
  /// Something was tried against the silence. Data soon after it: the feed had been dead, and its gap teaches nothing.
  void on_action(base::SteadyTime now);

  [[nodiscard]] const GapTail& learned() const { return tail_; }
  void remember(const GapTail& learned) { tail_ = learned; }

  struct View {
    base::Millis silent{};                ///< by the clock
    std::optional<base::Millis> allowed;  ///< by the clock, at the present activity; absent: nothing is known yet
    double missing{};                     ///< events that are expected in a silence so long
    bool suspicious{};
  };
  [[nodiscard]] View view(base::SteadyTime now) const;
  [[nodiscard]] std::optional<base::Millis> mean_gap() const;  ///< at the present activity

 private:
  [[nodiscard]] double market_minutes(base::SteadyTime now) const;
  SilenceRules rules_;
  GapTail::Rules tail_rules_;
  GapTail tail_;
  base::SteadyTime since_{}, counted_to_{};  ///< of the running gap; until when gap_ was summed up
  double gap_{};                             ///< market minutes of it so far
  std::optional<double> acted_at_;           ///< in market minutes of the gap
  double activity_{1};
  bool running_{};
};

}  // namespace health
