#include "bots/funding/extreme.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace funding {

std::string_view to_string(Lack lack) {
  static constexpr std::array<std::string_view, 11> words{"",
                                                          "stale: next funding time is in the past",
                                                          "apr",
                                                          "settlements",
                                                          "z",
                                                          "first sweep of the exchange is not over",
                                                          "top share of the exchange",
                                                          "said already this interval",
                                                          "r8",
                                                          "re-arm: not yet below its share of the threshold",
                                                          "late: history only"};
  return words.at(static_cast<std::size_t>(lack));
}

ExtremeDecision decide(const ExtremeMeasure& m, const ExtremeThresholds& t) {
  ExtremeDecision out;
  if (t.mode == Mode::threshold) {
    if (!(std::fabs(m.r8) >= t.r8_threshold)) {
      out.lack = Lack::r8;
    } else if (m.disarmed) {
      out.lack = Lack::armed;
    }
    return out;
  }
  out.rank_skipped = m.contracts < t.contracts_min;
  const double top = t.top_share * static_cast<double>(m.contracts);
  if (!(std::fabs(m.apr) >= t.apr_min)) {
    out.lack = Lack::apr;
  } else if (m.settlements < t.settlements_min || !m.z) {
    out.lack = Lack::settlements;
  } else if (!(std::fabs(*m.z) >= t.z_min)) {
    out.lack = Lack::z;
  } else if (!m.ranking_complete) {
    out.lack = Lack::first_sweep;
  } else if (!out.rank_skipped && static_cast<double>(m.above) >= top) {
    out.lack = Lack::rank;
  } else if (m.said_this_interval) {
    out.lack = Lack::said;
  }
  return out;
}

std::vector<desk::Measured> evidence(const ExtremeMeasure& m, const ExtremeThresholds& t) {
  const bool plain = t.mode == Mode::threshold;
  std::vector<desk::Measured> out;
  out.reserve(7);
  using desk::Holds;
  out.push_back({"r8", m.r8, plain ? std::optional(t.r8_threshold) : std::nullopt, Holds::by_size});
  out.push_back({"apr", m.apr, plain ? std::nullopt : std::optional(t.apr_min), Holds::by_size});
  if (plain) return out;
  if (m.z) out.push_back({"z", *m.z, t.z_min, Holds::by_size});
  out.push_back({"settlements", static_cast<double>(m.settlements), t.settlements_min});
  if (m.contracts < t.contracts_min) {
    out.push_back({"contracts_known", static_cast<double>(m.contracts), t.contracts_min});
  } else {
    out.push_back(
        {"share_above", static_cast<double>(m.above) / static_cast<double>(m.contracts), t.top_share, Holds::at_most});
  }
  return out;
}

void Ranking::add(double size) { sizes_.insert(std::upper_bound(sizes_.begin(), sizes_.end(), size), size); }

void Ranking::remove(double size) {
  const auto at = std::lower_bound(sizes_.begin(), sizes_.end(), size);
  if (at != sizes_.end() && *at == size) sizes_.erase(at);
}

std::size_t Ranking::above(double size) const {
  return static_cast<std::size_t>(sizes_.end() - std::upper_bound(sizes_.begin(), sizes_.end(), size));
}

}  // namespace funding
