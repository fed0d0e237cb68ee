// What a restart must not say twice.
#include <gtest/gtest.h>

#include "tests/unit/funding/bench.hpp"

namespace said_test {

using namespace funding_test;
using funding::Mode;
using funding::Said;

funding::Settings plain() {
  funding::Settings out;
  out.extreme.mode = Mode::threshold;
  out.extreme.r8_threshold = 0.001;
  return out;
}

/// As a bot that was killed right after its memory was stored.
void restart(const Bench& before, Bench& after) {
  for (const auto& [key, said] : before.detector.said()) {
    const auto read = Said::load(said.save());
    ASSERT_TRUE(read && read.value() == said);
    after.detector.restore_said(key.first, key.second, read.value());
  }
}

bool says(Bench& bench, base::WallTime at, double rate) {
  const auto found = bench.feed(running(Contract{}, at, rate, 480min), "funding_extreme");
  return found && found->fires;
}

TEST(FundingSaid, SIG31_ARateThatWasToldIsNotToldAgainAfterARestartUntilItFell) {
  Bench before(plain());
  EXPECT_TRUE(before.detector.said().empty());
  ASSERT_TRUE(says(before, start + 1h, 0.002));
  Bench after(plain());
  restart(before, after);
  EXPECT_FALSE(says(after, start + 3h, 0.002)) << "three hours later it is as high as it was";
  EXPECT_FALSE(says(after, start + 3h + 1min, 0.0007)) << "below its share of the threshold";
  EXPECT_TRUE(says(after, start + 3h + 2min, 0.002));
}

TEST(FundingSaid, SIG32_APredictedFlipIsSaidOnceAnInterval) {
  const auto flips = [](Bench& bench, base::WallTime at) {
    const auto found = bench.feed(running(Contract{}, at, -0.0002, 480min), "funding_flip");
    return found && found->fires;
  };
  const auto teach = [](Bench& bench) {
    for (int i = 3; i >= 0; --i) (void)bench.feed(settled(Contract{}, start - i * 8h, 0.0002));
  };
  Bench before;
  teach(before);
  ASSERT_TRUE(flips(before, start + 10min));
  Bench after;
  restart(before, after);
  teach(after);
  EXPECT_FALSE(flips(after, start + 2h));
}

TEST(FundingSaid, SIG33_ASpreadThatWasToldIsNotToldAgainAfterARestart) {
  auto settings = funding::Settings{};
  settings.spread.oi_min_usd = 0;
  const auto judge = [](Bench& bench, base::WallTime at) {
    for (const char* exchange : {"okx", "bybit"}) {
      const Contract of{exchange, "XUSDT"};
      auto rate = running(of, at, exchange[0] == 'o' ? 0.002 : -0.002, 480min);
      rate.mark = 100;
      (void)bench.feed(rate);
      market::OpenInterest interest;
      interest.exchange = exchange;
      interest.symbol = "XUSDT";
      interest.quote = 5e6;
      (void)bench.feed(interest);
    }
    desk::Findings out;
    bench.detector.on_time(at + 10s, out);
    return std::any_of(out.begin(), out.end(), [](const auto& f) { return f.kind == "funding_spread" && f.fires; });
  };
  Bench before(settings);
  ASSERT_TRUE(judge(before, start + 1h + 30s));
  Bench after(settings);
  restart(before, after);
  EXPECT_FALSE(judge(after, start + 3h + 30s));
  Bench forgetful(settings);
  EXPECT_TRUE(judge(forgetful, start + 3h + 30s)) << "what it would say without its memory";
}

TEST(FundingSaid, ABlobThatWasCutIsRefused) {
  Said said;
  said.extreme_minute = 29'328'480;
  said.disarmed = said.calm = true;
  const auto blob = said.save();
  EXPECT_LT(blob.size(), 64U);
  for (std::size_t cut = 0; cut < blob.size(); cut += 5) EXPECT_FALSE(Said::load(blob.substr(0, cut))) << cut;
}

}  // namespace said_test
