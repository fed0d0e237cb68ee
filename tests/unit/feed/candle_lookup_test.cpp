#include "common/feed/candle_lookup.hpp"

#include "tests/unit/feed/world.hpp"

namespace candle_lookup_test {
using base::ErrorKind;
using base::Millis;
using Bars = std::vector<market::Candle>;

constexpr Millis minute{60'000};
base::WallTime at_minute(int number) { return test::toy_start + number * minute; }

/// Ten bars an answer: one request for each ten of the question.
class PagedToy final : public test::ToyExchange {
 public:
  [[nodiscard]] std::vector<exchange::Ask> asks(market::Topic topic, const exchange::Want& want) const override {
    if (topic != market::Topic::candles) return test::ToyExchange::asks(topic, want);
    std::vector<exchange::Ask> out;
    if (want.bar_length != minute) return out;
    if (!want.from || !want.to) return test::ToyExchange::asks(topic, want);
    EXPECT_LE(*want.to - *want.from, feed::CandleLookup::rows_max * minute);
    for (auto from = *want.from; from <= *want.to; from += 10 * minute) {
      auto page = want;
      page.from = from;
      page.to = std::min(*want.to, from + 10 * minute - Millis{1});
      out.push_back(test::ToyExchange::asks(topic, page).front());
    }
    return out;
  }
};

class CandleLookupTest : public test::FeedTest {
 protected:
  CandleLookupTest() {
    venue.description = std::make_unique<PagedToy>();
    venue.universe = market::Universe({test::ToyExchange::instrument("BTC")});
    clock.advance(120 * minute + Millis{1'000});  // minute 119 ended a second ago, 118 is closed beyond doubt
    // Every answer has all bars, in disorder and some twice: the question decides which count.
    http.answer_with([](const net::Request&) {
      std::string body;
      for (int bar = 125; bar >= 0; --bar) body += std::to_string(bar) + " " + std::to_string(bar) + "\n";
      return base::Result<net::Response>(test::response(200, body));
    });
  }
  struct Asked {
    std::optional<base::Result<Bars>> answer;
    base::SteadyTime at;
  };
  /// Asks in a task of its own.
  std::shared_ptr<Asked> ask(int from, int to, bool urgent = false, std::optional<Millis> patience = {},
                             const std::string& symbol = "BTC") {
    feed::CandleQuestion question(symbol, minute, at_minute(from), at_minute(to));
    question.urgent = urgent;
    if (patience) question.not_after = clock.steady_now() + *patience;
    auto asked = std::make_shared<Asked>();
    tasks.spawn("question", run(question, asked));
    return asked;
  }
  boost::asio::awaitable<void> run(feed::CandleQuestion question, std::shared_ptr<Asked> asked) {
    auto answer = co_await lookup.ask(question);
    asked->answer.emplace(std::move(answer));
    asked->at = clock.steady_now();
  }
  static std::vector<int> opens(const Asked& asked) {
    std::vector<int> out;
    if (asked.answer && *asked.answer)
      for (const auto& bar : asked.answer->value()) out.push_back(static_cast<int>(bar.close));
    return out;
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
  Millis exchange_ahead{};
  feed::LookPace pace{clock};
  feed::CandleLookup lookup{fetcher, clock, log, pace, [this](base::WallTime now) { return now + exchange_ahead; }};
};

TEST_F(CandleLookupTest, ClosedBarsOfTheStretchComeInOrderAndOnce) {
  const auto asked = ask(115, 125);
  const auto paged = ask(85, 110);
  clock.advance(Millis{100});
  EXPECT_EQ(opens(*asked), (std::vector<int>{115, 116, 117, 118})) << "119 may still change";
  clock.advance(minute);
  EXPECT_EQ(opens(*paged).size(), 25U);
  EXPECT_TRUE(std::is_sorted(paged->answer->value().begin(), paged->answer->value().end(),
                             [](const auto& a, const auto& b) { return a.opened_at <= b.opened_at; }));
  EXPECT_EQ(http.sent().size(), 4U) << "one answer, and three pages";
}

TEST_F(CandleLookupTest, TheExchangesClockDecidesWhatIsClosed) {
  exchange_ahead = Millis{1'500};
  const auto asked = ask(118, 130);
  clock.advance(minute);
  EXPECT_EQ(opens(*asked), (std::vector<int>{118, 119}));
}

TEST_F(CandleLookupTest, TheEndOfTheStretchIsNotPartOfIt) {
  const auto asked = ask(10, 13);
  clock.advance(Millis{100});
  EXPECT_EQ(opens(*asked), (std::vector<int>{10, 11, 12}));
  ASSERT_EQ(http.sent().size(), 1U);
}

TEST_F(CandleLookupTest, FewRequestsAMinuteWhateverIsAsked) {
  const auto began = clock.steady_now();
  std::vector<std::shared_ptr<Asked>> all;
  for (int i = 0; i < 10; ++i) all.push_back(ask(0, 30));
  clock.advance(Millis{120'000});
  std::size_t within = 0;
  for (const auto& sent : http.sent()) within += sent.at < began + minute ? 1U : 0U;
  EXPECT_EQ(within, static_cast<std::size_t>(feed::LookPace::per_minute));
  EXPECT_EQ(http.sent().size(), 13U) << "at 0, 10, … 120 s";
}

TEST_F(CandleLookupTest, WhatIsUrgentGoesAheadAndThePaceIsKeptOverAll) {
  std::vector<std::shared_ptr<Asked>> patient;
  for (int i = 0; i < 5; ++i) patient.push_back(ask(0, 5));
  clock.advance(Millis{1'000});
  EXPECT_EQ(http.sent().size(), 1U);
  std::vector<std::shared_ptr<Asked>> urgent;
  for (int i = 0; i < 3; ++i) urgent.push_back(ask(20, 25, true));
  clock.advance(Millis{1'000});
  EXPECT_EQ(http.sent().size(), 3U) << "two of them at once";
  EXPECT_FALSE(opens(*urgent[0]).empty());
  EXPECT_FALSE(opens(*urgent[1]).empty());
  clock.advance(Millis{9'000});
  EXPECT_FALSE(opens(*urgent[2]).empty()) << "the third before those who can wait";
  EXPECT_TRUE(opens(*patient[1]).empty());
  clock.advance(Millis{100'000});
  for (const auto& one : patient) EXPECT_FALSE(opens(*one).empty());
  EXPECT_EQ(http.sent().size(), 8U);
}

TEST_F(CandleLookupTest, AQuestionThatCannotBeAskedInTimeIsLeft) {
  const auto first = ask(0, 5);
  const auto second = ask(0, 5, false, Millis{5'000});
  clock.advance(Millis{1'000});
  ASSERT_TRUE(second->answer);
  ASSERT_FALSE(*second->answer);
  EXPECT_EQ(second->answer->error().kind, ErrorKind::refused);
  clock.advance(minute);
  EXPECT_EQ(http.sent().size(), 1U);
}

TEST_F(CandleLookupTest, FailuresAreValuesAndAreTold) {
  const auto unlisted = ask(0, 5, false, {}, "GONE");
  clock.advance(Millis{100});
  ASSERT_TRUE(unlisted->answer && !*unlisted->answer);
  EXPECT_EQ(unlisted->answer->error().kind, ErrorKind::not_found);
  const auto endless = ask(-10'000, 5);
  clock.advance(Millis{100});
  ASSERT_TRUE(endless->answer && !*endless->answer);
  EXPECT_EQ(endless->answer->error().kind, ErrorKind::refused);
  EXPECT_TRUE(http.sent().empty());
  EXPECT_TRUE(log.errors.empty());
  http.answer_with([](const net::Request&) { return base::Result<net::Response>(test::response(200, "garbage")); });
  const auto rubbish = ask(0, 30);
  clock.advance(minute);
  ASSERT_TRUE(rubbish->answer && !*rubbish->answer);
  EXPECT_EQ(rubbish->answer->error().kind, ErrorKind::bad_data);
  EXPECT_EQ(log.errors.size(), 1U);
  for (const auto& sent : http.sent())
    EXPECT_EQ(sent.request.url, http.sent().front().request.url) << "the other pages would be no answer either";
  venue.universe = market::Universe();
  const auto early = ask(0, 5);
  clock.advance(minute);
  ASSERT_TRUE(early->answer && !*early->answer);
  EXPECT_EQ(early->answer->error().kind, ErrorKind::refused) << "not yet known is not gone";
}

TEST_F(CandleLookupTest, SettlementsOfAStretchComeOnceByTheFirstWayThatAnswers) {
  auto toy = std::make_unique<PagedToy>();
  toy->history_ways = 2;
  venue.description = std::move(toy);
  http.answer_with([](const net::Request& request) {
    const bool other = request.url.find("other-") != std::string::npos;
    return other ? base::Result<net::Response>(test::response(200, "90 3 60 2 60 2 30 1")) : test::response(404, "");
  });
  struct Told {
    std::optional<base::Result<std::vector<market::Funding>>> answer;
  } told;
  const auto run = [&](std::string symbol) -> boost::asio::awaitable<void> {
    auto answer = co_await lookup.ask_settlements(symbol, at_minute(30), at_minute(60));
    told.answer.emplace(std::move(answer));
  };
  tasks.spawn("settlements", run("BTC"));
  clock.advance(minute);
  ASSERT_TRUE(told.answer && *told.answer);
  ASSERT_EQ(told.answer->value().size(), 2U) << "both ends count, each once";
  EXPECT_EQ(told.answer->value()[0].rate, 1);
  EXPECT_EQ(told.answer->value()[1].settles_at, at_minute(60));
  http.answer_with([](const net::Request&) { return base::Result<net::Response>(test::response(404, "")); });
  tasks.spawn("settlements", run("BTC"));
  clock.advance(minute);
  ASSERT_TRUE(told.answer);
  EXPECT_FALSE(*told.answer) << "no answer is not none";
}

TEST(CandleLookupOfExchanges, EachOpenOneGivesTheBarsThatAreAskedFor) {
  for (const auto name : exchange::exchange_names()) {
    const auto description = exchange::make_exchange(name, {});
    if (!description->traits().closed.empty()) continue;
    for (const auto bar : {minute, 5 * minute, 60 * minute})
      EXPECT_EQ(feed::CandleLookup::dearest(*description, bar).size(), 1U) << name << " " << bar.count();
  }
}

}  // namespace candle_lookup_test
