#include "common/desk/chart_spec.hpp"

#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chart_spec_test {
using desk::ChartSpec;
using desk::ReportSpec;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

ChartSpec chart() {
  ChartSpec spec;
  spec.title = "BTCUSDT · Binance";
  spec.subtitle = "Reversal \"setup\"";
  spec.footer = "Information, not advice";
  spec.direction = desk::Direction::short_side;
  spec.bar = 1min;
  spec.tick_size = 0.1;
  spec.candles = {{noon, 100, 102, 99, 101, 5'000.5}, {noon + 3min, 101, 101, 98.5, 99, std::nullopt}};
  spec.liquidations = {{noon + 1min, 12'000, 0}, {noon + 2min, 0, 700.25}};
  spec.entry = 99;
  spec.stop = 103.5;
  spec.tp1 = 92.25;
  spec.tp2 = 85.5;
  spec.event_at = noon + 4min;
  return spec;
}

ReportSpec report() {
  ReportSpec spec;
  spec.title = "Week 47";
  spec.lines = {{"all", {{noon, 1.5}, {noon + 24h, -0.5}}}, {"volume spike", {{noon, 1.5}}}};
  spec.placebo = {{noon, -1, 1}, {noon + 24h, -2, 2}};
  return spec;
}

TEST(ChartSpec, ComesBackFromItsJsonAsItWas) {
  const auto text = to_json(chart());
  const auto back = desk::picture_from_json(text);
  ASSERT_TRUE(back) << back.error().text();
  const auto& spec = std::get<ChartSpec>(back.value());
  EXPECT_EQ(to_json(spec), text);
  EXPECT_EQ(spec.subtitle, "Reversal \"setup\"");
  EXPECT_EQ(spec.direction, desk::Direction::short_side);
  EXPECT_EQ(spec.bar, 1min);
  ASSERT_EQ(spec.candles.size(), 2U);
  EXPECT_EQ(spec.candles[0].opened_at, noon);
  EXPECT_EQ(spec.candles[0].open, 100);
  EXPECT_EQ(spec.candles[0].high, 102);
  EXPECT_EQ(spec.candles[0].low, 99);
  EXPECT_EQ(spec.candles[0].close, 101);
  EXPECT_EQ(spec.candles[0].volume_usd, 5'000.5);
  EXPECT_EQ(spec.candles[1].volume_usd, std::nullopt);
  ASSERT_EQ(spec.liquidations.size(), 2U);
  EXPECT_EQ(spec.liquidations[0].long_usd, 12'000);
  EXPECT_EQ(spec.liquidations[1].short_usd, 700.25);
  EXPECT_EQ(spec.tick_size, 0.1);
  EXPECT_EQ(spec.entry, 99);
  EXPECT_EQ(spec.stop, 103.5);
  EXPECT_EQ(spec.tp1, 92.25);
  EXPECT_EQ(spec.tp2, 85.5);
  EXPECT_EQ(spec.event_at, noon + 4min);
}

TEST(ChartSpec, WhatIsAbsentStaysAbsent) {
  ChartSpec spec;
  spec.bar = 5min;
  spec.candles = {{noon, 1, 1, 1, 1, std::nullopt}};
  const auto back = desk::picture_from_json(to_json(spec));
  ASSERT_TRUE(back) << back.error().text();
  const auto& read = std::get<ChartSpec>(back.value());
  EXPECT_FALSE(read.entry || read.stop || read.tp1 || read.tp2 || read.event_at || read.tick_size);
  EXPECT_EQ(read.direction, desk::Direction::none);
}

TEST(ReportSpec, ComesBackFromItsJsonAsItWas) {
  const auto text = to_json(report());
  const auto back = desk::picture_from_json(text);
  ASSERT_TRUE(back) << back.error().text();
  const auto& spec = std::get<ReportSpec>(back.value());
  EXPECT_EQ(to_json(spec), text);
  ASSERT_EQ(spec.lines.size(), 2U);
  EXPECT_EQ(spec.lines[0].name, "all");
  EXPECT_EQ(spec.lines[0].points[1].at, noon + 24h);
  EXPECT_EQ(spec.lines[0].points[1].r, -0.5);
  EXPECT_EQ(spec.placebo[1].low_r, -2);
  EXPECT_EQ(spec.placebo[1].high_r, 2);
}

struct BadChart {
  const char* what;
  std::function<void(ChartSpec&)> spoil;
};

TEST(ChartSpec, WhatCannotBeDrawnIsRefused) {
  const double none = std::nan("");
  const std::vector<BadChart> cases{
      {"no candle", [](ChartSpec& s) { s.candles.clear(); }},
      {"too many candles",
       [](ChartSpec& s) {
         for (int i = 0; i < 400; ++i) s.candles.push_back({noon + 1h + i * 1min, 1, 1, 1, 1, {}});
       }},
      {"a bar of no length", [](ChartSpec& s) { s.bar = 0ms; }},
      {"a bar of a month", [](ChartSpec& s) { s.bar = 24h * 30; }},
      {"a low above the open", [](ChartSpec& s) { s.candles[0].low = 100.5; }},
      {"a high below the close", [](ChartSpec& s) { s.candles[0].high = 100.5; }},
      {"a price of nothing", [](ChartSpec& s) { s.candles[0].low = 0; }},
      {"a price that is no number", [=](ChartSpec& s) { s.candles[0].close = none; }},
      {"a negative volume", [](ChartSpec& s) { s.candles[0].volume_usd = -1; }},
      {"candles out of order", [](ChartSpec& s) { s.candles[1].opened_at = noon; }},
      {"candles years apart", [](ChartSpec& s) { s.candles[1].opened_at = noon + 24h * 900; }},
      {"a time before all markets", [](ChartSpec& s) { s.candles[0].opened_at = base::from_ms(0); }},
      {"negative liquidations", [](ChartSpec& s) { s.liquidations[0].long_usd = -5; }},
      {"a stop below nothing", [](ChartSpec& s) { s.stop = -3; }},
      {"a target without end", [](ChartSpec& s) { s.tp2 = std::numeric_limits<double>::infinity(); }},
      {"a tick of nothing", [](ChartSpec& s) { s.tick_size = 0; }},
      {"a novel as title", [](ChartSpec& s) { s.title = std::string(161, 'x'); }},
      {"two lines", [](ChartSpec& s) { s.footer = "a\nb"; }},
      {"no UTF-8", [](ChartSpec& s) { s.title = "\xC3"; }},
  };
  ASSERT_TRUE(check(chart()));
  for (const auto& one : cases) {
    auto spec = chart();
    one.spoil(spec);
    EXPECT_FALSE(check(spec)) << one.what;
  }
}

TEST(ReportSpec, WhatCannotBeDrawnIsRefused) {
  const std::vector<std::pair<const char*, std::function<void(ReportSpec&)>>> cases{
      {"no line", [](ReportSpec& s) { s.lines.clear(); }},
      {"six lines", [](ReportSpec& s) { s.lines.resize(6, s.lines[0]); }},
      {"a line without points", [](ReportSpec& s) { s.lines[1].points.clear(); }},
      {"points out of order", [](ReportSpec& s) { s.lines[0].points[1].at = noon; }},
      {"no number", [](ReportSpec& s) { s.lines[0].points[0].r = std::nan(""); }},
      {"a band upside down", [](ReportSpec& s) { s.placebo[0].low_r = 2; }},
      {"a band out of order", [](ReportSpec& s) { s.placebo[1].at = noon - 1h; }},
  };
  ASSERT_TRUE(check(report()));
  for (const auto& [what, spoil] : cases) {
    auto spec = report();
    spoil(spec);
    EXPECT_FALSE(check(spec)) << what;
  }
}

TEST(PictureJson, RubbishIsRefused) {
  const auto spoilt = [](const std::function<void(json&)>& spoil) {
    auto object = json::parse(to_json(chart()));
    spoil(object);
    return object.dump();
  };
  const std::vector<std::string> cases{
      "",
      "null",
      "[1,2]",
      "{",
      "{}",
      R"({"picture":"painting"})",
      R"({"picture":"report"})",
      R"({"picture":"report","lines":[5]})",
      std::string(300'000, '['),
      std::string(desk::picture_json_max + 1, ' '),
      spoilt([](json& o) { o["stopp"] = 3; }),
      spoilt([](json& o) { o["stop"] = "3"; }),
      spoilt([](json& o) { o["direction"] = "up"; }),
      spoilt([](json& o) { o["title"] = 5; }),
      spoilt([](json& o) { o["bar_ms"] = 60'000.5; }),
      spoilt([](json& o) { o["candles"] = "many"; }),
      spoilt([](json& o) {
        o["candles"][0] = {1, 2};
      }),
      spoilt([](json& o) { o["candles"][0][3] = nullptr; }),
      spoilt([](json& o) { o["candles"][0][0] = 18'446'744'073'709'551'615U; }),
      spoilt([](json& o) { o["event_ms"] = 1.5; }),
      spoilt([](json& o) { o["liquidations"][0][2] = "x"; }),
  };
  for (const auto& text : cases) {
    const auto read = desk::picture_from_json(text);
    EXPECT_FALSE(read) << text.substr(0, 200);
    EXPECT_EQ(read.has_value() ? "" : read.error().place, "picture");
  }
  EXPECT_TRUE(desk::picture_from_json(spoilt([](json&) {})));
}

TEST(PictureJson, TheLargestPictureFits) {
  auto spec = chart();
  spec.candles.clear();
  for (int i = 0; i < static_cast<int>(desk::chart_candles_max); ++i) {
    const double price = 0.00001234567890123 * (1 + i);
    spec.candles.push_back({noon + i * 1min, price, price, price, price, 123'456.789012345});
    spec.liquidations.push_back({noon + i * 1min, 1'234'567.890123, 7'654'321.0987654});
  }
  spec.liquidations.resize(desk::chart_candles_max);
  EXPECT_TRUE(desk::picture_from_json(to_json(spec)));
  ReportSpec most = report();
  most.lines.assign(desk::report_lines_max, {"a rule's name", {}});
  for (auto& line : most.lines)
    for (int i = 0; i < static_cast<int>(desk::report_points_max); ++i)
      line.points.push_back({noon + i * 1min, -1.0 / 3 * (i + 1)});
  EXPECT_TRUE(desk::picture_from_json(to_json(most)));
}

}  // namespace chart_spec_test
