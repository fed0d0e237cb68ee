#include "common/feed/market_feed.hpp"

#include "tests/unit/feed/world.hpp"

namespace market_feed_test {
using base::Millis;
using market::Topic;

/// One toy exchange behind the whole feed.
class MarketFeedTest : public test::FeedTest {
 protected:
  MarketFeedTest() {
    clock.advance(Millis{10'000});
    http.answer_with([](const net::Request& request) {
      const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
      std::string body = "-2 7\n-1 8";
      if (has("instruments")) body = "BTC ETH DUST";
      if (has("tickers")) body = "BTC 1e9 ETH 1e8 DUST 10";
      return base::Result<net::Response>(test::response(200, body));
    });
  }
  ~MarketFeedTest() override { stop(); }
  void start(const feed::FeedNeeds& needs, bool liquidations) {
    std::vector<std::unique_ptr<feed::Venue>> venues;
    for (const auto& name : exchanges)
      venues.push_back(std::make_unique<feed::Venue>(toy(liquidations, name), exchange::Settings{}));
    feed::MarketFeedTools tools(io, clock, gate, ledger, ws, log, [] { return 0.5; });
    market_feed = std::make_unique<feed::MarketFeed>(
        std::move(tools), std::move(venues), needs, feed::WatchSettings{}, sink,
        [](const std::string&, const std::string&) { return std::nullopt; },
        [](const std::string&, base::WallTime now) { return now; },
        [this](const std::string& task, const std::exception_ptr& error) {
          failures.push_back(task + ": " + base::describe(error));
        });
    market_feed->knows_hours = knows_hours;
    if (remembered) market_feed->remember("toy", *remembered, clock.wall_now() - remembered_age);
    cycle();
  }
  [[nodiscard]] std::unique_ptr<test::ToyExchange> toy(bool liquidations, std::string_view name) const {
    auto out = std::make_unique<test::ToyExchange>(liquidations, name);
    if (polled_bars > 0) out->poll_bars(polled_bars);
    return out;
  }
  void cycle() {
    tasks.spawn("cycle", one_cycle());
    clock.advance(Millis{5'000});
  }
  boost::asio::awaitable<void> one_cycle() { report = co_await market_feed->cycle(true, Millis{30'000}); }
  void stop() {
    if (!market_feed) return;
    market_feed->stop();
    clock.advance(Millis{5'000});
    EXPECT_TRUE(market_feed->idle());
    market_feed.reset();
  }
  /// The written texts of all sockets: what was subscribed.
  std::string subscribed() const {
    std::string out;
    for (const auto& socket : ws.sockets())
      for (const auto& text : socket->written()) out += text.text + "\n";
    return out;
  }
  std::vector<double> bars(const std::string& symbol) const {
    std::vector<double> out;
    for (const auto& event : heard)
      if (const auto* bar = std::get_if<market::Candle>(&event); bar != nullptr && bar->symbol == symbol)
        out.push_back(bar->close);
    return out;
  }
  std::vector<std::string_view> exchanges{"toy"};
  std::function<bool(const std::string&, const std::string&)> knows_hours;
  std::optional<feed::ContractList> remembered;
  Millis remembered_age{std::chrono::hours{5}};
  std::size_t polled_bars{};  ///< 0: a stream brings them
  std::unique_ptr<feed::MarketFeed> market_feed;
  feed::CycleReport report;
};

TEST_F(MarketFeedTest, BarsAreFollowedForContractsAboveTheTurnoverFloor) {
  feed::FeedNeeds needs;
  needs.candles = true;
  start(needs, false);
  EXPECT_EQ(report.exchanges_ok, 1);
  EXPECT_EQ(market_feed->followed().at("toy").contracts, 2U);
  EXPECT_EQ(bars("BTC"), (std::vector<double>{7, 8}));
  EXPECT_NE(subscribed().find("BTC"), std::string::npos);
  EXPECT_EQ(subscribed().find("DUST"), std::string::npos);
}

TEST_F(MarketFeedTest, WeeksOfHoursComeAfterTheBarsOfTheMinuteWhereTheyAreWanted) {
  http.answer_with([](const net::Request& request) {
    const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
    std::string body = "-120 7\n-60 8";
    if (has("instruments")) body = "BTC ETH SOL";
    if (has("tickers")) body = "BTC 1e9 ETH 1e8 SOL 1e7";
    return base::Result<net::Response>(test::response(200, body));
  });
  knows_hours = [](const std::string& exchange, const std::string& symbol) {
    return exchange == "toy" && symbol == "ETH";
  };
  feed::FeedNeeds needs;
  needs.candles = true;
  needs.hour_history = std::chrono::hours{24 * 28};
  start(needs, false);
  EXPECT_EQ(market_feed->followed().at("toy").without_hours, 1U) << "at a pace of their own";
  clock.advance(Millis{60'000});
  EXPECT_EQ(market_feed->followed().at("toy").without_hours, 0U);
  std::string order;
  for (const auto& event : heard)
    if (const auto* bar = std::get_if<market::Candle>(&event))
      order += bar->symbol.substr(0, 1) + (bar->length == std::chrono::hours{1} ? "h " : "m ");
  EXPECT_EQ(order, "Bm Bm Em Em Sm Sm Bh Bh Sh Sh ") << "those of ETH are known from the run before";
}

feed::ContractList two_contracts() {
  feed::ContractList out;
  for (const char* symbol : {"BTC", "DUST"}) out.contracts.push_back(test::ToyExchange::instrument(symbol));
  out.contracts[0].asset = "BTC@toy";
  out.turnover_usd = {{"BTC", 1e9}, {"DUST", 10}};
  return out;
}

TEST(ContractList, ComesBackFromItsBytesAndDamagedOnesAreRefused) {
  const auto bytes = feed::encoded(two_contracts());
  EXPECT_LT(bytes.size(), 300U);
  const auto read = feed::decoded_list(bytes);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->contracts.size(), 2U);
  EXPECT_EQ(read->contracts[0].symbol, "BTC");
  EXPECT_EQ(read->contracts[0].asset, "BTC") << "whose coin it is, prices say anew";
  EXPECT_EQ(read->turnover_usd.at("DUST"), 10);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
    const auto part = feed::decoded_list(std::string_view(bytes).substr(0, cut));
    EXPECT_TRUE(!part || part->contracts.size() < 2) << cut;
  }
  EXPECT_FALSE(feed::decoded_list("something else"));
}

TEST_F(MarketFeedTest, AnExchangeThatIsDownAtTheStartIsWatchedByTheListOfLastTime) {
  remembered = two_contracts();
  bool down = true;
  http.answer_with([&](const net::Request& request) {
    const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
    if (down) return base::Result<net::Response>(test::response(503, ""));
    std::string body = "-2 7\n-1 8";
    if (has("instruments")) body = "BTC NEW";
    if (has("tickers")) body = "BTC 1e9 NEW 1e9";
    return base::Result<net::Response>(test::response(200, body));
  });
  feed::FeedNeeds needs;
  needs.candles = true;
  start(needs, false);
  ASSERT_EQ(ws.sockets().size(), 1U);
  EXPECT_NE(subscribed().find("BTC"), std::string::npos);
  EXPECT_EQ(subscribed().find("DUST"), std::string::npos) << "its turnover is known too";
  ASSERT_TRUE(market_feed->listed("toy") && market_feed->listed("toy")->remembered);
  EXPECT_EQ(market_feed->listed("toy")->at, test::toy_start + Millis{10'000} - remembered_age);
  EXPECT_EQ(report.exchanges_ok, 0);
  clock.advance(Millis{20'000});
  ws.sockets()[0]->push("bar BTC 0 9 closed");
  clock.advance(Millis{1'000});
  EXPECT_EQ(bars("BTC"), std::vector<double>{9}) << "without its history, which nobody gives";
  down = false;
  clock.advance(Millis{120'000});  // the breaker lets it through again
  cycle();
  EXPECT_FALSE(market_feed->listed("toy")->remembered);
  EXPECT_NE(subscribed().find("NEW"), std::string::npos);
  EXPECT_TRUE(log.contracts.empty()) << "what changed meanwhile is no news of this run";
}

TEST_F(MarketFeedTest, AListThatIsTooOldIsNotBelieved) {
  remembered = two_contracts();
  remembered_age = feed::MarketFeed::remembered_max + Millis{1};
  http.answer_with([&](const net::Request&) { return base::Result<net::Response>(test::response(503, "")); });
  feed::FeedNeeds needs;
  needs.candles = true;
  start(needs, false);
  EXPECT_FALSE(market_feed->listed("toy"));
  EXPECT_TRUE(ws.sockets().empty());
}

TEST_F(MarketFeedTest, LiquidationsAreHeardOfEveryContract) {
  feed::FeedNeeds needs;
  needs.liquidations = true;
  start(needs, true);
  ASSERT_EQ(ws.sockets().size(), 1U);
  EXPECT_NE(subscribed().find("DUST"), std::string::npos);
  ws.sockets()[0]->push("liq DUST 9000");
  clock.advance(Millis{1'000});
  ASSERT_FALSE(heard.empty());
  EXPECT_TRUE(std::holds_alternative<market::Liquidation>(heard.back()));
}

TEST_F(MarketFeedTest, PriceBarsComeFormingTooAndOnlyWhereLiquidationsAreHeard) {
  feed::FeedNeeds needs;
  needs.liquidations = true;
  needs.price_bars = true;
  start(needs, true);
  ASSERT_EQ(ws.sockets().size(), 2U);
  for (const auto& socket : ws.sockets()) socket->push("bar BTC 0 9 open");
  clock.advance(Millis{1'000});
  EXPECT_EQ(bars("BTC").front(), 7);
  EXPECT_EQ(bars("BTC").back(), 9);
}

TEST_F(MarketFeedTest, PriceBarsOfAnExchangeWithoutLiquidationsAreNotAskedFor) {
  feed::FeedNeeds needs;
  needs.liquidations = true;
  needs.price_bars = true;
  start(needs, false);
  EXPECT_TRUE(ws.sockets().empty());
  EXPECT_EQ(http.count("candles"), 0U);
}

TEST_F(MarketFeedTest, ANewListingGetsItsStreamWithoutDisturbingTheOthers) {
  feed::FeedNeeds needs;
  needs.candles = true;
  start(needs, false);
  const auto sockets = ws.sockets().size();
  http.answer_with([](const net::Request& request) {
    const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
    std::string body = "-1 8";
    if (has("instruments")) body = "BTC ETH DUST NEW";
    if (has("tickers")) body = "BTC 1e9 ETH 1e8 DUST 10 NEW 1e9";
    return base::Result<net::Response>(test::response(200, body));
  });
  cycle();
  EXPECT_EQ(ws.sockets().size(), sockets + 1);
  EXPECT_TRUE(ws.sockets().front()->open());
  EXPECT_EQ(bars("NEW"), std::vector<double>{8});
}

TEST_F(MarketFeedTest, ASampleIsTakenOfTheAssetsLargestContract) {
  exchanges = {"toy", "second"};
  http.answer_with([](const net::Request& request) {
    const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
    std::string body = has("instruments") ? "BTC ETH" : "BTC 1e9 ETH 1e8";
    if (has("second") && has("tickers")) body = "BTC 2e9 ETH 1e7";
    return base::Result<net::Response>(test::response(200, body));
  });
  feed::FeedNeeds needs;
  needs.samples = true;
  start(needs, false);
  heard.clear();
  for (const char* asset : {"BTC", "ETH", "NOTHING"}) market_feed->sample(asset);
  clock.advance(Millis{2'000});
  std::vector<std::string> asked;
  for (const auto& sent : http.sent())
    if (sent.request.url.find("depth") != std::string::npos) asked.push_back(sent.request.url);
  EXPECT_EQ(asked, (std::vector<std::string>{"https://toy.example/depth?symbol=ETH",
                                             "https://second.example/depth?symbol=BTC"}));
  EXPECT_EQ(heard.size(), 4U);
}

TEST_F(MarketFeedTest, PolledBarsAreOfTheLargestAndItSaysOfHowMany) {
  polled_bars = 1;
  feed::FeedNeeds needs;
  needs.candles = true;
  start(needs, false);
  const auto followed = market_feed->followed().at("toy");
  EXPECT_EQ(followed.contracts, 1U);
  EXPECT_EQ(followed.polled_of, 2U);
  EXPECT_FALSE(bars("BTC").empty());
  EXPECT_TRUE(bars("ETH").empty());
}

TEST_F(MarketFeedTest, OneNameForTwoCoinsIsTwoAssetsAndStaysSoWhenContractsAreListedAnew) {
  exchanges = {"toy", "second", "third"};
  http.answer_with([](const net::Request& request) {
    const auto has = [&](const char* part) { return request.url.find(part) != std::string::npos; };
    std::string body = has("instruments") ? "BTC ETH" : "BTC 1e9 ETH 1e9";
    if (has("third") && has("tickers")) body = "BTC 1e9 ETH 1e9=40";
    return base::Result<net::Response>(test::response(200, body));
  });
  start(feed::FeedNeeds{}, false);
  EXPECT_EQ(market_feed->find("third", "ETH")->asset, "ETH@third");
  EXPECT_EQ(market_feed->find("third", "BTC")->asset, "BTC");
  EXPECT_EQ(market_feed->find("toy", "ETH")->asset, "ETH");
  EXPECT_EQ(log.contracts, std::vector<std::string>{"other coin ETH"});
  EXPECT_TRUE(market_feed->watches_asset("ETH@third"));
  cycle();
  EXPECT_EQ(market_feed->find("third", "ETH")->asset, "ETH@third");
  EXPECT_EQ(log.contracts.size(), 1U);
}

}  // namespace market_feed_test
