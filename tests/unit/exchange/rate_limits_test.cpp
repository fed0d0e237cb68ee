// How far a funding rate can go, where an exchange says it: each in its own words.
#include <gtest/gtest.h>

#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace rate_limits_test {

struct Row {
  const char* exchange;
  Topic topic;
  const char* body;
  double cap, floor;
};

TEST(RateLimits, AreReadWhereTheyAreSaid) {
  for (
      const auto& row :
      {Row{"binance", Topic::funding_intervals,
           R"([{"symbol":"A","adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-0.03",
                 "fundingIntervalHours":8,"disclaimer":false}])",
           0.02, -0.03},
       Row{"aster", Topic::funding_intervals,
           R"([{"symbol":"A","interestRate":"0.0001","fundingIntervalHours":8,"fundingFeeCap":0.03,
                 "adjustedFundingRateCap":"0.02","adjustedFundingRateFloor":"-0.02"}])",
           0.02, -0.02},
       Row{"bybit", Topic::funding,
           R"({"retCode":0,"result":{"list":[{"symbol":"A","fundingRate":"0.001","nextFundingTime":"1764003600000",
                "fundingIntervalHour":"8","fundingCap":"0.005"}]},"time":1764000000000})",
           0.005, -0.005},
       Row{"okx", Topic::funding,
           R"({"code":"0","msg":"","data":[{"instId":"A","fundingRate":"0.0001","fundingTime":"1764003600000",
                "maxFundingRate":"0.00375","minFundingRate":"-0.0015","ts":"1764000000000"}]})",
           0.00375, -0.0015},
       Row{"mexc", Topic::funding,
           R"({"success":true,"code":0,"data":[{"symbol":"A","fundingRate":-0.0004,"maxFundingRate":0.001,
                "minFundingRate":-0.002,"collectCycle":8,"nextSettleTime":1764003600000,"timestamp":1764000000000}]})",
           0.001, -0.002},
       Row{"bitget", Topic::funding,
           R"({"code":"00000","msg":"success","requestTime":1764000000000,"data":[{"symbol":"A","fundingRate":"0.00006",
                "fundingRateInterval":"8","nextUpdate":"1764003600000","minFundingRate":"-0.003","maxFundingRate":"0.002"}]})",
           0.002, -0.003},
       Row{"htx", Topic::funding_intervals,
           R"({"status":"ok","data":[{"contract_code":"A-USDT","settle_period":8,"funding_rate_cap":"0.01",
                "funding_rate_floor":"-0.005"}],"ts":1764000000000})",
           0.01, -0.005}}) {
    SCOPED_TRACE(row.exchange);
    const auto exchange = make_exchange(row.exchange, testing::settings());
    const auto asks = exchange->asks(row.topic, testing::want({"A"}));
    ASSERT_FALSE(asks.empty());
    const auto reply = exchange->decode(asks.front(), row.body, {}, testing::now);
    ASSERT_TRUE(reply) << reply.error().text();
    std::size_t found = 0;
    for (const auto& event : reply->events) {
      const auto* funding = std::get_if<market::Funding>(&event);
      if (funding == nullptr) continue;
      ++found;
      EXPECT_EQ(funding->cap, row.cap);
      EXPECT_EQ(funding->floor, row.floor);
    }
    EXPECT_EQ(found, 1U);
  }
}

}  // namespace rate_limits_test
}  // namespace exchange
