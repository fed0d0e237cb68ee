#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/sandbox/director.hpp"
#include "tests/sandbox/market/tape.hpp"

namespace sandbox {
namespace player_test {

constexpr Ms start = 1'780'000'027'000;
constexpr Ms long_ago = 1'600'000'020'000;  // a whole minute

class PlayerTest : public testing::Test {
 protected:
  PlayerTest() : folder_(std::filesystem::path(testing::TempDir()) / ("player" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~PlayerTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::vector<Json>& lines) const {
    std::ofstream out(folder_ / name);
    for (const auto& line : lines) out << line.dump() << '\n';
  }

  std::filesystem::path folder_;
  World world_{7, start};
  Director director_{world_, folder_};
};

TEST_F(PlayerTest, ForcedOrdersComeAtTheirDistanceWithTheirTimesShifted) {
  std::vector<Json> lines;
  for (const Ms at : {long_ago, long_ago + 3 * second}) {
    const Json order{{"s", "NEWUSDT"}, {"S", "BUY"}, {"q", "5"}, {"p", "2"}, {"ap", "2.5"}, {"z", "5"}, {"T", at}};
    lines.push_back(Json{{"at", at}, {"frame", Json{{"e", "forceOrder"}, {"E", at + 5}, {"o", order}}}});
  }
  write("liq.jsonl", lines);
  director_.perform({{"kind", "play"}, {"what", "forceorder"}, {"file", "liq.jsonl"}, {"offset_s", 2}}, start);
  ASSERT_NE(world_.find(Venue::binance, "NEWUSDT"), nullptr);  // listed at once
  std::vector<Ms> times;
  for (Ms now = start; now <= start + 6 * second; now += 100) {
    director_.tick(now);
    times.clear();
    for (const auto& event : world_.liquidations()) {
      if (!event.frame.is_null()) times.push_back(event.frame["o"]["T"].get<Ms>());
    }
    EXPECT_EQ(times.size(), now < start + 2 * second ? 0U : now < start + 5 * second ? 1U : 2U);
  }
  EXPECT_EQ(times, (std::vector<Ms>{start + 2 * second, start + 5 * second}));
  EXPECT_EQ(world_.last(*world_.find(Venue::binance, "NEWUSDT"), start + 6 * second), 2.5);
}

// A million units, once, of coins of a cent: liquidations of $20,000 were more than was open, and a bot that compares
// the two left them out.
TEST_F(PlayerTest, APlayedContractHasAMarketOfItsOwnSize) {
  std::vector<Json> lines;
  for (const char* price : {"0.01", "0.012"}) {
    const Json order{{"s", "CENTUSDT"}, {"S", "BUY"},     {"q", "2e6"},   {"p", price},
                     {"ap", price},     {"z", "2000000"}, {"T", long_ago}};
    lines.push_back(Json{{"at", long_ago}, {"frame", Json{{"e", "forceOrder"}, {"E", long_ago}, {"o", order}}}});
  }
  write("cents.jsonl", lines);
  director_.perform({{"kind", "play"}, {"what", "forceorder"}, {"file", "cents.jsonl"}, {"offset_s", 2}}, start);
  const auto& contract = *world_.find(Venue::binance, "CENTUSDT");
  EXPECT_DOUBLE_EQ(world_.open_interest(contract, start), 2e9) << "$20,000,000";
  const auto book = book_of(world_, contract, 20, start);
  EXPECT_NEAR(book.bids.at(0).price, 0.01, 1e-6);
  EXPECT_NEAR(book.asks.at(0).price, 0.01, 1e-6);
  const auto tape = tape_of(world_, contract, 400, start);
  EXPECT_NEAR(static_cast<double>(std::ranges::count_if(tape, &Print::taker_buys)), 200, 50) << "of a price that rests";
  director_.tick(start + 3 * second);
  ASSERT_EQ(world_.last(contract, start + 3 * second), 0.012);
  EXPECT_DOUBLE_EQ(world_.open_interest(contract, start + 3 * second), 2e9) << "a price is no position";
}

TEST_F(PlayerTest, PlayedBarsAreHistoryBeforeNowAndCloseAfterIt) {
  std::vector<Json> lines;
  for (int i = 0; i < 10; ++i) {
    const Ms open = long_ago + i * minute;
    lines.push_back(Json{{"at", open + minute},
                         {"symbol", "BTCUSDT"},
                         {"row", Json::array({open, "10", "12", "9", std::to_string(10 + i), "7", open + minute - 1,
                                              "70", nullptr, "", "35", "0"})}});
  }
  write("bars.jsonl", lines);
  director_.perform({{"kind", "play"}, {"what", "klines"}, {"file", "bars.jsonl"}, {"offset_s", -300}}, start);
  const auto& btc = *world_.find(Venue::binance, "BTCUSDT");
  const auto history = world_.bars(btc, minute, 0, start, 1500, start);
  ASSERT_GE(history.size(), 5U);
  EXPECT_EQ(history[0].close, 10);
  EXPECT_EQ(history[0].open_time % minute, 0);
  EXPECT_EQ(history[0].taker_buy_base, 3.5);
  EXPECT_EQ(world_.last(btc, start), history.back().close);
  EXPECT_EQ(world_.bars(btc, minute, 0, start + hour, 1500, start + hour).size(), 10U);
}

TEST_F(PlayerTest, PlayedSettlementsReplaceTheModelsOwn) {
  std::vector<Json> lines;
  for (int i = 0; i < 20; ++i) {
    const Ms at = 1'600'000'000'000 / (4 * hour) * 4 * hour + i * 4 * hour;
    lines.push_back(
        Json{{"at", at},
             {"row", Json{{"symbol", "ETHUSDT"}, {"fundingRate", std::to_string(0.001 * i)}, {"fundingTime", at}}}});
  }
  write("funding.jsonl", lines);
  director_.perform({{"kind", "play"}, {"what", "funding"}, {"file", "funding.jsonl"}, {"offset_s", -40 * 3600}},
                    start);
  const auto& eth = *world_.find(Venue::binance, "ETHUSDT");
  const auto paid = world_.settlements(eth, 0, start, start);
  ASSERT_GE(paid.size(), 10U);
  EXPECT_EQ(paid[0].rate, 0);
  EXPECT_EQ(eth.interval_hours, 4);
  const auto running = world_.funding(eth, start);
  EXPECT_EQ(running.settled_rate, paid.back().rate);
  EXPECT_NEAR(running.rate, paid.back().rate + 0.001, 1e-9);
  EXPECT_GT(running.next, start);
}

TEST_F(PlayerTest, AMissingOrEmptyFileIsAMistake) {
  EXPECT_THROW(director_.perform({{"kind", "play"}, {"file", "none.jsonl"}}, start), std::runtime_error);
  write("empty.jsonl", {});
  EXPECT_THROW(director_.perform({{"kind", "play"}, {"file", "empty.jsonl"}}, start), std::runtime_error);
}

TEST_F(PlayerTest, ScenariosAreReadFromToml) {
  std::ofstream(folder_ / "a.toml") << "seed = 3\n[[action]]\nat = 1.5\nkind = \"print\"\n";
  const auto scenario = read_scenario(folder_ / "a.toml");
  EXPECT_EQ(scenario["seed"], 3);
  EXPECT_EQ(scenario["action"][0]["at"], 1.5);
  std::ofstream(folder_ / "b.toml") << "seed = = 3\n";
  EXPECT_THROW((void)read_scenario(folder_ / "b.toml"), std::runtime_error);
}

}  // namespace player_test
}  // namespace sandbox
