// The weekly report from the hour it is due to the chat, over restarts and crashes between any two steps.
#include "common/app/report_keeper.hpp"

#include "tests/unit/telegram/world.hpp"

namespace report_keeper_test {
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::WallTime monday = base::from_ms(1'795'420'800'000);  // 2026-11-23 08:00

desk::TradeRecord trade(base::WallTime decided_at, double result) {
  desk::TradeRecord out;
  out.rule = "volume_spike";
  out.config = "c1";
  out.decided_at = decided_at;
  out.ended_at = decided_at + 3h;
  out.state = desk::OutcomeState::closed;
  out.result_r = result;
  return out;
}

class ReportKeeperTest : public World {
 protected:
  void SetUp() override {
    live(monday - 1h);
    pass(20min);  // of the week before there is nothing to tell
    made_ = 0;
  }
  void TearDown() override { die(); }
  /// A process begins; its clock goes on from `now`.
  void live(base::WallTime now) {
    clock_.step_wall(now - clock_.wall_now());
    start();
    app::ReportKeeper::Ports ports(*database_, *outbox_, *facts_, clock_);
    ports.records = [this] { return records_; };
    ports.configs_tried = []() -> base::Result<std::int64_t> { return 2; };
    ports.make = [this](desk::WeeklyFacts facts) { return make(std::move(facts)); };
    ports.accepted = [this] { sender_->notice(); };
    ports.on_error = [this](const base::Error& error) { errors_.push_back(error.text()); };
    ports.sink = "telegram";
    ports.title = "Volume Bot";
    ports.pictures = pictures_;
    keeper_ = std::make_unique<app::ReportKeeper>(std::move(ports), settings_);
    tasks_->spawn("weekly report", keeper_->run());
  }
  void die() {
    stop();
    keeper_.reset();
  }
  boost::asio::awaitable<app::ReportKeeper::Made> make(desk::WeeklyFacts facts) {
    ++made_;
    co_await clock_.sleep_for(takes_);
    co_return desk::weekly_report(facts);
  }
  /// Plays hours in steps, as a bot lives them.
  void pass(base::Millis span) { clock_.advance(span); }
  [[nodiscard]] std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& asked : http_.asked) out.push_back(asked.method());
    return out;
  }

  std::vector<desk::TradeRecord> records_{trade(monday - 60h, 1.5), trade(monday - 30h, -1)};
  app::ReportSettings settings_;
  std::unique_ptr<app::ReportKeeper> keeper_;
  std::vector<std::string> errors_;
  base::Millis takes_{20};
  bool pictures_{true};
  int made_{};
};

TEST_F(ReportKeeperTest, ATextAndItsPictureComeOnceAWeekWithoutARing) {
  pass(49min);
  EXPECT_THAT(methods(), IsEmpty()) << "what ended before the hour is settled first";
  pass(3min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
  const auto& text = http_.asked.at(0);
  EXPECT_EQ(text.chat(), "-1001") << "the signals' chat";
  EXPECT_TRUE(text.text().starts_with("📊 <b>Volume Bot: not enough data</b>\nWeek to Mon 23 Nov 08:00 UTC\n"))
      << text.text();
  EXPECT_NE(text.text().find("Config c1, 2 tried"), std::string::npos);
  EXPECT_EQ(text.body.value("disable_notification", false), true);
  const auto& photo = http_.asked.at(1);
  EXPECT_EQ(photo.body.value("disable_notification", ""), "true");
  EXPECT_EQ(photo.body.value("reply_parameters", ""), R"({"allow_sending_without_reply":true,"message_id":1001})");
  EXPECT_EQ(photo.body.value("caption", ""), "Volume Bot until 23 Nov: not enough data");
  const auto spec = desk::picture_from_json(painter_.asked.at(0));
  ASSERT_TRUE(spec) << spec.error().text();
  EXPECT_EQ(std::get<desk::ReportSpec>(spec.value()).lines[0].points.size(), 2U);
  pass(6 * 24h);
  EXPECT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(made_, 1);
  pass(24h);
  EXPECT_EQ(http_.asked.size(), 4U);
  EXPECT_NE(http_.asked.at(2).text().find("This week: no trade closed"), std::string::npos);
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(ReportKeeperTest, OverRestartsEachWeekIsToldOnce) {
  for (auto at = monday - 1h; at < monday + 3h; at += 17min) {
    die();
    live(at);
    pass(16min);
  }
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

TEST_F(ReportKeeperTest, ABotThatWasDownTellsItWhenItIsBack) {
  die();
  live(monday + 2 * 24h + 5h);
  pass(9min);
  EXPECT_THAT(methods(), IsEmpty()) << "first what ended meanwhile is caught up";
  pass(5min);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_NE(http_.asked.at(0).text().find("Week to Mon 23 Nov 08:00 UTC"), std::string::npos);
  pass(4 * 24h);
  EXPECT_EQ(http_.asked.size(), 2U);
}

TEST_F(ReportKeeperTest, AWeekThatWasMissedWholeIsNotMadeUpFor) {
  pass(2h);
  die();
  live(monday + 17 * 24h);
  pass(1h);
  ASSERT_EQ(http_.asked.size(), 4U) << "the newest alone: its record holds the others";
  EXPECT_NE(http_.asked.at(2).text().find("Week to Mon 7 Dec 08:00 UTC"), std::string::npos);
}

/// What is on the disk is all of it or nothing: the week's mark, the text, the picture.
TEST_F(ReportKeeperTest, ACrashBeforeTheCommitLosesNothingAndOneAfterItDoublesNothing) {
  takes_ = 1h;
  pass(100min);
  EXPECT_EQ(made_, 1);
  die();  // while it is being made
  EXPECT_THAT(methods(), IsEmpty());
  takes_ = 20ms;
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  live(monday + 2h);
  pass(12min);
  EXPECT_EQ(made_, 2);
  die();  // committed, and nothing of it has gone out
  http_.always = {};
  http_.asked.clear();
  live(monday + 3h);
  pass(1h);
  EXPECT_EQ(made_, 2);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

TEST_F(ReportKeeperTest, ADatabaseThatTakesNothingIsTriedAgainAndToldOnce) {
  ASSERT_TRUE(database_->change(
      "CREATE TRIGGER full BEFORE INSERT ON outbox WHEN NEW.picture <> '' BEGIN SELECT RAISE(FAIL, 'full'); END"));
  pass(2h);
  EXPECT_THAT(methods(), IsEmpty()) << "the text does not stay without its picture, nor the mark without both";
  EXPECT_FALSE(errors_.empty());
  ASSERT_TRUE(database_->change("DROP TRIGGER full"));
  pass(5min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

TEST_F(ReportKeeperTest, BeforeTheFirstClosedTradeNothingIsSaid) {
  records_.clear();
  pass(2h);
  EXPECT_THAT(methods(), IsEmpty());
  EXPECT_EQ(made_, 1);
  records_ = {trade(monday + 10h, 2)};
  pass(5 * 24h);
  EXPECT_THAT(methods(), IsEmpty()) << "of the week that is over there is still nothing to tell";
  pass(3 * 24h);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

TEST_F(ReportKeeperTest, IsTurnedOffAndOn) {
  settings_.enabled = false;
  keeper_->configure(settings_);
  pass(2h);
  EXPECT_THAT(methods(), IsEmpty());
  settings_.enabled = true;
  keeper_->configure(settings_);
  pass(2min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

TEST_F(ReportKeeperTest, AChangedDayBringsNoSecondReportOfTheSameDays) {
  pass(2h);
  EXPECT_EQ(http_.asked.size(), 2U);
  settings_.times = desk::ReportTimes::make(desk::Weekday::tuesday, 9, "UTC").value();
  keeper_->configure(settings_);
  pass(3 * 24h);
  EXPECT_EQ(http_.asked.size(), 2U);
  pass(5 * 24h + 2h);
  ASSERT_EQ(http_.asked.size(), 4U);
  EXPECT_NE(http_.asked.at(2).text().find("Week to Tue 1 Dec 09:00 UTC"), std::string::npos);
}

TEST_F(ReportKeeperTest, WithoutAPainterTheNumbersComeAlone) {
  die();
  pictures_ = false;
  live(monday);
  pass(1h);
  EXPECT_THAT(methods(), ElementsAre("sendMessage"));
}

}  // namespace report_keeper_test
