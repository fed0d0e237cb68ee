#include "common/desk/why.hpp"

#include <gtest/gtest.h>

namespace why_test {

TEST(Why, ASignalIsToldWithEveryValueBesideItsThreshold) {
  store::SignalRow row;
  row.id = 12;
  row.kind = "volume_spike";
  row.subject = "binance BTCUSDT";
  row.tier = 2;
  row.direction = "long";
  row.strength = 4.2;
  row.at = base::from_ms(1'767'268'800'000);
  row.score = 97.4;
  row.config = "0badcafe";
  row.said = "ring";
  row.evidence = R"({"conditions":[{"name":"z","value":4.2,"threshold":3.0},{"name":"volume_usd","value":1234567.8},
                    {"name":"odd","value":null}],"factors":[{"name":"taker flow","score":0.4},
                    {"name":"depth","score":null}],"missing":"taker data"})";
  EXPECT_EQ(desk::why_text(row),
            "No 12: volume spike binance BTCUSDT, tier 2, 2026-01-01 12:00:00 UTC\n"
            "score 97 of 100, strength 4.2, direction long\n"
            "said: ring; settings 0badcafe\n"
            "  z 4.2, threshold 3\n"
            "  volume usd 1,234,568\n"
            "  odd not known\n"
            "  factor taker flow: 0.4\n"
            "  factor depth: not known\n"
            "  missing: taker data\n");
  row.evidence = "[";
  EXPECT_NE(desk::why_text(row).find("its evidence cannot be read"), std::string::npos);
}

TEST(WhyNot, SaysHowFarEachConditionIsFromHolding) {
  desk::Evaluation look;
  look.kind = "volume_spike";
  look.exchange = "okx";
  look.symbol = "BTC-USDT-SWAP";
  look.at = base::from_ms(1'767'268'800'000);
  look.missing = "relative volume";
  look.conditions = {{"z", 3.4, 3.0},
                     {"relative_volume", 2.1, 3.0},
                     {"age_s", 120, 60, desk::Holds::at_most},
                     {"rate", -0.0002, 0.0004, desk::Holds::by_size},
                     {"note", 7, std::nullopt},
                     {"tilt", -1, 0}};
  EXPECT_EQ(desk::whynot_text(std::span(&look, 1)),
            "volume spike okx BTC-USDT-SWAP, 2026-01-01 12:00:00 UTC: relative volume\n"
            "  z 3.4, needs 3 (holds)\n"
            "  relative volume 2.1, needs 3 (30% away)\n"
            "  age s 120, needs at most 60 (100% away)\n"
            "  rate -0.0002, needs 0.0004 (50% away)\n"
            "  note 7\n"
            "  tilt -1, needs 0 (misses)\n");
  EXPECT_NE(desk::whynot_text({}).find("nothing is known"), std::string::npos);
}

}  // namespace why_test
