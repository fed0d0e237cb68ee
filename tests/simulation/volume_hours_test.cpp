// A whole volume bot lives hours of virtual time: real wiring, store and messages; the exchange is written by the test.
#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "bots/volume/logic.hpp"
#include "common/app/program.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/net/scripted_http.hpp"
#include "tests/support/net/scripted_ws.hpp"
#include "tests/support/temp_folder.hpp"

namespace volume_hours_test {
using base::Millis;
using nlohmann::json;

constexpr Millis minute{60'000};

/// Binance as its documentation words it, with one contract. Bars are a pure function of the minute and the bursts.
class TinyBinance {
 public:
  explicit TinyBinance(base::Clock& clock) : clock_(clock) {}

  base::Result<net::Response> answer(const net::Request& request) {
    if (down) return test::response(503, "busy");
    const auto url = net::parse_url(request.url);
    const std::string path = url->target.substr(0, url->target.find('?'));
    if (path.ends_with("exchangeInfo")) return test::response(200, exchange_info());
    if (path.ends_with("ticker/24hr")) return test::response(200, ticker());
    if (path.ends_with("klines")) return test::response(200, klines(url->target));
    return test::response(404, "{}");
  }
  std::string frame(std::int64_t at_minute) const {
    const auto bar = values(at_minute);
    json k{{"t", at_minute * 60'000}, {"T", at_minute * 60'000 + 59'999}, {"s", "BTCUSDT"}, {"i", "1m"}, {"x", true}};
    k["o"] = bar.open;
    k["h"] = bar.high;
    k["l"] = bar.low;
    k["c"] = bar.close;
    k["v"] = bar.base;
    k["q"] = bar.quote;
    k["V"] = bar.base;
    k["Q"] = bar.taker;
    k["n"] = 10;
    const json out{{"e", "kline"}, {"E", (at_minute + 1) * 60'000}, {"s", "BTCUSDT"}, {"k", k}};
    return out.dump();
  }
  std::map<std::int64_t, double> bursts;  ///< minute -> factor
  bool down{};

 private:
  struct Bar {
    std::string open, high, low, close, base, quote, taker;
  };
  [[nodiscard]] Bar values(std::int64_t at_minute) const {
    std::mt19937_64 engine(static_cast<std::uint64_t>(at_minute));
    std::normal_distribution<double> noise(0, 1);
    const auto burst = bursts.find(at_minute);
    const bool bursts_now = burst != bursts.end();
    const double quote = 1e6 * std::exp(0.2 * noise(engine)) * (bursts_now ? burst->second : 1);
    const double open = 100 + 0.01 * noise(engine);
    const double close = open * (bursts_now ? 1.01 : 1 + 0.0001 * noise(engine));
    const auto text = [](double value) { return std::to_string(value); };
    return {text(open),       text(std::max(open, close)), text(std::min(open, close)),
            text(close),      text(quote / 100),           text(quote),
            text(quote * 0.5)};
  }
  std::string exchange_info() const {
    json symbol{{"symbol", "BTCUSDT"}, {"pair", "BTCUSDT"},    {"contractType", "PERPETUAL"}, {"status", "TRADING"},
                {"baseAsset", "BTC"},  {"quoteAsset", "USDT"}, {"marginAsset", "USDT"}};
    symbol["filters"] = json::array({json{{"filterType", "PRICE_FILTER"}, {"tickSize", "0.10"}}});
    json out{{"timezone", "UTC"}, {"serverTime", base::to_ms(clock_.wall_now())}, {"rateLimits", json::array()}};
    out["symbols"] = json::array({symbol});
    return out.dump();
  }
  std::string ticker() const {
    const json one{{"symbol", "BTCUSDT"},
                   {"lastPrice", "100.0"},
                   {"volume", "14400000"},
                   {"quoteVolume", "1440000000"},
                   {"closeTime", base::to_ms(clock_.wall_now())}};
    return json::array({one}).dump();
  }
  std::string klines(const std::string& target) const {
    const auto number = [&](const char* key) {
      const auto at = target.find(key);
      return at == std::string::npos ? 0LL : std::stoll(target.substr(at + std::string_view(key).size()));
    };
    const std::int64_t minutes = target.find("interval=1h") == std::string::npos ? 1 : 60;
    const std::int64_t length = minutes * 60'000;
    const auto first = (number("startTime=") + length - 1) / length;
    const auto last = std::min<std::int64_t>(number("endTime="), base::to_ms(clock_.wall_now())) / length;
    json rows = json::array();
    for (auto at = first; at <= last && rows.size() < 1'500; ++at) {
      const auto bar = values(at * minutes);  // an hour trades sixty times what its first minute did
      const auto all = [&](const std::string& one) {
        return std::to_string(std::stod(one) * static_cast<double>(minutes));
      };
      rows.push_back(json::array({at * length, bar.open, bar.high, bar.low, bar.close, all(bar.base),
                                  at * length + length - 1, all(bar.quote), 10, all(bar.base), all(bar.taker), "0"}));
    }
    return rows.dump();
  }
  base::Clock& clock_;
};

class VolumeHours : public ::testing::Test {
 protected:
  VolumeHours() {
    http.answer_with([this](const net::Request& request) { return binance.answer(request); });
    ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) {
      const auto said = json::parse(text, nullptr, false);
      if (said.is_object() && said.contains("id")) socket.push(json{{"result", nullptr}, {"id", said["id"]}}.dump());
    };
  }
  void start() {
    auto opened = app::open_stores(folder.path(), folder.path() / "shared", "volume", clock.wall_now());
    ASSERT_TRUE(opened) << opened.error().text();
    stores.emplace(std::move(opened.value()));
    auto document = config::Document::parse({}, {});
    auto logic = volume::make_logic();
    logic->bind(document);
    app::ProgramOptions options;
    exchange::Settings settings;
    settings.rest_url = "https://fapi.binance.com";
    settings.stream_urls["market"] = "wss://fstream.binance.com/market/ws";
    for (const char* limit : {"weight", "fapi/v1/fundingRate", "futures/data/openInterestHist"})
      settings.limits[limit] = exchange::Limit{2'400, minute, false, {}, {}};
    options.settings.exchanges.emplace("binance", settings);
    app::BotSpec spec;
    spec.name = "volume";
    spec.title = "Volume Bot";
    const app::World world(
        io, clock, http, ws, [] { return 0.5; }, [this](const std::string& text) { printed.push_back(text); });
    program = std::make_unique<app::Program>(world, spec, std::move(options), std::move(logic), *stores, log);
    ASSERT_TRUE(program->start());
  }
  void stop() {
    program->request_stop("the test is over");
    clock.advance(Millis{20'000});
    EXPECT_TRUE(program->finished());
    EXPECT_EQ(program->exit_code(), 0);
    program.reset();
    stores.reset();
  }
  /// Minutes pass; each one's closed bar is pushed to whoever listens.
  void live(int minutes) {
    for (int i = 0; i < minutes; ++i) {
      clock.advance(minute);
      const auto closed = base::to_ms(clock.wall_now()) / 60'000 - 1;
      for (const auto& socket : ws.sockets())
        if (socket->open()) socket->push(binance.frame(closed));
    }
    clock.advance(Millis{500});
  }
  std::size_t count(const std::string& part) const {
    return static_cast<std::size_t>(std::count_if(
        printed.begin(), printed.end(), [&](const std::string& text) { return text.find(part) != std::string::npos; }));
  }
  /// Of new messages, without edits.
  std::size_t count_new(const std::string& part) const {
    return static_cast<std::size_t>(std::count_if(printed.begin(), printed.end(), [&](const std::string& text) {
      return !text.starts_with("[edit of") && text.find(part) != std::string::npos;
    }));
  }
  [[nodiscard]] std::int64_t now_minute() const { return base::to_ms(clock.wall_now()) / 60'000; }

  test::TempFolder folder;
  boost::asio::io_context io{1};
  test::FakeClock clock{io};
  test::ScriptedHttp http{clock};
  test::ScriptedWs ws{clock};
  TinyBinance binance{clock};
  app::Log log{app::Log::Options{"volume", "error", false, true}};
  std::optional<app::Stores> stores;
  std::vector<std::string> printed;
  std::unique_ptr<app::Program> program;
};

TEST_F(VolumeHours, AQuietMarketGivesHeartbeatsAndNothingElse) {
  start();
  live(6 * 60);
  EXPECT_EQ(count("started"), 1U);
  EXPECT_EQ(count("health check"), 6U);
  EXPECT_EQ(count("not live"), 0U);
  EXPECT_EQ(printed.size(), 7U);
  stop();
  EXPECT_EQ(count("stopped"), 1U);
}

TEST_F(VolumeHours, ABurstIsToldOnceWithItsSize) {
  start();
  live(30);
  binance.bursts[now_minute() + 5] = 10;
  live(20);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "one message; what follows are edits of it";
  EXPECT_EQ(count_new("Binance"), 1U);
  EXPECT_GE(count("[edit of"), 1U) << "the last one closes the episode";
  stop();
}

TEST_F(VolumeHours, ABurstWhileTheStreamIsGoneIsFoundInHistory) {
  start();
  live(30);
  ws.refusal = test::network_error();
  ws.sockets().back()->close(1006);
  binance.bursts[now_minute() + 1] = 10;
  clock.advance(minute * 3);
  EXPECT_EQ(count("BTCUSDT"), 0U);
  ws.refusal.reset();
  live(4);
  EXPECT_GE(count("BTCUSDT"), 1U);
  stop();
}

TEST_F(VolumeHours, ARestartGoesOnFromItsBaselineAndSaysNothingTwice) {
  start();
  live(30);
  binance.bursts[now_minute() + 2] = 10;
  live(4);
  EXPECT_GE(count("BTCUSDT"), 1U);
  stop();
  const auto requests_before = http.count("klines");
  printed.clear();
  start();
  live(10);
  EXPECT_EQ(count_new("BTCUSDT volume"), 0U) << "the burst was told by the run before";
  EXPECT_LE(http.count("klines") - requests_before, 3U) << "the day of bars is not fetched again";
  stop();
}

TEST_F(VolumeHours, AnExchangeThatIsDownIsToldOnceAndItsReturnEditsThatPost) {
  start();
  live(10);
  binance.down = true;
  ws.refusal = test::network_error();
  ws.sockets().back()->close(1006);
  clock.advance(minute * 5);
  EXPECT_EQ(count("Binance not live"), 1U);
  binance.down = false;
  ws.refusal.reset();
  live(3);
  EXPECT_EQ(count("Binance not live"), 1U);
  EXPECT_EQ(count("Binance live again"), 1U);
  stop();
}

TEST_F(VolumeHours, AnExchangeWhoseRestIsDownAtTheStartIsWatchedByItsStreamsAndTheListOfLastTime) {
  start();
  live(30);
  stop();
  printed.clear();
  binance.down = true;
  start();
  live(40);  // the range of a minute is known after thirty: what came before, nobody gives
  binance.bursts[now_minute() + 1] = 10;
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "by the baseline and the contracts of the run before";
  binance.down = false;
  live(10);
  stop();
}

TEST_F(VolumeHours, AReloadIsInForceAtOnceAndKeepsWhatWasLearnt) {
  start();
  live(30);
  auto document = config::Document::parse({{"volume.toml", "[volume.spike]\nfloor_usd = 1e11\n"}}, {});
  auto fresh = volume::make_logic();
  fresh->bind(document);
  ASSERT_EQ(config::text_of(document.problems()), "");
  app::Settings settings;
  program->apply(settings, *fresh, "");
  binance.bursts[now_minute() + 1] = 10;
  live(5);
  EXPECT_EQ(count("BTCUSDT"), 0U) << "the floor is above it now";
  auto defaults = config::Document::parse({}, {});
  auto again = volume::make_logic();
  again->bind(defaults);
  program->apply(settings, *again, "");
  binance.bursts[now_minute() + 1] = 10;
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "and no warm-up was needed again";
  settings.watch.never = {"BTC"};
  program->apply(settings, *again, "");
  live(90);
  binance.bursts[now_minute() + 1] = 10;
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "not on the watchlist any more";
  stop();
}

TEST_F(VolumeHours, CR2_OnAFullDiskSignalsArePostedFromMemoryOnceAndEnteredLater) {
  start();
  live(30);
  // What a full disk does to the two writes that matter; reading still works.
  ASSERT_TRUE(stores->bot->change(
      "CREATE TRIGGER full_outbox BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
  ASSERT_TRUE(stores->bot->change(
      "CREATE TRIGGER full_fact BEFORE INSERT ON fact BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
  binance.bursts[now_minute() + 2] = 10;
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U);
  EXPECT_EQ(count("cannot write its database"), 1U);
  live(45);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "once";
  ASSERT_TRUE(stores->bot->change("DROP TRIGGER full_outbox"));
  ASSERT_TRUE(stores->bot->change("DROP TRIGGER full_fact"));
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U) << "it went out from memory: it is not said again";
  EXPECT_GE(count("[edit of"), 1U) << "the same message goes on: its episode is closed";
  EXPECT_EQ(count("writes its database again"), 1U);
  store::SignalLog signals(*stores->bot);
  const auto rows = signals.since(base::WallTime{}, 10);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows.value().size(), 1U);
  stop();
}

TEST_F(VolumeHours, CR2_ADiskThatIsBusyForAMomentIsNotTold) {
  start();
  live(30);
  ASSERT_TRUE(stores->bot->change(
      "CREATE TRIGGER full_outbox BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
  binance.bursts[now_minute()] = 10;
  live(1);
  clock.advance(Millis{2'000});
  ASSERT_TRUE(stores->bot->change("DROP TRIGGER full_outbox"));
  live(5);
  EXPECT_EQ(count_new("BTCUSDT volume"), 1U);
  EXPECT_EQ(count("its database"), 0U);
  stop();
}

}  // namespace volume_hours_test
