#include "common/desk/why.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "common/base/text.hpp"

namespace desk {
using nlohmann::json;

namespace {

/// As people read a measured value: four significant digits, never scientific.
std::string digits(double value) {
  if (!std::isfinite(value)) return "n/a";
  if (value == 0) return "0";
  const double size = std::fabs(value);
  if (size >= 1e4) return (value < 0 ? "\u2212" : "") + base::grouped(std::llround(size));
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  auto out = base::fixed(value, std::clamp(4 - before, 0, 12));
  if (out.find('.') == out.npos) return out;
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string words_of(std::string name) {
  for (char& c : name)
    if (c == '_') c = ' ';
  return name;
}

std::string number_in(const json& value) {
  return value.is_number() ? digits(value.get<double>()) : std::string("not known");
}

}  // namespace

std::string why_text(const store::SignalRow& s) {
  std::string out = "No " + std::to_string(s.id) + ": " + words_of(s.kind) + " " + s.subject + ", tier " +
                    std::to_string(s.tier) + ", " + base::utc_stamp(s.at) + "\n";
  out += "score " + base::fixed(s.score, 0) + " of 100, strength " + digits(s.strength) + ", direction " + s.direction +
         "\nsaid: " + (s.said.empty() ? "not kept" : s.said) + "; settings " +
         (s.config.empty() ? "not kept" : s.config) + "\n";
  const auto evidence = json::parse(s.evidence, nullptr, false);
  if (!evidence.is_object()) return out + "its evidence cannot be read\n";
  for (const auto& one : evidence.value("conditions", json::array())) {
    out += "  " + words_of(one.value("name", std::string("?"))) + " " + number_in(one.value("value", json()));
    if (one.contains("threshold")) out += ", threshold " + number_in(one["threshold"]);
    out += "\n";
  }
  for (const auto& one : evidence.value("factors", json::array()))
    out += "  factor " + words_of(one.value("name", std::string("?"))) + ": " + number_in(one.value("score", json())) +
           "\n";
  if (evidence.contains("missing")) out += "  missing: " + evidence["missing"].get<std::string>() + "\n";
  return out;
}

std::string whynot_text(std::span<const Evaluation> looks) {
  if (looks.empty()) return "nothing is known of it: is it spelled as its exchange does, and watched?\n";
  std::string out;
  for (const auto& look : looks) {
    out += words_of(look.kind) + " " + (look.exchange.empty() ? "" : look.exchange + " ") + look.symbol + ", " +
           base::utc_stamp(look.at) + ": " + (look.missing.empty() ? "fired" : look.missing) + "\n";
    for (const auto& m : look.conditions) {
      out += "  " + words_of(std::string(m.name)) + " " + digits(m.value);
      if (m.threshold) {
        const auto away = distance(m);
        out += std::string(", needs ") + (m.holds == Holds::at_most ? "at most " : "") + digits(*m.threshold);
        out += away && *away == 0 ? " (holds)" : away ? " (" + base::percent(*away, 0) + " away)" : " (misses)";
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace desk
