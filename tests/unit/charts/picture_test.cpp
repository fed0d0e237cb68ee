// What must be seen on a picture, found by its colours. No bytes are compared with a stored picture: a new font would
// change them all.
#include <array>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>
#include <png.h>

#include "charts/pictures.hpp"
#include "charts/style.hpp"

namespace picture_test {
using charts::Color;
using charts::Fonts;
using desk::ChartSpec;
using desk::ReportSpec;
using namespace std::chrono_literals;
namespace style = charts::style;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

class Pixels {
 public:
  explicit Pixels(const std::string& png) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) throw std::runtime_error(image.message);
    image.format = PNG_FORMAT_RGB;
    bytes_.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, bytes_.data(), 0, nullptr) == 0) throw std::runtime_error(image.message);
    width = static_cast<int>(image.width);
    height = static_cast<int>(image.height);
  }
  [[nodiscard]] bool is(int x, int y, Color color) const {
    const auto at = static_cast<std::size_t>(y * width + x) * 3;
    const std::array wanted{color.red, color.green, color.blue};
    for (std::size_t i = 0; i < 3; ++i)
      if (std::abs(bytes_[at + i] - static_cast<int>(std::lround(wanted[i] * 255))) > 1) return false;
    return true;
  }
  [[nodiscard]] int count(Color color, int left, int right, int top = 0, int bottom = 720) const {
    int out = 0;
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) out += is(x, y, color) ? 1 : 0;
    return out;
  }
  /// Top and bottom of each stretch of this colour down the column, at least so high.
  [[nodiscard]] std::vector<std::pair<int, int>> stretches(Color color, int x, int least) const {
    std::vector<std::pair<int, int>> out;
    for (int y = 0; y < height; ++y) {
      int end = y;
      while (end < height && is(x, end, color)) ++end;
      if (end - y >= least) out.emplace_back(y, end);
      y = end;
    }
    return out;
  }
  /// The row with the most of this colour between two columns; -1: none has any.
  [[nodiscard]] int row_of(Color color, int left, int right) const {
    int best = -1, most = 0;
    for (int y = 0; y < height; ++y) {
      const int found = count(color, left, right, y, y + 1);
      if (found > most) most = found, best = y;
    }
    return best;
  }
  int width{}, height{};

 private:
  std::vector<unsigned char> bytes_;
};

const Fonts& fonts() {
  static const auto loaded = Fonts::load(Fonts::folder);
  return loaded.value();
}

template <class Spec>
Pixels drawn(const Spec& spec) {
  const auto fine = check(spec);
  EXPECT_TRUE(fine) << fine.error().text();
  return Pixels(charts::draw(spec, fonts()).value());
}

/// Ninety bars that swing around 100 by one.
ChartSpec chart() {
  ChartSpec spec;
  spec.title = "BTCUSDT · Binance";
  spec.subtitle = "1 m candles";
  spec.footer = "Information, not advice";
  spec.bar = 1min;
  spec.tick_size = 0.01;
  for (int i = 0; i < 90; ++i) {
    const double open = 100 + std::sin(i * 0.7), close = 100 + std::sin(i * 0.7 + 0.7);
    spec.candles.push_back(
        {noon + i * 1min, open, std::max(open, close) + 0.1, std::min(open, close) - 0.1, close, {}});
  }
  spec.event_at = noon + 90min;
  return spec;
}

ChartSpec planned(double entry, double stop, double tp1, double tp2) {
  auto spec = chart();
  spec.direction = tp1 > entry ? desk::Direction::long_side : desk::Direction::short_side;
  spec.entry = entry;
  spec.stop = stop;
  spec.tp1 = tp1;
  spec.tp2 = tp2;
  return spec;
}

/// A column through the left of the pills, before their words: where the widest label starts differs from picture to
/// picture.
int pill_column(const Pixels& picture, Color color) {
  for (int x = 500; x < picture.width; ++x)
    for (const auto& [top, bottom] : picture.stretches(color, x, 36))
      if (bottom - top < 46 && top > 100) return x + 8;
  return -1;
}

int left_of_plot(const Pixels& picture) {
  for (int x = 0; x < picture.width; ++x)
    if (!picture.is(x, 605, style::ground)) return x;  // where the line below the panels begins
  return -1;
}

/// How many words stand one above the other left of the plot.
int words_on_the_axis(const Pixels& picture) {
  int out = 0, since = 100;
  for (int y = 110; y < 606; ++y, ++since) {
    if (picture.count(style::soft, 0, left_of_plot(picture) - 8, y, y + 1) == 0) continue;
    if (since > 10) ++out;
    since = 0;
  }
  return out;
}

TEST(SignalPicture, IsOfOneSizeAndTheSameBytesTwice) {
  const auto spec = planned(100, 99, 101.5, 103);
  const auto once = charts::draw(spec, fonts());
  const auto fresh = Fonts::load(Fonts::folder);
  EXPECT_EQ(once.value(), charts::draw(spec, fresh.value()).value());
  const Pixels picture(once.value());
  EXPECT_EQ(picture.width, 1080);
  EXPECT_EQ(picture.height, 720);
  EXPECT_LT(once.value().size(), 60'000U);
}

TEST(SignalPicture, BringsItsOwnDarkGround) {
  const auto picture = drawn(chart());
  for (const auto& [x, y] : {std::pair(0, 0), {1079, 0}, {0, 719}, {1079, 719}})
    EXPECT_TRUE(picture.is(x, y, style::ground));
}

TEST(SignalPicture, ALongHasItsTargetsAboveTheEntryAndTheStopBelow) {
  const auto picture = drawn(planned(100, 99, 101.5, 103));
  const int entry = picture.row_of(style::entry, 400, 820);
  const int stop = picture.row_of(style::down, 660, 820);
  const int target = picture.row_of(style::up, 660, 820);
  ASSERT_GT(entry, 0);
  ASSERT_GT(stop, 0);
  ASSERT_GT(target, 0);
  EXPECT_LT(target, entry);
  EXPECT_LT(entry, stop);
  EXPECT_NEAR((entry - target) / static_cast<double>(stop - entry), 3, 0.1);  // the second target is three risks away
}

TEST(SignalPicture, AShortIsTheOtherWayRound) {
  const auto picture = drawn(planned(100, 101, 98.5, 97));
  const int entry = picture.row_of(style::entry, 400, 820);
  EXPECT_LT(picture.row_of(style::down, 660, 820), entry);
  EXPECT_GT(picture.row_of(style::up, 660, 820), entry);
}

TEST(SignalPicture, SaysTheDirectionInItsColour) {
  const auto chip = [](const Pixels& picture, Color color) { return picture.count(color, 800, 1080, 20, 80); };
  const auto rising = drawn(planned(100, 99, 101.5, 103));
  EXPECT_GT(chip(rising, style::up), 2'000);
  EXPECT_EQ(chip(rising, style::down), 0);
  const auto falling = drawn(planned(100, 101, 98.5, 97));
  EXPECT_GT(chip(falling, style::down), 2'000);
  const auto none = drawn(chart());
  EXPECT_EQ(chip(none, style::up) + chip(none, style::down), 0);
}

TEST(SignalPicture, MarksTheMomentOfTheDecision) {
  const auto column = [](const Pixels& picture) {
    int best = -1, most = 100;
    for (int x = 0; x < picture.width; ++x) {
      const int found = picture.count(style::event, x, x + 1, 138, 600);
      if (found > most) most = found, best = x;
    }
    return best;
  };
  auto spec = planned(100, 99, 101.5, 103);
  const int late = column(drawn(spec));
  ASSERT_GT(late, 0);
  spec.event_at = noon + 45min;
  const int early = column(drawn(spec));
  ASSERT_GT(early, 0);
  const int left = left_of_plot(drawn(spec));
  EXPECT_NEAR((early - left) / static_cast<double>(late - left), 0.5, 0.02);  // half of the ninety bars
  spec.event_at.reset();
  EXPECT_EQ(column(drawn(spec)), -1);
}

TEST(SignalPicture, PricesStandLeftOfThePlotWhereNoLabelCoversThem) {
  EXPECT_GE(words_on_the_axis(drawn(chart())), 4);
  EXPECT_GE(words_on_the_axis(drawn(planned(100, 99, 101.5, 103))), 4);
  auto loud = planned(100, 99, 101.5, 103);
  for (auto& candle : loud.candles) candle.volume_usd = 1'000;
  loud.liquidations = {{noon + 40min, 5'000, 2'000}};
  EXPECT_GE(words_on_the_axis(drawn(loud)), 3);
}

TEST(SignalPicture, LabelsOfLevelsThatLieTogetherDoNotCoverEachOther) {
  const auto picture = drawn(planned(100, 99.99, 100.01, 100.02));
  const int x = pill_column(picture, style::entry);
  ASSERT_GT(x, 0);
  auto pills = picture.stretches(style::up, x, 30);
  ASSERT_EQ(pills.size(), 2U);
  for (const auto color : {style::entry, style::down}) {
    const auto more = picture.stretches(color, x, 30);
    ASSERT_EQ(more.size(), 1U);
    pills.push_back(more.front());
  }
  for (std::size_t i = 1; i < pills.size(); ++i) EXPECT_GE(pills[i].first, pills[i - 1].second) << i;
  for (const auto& [top, bottom] : pills) EXPECT_NEAR(bottom - top, 42, 1);
}

TEST(SignalPicture, ALevelFarAwayLeavesTheCandlesTheirHeight) {
  const auto height = [](const Pixels& picture) {
    int top = 720, bottom = 0;
    for (int y = 130; y < 610; ++y)
      if (picture.count(style::up, 30, 600, y, y + 1) + picture.count(style::down, 30, 600, y, y + 1) > 0)
        top = std::min(top, y), bottom = y;
    return bottom - top;
  };
  EXPECT_GT(height(drawn(planned(100, 20, 220, 340))), 380);
  const auto far = drawn(planned(100, 20, 220, 340));
  EXPECT_EQ(far.count(style::down, 720, 780, 130, 610), 0);  // no line of a stop that is not there
  const int x = pill_column(far, style::entry);
  ASSERT_GT(x, 0);
  EXPECT_EQ(far.stretches(style::up, x, 30).size(), 2U);  // but their labels
  EXPECT_EQ(far.stretches(style::down, x, 30).size(), 1U);
}

TEST(SignalPicture, VolumeAndLiquidationsHavePanelsOnlyWhenThereAreAny) {
  const auto longs_below = [](const ChartSpec& spec) { return drawn(spec).count(style::down, 30, 600, 500, 606); };
  auto spec = chart();
  for (auto& candle : spec.candles) candle.open = candle.close = candle.low = 100, candle.high = 103;
  EXPECT_EQ(longs_below(spec), 0);
  spec.liquidations = {{noon + 40min, 5'000, 0}, {noon + 41min, 2'500, 0}};
  EXPECT_GT(longs_below(spec), 300);
  auto loud = chart();
  for (auto& candle : loud.candles) candle.volume_usd = 1'000;
  EXPECT_NE(charts::draw(loud, fonts()).value(), charts::draw(chart(), fonts()).value());
}

TEST(SignalPicture, ALiquidationOfTwiceTheSizeIsTwiceAsHigh) {
  auto spec = chart();
  spec.liquidations = {{noon + 20min, 8'000, 0}, {noon + 60min, 4'000, 0}};
  const auto picture = drawn(spec);
  std::vector<int> heights;
  for (int x = 28; x < 900; ++x) {
    const auto bars = picture.stretches(style::down, x, 20);
    for (const auto& [top, bottom] : bars)
      if (bottom > 530 && (heights.empty() || heights.back() != bottom - top)) heights.push_back(bottom - top);
  }
  ASSERT_EQ(heights.size(), 2U);
  EXPECT_NEAR(heights[0], 2 * heights[1], 2);
}

TEST(SignalPicture, MissingCandlesAreHatchedNotJoined) {
  auto spec = chart();
  const auto hatched = [](const ChartSpec& one) { return drawn(one).count(style::frame, 30, 900, 200, 590); };
  const int whole = hatched(spec);
  spec.candles.erase(spec.candles.begin() + 30, spec.candles.begin() + 50);
  EXPECT_GT(hatched(spec), whole + 500);
}

TEST(SignalPicture, TheOddestSpecsAreDrawn) {
  std::vector<ChartSpec> specs;
  auto one = chart();
  one.candles.resize(1);
  specs.push_back(one);
  auto still = chart();
  for (auto& candle : still.candles) candle.open = candle.high = candle.low = candle.close = 5;
  specs.push_back(still);
  for (const double scale : {1e-13, 1e12}) {
    auto scaled = planned(100 * scale, 99 * scale, 101 * scale, 102 * scale);
    scaled.tick_size.reset();
    for (auto& candle : scaled.candles)
      candle.open *= scale, candle.high *= scale, candle.low *= scale, candle.close *= scale;
    specs.push_back(scaled);
  }
  auto words = chart();
  words.title = std::string(160, 'W');
  words.subtitle = words.footer = "日本語 🔥 <b>&amp;</b>";
  specs.push_back(words);
  auto elsewhen = chart();
  elsewhen.event_at = noon + 24h * 300;
  specs.push_back(elsewhen);
  auto far = chart();
  far.candles.back().opened_at = noon + 1'999min;
  far.liquidations = {{noon - 24h * 300, 1, 1}};
  specs.push_back(far);
  for (const auto& spec : specs) EXPECT_EQ(drawn(spec).width, 1080);
}

ReportSpec report() {
  ReportSpec spec;
  spec.title = "Week 47";
  spec.lines = {{"all rules", {{noon, 1}, {noon + 24h, 4}, {noon + 48h, 2}}}, {"volume spike", {{noon, 1}}}};
  spec.placebo = {{noon, 0, 0}, {noon + 48h, -3, 3}};
  return spec;
}

TEST(ReportPicture, ShowsTheTotalTheDrawdownAndThePlacebo) {
  const auto picture = drawn(report());
  EXPECT_GT(picture.count(style::up, 850, 1080, 20, 80), 1'500);  // the sum is a gain
  const Color drawdown{style::down.red * 0.55 + style::ground.red * 0.45,
                       style::down.green * 0.55 + style::ground.green * 0.45,
                       style::down.blue * 0.55 + style::ground.blue * 0.45};
  EXPECT_EQ(picture.count(drawdown, 30, 440, 480, 606), 0);  // up to its highest point
  auto losing = report();
  losing.lines[0].points = {{noon, -1}, {noon + 48h, -3}};
  const auto loss = drawn(losing);
  EXPECT_GT(loss.count(style::down, 850, 1080, 20, 80), 1'500);
  EXPECT_GT(loss.count(drawdown, 40, 800, 480, 606), 5'000);
  auto bare = report();
  bare.placebo.clear();
  EXPECT_NE(charts::draw(bare, fonts()).value(), charts::draw(report(), fonts()).value());
}

TEST(ReportPicture, TheAxisSaysHowManyR) { EXPECT_GE(words_on_the_axis(drawn(report())), 3); }

TEST(ReportPicture, TheOddestSpecsAreDrawn) {
  auto one = report();
  one.lines = {{"", {{noon, 0}}}};
  one.placebo.clear();
  auto five = report();
  five.lines.assign(5, {std::string(160, 'W'), {{noon, 1e9}, {noon + 1ms, -1e9}}});
  for (const auto& spec : {one, five}) EXPECT_EQ(drawn(spec).height, 720);
}

TEST(Fonts, AMissingOneNamesItsPackage) {
  const auto none = Fonts::load("/nonexistent");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, base::ErrorKind::not_found);
  EXPECT_NE(none.error().remedy.find("fonts-dejavu-core"), std::string::npos);
}

double luminance(Color color) {
  const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

TEST(Style, EveryColourThatCarriesWordsReadsOnTheGround) {
  for (const auto color : {style::ink, style::soft, style::up, style::down, style::entry, style::event})
    EXPECT_GE((luminance(color) + 0.05) / (luminance(style::ground) + 0.05), 5);
}

}  // namespace picture_test
