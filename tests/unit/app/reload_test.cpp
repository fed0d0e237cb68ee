#include "common/app/reload.hpp"

#include <gtest/gtest.h>

namespace reload_test {

TEST(Reload, TellsWhatIsInForceAndWhatNeedsARestart) {
  struct Case {
    const char* before;
    const char* after;
    const char* said;
  };
  const Case cases[] = {
      {"[gates]\ncooldown = \"1h\"\n", "[gates]\ncooldown = \"1h\"\n", "reloaded: nothing differs"},
      {"[gates]\n# words (a.toml:1:1)\ncooldown = \"1h\"\n", "[gates]\n# words (b.toml:7:1)\ncooldown = \"2h\"\n",
       "reloaded: gates.cooldown in force"},
      {"[volume.spike]\nz_tier_1 = 3.0\n", "[volume.spike]\nz_tier_1 = 4.0\n",
       "reloaded: volume.spike.z_tier_1 in force"},
      {"[trade]\ntp1_r = 1.5\n[report]\nhour = 8\n", "[trade]\ntp1_r = 2.0\n[report]\nhour = 9\n",
       "reloaded: report.hour, trade.tp1_r in force"},
      {"[exchange.okx]\nproxy = \"\"\n", "[exchange.okx]\nproxy = \"http://localhost:3128\"\n",
       "reloaded: exchange.okx.proxy after a restart"},
      {"[watch]\nmode = \"all\"\n[limits]\nheadroom = 0.7\n", "[watch]\nmode = \"listed\"\n[limits]\nheadroom = 0.5\n",
       "reloaded: watch.mode in force; limits.headroom after a restart"},
      {"[watch.symbol.BTC]\ncooldown = \"1h\"\n", "", "reloaded: watch.symbol.BTC.cooldown in force"},
      {"[volume]\nhistory = \"1d\"\nlate_after = \"2m\"", "[volume]\nhistory = \"2d\"\nlate_after = \"3m\"",
       "reloaded: volume.late_after in force; volume.history after a restart"},
      {"[funding]\nhistory = \"30d\"", "[funding]\nhistory = \"60d\"", "reloaded: funding.history after a restart"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(app::describe(app::changes_between(one.before, one.after, "volume")), one.said);
}

}  // namespace reload_test
