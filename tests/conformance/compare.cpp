#include "tests/conformance/compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>

namespace conformance {

using nlohmann::json;

namespace {

constexpr double tolerance_default = 1e-9;

constexpr std::array<std::string_view, 42> scored{"native_symbol",
                                                  "symbol",
                                                  "type",
                                                  "inverse",
                                                  "settle",
                                                  "funding_rate",
                                                  "interval_hours",
                                                  "next_funding_time",
                                                  "predicted_rate",
                                                  "funding_time",
                                                  "last",
                                                  "mark",
                                                  "index",
                                                  "bid",
                                                  "ask",
                                                  "high_24h",
                                                  "low_24h",
                                                  "open_24h",
                                                  "change_pct_24h",
                                                  "base_volume_24h",
                                                  "quote_volume_24h",
                                                  "open_interest",
                                                  "open_interest_unit",
                                                  "open_interest_base",
                                                  "open_interest_quote",
                                                  "single_side_quote",
                                                  "single_side_base",
                                                  "open_time",
                                                  "open",
                                                  "high",
                                                  "low",
                                                  "close",
                                                  "base_volume",
                                                  "quote_volume",
                                                  "closed",
                                                  "side",
                                                  "quantity_base",
                                                  "quantity_raw",
                                                  "quantity_unit",
                                                  "quote_value",
                                                  "time",
                                                  "id"};
constexpr std::array<std::string_view, 12> scored_more{
    "contract_multiplier", "multiplier_unit", "active",        "bid_quantity",     "ask_quantity",   "levels",
    "error_class",         "retryable",       "exchange_code", "exchange_message", "retry_after_ms", "banned_until_ms"};

bool is_scored(const std::string& key) {
  return std::find(scored.begin(), scored.end(), key) != scored.end() ||
         std::find(scored_more.begin(), scored_more.end(), key) != scored_more.end();
}

bool close_to(double a, double b, double tolerance) {
  return a == b || std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

std::string said(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

bool same(const json& expected, const json& got, double tolerance) {
  if (expected.is_number() && got.is_number()) return close_to(expected.get<double>(), got.get<double>(), tolerance);
  if (expected.is_boolean() || got.is_boolean()) return expected == got;
  return said(expected) == said(got);  // codes and ids are numbers or strings
}

/// Fields whose value is said in another way than ours: true when the field was handled, `ok` says how it went.
bool special(const std::string& key, const json& expected, const json& record, const json& got, bool& ok,
             double tolerance) {
  if (key == "price" && expected.contains("price_accept")) {
    const auto& accepted = expected["price_accept"];
    ok = std::any_of(accepted.begin(), accepted.end(),
                     [&](const json& price) { return got.contains("price") && same(price, got["price"], tolerance); });
    return true;
  }
  if (key == "close_time") {  // the last millisecond of the bar, or the first one after it
    const auto length = got.value("length_ms", std::int64_t{0});
    const auto end = got.value("open_time", std::int64_t{0}) + length;
    const auto wanted = record.get<std::int64_t>();
    ok = length == 0 || wanted == end || wanted == end - 1;
    return true;
  }
  if (key == "interval") {
    const auto length = interval_length(said(record));
    ok = length.count() == 0 || !got.contains("length_ms") || got["length_ms"] == length.count();
    return true;
  }
  return false;
}

std::string difference(const json& expected, const json& got, const std::set<std::string>& unscored, double tolerance) {
  for (const auto& [key, value] : expected.items()) {
    if (unscored.contains(key)) continue;
    bool ok = true;
    if (!value.is_null() && (key == "price" || key == "close_time" || key == "interval") &&
        special(key, expected, value, got, ok, tolerance)) {
      if (!ok) return key + ": expected " + value.dump() + ", got " + got.dump();
      continue;
    }
    if (key != "price" && !is_scored(key)) continue;
    const auto found = got.find(key);
    if (value.is_null()) {
      if (found != got.end() && found->is_number() && found->get<double>() == 0) return key + ": invented as 0";
      continue;
    }
    if (found == got.end()) return key + ": expected " + value.dump() + ", got nothing";
    if (!same(value, *found, tolerance)) return key + ": expected " + value.dump() + ", got " + found->dump();
  }
  return {};
}

std::set<std::string> unscored_fields(const json& item) {
  std::set<std::string> out;
  const auto found = item.find("not_scored");
  if (found == item.end()) return out;
  if (found->is_array()) {
    for (const auto& name : *found) {
      if (name.is_string()) out.insert(name.get<std::string>());
      if (name.is_object()) out.insert(name.value("field", std::string{}));
    }
  } else if (found->is_object()) {
    for (const auto& [key, value] : found->items()) out.insert(key);
  } else if (found->is_string()) {
    out.insert(found->get<std::string>());
  }
  return out;
}

double tolerance_of(const json& item, double otherwise) {
  const auto found = item.find("tolerance_rel");
  return found != item.end() && found->is_number() ? found->get<double>() : otherwise;
}

bool mentions(const json& ignored, const json& record) {
  return std::any_of(ignored.begin(), ignored.end(), [&](const json& row) {
    return row.contains("native_symbol") && record.value("native_symbol", std::string{}) == said(row["native_symbol"]);
  });
}

}  // namespace

std::string first_difference(const json& expected_case, const Actual& actual) {
  if (!actual.error.empty()) return actual.error;
  if (!actual.disorder.empty()) return actual.disorder;
  const auto& expected = expected_case.at("records");
  const auto ignored = expected_case.value("ignored", json::array());
  for (const auto& record : actual.records) {
    if (mentions(ignored, record)) return "a record of the ignored row " + record.value("native_symbol", std::string{});
  }
  const auto case_unscored = unscored_fields(expected_case);
  const auto case_tolerance = tolerance_of(expected_case, tolerance_default);
  std::vector<bool> used(actual.records.size(), false);
  for (std::size_t row = 0; row < expected.size(); ++row) {
    auto unscored = unscored_fields(expected[row]);
    unscored.insert(case_unscored.begin(), case_unscored.end());
    const double tolerance = tolerance_of(expected[row], case_tolerance);
    std::string nearest = "no record left for it";
    bool met = false;
    for (std::size_t at = 0; at < used.size() && !met; ++at) {
      if (used[at]) continue;
      const auto found = difference(expected[row], actual.records[at], unscored, tolerance);
      met = found.empty();
      if (met) used[at] = true;
      // The record of the same contract and the same place is the one that was meant.
      const bool same_symbol =
          expected[row].value("native_symbol", json()) == actual.records[at].value("native_symbol", json());
      if (!met && (same_symbol || at == row)) nearest = found;
    }
    if (!met) return "record " + std::to_string(row) + ": " + nearest;
  }
  const auto extra = std::count(used.begin(), used.end(), false);
  return extra == 0 ? std::string{} : std::to_string(extra) + " records too many";
}

}  // namespace conformance
