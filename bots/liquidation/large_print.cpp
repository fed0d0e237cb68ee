#include "bots/liquidation/large_print.hpp"

#include <algorithm>

namespace liquidation {

double print_level(const PrintMeasure& m, const PrintThresholds& t) {
  const bool own = m.events >= t.events_min && m.quantile995;
  return own ? std::max(t.floor_usd, t.own_factor * *m.quantile995) : t.floor_usd;
}

std::vector<desk::Measured> evidence(const PrintMeasure& m, const PrintThresholds& t) {
  std::vector<desk::Measured> out;
  out.push_back({"usd", m.usd, print_level(m, t)});
  out.push_back({"floor_usd", t.floor_usd, std::nullopt});
  out.push_back({"events_7d", static_cast<double>(m.events), static_cast<double>(t.events_min)});
  if (m.quantile995) out.push_back({"p99.5_usd", *m.quantile995, std::nullopt});
  return out;
}

}  // namespace liquidation
