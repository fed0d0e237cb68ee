#include "bots/volume/save_turns.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace save_turns_test {

using namespace std::chrono_literals;
using volume::SaveTurns;

constexpr base::WallTime start = base::from_ms(1'759'708'800'000);

TEST(VolumeSaveTurns, EachContractIsWrittenOnceInHalfAnHourAndNoMinuteHasMuchMoreThanItsShare) {
  constexpr int contracts = 600;
  SaveTurns turns;
  std::vector<int> minutes;
  std::vector<int> writes(contracts);
  for (int minute = 0; minute <= 120; ++minute) {
    int written = 0;
    for (int contract = 0; contract < contracts; ++contract) {
      const auto symbol = std::to_string(contract) + "USDT";
      const SaveTurns::State now{start + minute * 1min, false};
      if (!turns.due("okx", symbol, now, false)) continue;
      turns.stored("okx", symbol, now);
      ++written;
      ++writes.at(static_cast<std::size_t>(contract));
    }
    minutes.push_back(written);
  }
  EXPECT_EQ(minutes.front(), contracts) << "nothing of them is stored yet";
  EXPECT_LE(*std::max_element(minutes.begin() + 1, minutes.end()), 2 * contracts / 30);
  EXPECT_EQ(std::count(writes.begin(), writes.end(), 5), contracts) << "once, and then four times in two hours";
}

TEST(VolumeSaveTurns, WeeksOfHoursAreWrittenAtOnceAndEverythingAtTheEnd) {
  SaveTurns turns;
  const auto due = [&](const SaveTurns::State& state, bool all) { return turns.due("okx", "BTC", state, all); };
  EXPECT_FALSE(due({}, true)) << "there is nothing to write";
  EXPECT_TRUE(due({base::WallTime::min(), true}, false)) << "its hours came before its bars";
  turns.stored("okx", "BTC", {base::WallTime::min(), true});
  EXPECT_TRUE(due({start, true}, false));
  turns.stored("okx", "BTC", {start, false});
  EXPECT_TRUE(due({start, true}, false));
  turns.stored("okx", "BTC", {start, true});
  EXPECT_FALSE(due({start, true}, true));
  int due_within_a_turn = 0;
  for (int minute = 1; minute <= 30; ++minute) due_within_a_turn += due({start + minute * 1min, true}, false) ? 1 : 0;
  EXPECT_GE(due_within_a_turn, 1);
  EXPECT_LT(due_within_a_turn, 30 + 1);
  EXPECT_TRUE(due({start + 1min, true}, true));
}

}  // namespace save_turns_test
