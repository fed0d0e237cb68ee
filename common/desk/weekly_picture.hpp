// The picture of the weekly report: the sums of the rules' trades, and what random entries would have made. Pure.
#pragma once
#include <string>
#include <vector>

#include "common/desk/weekly_report.hpp"

namespace desk {

/// `rules`: each with a closed trade. All but the title is filled.
[[nodiscard]] ReportSpec weekly_picture(const std::vector<TradeRecord>& records, const std::vector<RuleWeek>& rules);

/// At most so many points that its highest, its lowest and its end stay what they are; so does its deepest fall.
[[nodiscard]] std::vector<ReportSpec::Point> thinned(const std::vector<ReportSpec::Point>& line, std::size_t most);

/// Where the sum of as many random entries ends 95 times in 100: their mean as the placebos know it, give or take 1.96
/// times the spread of the trades' own results, which is that of whole UTC days. Nothing where fewer than half of the
/// trades have placebos. `closed`: in the order of their ends.
[[nodiscard]] std::vector<ReportSpec::Band> placebo_band(const std::vector<TradeRecord>& closed);

[[nodiscard]] std::string rule_name(std::string kind);  ///< "volume_spike" -> "volume spike"

}  // namespace desk
