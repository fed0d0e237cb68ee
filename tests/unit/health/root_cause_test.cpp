// One cause, one alarm: our own network before the exchanges, an exchange before its feeds.
#include "common/health/root_cause.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/health/support.hpp"

namespace root_cause_test {

using health::AlertBoard;
using health::AlertKind;
using health::Condition;
using health::Reach;
using health::RootCause;
using health_tests::at;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

class RootCauseTest : public testing::Test {
 protected:
  /// What turned at this moment, as the operators would be told.
  std::vector<std::string> tell(base::Millis now) {
    std::vector<Condition> conditions;
    for (const auto& one : reach_) conditions.push_back({AlertKind::exchange_down, one.exchange, one.unreachable, {}});
    conditions.insert(conditions.end(), further_.begin(), further_.end());
    std::vector<std::string> out;
    for (const auto& one : cause_.filter(conditions, reach_, board_.open(at(now)), at(now)))
      if (const auto change = board_.report(one, at(now)))
        out.push_back((change->alert.open ? "" : "over ") + change->alert.key());
    return out;
  }
  void lose(std::size_t index, base::Millis since) {
    reach_[index].unreachable = true;
    reach_[index].down_since = at(since).steady;
  }
  void find(std::size_t index, base::Millis now) {
    reach_[index].unreachable = false;
    reach_[index].down_since.reset();
    reach_[index].newest = at(now).steady;
  }
  RootCause cause_;
  AlertBoard board_;
  std::vector<Reach> reach_{{"binance", false, {}, {}}, {"bybit", false, {}, {}}, {"okx", false, {}, {}}};
  std::vector<Condition> further_;
};

TEST_F(RootCauseTest, OurOwnNetworkIsOneAlarmNotThree) {
  lose(0, 0s);
  EXPECT_THAT(tell(20s), IsEmpty()) << "nobody else has shown that we are online";
  lose(1, 25s);
  lose(2, 30s);
  cause_.on_telegram(false, at(31s));
  EXPECT_THAT(tell(31s), IsEmpty());
  EXPECT_THAT(tell(41s), ElementsAre("own_network"));
  further_ = {{AlertKind::error_rate, "", true, {}},
              {AlertKind::feed_doubt, "okx liquidations", true, {}},
              {AlertKind::clock_offset, "okx", true, {}},
              {AlertKind::telegram, "", true, {}}};
  EXPECT_THAT(tell(600s), IsEmpty());
  further_.clear();
  find(0, 700s);
  EXPECT_THAT(tell(700s), ElementsAre("over own_network"));
  find(1, 710s);
  EXPECT_THAT(tell(720s), IsEmpty()) << "okx gets its time to come up";
  EXPECT_THAT(tell(800s), ElementsAre("exchange_down/okx")) << "but not for ever";
}

TEST_F(RootCauseTest, OneExchangeIsToldAtOnceWhenAnotherShowsThatWeAreOnline) {
  reach_[1].newest = at(5s).steady;
  lose(0, 0s);
  EXPECT_THAT(tell(20s), ElementsAre("exchange_down/binance"));
}

TEST_F(RootCauseTest, SoItIsWhenTelegramDoes) {
  lose(0, 0s);
  cause_.on_telegram(true, at(10s));
  EXPECT_THAT(tell(20s), ElementsAre("exchange_down/binance"));
}

TEST_F(RootCauseTest, AndAfterAMinuteWithoutAnyWitness) {
  lose(0, 0s);
  EXPECT_THAT(tell(59s), IsEmpty());
  EXPECT_THAT(tell(60s), ElementsAre("exchange_down/binance"));
}

TEST_F(RootCauseTest, AnAlarmThatWasToldStaysUntilItIsOverWhateverItsCause) {
  reach_[1].newest = at(5s).steady;
  lose(0, 0s);
  ASSERT_THAT(tell(20s), ElementsAre("exchange_down/binance"));
  lose(1, 30s);
  lose(2, 30s);
  EXPECT_THAT(tell(50s), IsEmpty());
  EXPECT_THAT(tell(61s), ElementsAre("own_network"));
  for (std::size_t i = 0; i < 3; ++i) find(i, 90s);
  EXPECT_THAT(tell(90s), ElementsAre("over own_network", "over exchange_down/binance"));
}

TEST_F(RootCauseTest, AnExchangeThatIsDownMutesItsFeedsAndItsClockAndNobodyElses) {
  reach_[1].newest = at(5s).steady;
  lose(0, 0s);
  further_ = {{AlertKind::feed_doubt, "binance liquidations", true, {}},
              {AlertKind::clock_offset, "binance", true, {}},
              {AlertKind::feed_doubt, "okx liquidations", true, {}}};
  EXPECT_THAT(tell(20s), ElementsAre("exchange_down/binance", "feed_doubt/okx liquidations"));
}

TEST_F(RootCauseTest, TheOnlyExchangeIsItsOwnCauseUnlessTelegramIsAwayToo) {
  reach_.resize(1);
  lose(0, 0s);
  EXPECT_THAT(tell(20s), ElementsAre("exchange_down/binance"));
  cause_.on_telegram(false, at(21s));
  EXPECT_THAT(tell(22s), IsEmpty());
  EXPECT_THAT(tell(32s), ElementsAre("own_network"));
}

}  // namespace root_cause_test
