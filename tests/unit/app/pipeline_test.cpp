#include "common/app/pipeline.hpp"

#include <gtest/gtest.h>

#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace pipeline_test {
using desk::Finding;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

/// Finds something in every candle.
class EagerDetector final : public desk::Detector {
 public:
  void on_event(const market::Event& event, desk::Findings& out) override {
    Finding finding;
    finding.kind = "test";
    finding.exchange = market::exchange_of(event);
    finding.symbol = market::symbol_of(event);
    finding.key = "test/" + finding.symbol + (one_key ? "" : "/" + std::to_string(++count));
    finding.phase = phase;
    finding.tier = tier;
    finding.event_id = market::identity(event);
    finding.fires = true;
    finding.at = noon;
    finding.message = [] { return base::Html::text("a spike"); };
    out.push_back(std::move(finding));
  }
  void on_time(base::WallTime now, desk::Findings&) override { times.push_back(now); }
  int count{};
  bool one_key{};
  int tier{1};
  desk::Phase phase{desk::Phase::single};
  std::vector<base::WallTime> times;
};

class PipelineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::open_bot(folder.path(), "test", noon);
    ASSERT_TRUE(opened);
    database = std::move(opened.value().database);
    outbox = std::make_unique<store::Outbox>(*database);
    desk = std::make_unique<desk::Desk>(*database, *outbox, "terminal", desk::GatePolicy{});
    hooks.now = [] { return noon; };
    hooks.watched = [this](const Finding& finding) { return finding.symbol != unwatched; };
    hooks.on_handled = [this](const Finding& finding, const desk::Handled& handled) {
      handled_reasons.push_back(handled.reason);
      last_missing = finding.missing;
      last_message = finding.message ? finding.message().str() : "";
    };
    hooks.on_error = [this](const base::Error&) { ++errors; };
  }
  market::Event event(const std::string& symbol) {
    market::Candle candle;
    candle.exchange = "binance";
    candle.symbol = symbol;
    candle.opened_at = noon + base::Millis{++serial};
    return candle;
  }
  test::TempFolder folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Outbox> outbox;
  std::unique_ptr<desk::Desk> desk;
  EagerDetector detector;
  app::Pipeline::Hooks hooks;
  std::string unwatched{"DUST"};
  std::vector<desk::Reason> handled_reasons;
  std::string last_missing, last_message;
  base::WallTime clock{noon};
  int errors{};
  int serial{};
};

TEST_F(PipelineTest, AFindingOnWhatNobodyWatchesIsHeldByName) {
  app::Pipeline pipeline(detector, *desk, hooks);
  pipeline.on_event(event("BTC"));
  pipeline.on_event(event("DUST"));
  EXPECT_EQ(handled_reasons, (std::vector<desk::Reason>{desk::Reason::published, desk::Reason::conditions}));
  EXPECT_EQ(last_missing, "not on the watchlist");
}

TEST_F(PipelineTest, AnEpisodeThatBeginsOrEndsIsToldAtOnceAndOnlyThen) {
  std::vector<std::string> opened, closed;
  hooks.on_opened = [&](const Finding& finding) { opened.push_back(finding.symbol); };
  hooks.on_closed = [&](const Finding& finding) { closed.push_back(finding.symbol); };
  app::Pipeline pipeline(detector, *desk, hooks);
  pipeline.on_event(event("SINGLE"));
  detector.phase = desk::Phase::open;
  pipeline.on_event(event("BTC"));
  pipeline.on_event(event("DUST"));
  for (const auto phase : {desk::Phase::update, desk::Phase::close}) {
    detector.phase = phase;
    EXPECT_TRUE(closed.empty());
    pipeline.on_event(event("BTC"));
  }
  pipeline.on_event(event("DUST"));
  EXPECT_EQ(opened, std::vector<std::string>{"BTC"}) << "what nobody watches is not looked at";
  EXPECT_EQ(closed, std::vector<std::string>{"BTC"});
}

TEST_F(PipelineTest, JsonlSeesCandidatesAndNothingIsSaid) {
  int candidates = 0;
  hooks.on_candidate = [&](const Finding&) { ++candidates; };
  app::Pipeline pipeline(detector, *desk, hooks);
  pipeline.on_event(event("BTC"));
  EXPECT_EQ(candidates, 1);
  EXPECT_EQ(outbox->stats().value().pending, 0);
}

TEST_F(PipelineTest, TimeNeverGoesBack) {
  app::Pipeline pipeline(detector, *desk, hooks);
  pipeline.on_time(noon);
  pipeline.on_time(noon - base::Millis{1});
  pipeline.on_time(noon + base::Millis{1});
  EXPECT_EQ(detector.times.size(), 2U);
}

TEST_F(PipelineTest, CR2_AFindingThatCouldNotBeWrittenIsKeptAndOfferedAgain) {
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));  // the disk refuses the transaction
  pipeline.on_event(event("BTC"));
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(pipeline.kept_in_memory(), 1U);
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO signal"));
  pipeline.on_time(noon);
  EXPECT_EQ(pipeline.kept_in_memory(), 0U);
  EXPECT_EQ(handled_reasons, std::vector<desk::Reason>{desk::Reason::published});
}

TEST_F(PipelineTest, CR2_WhatComesWhileOneIsKeptStandsBehindItAndIsToldOnce) {
  std::vector<std::string> unsaved;
  hooks.on_unsaved = [&](const Finding& finding) { unsaved.push_back(finding.symbol); };
  std::vector<std::string> handled;
  hooks.on_handled = [&](const Finding& finding, const desk::Handled&) { handled.push_back(finding.symbol); };
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));
  pipeline.on_event(event("BTC"));
  pipeline.on_time(noon);
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO signal"));
  pipeline.on_event(event("ETH"));
  EXPECT_TRUE(handled.empty()) << "BTC first";
  pipeline.on_time(noon + base::Millis{1});
  EXPECT_EQ(handled, (std::vector<std::string>{"BTC", "ETH"}));
  EXPECT_EQ(unsaved, (std::vector<std::string>{"BTC", "ETH"}));
}

TEST_F(PipelineTest, CR2_OfAnEpisodesUpdatesTheNewestIsKept) {
  detector.phase = desk::Phase::update;
  detector.one_key = true;
  std::vector<std::string> events;
  hooks.on_handled = [&](const Finding& finding, const desk::Handled&) { events.push_back(finding.event_id); };
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));
  auto newest = event("BTC");
  for (int second = 1; second <= 5; ++second) {
    newest = event("BTC");
    pipeline.on_event(newest);
    pipeline.on_time(noon + std::chrono::seconds{second});
  }
  EXPECT_EQ(pipeline.kept_in_memory(), 1U);
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO signal"));
  pipeline.on_time(noon + std::chrono::seconds{6});
  EXPECT_EQ(events, std::vector<std::string>{market::identity(newest)});
}

TEST_F(PipelineTest, CR2_WhatGivesWayToTheBoundIsNamedOnceNothingOfItsKeyIsKept) {
  std::vector<std::string> dropped;
  hooks.on_dropped = [&](const std::string& key) { dropped.push_back(key); };
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));
  detector.one_key = true;
  pipeline.on_event(event("TWICE"));
  pipeline.on_event(event("ONCE"));
  pipeline.on_event(event("TWICE"));
  detector.one_key = false;
  while (pipeline.kept_in_memory() < app::Pipeline::kept_max) pipeline.on_event(event("BTC"));
  EXPECT_TRUE(dropped.empty());
  pipeline.on_event(event("BTC"));
  EXPECT_TRUE(dropped.empty()) << "TWICE is still kept once";
  pipeline.on_event(event("BTC"));
  pipeline.on_event(event("BTC"));
  EXPECT_EQ(dropped, (std::vector<std::string>{"test/ONCE", "test/TWICE"}));
  EXPECT_EQ(pipeline.kept_in_memory(), app::Pipeline::kept_max);
}

TEST_F(PipelineTest, CR2_WhatWasPostedMeanwhileIsDecidedAsOfThen) {
  hooks.now = [this] { return clock; };
  hooks.posted_at = [](const Finding&) { return std::optional(noon); };
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));
  pipeline.on_event(event("BTC"));
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO signal"));
  clock = noon + std::chrono::hours{3};  // far too old by now
  pipeline.on_time(clock);
  EXPECT_EQ(handled_reasons, std::vector<desk::Reason>{desk::Reason::published});
}

TEST_F(PipelineTest, CR2_NothingIsOfferedWhileThatIsForbidden) {
  bool allowed = false;
  hooks.may_retry = [&] { return allowed; };
  app::Pipeline pipeline(detector, *desk, hooks);
  ASSERT_TRUE(database->change("ALTER TABLE signal RENAME TO gone"));
  pipeline.on_event(event("BTC"));
  ASSERT_TRUE(database->change("ALTER TABLE gone RENAME TO signal"));
  pipeline.on_time(noon);
  EXPECT_TRUE(handled_reasons.empty());
  allowed = true;
  pipeline.on_time(noon + base::Millis{1});
  EXPECT_EQ(handled_reasons, std::vector<desk::Reason>{desk::Reason::published});
}

TEST_F(PipelineTest, OfAnEpisodesUpdatesOneASecondIsSaidAndATierRiseAtOnce) {
  detector.one_key = true;
  std::vector<std::pair<desk::Reason, std::string>> said;
  hooks.on_handled = [&](const Finding& finding, const desk::Handled& handled) {
    said.emplace_back(handled.reason, finding.event_id);
  };
  app::Pipeline pipeline(detector, *desk, hooks);
  const auto hear = [&](desk::Phase phase, int tier) {
    detector.phase = phase;
    detector.tier = tier;
    const auto heard = event("BTC");
    pipeline.on_event(heard);
    return market::identity(heard);
  };
  using Phase = desk::Phase;
  using Reason = desk::Reason;
  std::vector<std::pair<Reason, std::string>> expected;
  expected.emplace_back(Reason::published, hear(Phase::open, 1));
  (void)hear(Phase::update, 1);
  const auto newest = hear(Phase::update, 1);
  EXPECT_EQ(said, expected);
  pipeline.on_time(noon + base::Millis{1'000});
  expected.emplace_back(Reason::updated, newest);
  (void)hear(Phase::update, 1);
  expected.emplace_back(Reason::tier_rose, hear(Phase::update, 2));
  (void)hear(Phase::update, 2);
  expected.emplace_back(Reason::closed, hear(Phase::close, 2));
  pipeline.on_time(noon + base::Millis{2'000});
  EXPECT_EQ(said, expected) << "what waited is older than the end";
}

TEST_F(PipelineTest, AMessageNamesTheFeedsBehindItThatAreNotBelieved) {
  EagerDetector detector;
  hooks.coverage = [](const Finding& finding) {
    return finding.symbol == "BTC" ? std::string("Binance candles SUSPECT: no bar for 5m & more") : std::string();
  };
  app::Pipeline pipeline(detector, *desk, hooks);
  pipeline.on_event(event("BTC"));
  EXPECT_EQ(last_message, "a spike\n⚠️ Binance candles SUSPECT: no bar for 5m &amp; more");
  pipeline.on_event(event("ETH"));
  EXPECT_EQ(last_message, "a spike");
}

}  // namespace pipeline_test
