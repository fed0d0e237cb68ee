// Recorded markets through the same wiring, a few days of them; `simulation recorded` lives all. Counted as skipped
// where shared/data is absent.
#include "tests/simulation/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/table.hpp"

namespace replay_test {
using namespace simulation;
using sandbox::Json;
using ::testing::IsEmpty;

class Recorded : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(data_folder())) GTEST_SKIP() << "no recordings in " << data_folder();
  }
};

void expect_explained(const Replay& replay) {
  EXPECT_THAT(replay.problems, IsEmpty()) << replay.summary();
  EXPECT_THAT(replay.idle_faults, IsEmpty());
  EXPECT_EQ(replay.refused_by_limit, 0);
}

RecordedCandles two_contracts() {
  auto files = recorded_files("klines_1m_um", "2023-02");
  files.resize(2);
  return RecordedCandles(files);
}

TEST_F(Recorded, CandlesExplainEveryBurstThatIsTold) {
  const auto market = two_contracts();
  ReplayOptions options;
  options.span = 14 * hour;
  const auto replay = replay_volume(market, options);
  expect_explained(replay);
  EXPECT_GE(replay.signals, 5U);
  EXPECT_GE(replay.clear_cases, 3U);
}

TEST_F(Recorded, NoBurstIsToldOutOfAGap) {
  const auto market = two_contracts();
  ReplayOptions options;
  options.span = 12 * hour;
  options.blind_from = 4 * hour;
  options.blind_to = 8 * hour;
  const double from = 4 * 3'600;
  const double to = 8 * 3'600;
  options.faults = Json::array(
      {Json{{"kind", "ws_drop"}, {"path", "/binance/market/ws"}, {"from", from}, {"count", 1}},
       Json{{"kind", "close"}, {"path", "/binance/market/ws"}, {"from", from}, {"to", to}},
       Json{{"kind", "close"}, {"refused", true}, {"path", "/binance/fapi/*"}, {"from", from}, {"to", to}}});
  const auto replay = replay_volume(market, options);
  expect_explained(replay);
  EXPECT_GE(replay.signals, 3U) << "before and after it life goes on";
}

TEST_F(Recorded, FundingExplainsEveryExtremeAndFlipThatIsTold) {
  const RecordedFunding market(data_folder() / "funding" / "binance_um_539.csv.xz",
                               [](const std::string& symbol) { return symbol < "B"; });
  ReplayOptions options;
  options.skip = 55 * day;
  options.span = 25 * hour;
  const auto replay = replay_funding(market, options);
  expect_explained(replay);
  EXPECT_GE(replay.signals, 5U);
  EXPECT_GE(replay.clear_cases, 3U);
}

TEST_F(Recorded, ForcedOrdersExplainEveryPrintAndCascadeThatIsTold) {
  for (const auto& [name, layer] : liquidation_layers()) {
    ReplayOptions options;
    options.layer = layer;
    const auto replay = replay_liquidations(data_folder() / "liq" / "binance_um_forceorder_sessions.csv.xz", options);
    SCOPED_TRACE(name);
    expect_explained(replay);
    const std::size_t least = layer.empty() ? 0 : 20;
    EXPECT_GE(replay.signals, least);
  }
}

}  // namespace replay_test
