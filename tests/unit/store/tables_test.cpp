#include <gtest/gtest.h>

#include "common/store/memory.hpp"
#include "common/store/outcomes.hpp"
#include "common/store/signal_log.hpp"
#include "tests/unit/store/support.hpp"

namespace tables_test {
using test::must;
using test::start_time;
using test::TempFolder;
using namespace std::chrono_literals;

store::SignalRow signal(std::string event_id, base::WallTime at) {
  return {0,
          "volume_spike",
          "binance BTCUSDT",
          "volume_spike/binance/BTCUSDT",
          2,
          "long",
          6.5,
          at,
          std::move(event_id),
          R"([{"name":"z","value":6.5}])",
          std::nullopt};
}

class Tables : public testing::Test {
 protected:
  TempFolder folder_;
  std::unique_ptr<store::Database> database_ = test::open_bot(folder_);
};

TEST_F(Tables, OneEventMakesOneSignalOverRestartsToo) {
  store::SignalLog log(*database_);
  const auto id = must(log.add(signal("e1", start_time)));
  ASSERT_TRUE(id);
  must(log.set_outbox_id(*id, 12));
  database_.reset();
  database_ = test::open_bot(folder_);
  store::SignalLog again(*database_);
  EXPECT_FALSE(must(again.add(signal("e1", start_time + 1h))));
  const auto row = must(again.find_event("e1"));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->id, *id);
  EXPECT_EQ(row->at, start_time);
  EXPECT_EQ(row->outbox_id, 12);
  EXPECT_EQ(row->strength, 6.5);
  EXPECT_EQ(row->evidence, R"([{"name":"z","value":6.5}])");
  EXPECT_FALSE(must(again.find_event("e2")));
}

TEST_F(Tables, SignalsAreListedNewestFirstAndPruned) {
  store::SignalLog log(*database_);
  for (int i = 0; i < 5; ++i) must(log.add(signal("e" + std::to_string(i), start_time + i * 1h)));
  const auto recent = must(log.since(start_time + 1h, 3));
  ASSERT_EQ(recent.size(), 3U);
  EXPECT_EQ(recent[0].event_id, "e4");
  EXPECT_EQ(recent[2].event_id, "e2");
  EXPECT_EQ(must(log.prune(start_time + 2h)), 2);
  EXPECT_EQ(must(log.since(start_time, 100)).size(), 3U);
}

TEST_F(Tables, CR5_ASignalItsGateAndItsMessageAreOneTransaction) {
  store::SignalLog log(*database_);
  store::GateState gates(*database_);
  store::Outbox outbox(*database_);
  const auto commit = [&](bool fails) {
    return database_->transact([&]() -> base::Result<void> {
      const auto message = must(outbox.accept(test::draft("m"), start_time));
      auto row = signal("e1", start_time);
      row.outbox_id = message.id;
      must(log.add(row));
      must(gates.put("k", {start_time, 2, 6.5, "{}"}));
      if (fails) return base::Error(base::ErrorKind::internal, "test", "no");
      return {};
    });
  };
  EXPECT_FALSE(commit(true));
  EXPECT_FALSE(must(log.find_event("e1")));
  EXPECT_FALSE(must(gates.get("k")));
  EXPECT_EQ(must(outbox.stats()).pending, 0);
  must(commit(false));
  EXPECT_TRUE(must(log.find_event("e1")));
  EXPECT_EQ(must(gates.get("k"))->episode, "{}");
  EXPECT_EQ(must(outbox.stats()).pending, 1);
}

TEST_F(Tables, GateStateIsReplacedByKey) {
  store::GateState gates(*database_);
  must(gates.put("k", {start_time, 1, 2.0, ""}));
  must(gates.put("k", {start_time + 1h, 3, 4.0, "open"}));
  must(gates.put("other", {start_time, 1, 1.0, ""}));
  const auto all = must(gates.all());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.at("k").tier, 3);
  EXPECT_EQ(all.at("k").last_at, start_time + 1h);
  must(gates.erase("k"));
  EXPECT_FALSE(must(gates.get("k")));
}

TEST_F(Tables, BaselinesKeepEveryByte) {
  store::Baselines baselines(*database_);
  std::string body(256, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i);
  must(baselines.put("k", {body, start_time}));
  must(baselines.put("empty", {"", start_time}));
  EXPECT_EQ(must(baselines.get("k"))->body, body);
  EXPECT_EQ(must(baselines.get("empty"))->body, "");
  EXPECT_EQ(must(baselines.all()).size(), 2U);
  must(baselines.erase("k"));
  EXPECT_FALSE(must(baselines.get("k")));
}

TEST_F(Tables, BaselinesThatAreNotRenewedAreForgotten) {
  store::Baselines baselines(*database_);
  must(baselines.put("gone", {"a", start_time}));
  must(baselines.put("renewed", {"b", start_time}));
  must(baselines.put("renewed", {"c", start_time + 48h}));
  EXPECT_EQ(must(baselines.prune(start_time + 24h)), 1);
  EXPECT_FALSE(must(baselines.get("gone")));
  EXPECT_EQ(must(baselines.get("renewed"))->body, "c");
}

TEST_F(Tables, FactsAreSetReadAndErased) {
  store::Facts facts(*database_);
  EXPECT_FALSE(must(facts.get("offset")));
  must(facts.set("offset", "12"));
  must(facts.set("offset", "13"));
  EXPECT_EQ(must(facts.get("offset")), "13");
  must(facts.erase("offset"));
  EXPECT_FALSE(must(facts.get("offset")));
}

TEST_F(Tables, TheErrorJournalKeepsTheNewest) {
  store::ErrorJournal journal(*database_);
  must(database_->transact([&]() -> base::Result<void> {
    for (int i = 0; i < store::ErrorJournal::rows_max + 10; ++i)
      must(journal.add({start_time + i * 1s, "network", "binance", "error " + std::to_string(i)}));
    return {};
  }));
  const auto newest = must(journal.newest(5'000));
  ASSERT_EQ(newest.size(), static_cast<std::size_t>(store::ErrorJournal::rows_max));
  EXPECT_EQ(newest.front().text, "error 2009");
  EXPECT_EQ(newest.back().text, "error 10");
}

store::OutcomeRow outcome(std::int64_t signal_id, base::WallTime at) {
  store::OutcomeRow out;
  out.signal_id = signal_id;
  out.rule = "reversal";
  out.key = "reversal/BTC";
  out.config = "c1";
  out.exchange = "okx";
  out.symbol = "BTC-USDT-SWAP";
  out.direction = "long";
  out.decided_at = at;
  out.state = "waiting";
  out.body = "{}";
  out.post = 17;
  return out;
}

TEST_F(Tables, AnOutcomeRunsOverRestartsAndEndsOnce) {
  store::Outcomes outcomes(*database_);
  const auto first = must(outcomes.add(outcome(1, start_time)));
  must(outcomes.add(outcome(2, start_time + 1h)));
  EXPECT_FALSE(outcomes.add(outcome(2, start_time + 2h))) << "one a signal";
  database_.reset();
  database_ = test::open_bot(folder_);
  store::Outcomes again(*database_);
  auto running = must(again.running());
  ASSERT_EQ(running.size(), 2U);
  EXPECT_EQ(running[0].id, first);
  EXPECT_EQ(running[0].key, "reversal/BTC");
  EXPECT_EQ(running[0].symbol, "BTC-USDT-SWAP");
  EXPECT_EQ(running[0].decided_at, start_time);
  EXPECT_EQ(running[0].post, 17);
  EXPECT_FALSE(running[0].ended_at);
  running[0].state = "closed";
  running[0].running = false;
  running[0].ended_at = start_time + 3h;
  running[0].result_r = -1.0495;
  running[0].ambiguous = true;
  running[0].body = "{1}";
  must(again.update(running[0]));
  EXPECT_EQ(must(again.running()).size(), 1U);
  ASSERT_EQ(must(again.without_placebo(start_time + 1ms, 10)).size(), 1U);
  EXPECT_TRUE(must(again.without_placebo(start_time, 10)).empty());
  must(again.set_placebo(first, 0.25));
  EXPECT_TRUE(must(again.without_placebo(start_time + 1ms, 10)).empty());
  const auto all = must(again.since(start_time));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].result_r, -1.0495);
  EXPECT_TRUE(all[0].ambiguous);
  EXPECT_EQ(all[0].body, "{1}");
  EXPECT_EQ(all[0].ended_at, start_time + 3h);
  EXPECT_EQ(all[0].placebo_r, 0.25);
  EXPECT_FALSE(all[1].placebo_r);
  auto unknown = running[0];
  unknown.id = 99;
  EXPECT_FALSE(again.update(unknown));
  EXPECT_EQ(must(again.prune(start_time + 24h)), 1) << "what runs stays";
}

TEST_F(Tables, ConfigurationsAreCountedOnce) {
  store::Outcomes outcomes(*database_);
  EXPECT_EQ(must(outcomes.configs_tried()), 0);
  for (const auto* hash : {"a", "b", "a"}) must(outcomes.note_config(hash, start_time));
  EXPECT_EQ(must(outcomes.configs_tried()), 2);
}

}  // namespace tables_test
