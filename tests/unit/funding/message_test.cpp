#include "bots/funding/message.hpp"

#include <gtest/gtest.h>

namespace message_test {

using namespace std::chrono_literals;

funding::RateDetails rate() {
  funding::RateDetails d;
  d.symbol = "BTCUSDT";
  d.exchange_title = "Bybit";
  d.rate = 0.0016;
  d.interval = 240min;
  d.at = base::from_ms(1'759'762'080'000);  // 2025-10-06 14:48 UTC
  d.settles_at = d.at + 72min;
  return d;
}

TEST(FundingMessage, AnExtremeShowsEveryFormOfTheRate) {
  funding::ExtremeDetails d;
  d.rate = rate();
  d.measure.r8 = 0.0032;
  d.measure.apr = 3.504;
  d.measure.z = 5.23;
  d.measure.settlements = 180;
  d.measure.contracts = 540;
  d.measure.above = 1;
  d.usual_r8.median = 0.0001;
  EXPECT_EQ(base::visible_text(funding::extreme_message(d).str()),
            "🔺 BTCUSDT funding +0.320% per 8h · Bybit · longs pay shorts\n"
            "Rate +0.1600% every 4h · 8h +0.320% · APR +350%\n"
            "Settles 16:00 UTC, 1h 12m after this was seen\n"
            "z 5.2 over 180 settlements of 30 days (usual +0.010%)\n"
            "Rank 2 of 540 contracts on Bybit\n"
            "Against the crowd: short, the side that is paid\n"
            "Seen 2025-10-06 14:48:00 UTC\n"
            "Rule: |APR| ≥ 50%, |z| ≥ 3.5, top 10% of the exchange");
}

TEST(FundingMessage, DrawsTheSettlementsBeforeIt) {
  funding::ExtremeDetails d;
  d.rate = rate();
  d.measure.r8 = 0.0032;
  d.settled_r8 = {0.0001, -0.0001, 0.0008};
  const auto drawn = "\n▁▁▃█ 3 settlements and now, −0.010% to +0.320% per 8h\n";
  EXPECT_NE(base::visible_text(funding::extreme_message(d).str()).find(drawn), std::string::npos);
  funding::FlipDetails flip;
  flip.rate = rate();
  flip.measure.r8_now = 0.0032;
  flip.settled_r8 = d.settled_r8;
  EXPECT_NE(base::visible_text(funding::flip_message(flip).str()).find(drawn), std::string::npos);
  flip.settled_r8.pop_back();
  EXPECT_EQ(base::visible_text(funding::flip_message(flip).str()).find("▁"), std::string::npos) << "two are no line";
}

TEST(FundingMessage, ANegativeScoreHasAMinusAndTheLastMinuteIsNotZero) {
  funding::ExtremeDetails d;
  d.rate = rate();
  d.rate.settles_at = d.rate.at + 10s;
  d.measure.z = -24.2;
  const std::string text = base::visible_text(funding::extreme_message(d).str());
  EXPECT_NE(text.find("Settles 14:48 UTC, less than a minute after this was seen\nz −24.2 over"), std::string::npos)
      << text;
}

TEST(FundingMessage, ThresholdModeNamesItsOwnRule) {
  funding::ExtremeDetails d;
  d.rate = rate();
  d.rate.rate = -0.0016;
  d.rate.settles_at.reset();
  d.measure.r8 = -0.0032;
  d.thresholds.mode = funding::Mode::threshold;
  const std::string text = base::visible_text(funding::extreme_message(d).str());
  EXPECT_TRUE(text.starts_with("🔻 BTCUSDT funding −0.320% per 8h · Bybit · shorts pay longs\n")) << text;
  EXPECT_NE(text.find("Settlement time not published"), std::string::npos);
  EXPECT_NE(text.find("Rule: |8h rate| ≥ 0.100%, again after a fall below 0.080%"), std::string::npos) << text;
  EXPECT_EQ(text.find("z "), std::string::npos);
}

TEST(FundingMessage, AFlipSaysFromWhatToWhat) {
  funding::FlipDetails d;
  d.rate = rate();
  d.rate.rate = -0.00012;
  d.rate.interval = 480min;
  d.rate.settled = true;
  d.measure.r8_before = 0.0003;
  d.measure.r8_now = -0.00012;
  d.r8_min = 0.00005;
  EXPECT_EQ(base::visible_text(funding::flip_message(d).str()),
            "🔄 BTCUSDT funding turned negative · Bybit · −0.012% per 8h, shorts pay longs\n"
            "Settled before: +0.030% per 8h\n"
            "Rate −0.0120% every 8h · 8h −0.012% · APR −13.1%\n"
            "Settled 2025-10-06 16:00:00 UTC\n"
            "Seen 2025-10-06 14:48:00 UTC\n"
            "Rule: sign change, both sides ≥ 0.005% per 8h");
  d.measure.predicted = true;
  d.rate.settled = false;
  const std::string text = base::visible_text(funding::flip_message(d).str());
  EXPECT_NE(text.find("funding about to turn negative"), std::string::npos) << text;
}

}  // namespace message_test
