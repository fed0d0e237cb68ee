// What a feed's silence taught survives a restart; what became unreadable meanwhile is learned anew.
#include "common/health/learned.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/monitor.hpp"
#include "tests/unit/health/traffic.hpp"

namespace learned_test {

using health::FeedKey;
using health::FeedState;
using health_tests::Arrivals;
using health_tests::at_minute;
using market::Topic;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

/// A bot that hears some exchanges, from a minute on.
class Bot {
 public:
  Bot(std::vector<std::string> exchanges, double from) : exchanges_(std::move(exchanges)) {
    for (const auto& exchange : exchanges_) {
      monitor.expect(key(exchange), 24h * 365, at_minute(from));
      monitor.on_up(key(exchange), at_minute(from));
    }
  }
  static FeedKey key(const std::string& exchange) { return {exchange, Topic::liquidations, ""}; }
  void live(double from, double to, double per_minute) {
    std::vector<Arrivals> all;
    std::vector<double> next;
    for (std::size_t i = 0; i < exchanges_.size(); ++i) {
      all.emplace_back(health_tests::Flow{per_minute, 0, 0}, i + 1);
      next.push_back(from + all.back().next());
    }
    for (;;) {
      const auto first = static_cast<std::size_t>(std::ranges::min_element(next) - next.begin());
      if (next[first] >= to) return;
      tell(exchanges_[first], next[first]);
      next[first] = from + all[first].next();
    }
  }
  void tell(const std::string& exchange, double minute) {
    market::Liquidation event;
    event.exchange = exchange;
    event.symbol = "BTC";
    event.at = at_minute(minute).wall;
    event.price = 100;
    event.raw_quantity = ++count_;
    monitor.truth().on_content(key(exchange), {event}, at_minute(minute));
    monitor.feeds().on_data(key(exchange), 1, std::nullopt, at_minute(minute));
  }
  /// Minutes of silence of all of them until the first is suspect; `most` when none is.
  double silent_until_suspect(double from, double most) {
    for (double silent = 0; silent < most; silent += 0.5) {
      (void)monitor.truth().judge(at_minute(from + silent));
      if (monitor.feeds().state(exchanges_[0], Topic::liquidations, at_minute(from + silent)) == FeedState::suspect)
        return silent;
    }
    return most;
  }

  health::Monitor monitor{"liquidation", {24h, 30, 20s}, at_minute(0)};

 private:
  std::vector<std::string> exchanges_;
  double count_{};
};

constexpr double weeks = 14 * health_tests::minutes_per_day;

std::string taught(const std::vector<std::string>& exchanges, double per_minute) {
  Bot bot(exchanges, 0);
  bot.live(0, weeks, per_minute);
  return bot.monitor.truth().learned();
}

TEST(Learned, ABotThatStartsAgainIsAsSureAsTheOneBefore) {
  Bot before({"htx"}, 0);
  before.live(0, weeks, 1.0);
  const auto text = before.monitor.truth().learned();
  Bot after({"htx"}, weeks);
  EXPECT_EQ(after.monitor.truth().remember(text), 1U);
  EXPECT_EQ(after.monitor.truth().learned(), text);
  after.tell("htx", weeks);
  before.tell("htx", weeks);
  const double sure = before.silent_until_suspect(weeks, 500);
  EXPECT_LT(sure, 20);
  EXPECT_EQ(after.silent_until_suspect(weeks, 500), sure);
  Bot fresh({"htx"}, weeks);
  fresh.tell("htx", weeks);
  EXPECT_GT(fresh.silent_until_suspect(weeks, 500), 5 * sure) << "it must learn that first";
}

TEST(Learned, OfOneExchangeAmongOthersSurvivesWhileTheyAreTheSame) {
  const auto text = taught({"bybit", "okx"}, 2.0);
  const auto same = health::learned_from(text, {"okx", "bybit"});
  ASSERT_THAT(same, SizeIs(2));
  EXPECT_GT(same[0].peers.learned(), 1'000U);
  const auto more = health::learned_from(text, {"binance", "bybit", "okx"});
  ASSERT_THAT(more, SizeIs(2));
  EXPECT_GT(more[0].silence.learned(), 1'000U);
  EXPECT_EQ(more[0].peers.learned(), 0U) << "between two of its own, more events of others pass now";
  EXPECT_THAT(health::learned_from(text, {"gate"}), IsEmpty());
}

TEST(Learned, WhoHasNoOthersLearnsNothingAmongThem) {
  const auto alone = health::learned_from(taught({"htx"}, 2.0), {"htx"});
  ASSERT_THAT(alone, SizeIs(1));
  EXPECT_EQ(alone[0].peers.learned(), 0U);
}

TEST(Learned, DamageCostsWhatItHitAndNothingElse) {
  const auto text = taught({"bybit", "okx"}, 2.0);
  const std::vector<std::string> both{"bybit", "okx"};
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_THAT(health::learned_from(text.substr(0, length), both), SizeIs(testing::Le(2U)));
  auto other_form = text;
  other_form.replace(other_form.find(" 1 "), 3, " 2 ");
  EXPECT_THAT(health::learned_from(other_form, both), IsEmpty());
  const auto line = text.find("\nbybit ") + 7;
  for (const char* number : {"nan ", "-3 ", "1e999 ", "x ", "inf "}) {
    auto damaged = text;
    damaged.replace(line, damaged.find(' ', line) + 1 - line, number);
    const auto left = health::learned_from(damaged, both);
    ASSERT_THAT(left, SizeIs(1)) << number;
    EXPECT_EQ(left[0].exchange, "okx");
  }
  auto impossible = text;
  impossible.replace(line, impossible.find(' ', line) - line, "0.5");  // fewer gaps than lay beyond the body
  EXPECT_THAT(health::learned_from(impossible, both), SizeIs(1));
  EXPECT_THAT(health::learned_from(std::string(1'000'000, 'x'), both), IsEmpty());
}

}  // namespace learned_test
