#include "common/health/latency.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace latency_test {

using base::Millis;
using health::Latency;
using health::LatencyHistogram;

TEST(Latency, QuantilesAreRightWithinFivePercent) {
  LatencyHistogram histogram;
  for (int ms = 1; ms <= 10'000; ++ms) histogram.add(Millis{ms});
  EXPECT_EQ(histogram.count(), 10'000U);
  for (const auto& [part, exact] : {std::pair{0.5, 5'000.0}, {0.9, 9'000.0}, {0.99, 9'900.0}, {1.0, 10'000.0}}) {
    EXPECT_NEAR(*histogram.quantile_ms(part), exact, exact * 0.05) << part;
  }
}

TEST(Latency, TheExtremesStayInTheHistogram) {
  LatencyHistogram histogram;
  EXPECT_FALSE(histogram.quantile_ms(0.5));
  histogram.add(Millis{-5});
  histogram.add(Millis{0});
  histogram.add(std::chrono::hours{24});
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_LT(*histogram.quantile_ms(0), 2.0);
  EXPECT_GT(*histogram.quantile_ms(1), 200'000.0);
}

TEST(Latency, OneLineAMinuteNamesEveryEndpointAndStartsANewSpan) {
  Latency latency;
  EXPECT_EQ(latency.json_line(base::from_ms(1)), "");
  for (int i = 0; i < 10; ++i) latency.add("binance fapi/v1/premiumIndex", Millis{100});
  latency.add("okx \"tickers\"", Millis{2'000});
  const auto text = latency.json_line(base::from_ms(60'000));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto line = nlohmann::json::parse(text);
  EXPECT_EQ(line["event"], "latency");
  EXPECT_EQ(line["time_ms"], 60'000);
  ASSERT_EQ(line["endpoints"].size(), 2U);
  EXPECT_EQ(line["endpoints"][0]["endpoint"], "binance fapi/v1/premiumIndex");
  EXPECT_EQ(line["endpoints"][0]["count"], 10);
  EXPECT_NEAR(line["endpoints"][0]["p50_ms"].get<double>(), 100, 5);
  EXPECT_NEAR(line["endpoints"][1]["p99_ms"].get<double>(), 2'000, 100);
  EXPECT_EQ(latency.json_line(base::from_ms(120'000)), "");
  EXPECT_EQ(latency.since_start().front().count, 10U);
}

TEST(Latency, TheNumberOfEndpointsIsBounded) {
  Latency latency;
  for (int i = 0; i < 1'000; ++i) latency.add("endpoint " + std::to_string(i), Millis{5});
  const auto all = latency.since_start();
  EXPECT_LE(all.size(), Latency::endpoints_max + 1);
  std::uint64_t sum = 0;
  for (const auto& one : all) sum += one.count;
  EXPECT_EQ(sum, 1'000U);
}

}  // namespace latency_test
