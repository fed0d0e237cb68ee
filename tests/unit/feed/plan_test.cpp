#include "common/feed/plan.hpp"

#include <gtest/gtest.h>

#include "tests/unit/feed/toy_exchange.hpp"

namespace plan_test {
using base::Millis;
using market::Topic;

/// Tickers in one request of weight 40, open interest one by one of weight 1, bars by polls of weight 2.
class PricedToy final : public test::ToyExchange {
 public:
  PricedToy() : test::ToyExchange(false) {
    interest_one_by_one = true;
    traits_ = test::ToyExchange::traits();
    traits_.candle_stream = false;
  }
  [[nodiscard]] const exchange::Traits& traits() const override { return traits_; }
  [[nodiscard]] std::vector<exchange::Ask> asks(Topic topic, const exchange::Want& want) const override {
    std::vector<exchange::Ask> out;
    if (topic == Topic::candles) {
      for (const auto& symbol : want.symbols)
        out.emplace_back(topic, "candles", net::Request("https://toy.example/candles?" + symbol, "toy candles"));
    } else {
      out = test::ToyExchange::asks(topic, want);
    }
    if (topic == Topic::liquidations)
      out.emplace_back(topic, "forced", net::Request("https://toy.example/forced", "toy forced"));
    for (auto& ask : out) {
      const std::int64_t weight = topic == Topic::tickers ? 40 : topic == Topic::candles ? bars_weight : 1;
      ask.costs.push_back({"weight", weight});
    }
    return out;
  }
  exchange::Traits traits_;
  std::int64_t bars_weight{2};
};

std::string text(const std::vector<feed::PlanLine>& lines) {
  std::string out;
  for (const auto& line : lines) {
    std::array<char, 96> one{};
    std::snprintf(one.data(), one.size(), "%s%s %.3f/%.3f", out.empty() ? "" : ", ", line.endpoint.c_str(),
                  line.requests_a_minute, line.units_a_minute.at("weight"));
    out += one.data();
  }
  return out;
}

TEST(Plan, SaysWhatABotAsksForInAMinute) {
  struct Case {
    const char* name;
    std::function<void(feed::FeedNeeds&, PricedToy&)> change;
    const char* expected;
  };
  const std::string hourly = "instruments 0.017/0.017, tickers 0.017/0.667";
  const std::vector<Case> cases{
      {"nothing is wanted", [](feed::FeedNeeds&, PricedToy&) {}, ""},
      {"tickers every cycle",
       [](feed::FeedNeeds& needs, PricedToy&) { needs.polls.emplace_back(Topic::tickers, Millis{0}); },
       "instruments 0.017/0.017, tickers 2.000/80.000"},
      {"open interest of 120 contracts within five minutes",
       [](feed::FeedNeeds& needs, PricedToy&) {
         needs.polls.emplace_back(Topic::open_interest, Millis{300'000});
         needs.polls.back().spread = true;
       },
       "instruments 0.017/0.017, tickers 0.017/0.667, interest 24.000/24.000"},
      {"bars by polls of the largest 30",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.candles = true;
         toy.traits_.polled_bars_max = 30;
       },
       "instruments 0.017/0.017, tickers 0.017/0.667, candles 30.000/60.000"},
      {"bars by a stream, and what asks about it when it is silent",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.candles = true;
         toy.traits_.candle_stream = true;
       },
       "instruments 0.017/0.017, tickers 0.017/0.667, trades 0.100/0.100"},
      {"liquidations by polls",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.liquidations = true;
         toy.traits_.liquidation_poll = true;
       },
       "instruments 0.017/0.017, tickers 0.017/0.667, forced 6.000/6.000"},
      {"samples when an episode opens, few a minute",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.liquidations = needs.samples = true;
         needs.tickers_every = Millis{300'000};
         toy.traits_.liquidation_poll = true;
       },
       "instruments 0.017/0.017, tickers 0.200/8.000, trades 6.000/6.000, depth 6.000/6.000, forced 6.000/6.000"},
      {"bars of single contracts, few a minute",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.polls.emplace_back(Topic::tickers, Millis{60'000});
         needs.candle_lookups = true;
         toy.traits_.candle_stream = true;
       },
       "instruments 0.017/0.017, tickers 1.000/40.000, candles 6.000/12.000, funding 6.000/0.000"},
      {"weeks of hours share their pace",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.polls.emplace_back(Topic::tickers, Millis{60'000});
         needs.candles = needs.candle_lookups = true;
         needs.hour_history = std::chrono::hours{24 * 28};
         toy.traits_.candle_stream = true;
       },
       "instruments 0.017/0.017, tickers 1.000/40.000, candles 6.000/12.000, "
       "funding 6.000/0.000, trades 0.100/0.100"},
      {"they share the pace of samples: of one limit the dearer counts",
       [](feed::FeedNeeds& needs, PricedToy& toy) {
         needs.polls.emplace_back(Topic::tickers, Millis{60'000});
         needs.samples = needs.candle_lookups = true;
         toy.traits_.candle_stream = true;
         toy.bars_weight = 3;
       },
       "instruments 0.017/0.017, tickers 1.000/40.000, trades 6.000/6.000, depth 6.000/6.000, candles 6.000/6.000, "
       "funding 6.000/0.000"},
  };
  for (const auto& one : cases) {
    feed::FeedNeeds needs;
    PricedToy toy;
    one.change(needs, toy);
    EXPECT_EQ(text(feed::plan_of(needs, toy, {Millis{30'000}, 120})), one.expected) << one.name;
  }
}

}  // namespace plan_test
