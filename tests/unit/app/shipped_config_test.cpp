#include <fstream>

#include <gtest/gtest.h>

#include "bots/funding/logic.hpp"
#include "bots/liquidation/logic.hpp"
#include "bots/volume/logic.hpp"
#include "common/app/bot.hpp"
#include "common/app/settings.hpp"
#include "common/guard/limit_plan.hpp"
#include "tests/support/temp_folder.hpp"

namespace shipped_config_test {

const std::filesystem::path config_dir = std::filesystem::path(PERPWATCH_SOURCE_DIR) / "config";

struct Bot {
  const char* name;
  std::unique_ptr<app::BotLogic> (*make)();
};
constexpr Bot bots[] = {
    {"liquidation", liquidation::make_logic}, {"funding", funding::make_logic}, {"volume", volume::make_logic}};

std::string problems_of(const Bot& bot, bool demo, app::Settings& settings) {
  std::vector<std::filesystem::path> files{config_dir / "common.toml", config_dir / (std::string(bot.name) + ".toml")};
  if (demo) files.push_back(config_dir / "demo.toml");
  auto document = config::Document::load(files, {});
  app::bind(document, settings);
  bot.make()->bind(document);
  return config::text_of(document.problems());
}

/// Blocks of exchanges in the shipped file that are turned on.
std::size_t exchanges_on() {
  std::ifstream in(config_dir / "common.toml");
  std::size_t out = 0;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('[')) inside = line.starts_with("[exchange.");
    if (inside && line.starts_with("enabled = true")) ++out;
  }
  return out;
}

TEST(ShippedConfig, F28_EachBotStartsWithTheFilesAsTheyStand) {
  for (const auto& bot : bots)
    for (const bool demo : {false, true}) {
      app::Settings settings;
      EXPECT_EQ(problems_of(bot, demo, settings), "") << bot.name;
      EXPECT_EQ(settings.exchanges.size(), exchanges_on()) << "those whose blocks say so, no more and no fewer";
    }
}

TEST(ShippedConfig, AClosedExchangeCannotBeEnabled) {
  const test::TempFolder folder;
  const auto file = folder.path() / "layer.toml";
  std::ofstream(file) << "[exchange.bitmex]\nenabled = true\nrest_url = \"https://www.bitmex.com\"\n";
  auto document = config::Document::load({file}, {});
  app::Settings settings;
  app::bind(document, settings);
  EXPECT_NE(config::text_of(document.problems()).find("exchange closed 2026-09-23"), std::string::npos)
      << config::text_of(document.problems());
  EXPECT_FALSE(settings.exchanges.contains("bitmex"));
}

TEST(ShippedConfig, TheWeeklyReportIsDueInTheZoneOfTheGates) {
  const auto bound = [](const std::string& text, app::Settings& settings) {
    auto document = config::Document::parse({{"layer.toml", text}}, {});
    app::bind(document, settings);
    return config::text_of(document.problems());
  };
  app::Settings settings;
  EXPECT_EQ(bound("[gates]\ntime_zone = \"Europe/Berlin\"\n[report]\nweekday = \"sunday\"\nhour = 20\n", settings), "");
  EXPECT_TRUE(settings.report.enabled);
  const auto sunday = base::from_ms(1'795'374'000'000);  // 2026-11-22 19:00 UTC
  EXPECT_EQ(settings.report.times.newest(sunday).to, sunday);
  EXPECT_NE(bound("[gates]\ntime_zone = \"Mars\"\n", settings).find("layer.toml:2:1: gates.time_zone: no time zone"),
            std::string::npos)
      << bound("[gates]\ntime_zone = \"Mars\"\n", settings);
  EXPECT_NE(bound("[report]\nweekday = \"mon\"\n", settings).find("\"monday\", \"tuesday\""), std::string::npos);
  EXPECT_NE(bound("[report]\nhour = 24\n", settings), "");
}

/// The files' commented examples ("# [watch.symbol.BTC]" and the keys below it) as a file of their own.
std::string examples_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# [")) inside = true;
    if (!line.starts_with("# ")) inside = false;
    if (inside) out += line.substr(2) + "\n";
  }
  return out;
}

TEST(ShippedConfig, TheExamplesInCommentsAreTakenToo) {
  const test::TempFolder folder;
  for (const auto& bot : bots) {
    std::vector<std::filesystem::path> files;
    for (const auto& name : {std::string("common"), std::string(bot.name)}) {
      const auto examples = examples_of(config_dir / (name + ".toml"));
      EXPECT_NE(examples.find("[watch.symbol."), std::string::npos) << name;
      files.push_back(folder.path() / (name + ".toml"));
      std::ofstream(files.back()) << examples;
    }
    auto document = config::Document::load(files, {});
    app::Settings settings;
    app::bind(document, settings);
    bot.make()->bind(document);
    EXPECT_EQ(config::text_of(document.problems()).find("watch.symbol"), std::string::npos)
        << config::text_of(document.problems());
    EXPECT_FALSE(settings.cooldown_by_symbol.empty());
  }
}

TEST(ShippedConfig, RL2_EveryLimitGivesEachBotAPlan) {
  app::Settings settings;
  ASSERT_EQ(problems_of(bots[0], false, settings), "");
  for (const auto& [exchange, one] : settings.exchanges)
    for (const auto& [name, limit] : one.limits)
      for (const auto& [bot, share] : settings.guard.shares) {
        guard::DocumentedLimit documented;
        documented.units = limit.units;
        documented.per = limit.per;
        documented.undivided = limit.undivided;
        const auto plan = guard::plan_limit(exchange + " " + name, documented, share, settings.guard.headroom);
        EXPECT_TRUE(plan) << (plan ? "" : plan.error().text()) << " for " << bot;
      }
}

TEST(ShippedConfig, EveryCostThatIsAskedNamesALimitOfItsExchangeAndFitsItsBurst) {
  app::Settings settings;
  ASSERT_EQ(problems_of(bots[0], false, settings), "");
  exchange::Want want;
  want.symbols = {"BTCUSDT"};
  want.from = base::from_ms(1'767'225'600'000);
  want.to = *want.from + std::chrono::hours{24};
  using market::Topic;
  for (const auto& [name, one] : settings.exchanges) {
    const auto description = exchange::make_exchange(name, one);
    for (const auto topic : {Topic::instruments, Topic::funding, Topic::funding_intervals, Topic::funding_history,
                             Topic::open_interest, Topic::tickers, Topic::candles})
      for (const auto& ask : description->asks(topic, want))
        for (const auto& cost : ask.costs) {
          const auto limit = one.limits.find(cost.limit);
          ASSERT_NE(limit, one.limits.end()) << name << " " << ask.endpoint << " costs of " << cost.limit;
          guard::DocumentedLimit documented;
          documented.units = limit->second.units;
          documented.per = limit->second.per;
          documented.undivided = limit->second.undivided;
          const auto plan = guard::plan_limit(name, documented, 0.2, settings.guard.headroom);
          ASSERT_TRUE(plan);
          EXPECT_LE(cost.units, plan.value().burst) << name << " " << ask.endpoint << ": it would never be let out";
        }
  }
}

}  // namespace shipped_config_test
