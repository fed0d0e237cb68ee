#include "common/health/gap_tail.hpp"

#include <algorithm>
#include <cmath>

namespace health {

namespace {

constexpr double body_gaps = 3;  // the tail begins at so many mean gaps: one gap in twenty
constexpr double recent_weight = 1.0 / 25;
constexpr double recent_gaps = 2 / recent_weight;  // that many weigh in it
constexpr double recent_margin = 1.3;              // two sigma of that few excesses
constexpr double poisson_ratio_max = 1.2;          // tail over mean, of a Poisson process with two sigma
constexpr double mixture_margin = 0.4;
constexpr double patience_max = 0.5;
constexpr double tail_gaps_min = 3;
constexpr double chances_min = 20;
constexpr std::uint32_t poisson_gaps_min = 300;  // before that, bursts may not have shown yet
constexpr double poisson_sigmas = 4;
constexpr double estimate_error = 0.015;  // of the learned mean: the formula must hold for the feed, not for our guess
constexpr double gap_max = 2;  // bounds: one long outage that nobody noticed must not teach patience for weeks

}  // namespace

GapTail::Sums GapTail::sums(const Rules& rules) const {
  if (learned_ > 0 || rules.prior_mean <= 0) return sums_;
  // Of the tail nothing is known: what is believed of it would outweigh the few gaps that lie there for days.
  return {rules.prior_gaps, rules.prior_gaps * rules.prior_mean, 0, 0, 0};
}

GapTail::State GapTail::state() const {
  return {sums_.gaps, sums_.units, sums_.over, sums_.excess, sums_.recent, seen_, learned_};
}

std::optional<GapTail> GapTail::from(const State& state) {
  for (const double value : {state.gaps, state.units, state.over, state.excess, state.recent, state.seen})
    if (!std::isfinite(value) || value < 0) return std::nullopt;
  const bool nothing = state.learned == 0;
  if (nothing != (state.gaps <= 0) || nothing != (state.units <= 0)) return std::nullopt;
  if (state.over > state.gaps || state.excess > state.units) return std::nullopt;
  GapTail out;
  out.sums_ = {state.gaps, state.units, state.over, state.excess, state.recent};
  out.seen_ = state.seen;
  out.learned_ = state.learned;
  return out;
}

void GapTail::learn(double gap, const Rules& rules) {
  if (!std::isfinite(gap) || gap < 0 || rules.memory <= 0) return;  // without others there is no time to count in
  if (const auto most = bound(rules)) gap = std::min(gap, gap_max * *most);
  sums_ = sums(rules);
  ++learned_;
  seen_ += gap;
  const double body = sums_.gaps > 0 ? body_gaps * sums_.units / sums_.gaps : 0;
  const double keep = std::exp(-gap / rules.memory);
  sums_.gaps = sums_.gaps * keep + 1;
  sums_.units = sums_.units * keep + gap;
  sums_.over *= keep;
  sums_.excess *= keep;
  if (gap <= body || body <= 0) return;
  const double over = gap - body;
  sums_.recent = sums_.recent > 0 ? sums_.recent + recent_weight * (over - sums_.recent) : over;
  sums_.over += 1;
  sums_.excess += over;
}

std::optional<double> GapTail::mean(const Rules& rules) const {
  const auto all = sums(rules);
  if (all.gaps <= 0 || all.units <= 0) return std::nullopt;
  return all.units / all.gaps;
}

/// Is the tail that of a Poisson process, as far as its few gaps can tell? And was every hour of a week seen?
bool GapTail::is_poisson(const Sums& all, const Rules& rules) const {
  const bool hours_known = rules.hours_told || seen_ >= rules.seen_after;
  if (rules.poisson_looked_at <= 0 || learned_ < poisson_gaps_min || !hours_known) return false;
  const double over = std::max(all.over, 1.0);
  const double mean_gap = all.units / all.gaps;
  const auto within = [&](double excess, double gaps) {
    return excess <= mean_gap * (1 + poisson_sigmas / std::sqrt(gaps));
  };
  return within(all.excess / over, over) && within(all.recent, recent_gaps);
}

std::optional<double> GapTail::bound(const Rules& rules) const {
  const auto mean_gap = mean(rules);
  if (!mean_gap || (rules.prior_mean <= 0 && learned_ < rules.gaps_min)) return std::nullopt;
  const auto all = sums(rules);
  const double over = std::max(all.over, 1.0);
  if (is_poisson(all, rules)) {
    const double looked_at = std::max(rules.poisson_looked_at / *mean_gap / rules.chance, chances_min);
    return (1 - estimate_error) * *mean_gap * std::log(looked_at);
  }
  // Where hardly a gap lay beyond the body yet, the tail is that of a Poisson process of the same rate.
  const double fitted = std::max(all.excess / over, all.recent / recent_margin);
  const double tail = all.over < tail_gaps_min ? std::max(fitted, *mean_gap) : fitted;
  const double chances = std::max(rules.looked_at / *mean_gap * (over / all.gaps) / rules.chance, chances_min);
  // A tail fatter than a Poisson process has it is a mixture of hours, and the quietest of them is fatter still.
  const double mixed = 1 + mixture_margin * std::clamp(tail / *mean_gap - poisson_ratio_max, 0.0, 1.0);
  // Before it has seen every hour of a week once, it has not seen the quietest one.
  const double unseen = rules.seen_after > 0 ? 1 - std::min(1.0, seen_ / rules.seen_after) : 0;
  const double patience = 1 + patience_max * unseen;
  return patience * (body_gaps * *mean_gap + mixed * tail * std::log(chances));
}

}  // namespace health
