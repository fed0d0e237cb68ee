#include "common/desk/finding_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace desk {
using nlohmann::json;

namespace {

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

std::string print(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::long_side: return "long";
    case Direction::short_side: return "short";
    case Direction::none: return "none";
  }
  return "none";
}

std::string evidence_json(const Finding& finding) {
  json conditions = json::array();
  for (const auto& measured : finding.evidence) {
    json one;
    one["name"] = measured.name;
    one["value"] = number(measured.value);
    if (measured.threshold) one["threshold"] = number(*measured.threshold);
    conditions.push_back(std::move(one));
  }
  json out;
  out["conditions"] = std::move(conditions);
  if (finding.setup) {
    for (const auto& factor : finding.setup->factors) {
      json one;
      one["name"] = factor.name;
      one["score"] = factor.score ? number(*factor.score) : json(nullptr);
      out["factors"].push_back(std::move(one));
    }
  }
  if (!finding.missing.empty()) out["missing"] = finding.missing;
  return print(out);
}

std::string candidate_json(const Finding& finding) {
  json out;
  out["time_ms"] = base::to_ms(finding.at);
  out["symbol"] = finding.symbol;
  out["kind"] = finding.kind;
  out["direction"] = to_string(finding.direction);
  out["score"] = number(finding.strength);
  return print(out);
}

}  // namespace desk
