// A cascade from its first order to its last edit, through detector, pipeline, desk and outbox, over a kill -9.
#include <regex>

#include <gtest/gtest.h>

#include "bots/liquidation/detector.hpp"
#include "common/app/pipeline.hpp"
#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace cascade_life_test {

using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr std::array<const char*, 3> exchanges{"bybit", "binance", "okx"};
constexpr int orders = 500;
constexpr base::Millis step = 480ms;  // 500 of them in four minutes

/// What a subscriber saw of one message.
struct Shown {
  std::string text;
  store::Op op{};
  bool rings{};
};

/// Everything that a process holds. The store is all that outlives it.
class Life {
 public:
  Life(const std::filesystem::path& folder, base::WallTime now, std::vector<Shown>& shown)
      : shown_(shown),
        now_(now),
        detector_(settings(), [this](const std::string&, const std::string&) { return &listed_; }) {
    listed_.symbol = "XUSDT";
    listed_.base = listed_.asset = "X";
    database_ = std::move(store::open_bot(folder, "liquidation", now).value().database);
    outbox_ = std::make_unique<store::Outbox>(*database_);
    EXPECT_TRUE(outbox_->recover_after_restart(now));
    desk_ = std::make_unique<desk::Desk>(*database_, *outbox_, "telegram", desk::GatePolicy{});
    app::Pipeline::Hooks hooks;
    hooks.now = [this] { return now_; };
    hooks.watched = [](const desk::Finding&) { return true; };
    hooks.on_handled = [](const desk::Finding&, const desk::Handled&) {};
    hooks.on_error = [](const base::Error& error) { ADD_FAILURE() << error.text(); };
    pipeline_ = std::make_unique<app::Pipeline>(detector_, *desk_, hooks);
    pipeline_->resume(now);
    for (int back = 40; back > 0; --back) bar(std::chrono::floor<std::chrono::minutes>(noon) - back * 1min);
  }

  void order(int number, base::WallTime at, double price) {
    pass_to(at);
    market::Ticker ticker;
    ticker.exchange = "bybit";
    ticker.symbol = "XUSDT";
    ticker.last = price;
    ticker.at = ticker.received_at = at;
    pipeline_->on_event(ticker);
    market::Liquidation e;
    e.exchange = exchanges.at(static_cast<std::size_t>(number) % exchanges.size());
    e.symbol = "XUSDT";
    e.side = market::PositionSide::long_side;
    e.price = price;
    e.usd = number % 50 == 49 ? 25'000 + number : 12'000;
    e.base = *e.usd / price;
    e.raw_quantity = *e.base;
    e.id = std::to_string(number);
    e.at = at;
    e.received_at = at + 50ms;
    pipeline_->on_event(e);
    send();
  }
  void pass_to(base::WallTime at) {
    for (; now_ + 1s <= at; send()) pipeline_->on_time(now_ += 1s);
  }

 private:
  static liquidation::Settings settings() {
    liquidation::Settings out;
    out.print_floors = {1e12, 1e12, 1e12};
    return out;
  }
  void bar(base::WallTime opened_at) {
    market::Candle c;
    c.exchange = "bybit";
    c.symbol = "XUSDT";
    c.opened_at = opened_at;
    c.length = 1min;
    c.open = c.close = 100;
    c.high = 100.1;
    c.low = 99.9;
    c.closed = true;
    c.received_at = opened_at + 62s;
    pipeline_->on_event(c);
  }
  /// A chat that takes everything at once.
  void send() {
    constexpr std::array chats{store::Chat::signals};
    while (const auto row = outbox_->next_due("telegram", chats, now_).value().row) {
      ASSERT_TRUE(outbox_->mark_sending(row->id));
      ASSERT_TRUE(outbox_->mark_sent(row->id, row->id, now_));
      shown_.push_back({base::visible_text(row->draft.html.str()), row->draft.op, !row->draft.silent});
    }
  }

  std::vector<Shown>& shown_;
  base::WallTime now_;
  market::Instrument listed_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<desk::Desk> desk_;
  liquidation::Detector detector_;
  std::unique_ptr<app::Pipeline> pipeline_;
};

double number(const std::string& text, const std::string& pattern) {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(pattern))) return std::nan("");
  const double value = std::stod(found[1]);
  const auto unit = found.size() > 2 ? found[2].str() : "";
  return value * (unit == "M" ? 1e6 : unit == "k" ? 1e3 : 1);
}

/// Total, orders, peak, largest, tier, and each exchange's share: none of them may ever fall.
std::vector<double> numbers(const std::string& text) {
  std::vector<double> out{number(text, R"(Total (?:≥ )?\$([0-9.]+)([kM]?))"), number(text, R"(, ([0-9]+) orders)"),
                          number(text, R"(Peak \$([0-9.]+)([kM]?))"),
                          number(text, R"(largest order \$([0-9.]+)([kM]?))"), number(text, R"(Tier ([0-9]))")};
  for (const auto* exchange : exchanges) out.push_back(number(text, std::string(exchange) + R"( \$([0-9.]+)([kM]?))"));
  return out;
}

void expect_one_living_message(const std::vector<Shown>& shown) {
  int posts = 0, rings = 0;
  std::vector<double> before(8, 0);
  for (const auto& one : shown) {
    posts += one.op == store::Op::send ? 1 : 0;
    rings += one.rings ? 1 : 0;
    if (one.op == store::Op::reply) continue;
    const auto now = numbers(one.text);
    for (std::size_t at = 0; at < now.size(); ++at) {
      if (std::isnan(now[at]) && std::isnan(before[at])) continue;
      EXPECT_GE(now[at], before[at]) << "number " << at << " of\n" << one.text;
    }
    before = now;
  }
  EXPECT_EQ(posts, 1);
  EXPECT_LE(rings, 4);
  EXPECT_GE(rings, 3) << "the post, the second and the third tier";
  EXPECT_GT(shown.size(), 80U) << "it was edited as it grew";
  EXPECT_TRUE(shown.back().text.starts_with("🏁")) << shown.back().text;
}

double price_at(int order) { return 100 - 0.03 * order; }

TEST(CascadeLife, SIG5_FiveHundredOrdersInFourMinutesAreOneMessageAndFourRingsAtMost) {
  test::TempFolder folder;
  std::vector<Shown> shown;
  Life life(folder.path(), noon, shown);
  for (int n = 0; n < orders; ++n) life.order(n, noon + n * step, price_at(n));
  life.pass_to(noon + 10min);
  expect_one_living_message(shown);
  EXPECT_EQ(number(shown.back().text, R"(, ([0-9]+) orders)"), orders) << "each was counted once";
}

TEST(CascadeLife, SIG5_AfterAKillTheSameMessageGoesOn) {
  for (const int killed_at : {250}) {
    test::TempFolder folder;
    std::vector<Shown> shown;
    {
      Life life(folder.path(), noon, shown);
      for (int n = 0; n < killed_at; ++n) life.order(n, noon + n * step, price_at(n));
    }  // nothing is saved at its end
    const auto last = number(shown.back().op == store::Op::reply ? shown.at(shown.size() - 2).text : shown.back().text,
                             R"(, ([0-9]+) orders)");
    const int back_at = killed_at + 20;  // ten seconds later
    Life life(folder.path(), noon + back_at * step, shown);
    // Polls tell again what was counted before.
    for (int n = killed_at - 30; n < killed_at - 10; ++n) life.order(n, noon + n * step, price_at(n));
    for (int n = back_at; n < orders; ++n) life.order(n, noon + n * step, price_at(n));
    life.pass_to(noon + 10min);
    SCOPED_TRACE("killed at " + std::to_string(killed_at) + ":\n" + shown.back().text);
    expect_one_living_message(shown);
    const double all = number(shown.back().text, R"(, ([0-9]+) orders)");
    EXPECT_EQ(all, last + std::max(0, orders - back_at)) << "what was said before, and what came after";
    EXPECT_NE(shown.back().text.find("lower bound"), std::string::npos);
  }
}

TEST(CascadeLife, SIG5_AfterAKillWithNothingMoreToComeTheMessageStillEnds) {
  test::TempFolder folder;
  std::vector<Shown> shown;
  {
    Life life(folder.path(), noon, shown);
    for (int n = 0; n < 200; ++n) life.order(n, noon + n * step, price_at(n));
  }
  Life life(folder.path(), noon + 5min, shown);
  life.pass_to(noon + 5min + 119s);
  EXPECT_FALSE(shown.back().text.starts_with("🏁"));
  life.pass_to(noon + 5min + 121s);
  expect_one_living_message(shown);
}

}  // namespace cascade_life_test
