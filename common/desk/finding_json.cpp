#include "common/desk/finding_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace desk {
using nlohmann::json;

namespace {

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

void append_text(std::string& out, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (!plain) {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == text.npos) out += ".0";  // a number that is read back as one with a fraction
}

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

/// Written by hand: a replay prints a million of them a second's work.
void append_candidate_json(std::string& out, const Finding& finding) {
  out += R"({"direction":")";
  out += to_string(finding.direction);
  out += R"(","kind":)";
  append_text(out, finding.kind);
  out += R"(,"score":)";
  append_number(out, finding.strength);
  out += R"(,"symbol":)";
  append_text(out, finding.symbol);
  out += R"(,"time_ms":)";
  out += std::to_string(base::to_ms(finding.at));
  out += '}';
}

std::string candidate_json(const Finding& finding) {
  std::string out;
  append_candidate_json(out, finding);
  return out;
}

}  // namespace desk
