#include "bots/funding/contract.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace contract_test {

using namespace std::chrono_literals;
using funding::History;
using std::chrono::minutes;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);
constexpr base::Millis month = 30 * 24h;

TEST(FundingMath, NormalisesToEightHoursAndToAYear) {
  EXPECT_DOUBLE_EQ(funding::to_r8(0.0001, 480min), 0.0001);
  EXPECT_DOUBLE_EQ(funding::to_r8(0.0001, 60min), 0.0008);
  EXPECT_NEAR(funding::to_apr(0.0001, 480min), 0.1095, 1e-12);
  EXPECT_NEAR(funding::to_apr(0.0001, 60min), 0.876, 1e-12);
}

TEST(FundingHistory, IsTheSameAfterItWasStored) {
  History history(month);
  for (int at = 0; at < 90; ++at)
    ASSERT_TRUE(history.add(start + at * 8h, 0.0001 * (at % 7), at % 2 == 0 ? std::optional(480min) : std::nullopt));
  History restored(month);
  ASSERT_TRUE(restored.restore(history.save()));
  EXPECT_EQ(restored.size(), 90U);
  EXPECT_EQ(restored.newest(), history.newest());
  EXPECT_EQ(restored.save(), history.save());
  EXPECT_EQ(restored.figures(std::nullopt).r8.mad, history.figures(std::nullopt).r8.mad);
  EXPECT_TRUE(restored.add(start + 90 * 8h, 0.0001, std::nullopt));
  EXPECT_FALSE(restored.add(start + 3 * 8h, 0.0001, std::nullopt)) << "known already";
}

TEST(FundingHistory, DamagedBytesAreRefusedWhole) {
  History history(month);
  for (int at = 0; at < 3; ++at) ASSERT_TRUE(history.add(start + at * 8h, 0.0001 * at, 480min));
  const std::string good = history.save();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    History restored(month);
    EXPECT_FALSE(restored.restore(bad)) << at;
    EXPECT_FALSE(restored.restore(good.substr(0, at))) << at;
    EXPECT_EQ(restored.size(), 0U);
  }
}

TEST(FundingHistory, IsTheSameInWhateverOrderItArrives) {
  std::vector<int> order(80);
  for (int at = 0; at < 80; ++at) order[static_cast<std::size_t>(at)] = at;
  std::mt19937_64 random(4);
  std::vector<std::pair<double, double>> seen;
  for (int round = 0; round < 5; ++round) {
    History history(month);
    for (const int at : order) EXPECT_TRUE(history.add(start + at * 8h, 0.0001 * at, std::nullopt));
    const auto figures = history.figures(std::nullopt);
    EXPECT_EQ(figures.settlements, 80U);
    seen.emplace_back(figures.r8.median, figures.r8.mad);
    if (round == 0)
      std::reverse(order.begin(), order.end());
    else
      std::shuffle(order.begin(), order.end(), random);
  }
  for (const auto& pair : seen) EXPECT_EQ(pair, seen.front());
  EXPECT_NEAR(seen[0].first, 0.00395, 1e-12);
}

TEST(FundingHistory, TakesTheIntervalFromTheSpacingAsItChanges) {
  History history(month);
  EXPECT_TRUE(history.add(start, 0.001, std::nullopt));
  EXPECT_TRUE(history.add(start + 8h, 0.001, std::nullopt));
  EXPECT_TRUE(history.add(start + 12h + 3s, 0.001, std::nullopt));  // now every 4 h, stamped late
  const auto last = history.last_before(start + 16h, 8h);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->interval, minutes(240));
  EXPECT_DOUBLE_EQ(last->r8, 0.002);
  EXPECT_DOUBLE_EQ(history.last_before(start + 12h, 8h)->r8, 0.001);
  EXPECT_FALSE(history.last_before(start, 8h));
}

TEST(FundingHistory, GivesTheNewestSettlementsInTheirOrder) {
  History history(month);
  for (int n = 0; n < 5; ++n) (void)history.add(start + n * 8h, 0.001 * (n + 1), std::nullopt);
  EXPECT_EQ(history.recent(3, start + 40h, 8h), (std::vector<double>{0.003, 0.004, 0.005}));
  EXPECT_EQ(history.recent(9, start + 16h, 8h), (std::vector<double>{0.001, 0.002})) << "that one itself is not before";
  EXPECT_TRUE(history.recent(9, start, 8h).empty());
}

TEST(FundingHistory, AMissingSettlementIsNoIntervalOfSixteenHours) {
  History history(month);
  (void)history.add(start, 0.001, std::nullopt);
  (void)history.add(start + 16h, 0.001, std::nullopt);
  EXPECT_EQ(history.figures(std::nullopt).settlements, 0U) << "nothing tells the interval";
  EXPECT_EQ(history.last_before(start + 20h, 480min)->interval, minutes(480));
}

/// Settlements are stamped late, seldom by minutes: a quarter of an hour for hourly ones, else less than half an hour.
TEST(FundingInterval, TheTimeBetweenTwoSettlementsMayBeOffByAQuarterOfAnHourOrLessThanHalfAnHour) {
  struct Row {
    std::chrono::minutes apart;
    int hours;  ///< 0: no interval
  };
  for (const auto& [apart, hours] :
       {Row{60min, 1},  Row{45min, 1},  Row{75min, 1},  Row{44min, 0},  Row{76min, 0},  Row{120min, 2}, Row{91min, 2},
        Row{149min, 2}, Row{90min, 0},  Row{150min, 0}, Row{180min, 0}, Row{240min, 4}, Row{211min, 4}, Row{269min, 4},
        Row{210min, 0}, Row{270min, 0}, Row{300min, 0}, Row{360min, 0}, Row{480min, 8}, Row{451min, 8}, Row{509min, 8},
        Row{450min, 0}, Row{510min, 0}, Row{720min, 0}, Row{960min, 0}, Row{0min, 0},   Row{-60min, 0}}) {
    const auto found = funding::interval_between(start, start + apart);
    EXPECT_EQ(found ? found->count() : 0, hours * 60) << apart.count() << " minutes apart";
  }
}

TEST(FundingHistory, RepeatsNonsenseAndOldOnesAreRefused) {
  History history(month);
  EXPECT_TRUE(history.add(start, 0.001, 480min));
  EXPECT_TRUE(history.knows(start + 20s));
  EXPECT_FALSE(history.add(start + 20s, 0.002, 480min));
  EXPECT_FALSE(history.add(start + 8h, std::nan(""), 480min));
  EXPECT_FALSE(history.add(start + 8h, 7, 480min));
  EXPECT_TRUE(history.add(start + 30 * 24h + 8h, 0.001, 480min));
  EXPECT_EQ(history.size(), 1U) << "the first is out of the month";
  EXPECT_FALSE(history.add(start, 0.001, 480min));
}

TEST(FundingHistory, IsBounded) {
  History history(month);
  for (int at = 0; at < 3'000; ++at) (void)history.add(start + at * 10min, 0.0001, 60min);
  EXPECT_LE(history.size(), History::settlements_max);
}

}  // namespace contract_test
