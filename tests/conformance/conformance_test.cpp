// Our own payloads, which always run, and the recorded ones where they are.
#include <algorithm>
#include <iostream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/conformance/actual.hpp"
#include "tests/conformance/compare.hpp"
#include "tests/conformance/folders.hpp"
#include "tests/conformance/report.hpp"

namespace conformance {
namespace conformance_test {

std::string printed(const Report& report) {
  std::ostringstream out;
  print(out, report);
  return std::move(out).str();
}

TEST(own, EveryPayloadIsReadAsItsExpectedRecordsSay) {
  const auto cases = load_cases(own_folder());
  ASSERT_GE(cases.size(), 70U);
  const auto report = score(cases);
  EXPECT_TRUE(report.failures.empty() && report.no_decoder.empty()) << printed(report);
}

bool tells_open_interest(const exchange::Exchange& exchange) {
  const auto known = exchange.endpoints();
  return std::any_of(known.begin(), known.end(),
                     [](const auto& one) { return one.topic == market::Topic::open_interest; }) ||
         !exchange.asks(market::Topic::open_interest, {}).empty();
}

TEST(own, EveryDecodingExchangeHasPayloadsOfEveryKindItGives) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& item : load_cases(own_folder())) seen.emplace(item.exchange, item.kind);
  for (const auto name : exchange::exchange_names()) {
    const auto described = describe_exchange(std::string(name));
    for (const char* kind : {"funding", "open_interest", "tickers", "klines", "instruments", "error"}) {
      if (name == "mexc" && std::string_view(kind) == "open_interest") continue;  // part of its tickers
      if (std::string_view(kind) == "open_interest" && !tells_open_interest(*described)) continue;
      EXPECT_TRUE(seen.contains({std::string(name), kind})) << name << " " << kind;
    }
    for (const char* kind : {"trades", "depth"})
      EXPECT_TRUE(!described->traits().closed.empty() || seen.contains({std::string(name), kind})) << name << kind;
    const auto& traits = described->traits();
    EXPECT_TRUE(!traits.liquidation_stream || seen.contains({std::string(name), "liquidations_ws"})) << name;
    EXPECT_TRUE(!traits.liquidation_poll || seen.contains({std::string(name), "liquidations_rest"})) << name;
  }
}

TEST(fixtures, RecordedPayloadsAreReadAsExpected) {
  const auto folder = recorded_folder();
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << recorded_cases << " recorded cases skipped: no folder";
  const auto report = score(load_cases(folder));
  EXPECT_GT(report.total.passed, 0);
  EXPECT_FALSE(below_the_bar(report)) << printed(report);
  std::cout << printed(report);
}

nlohmann::json one_record(nlohmann::json record) { return {{"records", nlohmann::json::array({std::move(record)})}}; }

Actual actual_with(nlohmann::json record) {
  Actual out;
  out.records.push_back(std::move(record));
  return out;
}

TEST(comparison, FindsWhatDiffers) {
  const nlohmann::json good{{"native_symbol", "A"}, {"last", 100.0}, {"mark", 2.0}, {"time", 5}};
  EXPECT_EQ(first_difference(one_record(good), actual_with(good)), "");
  for (const char* key : {"last", "mark", "time", "native_symbol"}) {
    auto changed = good;
    if (changed[key].is_string()) {
      changed[key] = "B";
    } else {
      changed[key] = changed[key].get<double>() * (1 + 1e-8);
    }
    EXPECT_NE(first_difference(one_record(good), actual_with(changed)), "") << key;
    auto missing = good;
    missing.erase(key);
    EXPECT_NE(first_difference(one_record(good), actual_with(missing)), "") << key;
  }
}

TEST(comparison, AnInventedZeroAnIgnoredRowAndAnExtraRecordAreFaults) {
  const nlohmann::json unsaid{{"native_symbol", "A"}, {"last", nullptr}};
  EXPECT_EQ(first_difference(one_record(unsaid), actual_with({{"native_symbol", "A"}, {"last", 3.0}})), "");
  EXPECT_NE(first_difference(one_record(unsaid), actual_with({{"native_symbol", "A"}, {"last", 0}})), "");
  auto with_ignored = one_record({{"native_symbol", "A"}});
  with_ignored["ignored"] = nlohmann::json::array({{{"native_symbol", "B"}}});
  auto actual = actual_with({{"native_symbol", "A"}});
  EXPECT_EQ(first_difference(with_ignored, actual), "");
  actual.records.push_back({{"native_symbol", "B"}});
  EXPECT_NE(first_difference(with_ignored, actual), "");
  actual.records.back()["native_symbol"] = "C";
  EXPECT_NE(first_difference(with_ignored, actual), "");
}

TEST(comparison, ToleranceAndUnscoredFieldsAreHonoured) {
  auto expected = one_record({{"native_symbol", "A"}, {"last", 100.0}, {"mark", 1.0}});
  const auto actual = actual_with({{"native_symbol", "A"}, {"last", 101.0}, {"mark", 1.0}});
  EXPECT_NE(first_difference(expected, actual), "");
  auto tolerant = expected;
  tolerant["tolerance_rel"] = 0.02;
  EXPECT_EQ(first_difference(tolerant, actual), "");
  expected["not_scored"] = nlohmann::json::array({"last"});
  EXPECT_EQ(first_difference(expected, actual), "");
}

TEST(intervals, AreReadInEverySpelling) {
  using std::chrono::hours;
  using std::chrono::minutes;
  EXPECT_EQ(interval_length("1m"), minutes{1});
  EXPECT_EQ(interval_length("60"), hours{1});
  EXPECT_EQ(interval_length("Min15"), minutes{15});
  EXPECT_EQ(interval_length("Hour4"), hours{4});
  EXPECT_EQ(interval_length("candle4H"), hours{4});
  EXPECT_EQ(interval_length("D"), hours{24});
  EXPECT_EQ(interval_length("1M"), base::Millis{0});
}

}  // namespace conformance_test
}  // namespace conformance
