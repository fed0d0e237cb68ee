#include "bots/volume/profile.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "bots/volume/direction.hpp"
#include "bots/volume/hour_atr.hpp"
#include "bots/volume/message.hpp"

namespace profile_test {

using namespace std::chrono_literals;
using desk::Direction;
using volume::Profile;
using volume::ProfileView;
using volume::Step;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC

/// Volume at three prices: much at 100, some at 98, some at 103, and as good as nothing between, least above.
Profile three_prices() {
  Profile profile;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    const double price = minute % 10 < 6 ? 100 : minute % 10 < 8 ? 98 : 103;
    profile.add(start + minute * 1min, price * 0.9995, price * 1.0005, 1'000);
    profile.add(start + minute * 1min, 97.5, 103.5, 20);
    profile.add(start + minute * 1min, 97.9, 100, 5);
  }
  return profile;
}

TEST(VolumeProfile, SIG43_FindsTheBusiestPriceAndSeventyPercent) {
  const auto view = three_prices().view(start + 24h - 1min);
  ASSERT_TRUE(view);
  EXPECT_NEAR(view->busiest, 100, 0.15);
  EXPECT_TRUE(view->value.holds(100));
  EXPECT_TRUE(view->value.holds(98.1)) << "60 % are at 100: it needs a second one";
  EXPECT_FALSE(view->value.holds(103));
  EXPECT_NEAR(view->value.low, 98, 0.2);
  EXPECT_NEAR(view->value.high, 100, 0.4);
}

TEST(VolumeProfile, SIG43_NamesMuchAndLittleTradedPrices) {
  const auto view = three_prices().view(start + 24h - 1min);
  ASSERT_EQ(view->high_nodes.size(), 3U);
  EXPECT_TRUE(view->high_nodes[0].holds(98));
  EXPECT_TRUE(view->high_nodes[1].holds(100));
  EXPECT_TRUE(view->high_nodes[2].holds(103));
  ASSERT_EQ(view->low_nodes.size(), 2U);
  EXPECT_TRUE(view->low_nodes[0].holds(99));
  EXPECT_TRUE(view->low_nodes[1].holds(101.5));
}

TEST(VolumeProfile, SIG43_HoldsTheLastDayOnly) {
  Profile profile;
  for (int minute = 0; minute < 120; ++minute) profile.add(start + minute * 1min, 99.9, 100.1, 1e6);
  for (int hour = 2; hour < 24; ++hour) profile.add(start + hour * 1h, 109.9, 110.1, 1'000);
  EXPECT_NEAR(profile.view(start + 23h)->busiest, 100, 0.2);
  EXPECT_NEAR(profile.view(start + 24h)->busiest, 100, 0.2) << "the second hour is 23 h old";
  EXPECT_NEAR(profile.view(start + 25h)->busiest, 110, 0.2);
  profile.add(start + 24h, 109.9, 110.1, 1'000);  // takes the first hour's place
  profile.add(start, 99.9, 100.1, 1e9);
  EXPECT_NEAR(profile.view(start + 25h)->busiest, 110, 0.2) << "what is older than a day changes nothing";
  EXPECT_FALSE(profile.view(start + 80h));
}

TEST(VolumeProfile, SIG43_IsUnknownBeforeTwoHours) {
  Profile profile;
  EXPECT_FALSE(profile.view(start));
  for (int minute = 0; minute < 60; ++minute) profile.add(start + minute * 1min, 99, 101, 1'000);
  EXPECT_FALSE(profile.view(start + 59min));
  profile.add(start + 60min, 99, 101, 1'000);
  EXPECT_TRUE(profile.view(start + 60min));
}

/// Every volume that was added is in some bin, whatever the price does and however often an hour's bins are made wider.
TEST(VolumeProfile, SIG43_LosesNothingOfWildHours) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 1);
  for (const double price_unit : {1e-8, 1.0, 1e6}) {
    Profile profile;
    double price = price_unit;
    double low = price, high = price;
    for (int minute = 0; minute < 1'440; ++minute) {
      const double next = price * std::exp(0.03 * normal(random));
      profile.add(start + minute * 1min, std::min(price, next), std::max(price, next), 1'000);
      low = std::min(low, next);
      high = std::max(high, next);
      price = next;
    }
    const auto view = profile.view(start + 1'439min);
    ASSERT_TRUE(view);
    EXPECT_GE(view->value.low, low * 0.9);
    EXPECT_LE(view->value.high, high * 1.1);
    EXPECT_TRUE(view->value.holds(view->busiest));
  }
}

TEST(VolumeProfile, ImpossibleBarsChangeNothing) {
  auto profile = three_prices();
  const auto before = profile.save();
  for (const double bad : {std::nan(""), -1.0, 0.0, HUGE_VAL}) {
    profile.add(start + 23h, 100, 101, bad);
    profile.add(start + 23h, bad, 101, 5);
    profile.add(start + 23h, 100, std::isfinite(bad) ? 99 : bad, 5);
  }
  profile.add(start + 23h, 1e-300, 1e300, 5);
  EXPECT_EQ(profile.save(), before);
}

TEST(VolumeProfile, SIG43_SurvivesAStoreInLessThanAKilobyte) {
  const auto profile = three_prices();
  const auto blob = profile.save();
  EXPECT_LE(blob.size(), 1'000U);
  const auto restored = Profile::load(blob);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->save(), blob);
  const auto a = profile.view(start + 24h), b = restored->view(start + 24h);
  EXPECT_DOUBLE_EQ(a->busiest, b->busiest);
  EXPECT_DOUBLE_EQ(a->value.low, b->value.low);
  for (std::size_t at = 0; at < blob.size(); at += 7) {
    std::string bad = blob;
    bad[at] = static_cast<char>(bad[at] ^ 0x11);
    EXPECT_FALSE(Profile::load(bad));
    EXPECT_FALSE(Profile::load(std::string_view(blob).substr(0, at)));
  }
}

ProfileView day() {
  ProfileView view;
  view.busiest = 100;
  view.value = {98, 102};
  view.high_nodes = {{99, 101}, {105, 106}};
  view.low_nodes = {{103, 104}};
  return view;
}

TEST(ProfileLook, SIG43_SaysWhetherThePriceLeavesOrReturns) {
  const auto view = day();
  EXPECT_EQ(volume::step_of(view, 100, 101), Step::inside);
  EXPECT_EQ(volume::step_of(view, 100, 102), Step::inside) << "the edge belongs to it";
  EXPECT_EQ(volume::step_of(view, 100, 102.1), Step::breaks_up);
  EXPECT_EQ(volume::step_of(view, 97, 103), Step::breaks_up) << "through all of it";
  EXPECT_EQ(volume::step_of(view, 100, 97.9), Step::breaks_down);
  EXPECT_EQ(volume::step_of(view, 103, 97), Step::breaks_down);
  EXPECT_EQ(volume::step_of(view, 103, 101), Step::returns);
  EXPECT_EQ(volume::step_of(view, 97, 99), Step::returns);
  EXPECT_EQ(volume::step_of(view, 103, 104), Step::outside);
  EXPECT_EQ(volume::step_of(view, 97, 96), Step::outside);
  const auto leaves = volume::look_at(view, 100, 103.5);
  EXPECT_TRUE(leaves.leaves && leaves.leaves->low == 99);
  EXPECT_FALSE(leaves.reaches);
  EXPECT_TRUE(leaves.thin && leaves.thin->low == 103);
  const auto reaches = volume::look_at(view, 103.5, 105.5);
  EXPECT_FALSE(reaches.leaves);
  EXPECT_TRUE(reaches.reaches && reaches.reaches->low == 105);
  EXPECT_FALSE(volume::look_at(view, 99.5, 100.5).leaves) << "it stays in it";
}

TEST(VolumeDirection, SIG45_FollowsABreakWithFlowAndElsePointsNowhere) {
  struct Row {
    double open, close;
    std::optional<double> taker;
    Direction way;
  };
  for (const Row& row : {Row{100, 103, 0.601, Direction::long_side}, Row{100, 103, 0.599, Direction::none},
                         Row{100, 103, 0.40, Direction::none}, Row{100, 103, std::nullopt, Direction::none},
                         Row{100, 97, 0.399, Direction::short_side}, Row{100, 97, 0.401, Direction::none},
                         Row{100, 97, 0.60, Direction::none}, Row{100, 101, 0.90, Direction::none},
                         Row{103, 104, 0.90, Direction::none}, Row{103, 101, 0.10, Direction::none}}) {
    volume::Measure m;
    m.open = row.open;
    m.close = row.close;
    m.taker_buy_share = row.taker;
    EXPECT_EQ(volume::direction_of(m, volume::look_at(day(), row.open, row.close), {}), row.way)
        << row.open << " to " << row.close;
    EXPECT_EQ(volume::direction_of(m, std::nullopt, {}), Direction::none) << "no profile";
  }
}

TEST(VolumeDirection, SIG45_ItsFactorsAreScoredForTheDirection) {
  volume::Measure m;
  m.open = 100;
  m.close = 103.5;
  m.taker_buy_share = 0.625;
  auto found = volume::factors(m, volume::look_at(day(), 100, 103.5), Direction::long_side, 1.0);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_DOUBLE_EQ(*found[0].score, 0.5);
  EXPECT_DOUBLE_EQ(*found[1].score, 0.5) << "1.5 ATR of 3";
  EXPECT_DOUBLE_EQ(*found[2].score, 1) << "little was traded here";
  m.close = 105.5;
  found = volume::factors(m, volume::look_at(day(), 100, 105.5), Direction::long_side, std::nullopt);
  EXPECT_FALSE(found[1].score);
  EXPECT_DOUBLE_EQ(*found[2].score, -1) << "much was traded here";
  m.close = 95;
  m.taker_buy_share = 0.25;
  found = volume::factors(m, volume::look_at(day(), 100, 95), Direction::short_side, 1.0);
  EXPECT_DOUBLE_EQ(*found[0].score, 1);
  EXPECT_DOUBLE_EQ(*found[1].score, 1) << "three ATR below";
  EXPECT_DOUBLE_EQ(*found[2].score, 0);
}

/// One hour of bars between 99 and 102.
void add_hour(volume::HourAtr& atr, int hour, int minutes = 60) {
  for (int minute = 0; minute < minutes; ++minute)
    atr.add_bar(start + hour * 1h + minute * 1min, 1min, minute == 7 ? 102 : 100.1, minute == 9 ? 99 : 99.9, 100);
}

TEST(HourAtr, IsOfFourteenHoursPutTogetherFromMinutes) {
  volume::HourAtr atr;
  for (int hour = 0; hour < 14; ++hour) add_hour(atr, hour);
  EXPECT_FALSE(atr.value()) << "the fourteenth may not be over";
  add_hour(atr, 14, 1);
  ASSERT_TRUE(atr.value());
  EXPECT_DOUBLE_EQ(*atr.value(), 3);
}

TEST(HourAtr, WholeHoursCountAndWhatIsKnownAlreadyDoesNot) {
  volume::HourAtr atr;
  for (int hour = 0; hour < 14; ++hour) atr.add_hour(start + hour * 1h, 104, 100, 102);
  EXPECT_DOUBLE_EQ(*atr.value(), 4);
  const auto before = atr.save();
  atr.add_hour(start + 13 * 1h, 200, 100, 102);
  EXPECT_EQ(atr.save(), before);
  add_hour(atr, 12);
  add_hour(atr, 13);
  add_hour(atr, 14, 1);
  EXPECT_DOUBLE_EQ(*atr.value(), 4) << "their hours are in it";
  add_hour(atr, 15, 1);
  EXPECT_DOUBLE_EQ(*atr.value(), 4) << "an hour of one minute is no hour";
}

TEST(HourAtr, SurvivesAStore) {
  volume::HourAtr atr;
  for (int hour = 0; hour < 14; ++hour) add_hour(atr, hour);
  auto restored = volume::HourAtr::load(atr.save());
  ASSERT_TRUE(restored);
  add_hour(*restored, 14, 1);
  EXPECT_DOUBLE_EQ(*restored->value(), 3) << "the half that was known of the last hour too";
  EXPECT_FALSE(volume::HourAtr::load(atr.save().substr(3)));
}

}  // namespace profile_test
