// The files in config/ as they are shipped: TOML throughout, every exchange complete, every limit enough for each bot.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/config/document.hpp"

namespace shipped_test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

std::vector<std::filesystem::path> layers(std::initializer_list<const char*> names) {
  std::vector<std::filesystem::path> out;
  for (const auto* name : names) out.push_back(std::filesystem::path(PERPWATCH_CONFIG_DIR) / name);
  return out;
}

TEST(ShippedConfig, EveryLayerIsToml) {
  for (const auto* bot : {"liquidation.toml", "funding.toml", "volume.toml"}) {
    const auto document = config::Document::load(layers({"common.toml", bot, "demo.toml"}), {});
    for (const auto& problem : document.problems()) {
      EXPECT_THAT(problem.found, StartsWith("unknown section")) << problem.text();  // nothing is bound here
    }
  }
}

TEST(ShippedConfig, EveryExchangeHasItsAddressesAndItsLimitsWithTheirSources) {
  auto document = config::Document::load(layers({"common.toml"}), {});
  auto exchanges = document.section("exchange");
  EXPECT_THAT(exchanges.names(), Not(IsEmpty()));
  for (const auto& name : exchanges.names()) {
    auto one = exchanges.sub(name);
    bool enabled = false;
    std::string rest_url, proxy = "unset", stream_url = "wss://unset";
    one.read("enabled", enabled, "ask it");
    if (!enabled) proxy.clear();  // need not be said
    std::string unit;
    one.read("liquidation_unit", unit, "what a liquidation's size counts");
    one.read_url("rest_url", rest_url, config::UrlKind::https, "REST");
    one.read_url("proxy", proxy, config::UrlKind::proxy, "proxy");
    EXPECT_THAT(rest_url, StartsWith("https://")) << name;
    if (enabled) {
      EXPECT_EQ(proxy, "") << name;
    }
    auto streams = one.sub("stream_urls");
    EXPECT_TRUE(!enabled || !streams.names().empty()) << name;
    for (const auto& door : streams.names()) streams.read_url(door, stream_url, config::UrlKind::wss, "stream");
    auto limits = one.sub("limits");
    EXPECT_TRUE(!enabled || !limits.names().empty()) << name;
    for (const auto& limit : limits.names()) {
      std::int64_t units = 1;
      base::Millis per{1'000};
      std::string source, usage_header;
      bool undivided = false;
      auto section = limits.sub(limit);
      section.read("units", units, {1, 100'000}, "units");
      section.read("per", per, {1s, 1h}, "window");
      section.read("source", source, "where it was read");
      section.read("undivided", undivided, "too small for shares");
      section.read("usage_header", usage_header, "what the exchange counts");
      EXPECT_THAT(source, Not(IsEmpty())) << name << " " << limit;
      EXPECT_GE(std::floor(static_cast<double>(units) * (undivided ? 1.0 : 0.2)), 1)
          << name << " " << limit << ": not one call a window";
    }
  }
  for (const auto& problem : document.problems())
    EXPECT_THAT(problem.found, StartsWith("unknown section")) << problem.text();
}

TEST(ShippedConfig, TheBotsTogetherStayWithinOneAddress) {
  auto document = config::Document::load(layers({"common.toml"}), {});
  auto share = document.section("limits").sub("share");
  double sum = 0;
  for (const auto& bot : share.names()) {
    double part = 1;
    share.read(bot, part, {0.01, 1}, "share");
    sum += part;
  }
  EXPECT_THAT(share.names(), ElementsAre("funding", "liquidation", "volume"));
  EXPECT_LE(sum, 1.0 + 1e-9);
}

}  // namespace shipped_test
