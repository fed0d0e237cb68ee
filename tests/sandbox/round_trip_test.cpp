// The bots' own descriptions read what the sandbox says, and find its market in it: in base units and in USD.
#include <functional>

#include "tests/sandbox/bitget.hpp"
#include "tests/sandbox/bots_view.hpp"
#include "tests/sandbox/gate.hpp"
#include "tests/sandbox/kraken.hpp"

namespace sandbox {
namespace round_trip_test {

constexpr Ms start = 1'780'000'020'000;  // a whole minute
constexpr double close_enough = 2e-3;    // of a total that an exchange prints rounded
constexpr double exact = 1e-6;

struct Played {
  std::string name;
  std::function<std::unique_ptr<Exchange>(World&, Faults&)> make;
  std::map<std::string, std::string> doors;
  Venue venue;
};
void PrintTo(const Played& played, std::ostream* out) { *out << played.name; }

template <class Kind>
std::function<std::unique_ptr<Exchange>(World&, Faults&)> maker() {
  return [](World& world, Faults& faults) { return std::make_unique<Kind>(world, faults); };
}

class RoundTripTest : public testing::TestWithParam<Played> {
 protected:
  RoundTripTest() { view_.list(start); }

  static exchange::Want of(const std::string& symbol) {
    exchange::Want want;
    want.symbols = {symbol};
    return want;
  }
  exchange::Want of_all() {
    exchange::Want want;
    for (const auto* contract : watched()) want.symbols.push_back(contract->symbol);
    return want;
  }
  std::vector<const Contract*> watched() {
    std::vector<const Contract*> out;
    for (const auto& contract : world_.contracts(GetParam().venue)) {
      if (contract->kind == Contract::Kind::perpetual) out.push_back(contract.get());
    }
    return out;
  }
  const Contract& coin(const std::string& name) { return *world_.find(GetParam().venue, name); }

  World world_{7, start};
  Faults faults_{start};
  std::unique_ptr<Exchange> exchange_{GetParam().make(world_, faults_)};
  BotsView view_{*exchange_, GetParam().name, GetParam().doors};
};

void expect_near(std::optional<double> seen, double meant, double relative, const std::string& what) {
  ASSERT_TRUE(seen.has_value()) << what;
  EXPECT_NEAR(*seen, meant, std::abs(meant) * relative) << what;
}

/// Where a payload may be silent: if it speaks, it says the truth.
void expect_near_if_said(std::optional<double> seen, double meant, double relative, const std::string& what) {
  if (seen) expect_near(seen, meant, relative, what);
}

TEST_P(RoundTripTest, EachPerpetualIsListedWithItsSize) {
  std::size_t watchable = 0;
  for (const auto& instrument : view_.universe().all()) watchable += market::is_watchable(instrument) ? 1U : 0U;
  EXPECT_EQ(watchable, watched().size());
  for (const auto* contract : watched()) {
    const auto* found = view_.universe().find(contract->symbol);
    ASSERT_NE(found, nullptr) << contract->symbol;
    EXPECT_EQ(found->asset, contract->coin);
    EXPECT_TRUE(market::is_watchable(*found)) << contract->symbol;
    expect_near(found->contract_size, contract->contract_size, exact, contract->symbol);
    expect_near_if_said(found->tick_size, std::pow(10.0, -contract->price_decimals), exact, contract->symbol);
  }
}

TEST_P(RoundTripTest, TickersSayPricesAndVolumesOfTheMarket) {
  const auto events = view_.sweep(market::Topic::tickers, of_all(), start).events;
  for (const auto* contract : watched()) {
    const auto found = BotsView::all_of<market::Ticker>(events, contract->symbol);
    ASSERT_FALSE(found.empty()) << contract->symbol;
    const auto stats = world_.day_stats(*contract, start);
    expect_near(found[0].last, stats.last, exact, contract->symbol + " last");
    expect_near_if_said(found[0].mark, world_.mark(*contract, start), 1e-5, contract->symbol + " mark");
    expect_near_if_said(found[0].index, world_.index(*contract, start), 1e-5, contract->symbol + " index");
    expect_near_if_said(found[0].base_volume_24h, stats.base, close_enough, contract->symbol + " base");
    expect_near(found[0].quote_volume_24h, stats.quote, close_enough, contract->symbol + " quote");
    expect_near_if_said(found[0].open_24h, stats.open, close_enough, contract->symbol + " open");
    if (found[0].change_24h) {
      EXPECT_NEAR(*found[0].change_24h, stats.last / stats.open - 1, 2e-4) << contract->symbol;
    }
    EXPECT_LT(found[0].bid.value_or(0), found[0].ask.value_or(1e9));
  }
}

TEST_P(RoundTripTest, OpenInterestIsOneSideInCoins) {
  const auto events = view_.sweep(market::Topic::open_interest, of_all(), start).events;
  for (const auto* contract : watched()) {
    const auto found = BotsView::all_of<market::OpenInterest>(events, contract->symbol);
    ASSERT_FALSE(found.empty()) << contract->symbol;
    expect_near(found[0].base, world_.open_interest(*contract, start), close_enough, contract->symbol);
  }
}

TEST_P(RoundTripTest, FundingRunsTowardsTheSettlement) {
  const auto events = view_.sweep(market::Topic::funding, of_all(), start).events;
  for (const auto* contract : watched()) {
    const auto found = BotsView::all_of<market::Funding>(events, contract->symbol);
    ASSERT_FALSE(found.empty()) << contract->symbol;
    const auto funding = world_.funding(*contract, start);
    expect_near(found[0].rate, funding.rate, 1e-4, contract->symbol);
    if (found[0].interval) {
      EXPECT_EQ(*found[0].interval, std::chrono::hours(funding.interval_hours)) << contract->symbol;
    }
    if (found[0].settles_at) {
      EXPECT_EQ(base::to_ms(*found[0].settles_at), funding.next) << contract->symbol;
    }
  }
}

TEST_P(RoundTripTest, SettledRatesAreThoseThatWerePaid) {
  const auto& contract = coin("BTC");
  auto want = of(contract.symbol);
  want.from = base::from_ms(start - 3 * day);
  want.to = base::from_ms(start);
  const auto events = view_.sweep(market::Topic::funding_history, want, start).events;
  std::map<Ms, double> seen;
  for (const auto& one : BotsView::all_of<market::Funding>(events, contract.symbol)) {
    EXPECT_TRUE(one.settled);
    if (one.settles_at && one.rate) seen[base::to_ms(*one.settles_at)] = *one.rate;
  }
  const auto paid = world_.settlements(contract, start - 3 * day, start, start);
  ASSERT_FALSE(paid.empty());
  for (const auto& row : paid) {
    ASSERT_TRUE(seen.contains(row.time)) << row.time;
    EXPECT_NEAR(seen[row.time], row.rate, 1e-8);
  }
}

TEST_P(RoundTripTest, BarsOfTheHistoryHaveTheirVolumeInCoins) {
  const auto& contract = coin("SOL");
  auto want = of(contract.symbol);
  want.bar_length = base::Millis(minute);
  want.from = base::from_ms(start - 30 * minute);
  want.to = base::from_ms(start - minute);
  const auto events = view_.sweep(market::Topic::candles, want, start + 3 * second).events;
  std::map<Ms, market::Candle> seen;
  for (const auto& one : BotsView::all_of<market::Candle>(events)) seen[base::to_ms(one.opened_at)] = one;
  for (const auto& bar : world_.bars(contract, minute, start - 30 * minute, start - minute, 100, start)) {
    ASSERT_TRUE(seen.contains(bar.open_time)) << start - bar.open_time;
    const auto& one = seen[bar.open_time];
    EXPECT_EQ(one.symbol, contract.symbol);
    EXPECT_NEAR(one.close, bar.close, bar.close * exact);
    EXPECT_NEAR(one.high, bar.high, bar.high * exact);
    EXPECT_NEAR(one.low, bar.low, bar.low * exact);
    expect_near_if_said(one.base_volume, bar.base, close_enough, "base");
    expect_near_if_said(one.quote_volume, bar.quote, close_enough, "quote");
    EXPECT_TRUE(one.base_volume || one.quote_volume);
  }
  EXPECT_GE(seen.size(), 29U);
}

TEST_P(RoundTripTest, ALiquidationIsReadBackWithItsSideAndWorth) {
  const bool polled = view_.description().traits().liquidation_poll;
  const bool streamed = view_.description().traits().liquidation_stream;
  ASSERT_TRUE(polled || streamed);
  const auto& btc = coin("BTC");
  const auto& doge = coin("DOGE");
  const auto act = [&](Ms now) {
    if (now == start + 2 * second) world_.liquidate(btc, true, 1.5, now);
    if (now == start + 4 * second) world_.liquidate(doge, false, 70'000, now);
  };
  const auto check = [&](const market::Events& events) {
    for (const auto* contract : {&btc, &doge}) {
      const bool long_closed = contract == &btc;
      const auto found = BotsView::all_of<market::Liquidation>(events, contract->symbol);
      ASSERT_EQ(found.size(), 1U) << contract->symbol;
      const auto& meant = world_.liquidations()[long_closed ? 0 : 1];
      ASSERT_EQ(meant.contract, contract);
      EXPECT_EQ(found[0].side, long_closed ? market::PositionSide::long_side : market::PositionSide::short_side);
      expect_near(found[0].price, meant.price, exact, "price");
      expect_near(found[0].base, meant.size, 1e-4, "base");
      expect_near(found[0].usd, meant.size * meant.price, 1e-4, "usd");
      EXPECT_EQ(base::to_ms(found[0].at) / second, meant.time / second);
    }
  };
  if (streamed) {
    check(view_.listen(market::Topic::liquidations, {btc.symbol, doge.symbol}, start, start + 8 * second, act));
  } else {
    act(start + 2 * second);
    act(start + 4 * second);
  }
  if (!polled) return;
  exchange::Want want = of_all();
  want.from = base::from_ms(start);
  check(view_.sweep(market::Topic::liquidations, want, start + 10 * second).events);
}

TEST_P(RoundTripTest, LiveBarsAgreeWithTheMarket) {
  if (!view_.description().traits().candle_stream) GTEST_SKIP() << "its bars are polled: the history test has them";
  const auto& contract = coin("SOL");
  const auto events = view_.listen(market::Topic::candles, {contract.symbol, coin("BTC").symbol}, start + 55 * second,
                                   start + 65 * second, [](Ms) {});
  const auto meant = *world_.bar(contract, start, minute, start + minute);
  bool whole = false;
  for (const auto& one : BotsView::all_of<market::Candle>(events, contract.symbol)) {
    if (base::to_ms(one.opened_at) != start || std::abs(one.close - meant.close) > meant.close * exact) continue;
    if (std::abs(one.base_volume.value_or(0) - meant.base) > meant.base * close_enough) continue;
    whole = true;
    EXPECT_EQ(base::to_ms(one.opened_at), start);
    expect_near_if_said(one.quote_volume, meant.quote, close_enough, "quote");
    if (view_.description().traits().closes_bars) {
      EXPECT_EQ(one.closed, true);
    }
  }
  EXPECT_TRUE(whole) << "the whole bar was never said";
}

TEST_P(RoundTripTest, TradesAndDepthAreOfOneSize) {
  const auto& contract = coin("SOL");
  const auto trades = view_.sweep(market::Topic::trades, of(contract.symbol), start).events;
  const double last = world_.last(contract, start);
  for (const auto& one : BotsView::all_of<market::Trade>(trades)) {
    EXPECT_NEAR(one.price, last, last * 0.02);
    ASSERT_TRUE(one.base && one.usd);
    EXPECT_NEAR(*one.usd, *one.base * one.price, *one.usd * 1e-4);
    EXPECT_GT(*one.usd, 1);
    EXPECT_LT(*one.usd, 60'000) << "more than a quarter second of this market";
  }
  EXPECT_GE(BotsView::all_of<market::Trade>(trades).size(), 20U);
  const auto depth =
      BotsView::all_of<market::Depth>(view_.sweep(market::Topic::depth, of(contract.symbol), start).events);
  ASSERT_EQ(depth.size(), 1U);
  ASSERT_GE(depth[0].bids.size(), 5U);
  EXPECT_LT(depth[0].bids[0].price, depth[0].asks[0].price);
  EXPECT_GE(depth[0].bids[0].price, depth[0].bids[1].price);
  const double size = depth[0].bids[0].raw_quantity *
                      (depth[0].unit == market::SizeUnit::contracts ? depth[0].contract_size.value_or(0) : 1);
  EXPECT_GT(size * last, 500);
  EXPECT_LT(size * last, 100'000);
}

TEST_P(RoundTripTest, ADelistedContractIsNoLongerWatched) {
  const auto symbol = coin("WIF").symbol;
  world_.find(GetParam().venue, "WIF")->trading = false;
  view_.list(start);
  const auto* found = view_.universe().find(symbol);
  EXPECT_TRUE(found == nullptr || !market::is_watchable(*found));
}

TEST_P(RoundTripTest, ARefusalIsJudgedAsALimitOrABan) {
  exchange_->limits().set_policy(LimitPolicy{0, minute, minute, false});
  auto want = of(coin("BTC").symbol);
  want.from = base::from_ms(start - 10 * minute);
  const auto ask = view_.description().asks(market::Topic::tickers, want).at(0);
  net::Response last;
  for (int i = 0; i < 7'000 && last.status != 429 && (last.body.empty() || exchange_->stats()["rejected"] == 0); ++i)
    last = view_.answer(ask.request, start);
  ASSERT_GT(exchange_->stats()["rejected"], 0);
  EXPECT_EQ(view_.description().judge(last, base::from_ms(start)).outcome, market::Outcome::soft_limit) << last.body;
  EXPECT_EQ(view_.description().judge(view_.answer(ask.request, start + minute), base::from_ms(start)).outcome,
            market::Outcome::ok);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Sandbox, RoundTripTest, testing::Values(
    Played{"gate", maker<Gate>(), {{"public", "/gate/v4/ws/usdt"}}, Venue::gate},
    Played{"bitget", maker<Bitget>(), {{"public", "/bitget/v2/ws/public"}, {"uta", "/bitget/v3/ws/public"}}, Venue::bitget},
    Played{"kraken", maker<Kraken>(), {{"public", "/kraken/ws/v1"}}, Venue::kraken}
  ), [](const auto& each) { return each.param.name; });
// clang-format on

}  // namespace round_trip_test
}  // namespace sandbox
