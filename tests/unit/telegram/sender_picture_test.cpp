// Pictures: silent replies that are drawn when it is their turn, and sent once or not at all (decision 0019).
#include "tests/unit/telegram/world.hpp"

namespace sender_picture_test {
using namespace test;
using store::Chat;
using store::Op;
using store::Priority;
using store::RowState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SenderPicture : public World {
 protected:
  std::int64_t picture_below(std::optional<std::int64_t> target, const std::string& key = "chart") {
    auto what = draft(key, Priority::reply);
    what.op = target ? Op::reply : Op::send;
    what.refers_to = target;
    what.html = base::Html::bold("caption of " + key);
    what.picture = "{spec of " + key + "}";
    what.silent = true;
    what.repeatable = false;
    return accept(what);
  }
  [[nodiscard]] std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& asked : http_.asked) out.push_back(asked.method());
    return out;
  }
};

TEST_F(SenderPicture, FollowsItsSignalAsASilentReply) {
  start();
  const auto signal = say("signal");
  const auto chart = picture_below(signal);
  clock_.advance(10s);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
  const auto& asked = http_.asked.at(1);
  EXPECT_EQ(asked.body.value("chat_id", ""), "-1001");
  EXPECT_EQ(asked.body.value("caption", ""), "<b>caption of chart</b>");
  EXPECT_EQ(asked.body.value("parse_mode", ""), "HTML");
  EXPECT_EQ(asked.body.value("disable_notification", ""), "true");
  EXPECT_EQ(asked.body.value("reply_parameters", ""), R"({"allow_sending_without_reply":true,"message_id":1001})");
  EXPECT_EQ(asked.picture, "\x89PNG of {spec of chart}");
  EXPECT_EQ(row(chart).state, RowState::sent);
  EXPECT_EQ(row(chart).message_id, 1'002);
  EXPECT_THAT(ears_.said, ElementsAre("signal", "chart"));
}

TEST_F(SenderPicture, IsDrawnInItsTurnAndNotBefore) {
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  start();
  picture_below(say("signal"));
  clock_.advance(5min);
  EXPECT_THAT(painter_.asked, IsEmpty());
}

TEST_F(SenderPicture, TextsOfTheOtherChatDoNotWaitForIt) {
  start();
  painter_.takes = 10s;
  picture_below(std::nullopt);
  clock_.advance(1s);
  say("operator", Priority::signal, Chat::operators);
  clock_.advance(1s);
  EXPECT_THAT(texts(), ElementsAre("operator"));
}

TEST_F(SenderPicture, TextsBehindItWaitForThePainterAtMost) {
  start();
  painter_.takes = 10s;
  painter_.broken = true;
  picture_below(std::nullopt);
  clock_.advance(1s);
  say("signal");
  clock_.advance(8s);
  EXPECT_THAT(http_.asked, IsEmpty());
  clock_.advance(2s);
  EXPECT_THAT(texts(), ElementsAre("signal"));
}

TEST_F(SenderPicture, WhatCannotBeDrawnEndsAsDeadWithTheReason) {
  start();
  painter_.broken = true;
  const auto chart = picture_below(say("signal"));
  clock_.advance(10min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage"));
  EXPECT_EQ(row(chart).state, RowState::dead);
  EXPECT_THAT(row(chart).last_error, HasSubstr("it died of signal 11"));
  EXPECT_THAT(ears_.failures, ElementsAre("not_drawn/dead"));
  EXPECT_EQ(painter_.asked.size(), 1U);
}

TEST_F(SenderPicture, WithoutAPainterItEndsAsDead) {
  use_painter = false;
  start();
  const auto chart = picture_below(std::nullopt);
  clock_.advance(1s);
  EXPECT_EQ(row(chart).state, RowState::dead);
  EXPECT_THAT(row(chart).last_error, HasSubstr("install perpwatch_chart"));
}

TEST_F(SenderPicture, CR5_ADoubtfulSendIsNotRepeated) {
  http_.next.push_back(FakeTelegram::broken(base::Delivery::unknown));
  start();
  const auto chart = picture_below(std::nullopt);
  clock_.advance(10min);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_EQ(row(chart).state, RowState::unknown);
}

TEST_F(SenderPicture, CR5_CutOffWhileItIsDrawnItIsDroppedAtTheNextStart) {
  start();
  painter_.takes = 5s;
  const auto chart = picture_below(std::nullopt);
  clock_.advance(1s);
  EXPECT_EQ(row(chart).state, RowState::sending);
  restart();
  EXPECT_EQ(recovered_.dropped, 1);
  clock_.advance(10min);
  EXPECT_THAT(http_.asked, IsEmpty());
  EXPECT_EQ(row(chart).state, RowState::unknown);
}

TEST_F(SenderPicture, WhatNeverLeftIsSentAgain) {
  http_.next.push_back(FakeTelegram::broken(base::Delivery::not_sent));
  http_.next.push_back(FakeTelegram::refusal(429, "Too Many Requests", R"({"retry_after":3})"));
  start();
  const auto chart = picture_below(std::nullopt);
  clock_.advance(10min);
  EXPECT_EQ(http_.asked.size(), 3U);
  EXPECT_EQ(row(chart).state, RowState::sent);
}

TEST_F(SenderPicture, AChatThatTakesNoPicturesStillGetsItsTexts) {
  start();
  for (const char* words : {"Bad Request: not enough rights to send photos to the chat", "Forbidden: no photos here"}) {
    http_.next.push_back(FakeTelegram::refusal(*words == 'B' ? 400 : 403, words));
    const auto chart = picture_below(std::nullopt, words);
    clock_.advance(10s);
    EXPECT_EQ(row(chart).state, RowState::dead);
    say(std::string("after ") + words);
    clock_.advance(10s);
    EXPECT_EQ(texts().back(), std::string("after ") + words);
  }
}

TEST_F(SenderPicture, OneThatIsTooLargeIsNotTriedTwice) {
  http_.next.push_back(FakeTelegram::refusal(413, "Request Entity Too Large"));
  start();
  const auto chart = picture_below(std::nullopt);
  clock_.advance(10min);
  EXPECT_EQ(http_.asked.size(), 1U);
  EXPECT_EQ(row(chart).state, RowState::dead);
}

TEST_F(SenderPicture, ACaptionThatCannotBeParsedGoesPlain) {
  http_.next.push_back(FakeTelegram::refusal(400, "Bad Request: can't parse entities: Unclosed start tag"));
  start();
  const auto chart = picture_below(std::nullopt);
  clock_.advance(10s);
  ASSERT_EQ(http_.asked.size(), 2U);
  EXPECT_EQ(http_.asked[1].body.value("caption", ""), "caption of chart");
  EXPECT_FALSE(http_.asked[1].body.contains("parse_mode"));
  EXPECT_EQ(row(chart).state, RowState::sent);
}

TEST_F(SenderPicture, ALongCaptionIsCutToWhatTelegramTakes) {
  start();
  auto what = draft("chart", Priority::reply);
  what.html = base::Html::text(std::string(3'000, 'x'));
  what.picture = "{}";
  accept(what);
  clock_.advance(1s);
  EXPECT_EQ(http_.asked.at(0).body.value("caption", "").size(), 1'024U);
}

TEST_F(SenderPicture, BelowASignalThatNeverWentOutThereIsNone) {
  http_.always = FakeTelegram::refusal(400, "Bad Request: BUTTON_TYPE_INVALID");
  start();
  const auto chart = picture_below(say("signal"));
  clock_.advance(1min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage"));
  EXPECT_EQ(row(chart).state, RowState::dead);
  EXPECT_THAT(painter_.asked, IsEmpty());
}

TEST_F(SenderPicture, HA3_TheLeaseIsAskedAfterItWasDrawn) {
  start();
  painter_.takes = 2s;
  const auto chart = picture_below(std::nullopt);
  clock_.advance(1s);
  lease_.value = false;
  clock_.advance(3s);
  EXPECT_THAT(http_.asked, IsEmpty());
  EXPECT_EQ(row(chart).state, RowState::pending);
  lease_.value = true;
  clock_.advance(10s);
  EXPECT_EQ(row(chart).state, RowState::sent);
}

TEST_F(SenderPicture, TheTerminalSaysThatThereIsOne) {
  use_terminal = true;
  start({{Chat::signals, {"terminal", std::nullopt}}, {Chat::operators, {"terminal", std::nullopt}}});
  auto what = draft("chart");
  what.sink = "terminal";
  what.html = base::Html::bold("BTCUSDT · Binance");
  what.picture = "{}";
  accept(what);
  clock_.advance(1s);
  EXPECT_THAT(printed_, ElementsAre("[chart] BTCUSDT · Binance"));
  EXPECT_THAT(painter_.asked, IsEmpty()) << "nobody sees it";
}

TEST_F(SenderPicture, AFlushWaitsForThePainter) {
  start();
  painter_.takes = 2s;
  picture_below(std::nullopt);
  std::optional<std::int64_t> left;
  const auto flush = [](telegram::Sender& sender, base::SteadyTime until,
                        std::optional<std::int64_t>& out) -> boost::asio::awaitable<void> {
    out = co_await sender.flush(until);
  };
  tasks_->spawn("flush", flush(*sender_, clock_.steady_now() + 10s, left));
  clock_.advance(1s);
  EXPECT_FALSE(left);
  clock_.advance(2s);
  EXPECT_EQ(left, 0);
}

}  // namespace sender_picture_test
