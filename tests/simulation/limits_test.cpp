// The three bots together, under the configuration that is shipped, against every documented limit.
#include <gtest/gtest.h>

#include "bots/funding/logic.hpp"
#include "bots/liquidation/logic.hpp"
#include "bots/volume/logic.hpp"
#include "common/app/check_limits.hpp"
#include "common/app/commands.hpp"

namespace limits_test {

constexpr double share_max = 0.7;

app::Loaded load(const char* name, const char* title, std::unique_ptr<app::BotLogic> (*make)()) {
  app::CommandLine line;
  line.config_dir = SIMULATION_CONFIG_FOLDER;
  app::BotSpec spec;
  spec.name = name;
  spec.title = title;
  spec.make_logic = make;
  return app::load_everything(line, spec);
}

TEST(Limits, AllBotsTogetherPlanForLessThanSeventyPercentOfEveryDocumentedOne) {
  std::vector<app::Loaded> bots;
  bots.push_back(load("liquidation", "Liquidation Bot", liquidation::make_logic));
  bots.push_back(load("funding", "Funding Bot", funding::make_logic));
  bots.push_back(load("volume", "Volume Bot", volume::make_logic));
  std::map<std::string, std::map<std::string, double>> planned;
  for (const auto& bot : bots) {
    ASSERT_EQ(bot.problems, "");
    const auto needs = bot.logic->needs();
    for (const auto& [exchange, settings] : bot.settings.exchanges)
      for (const auto& [limit, units] : feed::units_a_minute(app::plan_under(bot.settings, exchange, needs)))
        planned[exchange][limit] += units;
    for (const auto& line : app::limit_lines(bot.settings, bot.bot, needs)) EXPECT_TRUE(line.good) << line.text;
  }
  for (const auto& [exchange, limits] : planned) {
    const auto& documented = bots.front().settings.exchanges.at(exchange).limits;
    for (const auto& [name, units] : limits) {
      ASSERT_TRUE(documented.contains(name))
          << exchange << ": a request costs of a limit that the config lacks: " << name;
      const auto& limit = documented.at(name);
      const double allowed = static_cast<double>(limit.units) * 60'000 / static_cast<double>(limit.per.count());
      EXPECT_LE(units, share_max * allowed) << exchange << " " << name;
    }
  }
  EXPECT_EQ(planned.size(), bots.front().settings.exchanges.size()) << "every exchange is asked for something";
}

}  // namespace limits_test
