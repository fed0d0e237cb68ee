// From evidence to deeds: what is suspect, what is tried in which order, what is said, and what ends it.
#include "common/health/truth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/monitor.hpp"
#include "tests/unit/health/traffic.hpp"

namespace truth_test {

using health::AlertChange;
using health::FeedKey;
using health::FeedState;
using health::Recovery;
using health::Remedy;
using health::TopicWatch;
using health_tests::at;
using market::Topic;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const FeedKey okx{"okx", Topic::liquidations, ""}, bybit{"bybit", Topic::liquidations, ""};
const FeedKey bars{"okx", Topic::candles, ""};

class TruthTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& key : {okx, bybit, bars}) {
      monitor_.expect(key, key == bars ? base::Millis{180s} : base::Millis{1h}, at(0s));
      monitor_.on_up(key, at(0s));
    }
    monitor_.truth().has_alternative = [this](const FeedKey&) { return alternative_; };
  }
  /// One second after the other, as the program asks.
  void live_until(base::Millis until) {
    for (; now_ < until; now_ += 1s) {
      if (tells_bars_) tell_bars();
      if (now_.count() % 15'000 == 0)
        for (const auto& key : {okx, bybit})
          if (!dead_.contains(key)) liquidate(key);
      for (const auto& one : monitor_.truth().judge(at(now_))) tries_.emplace_back(now_, one.remedy);
      for (auto& change : monitor_.check(at(now_))) changes_.push_back(std::move(change));
    }
  }
  void liquidate(const FeedKey& key, double usd = 5'000) {
    market::Liquidation event;
    event.exchange = key.exchange;
    event.symbol = "BTC";
    event.at = at(now_).wall;
    event.price = 100;
    event.raw_quantity = static_cast<double>(++count_);
    event.usd = usd;
    tell(key, event);
  }
  void tell(const FeedKey& key, const market::Event& event) {
    monitor_.truth().on_content(key, {event}, at(now_));
    monitor_.feeds().on_data(key, 1, std::nullopt, at(now_));
  }
  void tell_bars() {
    if (now_.count() % 20'000 != 0) return;
    for (const auto* symbol : {"BTC", "ETH", "SOL", "XRP"}) {
      if (symbol == dead_topic_) continue;
      market::Candle bar;
      bar.exchange = "okx";
      bar.symbol = symbol;
      bar.opened_at = base::from_ms(base::to_ms(at(now_).wall) / 60'000 * 60'000);
      bar.open = bar.close = 100 + static_cast<double>(++count_ % 7) * 0.001;
      tell(bars, bar);
    }
  }
  FeedState state(const FeedKey& key) { return monitor_.feeds().state(key.exchange, key.topic, at(now_)); }
  std::string why(const FeedKey& key) {
    for (const auto& view : monitor_.feeds().views(at(now_)))
      if (view.key == key) return view.why;
    return {};
  }
  base::Millis until_suspect(const FeedKey& key, base::Millis most) {
    const auto from = now_;
    while (state(key) != FeedState::suspect && now_ < from + most) live_until(now_ + 1s);
    return now_ - from;
  }
  std::vector<std::string> alerts() {
    std::vector<std::string> out;
    for (const auto& change : changes_)
      out.push_back((change.kind == AlertChange::Kind::raised ? "raised " : "cleared ") + change.alert.key());
    return out;
  }

  health::Monitor monitor_{"liquidation", {24h, 30, 20s}, at(0s)};
  base::Millis now_{0};
  std::set<FeedKey> dead_;
  bool alternative_{}, tells_bars_{true};
  std::string dead_topic_;
  std::vector<std::pair<base::Millis, Remedy>> tries_;
  std::vector<AlertChange> changes_;
  int count_{};
};

TEST_F(TruthTest, OneThatDiesIsSuspectWithinTenMinutesWithTheNumbersAndTriedInOrder) {
  live_until(8h);
  ASSERT_EQ(state(okx), FeedState::live);
  dead_.insert(okx);
  alternative_ = true;
  EXPECT_LE(until_suspect(okx, 1h), 10min);
  EXPECT_THAT(why(okx), testing::MatchesRegex("silent for .*; bybit liquidated .* times meanwhile, .* may pass"));
  EXPECT_EQ(state(bybit), FeedState::live);
  live_until(now_ + 5min);
  ASSERT_THAT(tries_, SizeIs(3));
  EXPECT_EQ(tries_[0].second, Remedy::resubscribe);
  EXPECT_EQ(tries_[1].second, Remedy::reconnect);
  EXPECT_EQ(tries_[2].second, Remedy::alternative);
  EXPECT_EQ(tries_[1].first - tries_[0].first, 30s) << "each step has its time to work";
  ASSERT_THAT(alerts(), ElementsAre("raised feed_doubt/okx liquidations")) << "then it is said, once";
  EXPECT_THAT(changes_[0].alert.facts.back(), "tried: subscribed again, connected anew, took another way");
  monitor_.alerts().posted("feed_doubt/okx liquidations", 77);
  dead_.clear();
  live_until(now_ + 1min);
  EXPECT_EQ(state(okx), FeedState::live);
  ASSERT_THAT(alerts(), SizeIs(2));
  EXPECT_EQ(changes_[1].kind, AlertChange::Kind::cleared);
  EXPECT_EQ(changes_[1].alert.post, 77) << "the post that rang is edited";
}

TEST_F(TruthTest, WhatTheFirstStepMendsRingsNobodyAndIsSaidAllTheSame) {
  live_until(8h);
  dead_.insert(okx);
  (void)until_suspect(okx, 1h);
  live_until(now_ + 5s);
  ASSERT_THAT(tries_, SizeIs(1));
  dead_.clear();
  live_until(now_ + 1min);
  EXPECT_THAT(alerts(), ElementsAre("cleared feed_doubt/okx liquidations"));
  EXPECT_FALSE(changes_[0].alert.post);
  EXPECT_THAT(changes_[0].alert.facts.back(), "tried: subscribed again");
}

TEST_F(TruthTest, ConnectingAnewDoesNotMakeItLiveDataDo) {
  live_until(8h);
  dead_.insert(okx);
  (void)until_suspect(okx, 1h);
  monitor_.on_down(okx, {base::ErrorKind::network, "okx", "told to"}, at(now_));
  live_until(now_ + 2s);
  monitor_.on_up(okx, at(now_));
  live_until(now_ + 2min);
  EXPECT_EQ(state(okx), FeedState::suspect) << "an acknowledgement proves nothing";
  liquidate(okx);
  live_until(now_ + 1s);
  EXPECT_EQ(state(okx), FeedState::live);
}

TEST_F(TruthTest, AFrozenCopyIsNoData) {
  live_until(8h);
  dead_.insert(okx);
  market::Liquidation frozen;
  frozen.exchange = "okx";
  frozen.symbol = "BTC";
  frozen.at = at(now_).wall;
  const auto from = now_;
  while (state(okx) != FeedState::suspect && now_ < from + 1h) {
    tell(okx, frozen);
    live_until(now_ + 10s);
  }
  EXPECT_LE(now_ - from, 10min);
  EXPECT_THAT(why(okx), HasSubstr("the same content"));
}

TEST_F(TruthTest, OneTopicOfManyThatDiesIsFoundWithinTenMinutes) {
  live_until(1h);
  ASSERT_EQ(state(bars), FeedState::live);
  dead_topic_ = "SOL";
  EXPECT_LE(until_suspect(bars, 1h), 10min);
  EXPECT_THAT(why(bars), HasSubstr("1 of 4 topics silent while the others talk: SOL for 9m"));
  live_until(now_ + 2s);
  EXPECT_THAT(tries_, SizeIs(1));
  dead_topic_.clear();
  live_until(now_ + 1min);
  EXPECT_EQ(state(bars), FeedState::live);
}

TEST_F(TruthTest, BarsThatStopAltogetherNeedNoOtherEvidence) {
  live_until(1h);
  tells_bars_ = false;
  EXPECT_LE(until_suspect(bars, 1h), 6min);
  EXPECT_THAT(why(bars), HasSubstr("no bar for 5m"));
}

TEST_F(TruthTest, AFeedThatLiesIsQuarantinedNamedAndNotReconnected) {
  live_until(10min);
  for (int i = 0; i < 5; ++i) {
    market::Liquidation wrong;
    wrong.exchange = "okx";
    wrong.symbol = "BTC";
    wrong.at = base::from_ms(base::to_ms(at(now_).wall) / 1'000 + i);
    tell(okx, wrong);
  }
  live_until(now_ + 1s);
  EXPECT_FALSE(monitor_.truth().believes("okx", Topic::liquidations));
  EXPECT_TRUE(monitor_.truth().believes("bybit", Topic::liquidations));
  EXPECT_EQ(state(okx), FeedState::suspect);
  EXPECT_THAT(why(okx), HasSubstr("quarantined: BTC is dated 1970-"));
  EXPECT_THAT(alerts(), ElementsAre("raised feed_doubt/okx liquidations"));
  live_until(now_ + 10min);
  EXPECT_THAT(tries_, IsEmpty()) << "no connection mends a decoder";
  live_until(now_ + 10min);
  EXPECT_TRUE(monitor_.truth().believes("okx", Topic::liquidations)) << "fifty right ones later";
  EXPECT_EQ(state(okx), FeedState::live);
  EXPECT_THAT(alerts(), SizeIs(2));
}

TEST_F(TruthTest, AFeedOfAnExchangeThatIsDownIsNotAccusedBesides) {
  live_until(8h);
  monitor_.on_down(okx, {base::ErrorKind::network, "okx", "reset"}, at(now_));
  dead_.insert(okx);
  live_until(now_ + 1h);
  EXPECT_EQ(state(okx), FeedState::dead);
  EXPECT_THAT(alerts(), ElementsAre("raised exchange_down/okx"));
  EXPECT_THAT(tries_, IsEmpty());
}

TEST_F(TruthTest, WhatRestTellsOfASilentStreamIsEvidence) {
  live_until(8h);
  ASSERT_THAT(monitor_.truth().in_doubt(at(now_)), IsEmpty());
  const auto last = now_;
  dead_ = {okx, bybit};  // else the other one would have told by now
  live_until(last + 2min + 30s);
  EXPECT_THAT(monitor_.truth().in_doubt(at(now_)), IsEmpty()) << "not yet long for it";
  live_until(last + 3min + 30s);
  ASSERT_EQ(state(okx), FeedState::live);
  EXPECT_THAT(monitor_.truth().in_doubt(at(now_)), ElementsAre(bybit, okx));
  EXPECT_THAT(monitor_.truth().in_doubt(at(now_)), IsEmpty()) << "asked once, for a while";
  monitor_.truth().on_evidence(okx, at(last + 10s).wall, at(now_));
  live_until(now_ + 1s);
  EXPECT_EQ(state(okx), FeedState::live) << "one that it told of itself";
  monitor_.truth().on_evidence(okx, at(last + 2min).wall, at(now_));
  live_until(now_ + 1s);
  EXPECT_EQ(state(okx), FeedState::suspect);
  EXPECT_THAT(why(okx), testing::MatchesRegex("silent for 3m .*, and REST tells of a liquidation 1m .* ago"));
  dead_.clear();
  live_until(now_ + 30s);
  EXPECT_EQ(state(okx), FeedState::live);
}

TEST_F(TruthTest, TradesOverRestShowThatBarsAreMissing) {
  live_until(1h);
  tells_bars_ = false;
  live_until(now_ + 2min + 30s);
  EXPECT_THAT(monitor_.truth().in_doubt(at(now_)), ElementsAre(bars));
  ASSERT_EQ(state(bars), FeedState::live);
  monitor_.truth().on_evidence(bars, at(now_).wall, at(now_));
  live_until(now_ + 1s);
  EXPECT_EQ(state(bars), FeedState::suspect);
  EXPECT_THAT(why(bars), HasSubstr("and REST tells of a trade"));
  tells_bars_ = true;
  live_until(now_ + 1min);
  EXPECT_EQ(state(bars), FeedState::live);
}

TEST(PolledFeed, HasNoStreamToMendAndIsToldAtOnce) {
  health::Monitor monitor("liquidation", {24h, 30, 20s}, at(0s));
  const FeedKey gate{"gate", Topic::liquidations, ""};
  monitor.expect(gate, 1h, at(0s), true);
  monitor.on_up(gate, at(0s));
  std::vector<health::AlertChange> changes;
  const auto live = [&](int from, int to, bool liquidations) {
    for (int second = from; second < to; ++second) {
      monitor.truth().on_content(gate, {}, at(second * 1s));  // an answer without rows
      if (liquidations && second % 20 == 0) {
        market::Liquidation event;
        event.exchange = "gate";
        event.symbol = "BTC";
        event.at = at(second * 1s).wall;
        event.price = 100;
        event.raw_quantity = second + 1;
        monitor.truth().on_content(gate, {event}, at(second * 1s));
        monitor.feeds().on_data(gate, 1, std::nullopt, at(second * 1s));
      }
      EXPECT_THAT(monitor.truth().judge(at(second * 1s)), IsEmpty());
      for (auto& change : monitor.check(at(second * 1s))) changes.push_back(std::move(change));
    }
  };
  live(0, 8 * 3'600, true);
  ASSERT_THAT(changes, IsEmpty());
  live(8 * 3'600, 8 * 3'600 + 3'600, false);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_THAT(changes[0].alert.facts, SizeIs(1)) << "nothing was tried: there is no stream";
  live(9 * 3'600, 9 * 3'600 + 60, true);
  EXPECT_THAT(changes, SizeIs(2));
}

TEST(PolledFeed, AnAnswerWithoutRowsIsNoSignOfLife) {
  health::Monitor monitor("volume", {24h, 30, 20s}, at(0s));
  const FeedKey kraken{"kraken", Topic::candles, ""};
  monitor.expect(kraken, 3min, at(0s), true);
  monitor.on_up(kraken, at(0s));
  market::Candle bar;
  bar.exchange = "kraken";
  bar.symbol = "BTC";
  bar.opened_at = at(0s).wall;
  monitor.truth().on_content(kraken, {bar}, at(0s));
  monitor.feeds().on_data(kraken, 1, std::nullopt, at(0s));
  for (int second = 0; second < 310; ++second) {
    monitor.truth().on_content(kraken, {}, at(second * 1s));
    (void)monitor.truth().judge(at(second * 1s));
  }
  EXPECT_EQ(monitor.feeds().state("kraken", Topic::candles, at(310s)), FeedState::suspect);
}

TEST(Recovery, EndsWithAWordAndThenTriesAgainEveryFiveMinutes) {
  Recovery recovery;
  recovery.begin(5min, at(0s));
  std::vector<std::pair<int, Remedy>> tried;
  int in_vain = 0;
  for (int second = 0; second < 1'000; ++second) {
    if (const auto remedy = recovery.next(false, at(second * 1s))) tried.emplace_back(second, *remedy);
    if (in_vain == 0 && recovery.in_vain()) in_vain = second;
  }
  using Pair = std::pair<int, Remedy>;
  EXPECT_THAT(tried, ElementsAre(Pair{0, Remedy::resubscribe}, Pair{120, Remedy::reconnect},
                                 Pair{540, Remedy::reconnect}, Pair{840, Remedy::reconnect}));
  EXPECT_EQ(in_vain, 240);
  EXPECT_EQ(recovery.tried(), "subscribed again, connected anew");
}

TEST(TopicWatch, ContractsThatSeldomTradeAreGivenTheirOwnTime) {
  TopicWatch watch;
  for (int minute = 0; minute < 300; ++minute) {
    for (const auto* busy : {"BTC", "ETH", "SOL"}) watch.on_data(busy, at(minute * 1min));
    if (minute % 10 == 0) watch.on_data("RARE", at(minute * 1min));
  }
  for (const auto* busy : {"BTC", "ETH", "SOL"}) watch.on_data(busy, at(330min));
  EXPECT_FALSE(watch.judge(at(330min)));
  for (const auto* busy : {"BTC", "ETH", "SOL"}) watch.on_data(busy, at(345min));
  EXPECT_THAT(watch.judge(at(345min)).value_or(""), HasSubstr("1 of 4 topics silent while the others talk: RARE"));
  for (const auto* busy : {"BTC", "ETH", "SOL"}) watch.on_data(busy, at(9h));
  EXPECT_FALSE(watch.judge(at(9h))) << "delisted, for all we know";
}

TEST(TopicWatch, TheSameBarAgainIsNoSignOfLife) {
  TopicWatch watch;
  const auto tell = [&](const char* topic, int minute, int of, std::uint64_t print) {
    watch.on_data(topic, at(minute * 1min), at(of * 1min).wall, print);
  };
  for (int minute = 0; minute < 60; ++minute) {
    for (const auto* busy : {"BTC", "ETH", "SOL"}) tell(busy, minute, minute, 7);
    const int stuck = std::min(minute, 40);
    tell("STUCK", minute, stuck - 1, 5);
    tell("STUCK", minute, stuck, 7);
  }
  EXPECT_THAT(watch.judge(at(60min)).value_or(""), HasSubstr("1 of 4 topics silent while the others talk: STUCK"));
  tell("STUCK", 60, 40, 8);
  EXPECT_FALSE(watch.judge(at(60min))) << "a bar that still forms is another one";
}

TEST(TopicWatch, WhenMostAreSilentItIsTheFeedNotATopic) {
  TopicWatch watch;
  for (int minute = 0; minute < 60; ++minute)
    for (const auto* topic : {"BTC", "ETH", "SOL"}) watch.on_data(topic, at(minute * 1min));
  watch.on_data("BTC", at(80min));
  EXPECT_FALSE(watch.judge(at(80min)));
}

}  // namespace truth_test
