// One life of a keeper of outcomes between a detector that says what it is told and a real store.
#pragma once
#include <gtest/gtest.h>

#include "common/app/outcome_keeper.hpp"
#include "common/app/pipeline.hpp"
#include "common/base/task_group.hpp"
#include "common/store/schema.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace keeper_life {
using base::Millis;
using desk::Direction;
using desk::Finding;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr Millis minute{60'000};

/// Says what it is told to.
class ScriptedDetector final : public desk::Detector {
 public:
  void on_event(const market::Event&, desk::Findings& out) override { out.insert(out.end(), next.begin(), next.end()); }
  void on_time(base::WallTime, desk::Findings&) override {}
  desk::Findings next;
};

inline Finding finding(const std::string& symbol, base::WallTime at, Direction direction = Direction::long_side) {
  Finding out;
  out.kind = "reversal";
  out.exchange = "okx";
  out.subject = "okx " + symbol;
  out.symbol = symbol;
  out.key = "reversal/" + symbol;
  out.event_id = symbol + std::to_string(base::to_ms(at));
  out.fires = true;
  out.at = at;
  out.direction = direction;
  out.message = [symbol] { return base::Html::text(symbol + " turns"); };
  out.setup.emplace();
  out.setup->exchange = "okx";
  out.setup->symbol = symbol;
  out.setup->price = 100;
  return out;
}

inline market::Candle candle(const std::string& symbol, base::WallTime at, double price, Millis length = minute) {
  market::Candle out;
  out.exchange = "okx";
  out.symbol = symbol;
  out.opened_at = at;
  out.length = length;
  out.open = out.close = price;
  out.high = price + 1;
  out.low = price - 1;
  out.closed = true;
  return out;
}

/// One life of a bot, over a folder that outlives it.
class Life {
 public:
  Life(const std::filesystem::path& folder, base::WallTime now) : clock(io, now) {
    auto opened = store::open_bot(folder, "test", now);
    database = std::move(opened.value().database);
    outbox = std::make_unique<store::Outbox>(*database);
    desk::GatePolicy policy;
    policy.rings_a_day = 0;
    the_desk = std::make_unique<desk::Desk>(*database, *outbox, "terminal", policy);
    app::OutcomeKeeper::Hooks hooks;
    hooks.look_up = [this](std::string, feed::CandleQuestion question) { return look_up(question); };
    hooks.settlements = [this](std::string, std::string, base::WallTime from, base::WallTime to) {
      return settlements(from, to);
    };
    hooks.find = [](const std::string&, const std::string&) -> const market::Instrument* { return nullptr; };
    hooks.names = [](const std::string&, const std::string&) { return std::pair<std::string, std::string>("OKX", ""); };
    hooks.would_publish = [this](const Finding& one) {
      return the_desk->would_publish(one, clock.wall_now()).has_value();
    };
    hooks.spawn = [this](std::string name, boost::asio::awaitable<void> task) {
      tasks->spawn(std::move(name), std::move(task));
    };
    hooks.release = [this](const Finding& one) { pipeline->go_on(one); };
    hooks.on_error = [this](const base::Error& error) { errors.push_back(error.text()); };
    hooks.on_accepted = [this] { ++replies; };
    keeper = std::make_unique<app::OutcomeKeeper>(*database, *outbox, clock, "terminal", std::move(hooks));
    keeper->configure(desk::TradeRules{}, std::chrono::minutes{5}, "c1");
    the_desk->on_published = [this](const Finding& one, const desk::Handled& handled, base::WallTime at) {
      return keeper->on_published(one, handled, at);
    };
    the_desk->survey = [this](const Finding& one, desk::Surroundings& around) { keeper->survey(one, around); };
    app::Pipeline::Hooks piped;
    piped.now = [this] { return clock.wall_now(); };
    piped.watched = [](const Finding&) { return true; };
    piped.hold = [this](Finding& one) { return keeper->hold(one); };
    piped.on_handled = [this](const Finding& one, const desk::Handled& handled) {
      keeper->on_handled(one, handled);
      reasons.push_back(handled.reason);
      if (!handled.outbox_id) return;
      EXPECT_TRUE(outbox->mark_sending(*handled.outbox_id));
      EXPECT_TRUE(outbox->mark_sent(*handled.outbox_id, 77, clock.wall_now()));
    };
    piped.on_error = [this](const base::Error& error) { errors.push_back(error.text()); };
    pipeline = std::make_unique<app::Pipeline>(detector, *the_desk, piped);
    EXPECT_TRUE(keeper->load());
    tasks->spawn("outcomes", keeper->run());
  }
  ~Life() {
    tasks->stop();
    clock.advance(Millis{5'000});
    EXPECT_EQ(tasks->running(), 0U);
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  void find(const Finding& one) {
    detector.next = {one};
    pipeline->on_event(market::Event{market::Gap{}});
  }
  void pass(Millis span) {
    for (Millis done{}; done < span; done += Millis{1'000}) {
      clock.advance(Millis{1'000});
      keeper->on_time();
    }
  }
  /// Live bars, as the feed brings them: each when it has closed.
  void live(const std::vector<market::Candle>& bars) {
    for (const auto& bar : bars) {
      pass(bar.opened_at + bar.length - clock.wall_now());
      keeper->on_event(bar);
    }
  }
  std::string words(std::int64_t id) {
    const auto row = outbox->find(id);
    return row && row.value() ? base::visible_text(row.value()->draft.html.str()) : "";
  }
  std::string late_words(std::int64_t id) {
    return base::visible_text(outbox->find(id).value()->draft.late_html.str());
  }
  std::vector<store::OutcomeRow> rows() { return store::Outcomes(*database).since(base::from_ms(0)).value(); }

  boost::asio::awaitable<app::OutcomeKeeper::Bars> look_up(feed::CandleQuestion question) {
    questions.push_back(question);
    co_await clock.sleep_for(latency);
    if (failure) co_return *failure;
    std::vector<market::Candle> out;
    for (const auto& bar : history)
      if (bar.symbol == question.symbol && bar.length == question.bar && bar.opened_at >= question.from &&
          bar.opened_at < question.to && bar.opened_at + bar.length <= clock.wall_now())
        out.push_back(bar);
    co_return out;
  }
  boost::asio::awaitable<app::OutcomeKeeper::Settlements> settlements(base::WallTime from, base::WallTime to) {
    ++settlements_asked;
    co_await clock.sleep_for(latency);
    if (failure) co_return *failure;
    std::vector<market::Funding> out;
    for (const auto& one : settled)
      if (*one.settles_at >= from && *one.settles_at <= to) out.push_back(one);
    co_return out;
  }

  boost::asio::io_context io{1};
  test::FakeClock clock;
  std::vector<std::string> crashes, errors;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Outbox> outbox;
  std::unique_ptr<desk::Desk> the_desk;
  ScriptedDetector detector;
  std::unique_ptr<app::OutcomeKeeper> keeper;
  std::unique_ptr<app::Pipeline> pipeline;
  std::vector<feed::CandleQuestion> questions;
  std::vector<market::Candle> history;
  std::vector<market::Funding> settled;
  std::vector<desk::Reason> reasons;
  std::optional<base::Error> failure;
  Millis latency{500};
  int replies{}, settlements_asked{};
  std::unique_ptr<base::TaskGroup> tasks =
      std::make_unique<base::TaskGroup>(io, [this](const std::string& name, const std::exception_ptr& error) {
        crashes.push_back(name + ": " + base::describe(error));
        ADD_FAILURE() << crashes.back();
      });
};

}  // namespace keeper_life
