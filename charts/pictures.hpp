// A spec in, a PNG out.
#pragma once
#include <string>

#include "charts/canvas.hpp"
#include "common/desk/chart_spec.hpp"

namespace charts {

/// The spec has passed desk::check(). The same spec and fonts give the same bytes.
[[nodiscard]] base::Result<std::string> draw(const desk::ChartSpec& spec, const Fonts& fonts);
[[nodiscard]] base::Result<std::string> draw(const desk::ReportSpec& spec, const Fonts& fonts);

}  // namespace charts
