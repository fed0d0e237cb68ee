// A bot's feed records its session with the sandbox; another sandbox plays the recording to another bot's feed, which
// must read the same. Everything is real but time: sockets, clients, guard, recorder.
#include "tests/sandbox/playback.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "common/feed/market_feed.hpp"
#include "common/feed/recorder.hpp"
#include "common/guard/memory_ledger.hpp"
#include "common/net/clients.hpp"
#include "tests/sandbox/bot_parts.hpp"
#include "tests/sandbox/server.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace sandbox {
namespace playback_test {

using namespace std::chrono_literals;

constexpr Ms start = 1'780'000'050'000;  // half a minute before a whole one
constexpr auto played_exchanges = {"binance", "bybit", "okx", "htx", "kucoin", "gate"};

/// Nobody listens to the guard; the feed's mistakes are kept.
class Ear final : public guard::Observer, public feed::Observer {
 public:
  void on_call(const guard::CallReport&) override {}
  void on_breaker(const guard::BreakerKey&, const guard::BreakerChange&) override {}
  void on_ban(const guard::HostBan&) override {}
  void on_wait(const std::string&, const std::string&, base::Millis) override {}
  void on_refused(const guard::BreakerKey&, guard::Refusal, std::optional<base::Millis>) override {}
  void on_ledger_error(const base::Error& error) override { errors.push_back(error.text()); }
  void on_live(const std::string&, market::Topic) override {}
  void on_lost(const std::string&, market::Topic, const base::Error&) override {}
  void on_data(const std::string&, market::Topic, std::size_t, std::optional<base::WallTime>) override {}
  void on_error(const std::string& place, const base::Error& error) override {
    errors.push_back(place + ": " + error.text());
  }
  void on_rows_skipped(const std::string& exchange, market::Topic, std::size_t) override {
    errors.push_back(exchange + ": skipped rows");
  }
  void on_contracts(const std::string&, const std::vector<market::ContractChange>&) override {}
  void on_server_time(const std::string&, base::WallTime, base::WallTime, base::Millis, base::Millis) override {}

  std::vector<std::string> errors;
};

/// A sandbox and the feed of one bot that wants everything.
class Session {
 public:
  Session(const Settings& sandbox, Ms begin, const std::filesystem::path& record_to)
      : clock_(io_, base::from_ms(begin)), app_(sandbox, begin), server_(io_, clock_, app_, tasks_) {
    const auto port = server_.listen("127.0.0.1", 0);
    server_.start(1);
    auto settings = shipped_settings();
    for (auto& [name, its] : settings.exchanges) point_at(its, name, "127.0.0.1", port);
    gate_ = std::make_unique<guard::Gate>(*http_, clock_, ledger_, ear_, gate_options(settings, "volume"),
                                          [] { return 0.5; });
    feed::RecorderSettings record;
    record.enabled = true;
    record.folder = record_to;
    record.bot = "volume";
    recorder_ = std::make_unique<feed::Recorder>(
        record, io_.get_executor(), clock_, [this](const base::Error& error) { ear_.errors.push_back(error.text()); });
    std::vector<std::unique_ptr<feed::Venue>> venues;
    for (const auto* const name : played_exchanges) {
      const auto& its = settings.exchanges.at(name);
      venues.push_back(std::make_unique<feed::Venue>(exchange::make_exchange(name, its), its));
      venues.back()->recorder = recorder_.get();
    }
    feed::FeedNeeds needs;
    needs.candles = needs.liquidations = true;
    needs.candle_history = 30min;
    needs.polls.emplace_back(market::Topic::funding, base::Millis{60'000});
    feed::MarketFeedTools tools(io_, clock_, *gate_, ledger_, *ws_, ear_, [] { return 0.5; });
    feed_ = std::make_unique<feed::MarketFeed>(
        std::move(tools), std::move(venues), needs, feed::WatchSettings{},
        [this](const market::Event& event) { hear(event); },
        [](const std::string&, const std::string&) { return std::nullopt; },
        [](const std::string&, base::WallTime now) { return now; },
        [this](const std::string& task, const std::exception_ptr& error) {
          ear_.errors.push_back(task + ": " + base::describe(error));
        });
  }
  ~Session() {
    feed_->stop();
    tasks_.stop();
    for (int i = 0; i < 50 && !(feed_->idle() && tasks_.running() == 0); ++i) quiet_down();
    feed_.reset();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;

  void live(base::Millis span) {
    constexpr base::Millis step{100};
    for (base::Millis passed{0}; passed < span; passed += step) {
      if (lived_ % 60'000 == 0) tasks_.spawn("cycle", cycle());
      if (lived_ % 1'000 == 0) {
        feed_->on_time();
        recorder_->on_time();
      }
      clock_.advance(step);
      quiet_down();
      lived_ += step.count();
    }
  }
  void act(const Json& action) { control("POST", "action", action); }
  Json control(const std::string& method, const std::string& path, const Json& body = nullptr) {
    Request request;
    request.method = method;
    request.path = "/control/" + path;
    request.body = body.dump();
    return Json::parse(app_.http(request, base::to_ms(clock_.wall_now())).body);
  }
  [[nodiscard]] const std::set<std::string>& liquidations() const { return liquidations_; }
  [[nodiscard]] const std::map<std::string, std::string>& bars() const { return bars_; }
  [[nodiscard]] const std::vector<std::string>& errors() const { return ear_.errors; }

 private:
  boost::asio::awaitable<void> cycle() { (void)co_await feed_->cycle(false, 50s); }

  void hear(const market::Event& event) {
    if (std::holds_alternative<market::Liquidation>(event)) liquidations_.insert(market::identity(event));
    const auto* bar = std::get_if<market::Candle>(&event);
    if (bar != nullptr && base::to_ms(bar->opened_at) >= start)
      bars_[market::identity(event)] = std::to_string(bar->close) + " " + std::to_string(bar->base_volume.value_or(0));
  }
  /// Until the sockets have nothing more to say at this moment.
  void quiet_down() {
    for (int idle = 0; idle < 2;) {
      io_.restart();
      idle = io_.run_for(1ms) == 0 ? idle + 1 : 0;
    }
  }

  boost::asio::io_context io_{1};
  test::FakeClock clock_;
  base::TaskGroup tasks_{io_, [](const std::string& name, const std::exception_ptr& error) {
                           ADD_FAILURE() << name << ": " << base::describe(error);
                         }};
  App app_;
  Server server_;
  Ear ear_;
  guard::MemoryLedger ledger_;
  std::unique_ptr<net::HttpClient> http_{net::make_http_client(io_, {})};
  std::unique_ptr<net::WsClient> ws_{net::make_ws_client(io_, {})};
  std::unique_ptr<guard::Gate> gate_;
  std::unique_ptr<feed::Recorder> recorder_;
  std::unique_ptr<feed::MarketFeed> feed_;
  std::set<std::string> liquidations_;
  std::map<std::string, std::string> bars_;
  std::int64_t lived_{};
};

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

template <class Set>
std::string of(const std::string& exchange, const Set& all) {
  std::string out;
  for (const auto& one : all)
    if (one.find(exchange) != std::string::npos) out += one + "\n";
  return out;
}

TEST(Playback, AnotherBotReadsWhatTheFirstOneReadWhenItsRecordingIsPlayed) {
  const test::TempFolder folder;
  std::set<std::string> liquidations;
  std::map<std::string, std::string> bars;
  {
    Session first({}, start, folder.path() / "first");
    first.live(40s);
    for (const auto* const exchange : played_exchanges)
      for (const auto* const coin : {"BTC", "SOL"})
        first.act({{"kind", "print"}, {"exchange", exchange}, {"symbol", coin}, {"usd", 4e5}});
    first.live(60s);
    liquidations = first.liquidations();
    bars = first.bars();
  }
  for (const auto* const exchange : {"binance", "bybit", "okx", "htx"})
    EXPECT_NE(of(exchange, liquidations), "") << exchange;
  ASSERT_FALSE(bars.empty());

  Settings settings;
  settings.seed = 99;  // another market: what is read can only come from the recording
  settings.play = files_in(folder.path() / "first");
  const Playback recording(settings.play);
  EXPECT_GE(recording.begins(), start);
  Session second(settings, recording.begins() - 10'000, folder.path() / "second");
  second.live(118s);
  for (const auto* const exchange : played_exchanges) {
    EXPECT_EQ(of(exchange, second.liquidations()), of(exchange, liquidations));
    const auto stats = second.control("GET", "stats")["exchanges"][exchange]["recording"];
    EXPECT_EQ(stats["frames_left"], 0) << exchange;
    EXPECT_GT(stats["answers"], 0) << exchange;
    EXPECT_EQ(stats["unknown"], 0) << exchange;
  }
  EXPECT_EQ(second.bars(), bars);
  EXPECT_EQ(second.errors(), std::vector<std::string>{});
}

TEST(Playback, AFrameWaitsForTheFirstListenerOfItsTopicAndGoesToWhoAskedForItsContract) {
  PlayedBack played("bybit");
  const auto frame = [&](Ms at, const std::string& symbol, const std::string& source) {
    const std::string bytes =
        R"({"topic":"kline.1.)" + symbol + R"(","data":[{"start":1780000020000,"end":1780000079999,)" +
        R"("interval":"1","open":"1","close":"1","high":"1","low":"1","volume":"1",)" +
        R"("turnover":"1","confirm":true,"timestamp":1780000080000}],"ts":1780000080000,)" + R"("type":"snapshot"})";
    played.add(feed::frame_record(base::from_ms(at), "bybit", source, bytes));
  };
  frame(start, "BTCUSDT", "bybit candles 1/2");
  frame(start + 5'000, "1000BTCUSDT", "bybit candles 2/2");
  played.add(feed::frame_record(base::from_ms(start), "bybit", "bybit candles 1/2", R"({"op":"pong"})"));
  played.finish();
  std::vector<std::string> one, other;
  const std::string said_one = R"({"op":"subscribe","args":["kline.1.btcusdt"]})";
  const std::string said_other = R"({"op":"subscribe","args":["kline.1.1000btcusdt"]})";
  const std::vector<PlayedBack::Listener> listeners{{said_one, [&](const auto& bytes) { one.push_back(bytes); }},
                                                    {said_other, [&](const auto& bytes) { other.push_back(bytes); }}};
  played.play(start + 1'000, {});
  EXPECT_EQ(played.frames_left(), 1U);
  played.play(start + 2'000, listeners);
  ASSERT_EQ(one.size(), 1U) << "it waited";
  EXPECT_TRUE(other.empty());
  played.play(start + 4'999, listeners);
  EXPECT_TRUE(other.empty()) << "not before its time";
  played.play(start + 5'000, listeners);
  EXPECT_EQ(one.size(), 1U);
  EXPECT_EQ(other.size(), 1U);
}

TEST(Playback, AnswersComeInTheirOrderRoundByRoundAndPageByPage) {
  PlayedBack played("bybit");
  const auto answer = [&](Ms at, const std::string& endpoint, const std::string& symbol, const std::string& bytes) {
    feed::Record record;
    record.kind = feed::Record::Kind::answer;
    record.received = base::from_ms(at);
    record.exchange = "bybit";
    record.source = endpoint;
    record.topic = market::Topic::tickers;
    record.symbol = symbol;
    record.bytes = bytes;
    played.add(record);
  };
  answer(start, "v5/market/tickers", "", "first page");
  answer(start + 100, "v5/market/tickers", "", "second page");
  answer(start + 60'000, "v5/market/tickers", "", "a minute later");
  answer(start, "v5/market/kline", "ETHUSDT", "bars");
  played.finish();
  const auto ask = [&](const std::string& path, const Params& query, Ms now) {
    Request request;
    request.path = "/bybit/" + path;
    request.query = query;
    const auto response = played.answer(request, now);
    return response ? response->body : "its own";
  };
  EXPECT_EQ(ask("v5/market/tickers", {}, start - 30'000), "first page");
  EXPECT_EQ(ask("v5/market/tickers", {{"cursor", "x"}}, start - 29'000), "second page");
  EXPECT_EQ(ask("v5/market/tickers", {}, start + 30'000), "first page");
  EXPECT_EQ(ask("v5/market/tickers", {}, start + 56'000), "a minute later");
  EXPECT_EQ(ask("v5/market/kline", {{"symbol", "ETHUSDT"}}, start), "bars");
  EXPECT_EQ(ask("v5/market/kline", {{"symbol", "BTCUSDT"}}, start), "nothing was recorded here\n");
  EXPECT_EQ(ask("v5/market/open-interest", {}, start), "nothing was recorded here\n");
  EXPECT_EQ(ask("v5/market/time", {}, start), "its own");
}

TEST(Playback, WhatIsNoRecordingIsNamed) {
  const test::TempFolder folder;
  EXPECT_THROW(Playback({folder.path() / "none.rec.zst"}), std::runtime_error);
  std::ofstream(folder.path() / "text.rec.zst") << "no recording";
  EXPECT_THROW(Playback({folder.path() / "text.rec.zst"}), std::runtime_error);
}

}  // namespace playback_test
}  // namespace sandbox
