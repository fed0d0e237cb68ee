// From a published finding to the picture below its message.
#include "common/app/chart_keeper.hpp"

#include "tests/unit/telegram/world.hpp"

namespace chart_keeper_test {
using namespace test;
using store::Chat;
using store::RowState;
using testing::ElementsAre;
using testing::IsEmpty;

class ChartKeeperTest : public World {
 protected:
  void SetUp() override {
    start();
    instrument_.exchange = "okx";
    instrument_.symbol = "BTC-USDT-SWAP";
    instrument_.asset = "BTC";
    instrument_.tick_size = 0.1;
    app::ChartPorts ports(clock_, *outbox_);
    ports.look_up = [this](std::string exchange, feed::CandleQuestion question) {
      return look_up(std::move(exchange), std::move(question));
    };
    ports.resolve = [this](const std::string&, const std::string& symbol) {
      return symbol == instrument_.symbol ? &instrument_ : nullptr;
    };
    ports.title_of = [](const std::string&) { return "OKX"; };
    ports.accepted = [this] { sender_->notice(); };
    ports.on_error = [this](const base::Error& error) { errors_.push_back(error.text()); };
    ports.sink = "telegram";
    keeper_ = std::make_unique<app::ChartKeeper>(std::move(ports));
    tasks_->spawn("charts", keeper_->run());
  }
  void TearDown() override {
    stop();
    keeper_.reset();
  }
  boost::asio::awaitable<app::ChartPorts::Candles> look_up(std::string exchange, feed::CandleQuestion question) {
    asked_.push_back(exchange + " " + question.symbol);
    question_ = question;
    co_await clock_.sleep_for(lookup_takes_);
    if (broken_) co_return base::Error(base::ErrorKind::refused, "okx", "other questions came first");
    market::Candle bar;
    bar.opened_at = question.from;
    bar.open = bar.high = bar.low = bar.close = 100;
    co_return std::vector<market::Candle>{bar};
  }
  desk::Finding finding() {
    desk::Finding out;
    out.kind = "reversal";
    out.direction = desk::Direction::long_side;
    out.at = clock_.wall_now();
    out.setup.emplace();
    out.setup->exchange = "okx";
    out.setup->symbol = "BTC-USDT-SWAP";
    return out;
  }
  void liquidate(double usd, std::optional<market::PositionSide> side = market::PositionSide::long_side) {
    market::Liquidation one;
    one.exchange = "okx";
    one.symbol = "BTC-USDT-SWAP";
    one.side = side;
    one.usd = usd;
    one.at = clock_.wall_now();
    keeper_->on_event(one);
  }
  [[nodiscard]] std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& asked : http_.asked) out.push_back(asked.method());
    return out;
  }

  market::Instrument instrument_;
  std::unique_ptr<app::ChartKeeper> keeper_;
  std::vector<std::string> asked_, errors_;
  feed::CandleQuestion question_{"", base::Millis{0}, {}, {}};
  base::Millis lookup_takes_{100};
  bool broken_{false};
};

TEST_F(ChartKeeperTest, APictureFollowsTheTextOfASignal) {
  liquidate(5'000);
  liquidate(7'000, std::nullopt);  // nobody knows whose position it was
  const auto signal = say("signal");
  const auto at = clock_.wall_now();
  keeper_->on_published(finding(), signal, {100, 98, 103, 106});
  clock_.advance(2s);
  EXPECT_THAT(methods(), ElementsAre("sendMessage"));
  EXPECT_THAT(asked_, IsEmpty()) << "the bar that decided must have closed everywhere";
  clock_.advance(30s);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
  EXPECT_THAT(asked_, ElementsAre("okx BTC-USDT-SWAP"));
  EXPECT_EQ(question_.bar, 1min);
  EXPECT_TRUE(question_.not_after);
  EXPECT_FALSE(question_.urgent);
  const auto& photo = http_.asked.at(1);
  EXPECT_EQ(photo.body.value("reply_parameters", ""), R"({"allow_sending_without_reply":true,"message_id":1001})");
  EXPECT_EQ(photo.body.value("disable_notification", ""), "true");
  ASSERT_EQ(painter_.asked.size(), 1U);
  const auto spec = desk::picture_from_json(painter_.asked.at(0));
  ASSERT_TRUE(spec) << spec.error().text();
  const auto& chart = std::get<desk::ChartSpec>(spec.value());
  EXPECT_EQ(chart.title, "BTC-USDT-SWAP · OKX");
  EXPECT_EQ(chart.event_at, at);
  EXPECT_EQ(chart.tick_size, 0.1);
  EXPECT_EQ(chart.stop, 98);
  ASSERT_EQ(chart.liquidations.size(), 1U);
  EXPECT_EQ(chart.liquidations[0].long_usd, 5'000);
}

TEST_F(ChartKeeperTest, WithoutADirectionOrASetupThereIsNone) {
  auto plain = finding();
  plain.direction = desk::Direction::none;
  keeper_->on_published(plain, say("a"), {});
  plain = finding();
  plain.setup.reset();
  keeper_->on_published(plain, say("b"), {});
  clock_.advance(1min);
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendMessage"));
}

TEST_F(ChartKeeperTest, WithoutCandlesThereIsNoneAndTheNextGoesOn) {
  broken_ = true;
  keeper_->on_published(finding(), say("a"), {});
  clock_.advance(10s);
  broken_ = false;
  keeper_->on_published(finding(), say("b"), {});
  clock_.advance(20s);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendMessage", "sendPhoto"));
}

TEST_F(ChartKeeperTest, InAStormTheFirstOnesGetTheirPicture) {
  lookup_takes_ = 1h;
  const auto signal = say("signal");
  for (int i = 0; i < 50; ++i) keeper_->on_published(finding(), signal, {});
  EXPECT_EQ(keeper_->waiting(), app::ChartKeeper::waiting_max);
}

TEST_F(ChartKeeperTest, APictureThatComesTooLateIsNotSent) {
  keeper_->on_published(finding(), say("a"), {});
  http_.always = FakeTelegram::broken(base::Delivery::not_sent);
  clock_.advance(20min);
  http_.always = {};
  http_.asked.clear();
  clock_.advance(10min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage"));
}

TEST_F(ChartKeeperTest, OneSignalHasOnePicture) {
  const auto signal = say("signal");
  keeper_->on_published(finding(), signal, {});
  keeper_->on_published(finding(), signal, {});
  clock_.advance(1min);
  EXPECT_THAT(methods(), ElementsAre("sendMessage", "sendPhoto"));
}

}  // namespace chart_keeper_test
