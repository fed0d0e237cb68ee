#include "common/desk/scores.hpp"

#include <cmath>

namespace desk {

namespace {

double squashed_margin(const Finding& finding) {
  for (const auto& measured : finding.evidence) {
    if (!measured.threshold || *measured.threshold == 0) continue;
    const double margin = std::fabs(measured.value / *measured.threshold);
    return std::isfinite(margin) ? 100 * margin / (1 + margin) : 100;
  }
  return 50;
}

}  // namespace

void Scores::add(const Finding& finding) {
  auto known = kinds_.find(finding.kind);
  if (known == kinds_.end()) known = kinds_.emplace(finding.kind, stats::DayRanks(days)).first;
  const auto day = base::utc_day(finding.at);
  known->second.add(std::fabs(finding.strength), day);
}

double Scores::of(const Finding& finding) const {
  const auto known = kinds_.find(finding.kind);
  if (known == kinds_.end() || known->second.count() < candidates_min) return squashed_margin(finding);
  return 100 * known->second.share_below(std::fabs(finding.strength));
}

std::map<std::string, std::string> Scores::save() const {
  std::map<std::string, std::string> out;
  for (const auto& [kind, ranks] : kinds_) out[kind] = ranks.save();
  return out;
}

base::Result<void> Scores::restore(const std::string& kind, std::string_view blob) {
  auto ranks = stats::DayRanks::load(blob, days);
  if (!ranks) return ranks.error();
  kinds_.insert_or_assign(kind, std::move(ranks.value()));
  return {};
}

}  // namespace desk
