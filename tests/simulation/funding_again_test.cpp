// What the funding bot said before a kill -9, it does not say again after it.
#include <gtest/gtest.h>

#include "tests/simulation/life.hpp"
#include "tests/simulation/seeded_market.hpp"

namespace funding_again_test {
using namespace simulation;

constexpr Ms start = 1'780'000'020'000;

TEST(FundingAgain, SIG31_ARateThatStaysHighIsToldOnceOverAKillAndAnHourOfCooldown) {
  SeededMarket market(5, 3, start, 12 * hour);
  market.set_rate(1, start - 40 * hour, 0.003);  // ETHUSDT: three times the threshold, whatever settles
  LifeOptions options;
  options.bot = "funding";
  options.layer = "[funding.extreme]\nmode = \"threshold\"\nr8_threshold = 0.001\n";
  Town first{start, sandbox::Json::object()}, after{start, sandbox::Json::object()};
  Life life(first, market, start, options);
  life.run_for(10 * minute);
  ASSERT_EQ(first.count("ETHUSDT"), 1U) << first.transcript();
  std::filesystem::copy(first.folder.path(), after.folder.path(),
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  Life again(after, market, start + 100 * minute, options);
  again.run_for(3 * hour);
  EXPECT_EQ(after.count("ETHUSDT"), 0U) << after.transcript();
}

}  // namespace funding_again_test
