// Trades and order books of the first exchanges, as the bots' own descriptions ask for them and read them.
#include <functional>

#include "tests/sandbox/binance.hpp"
#include "tests/sandbox/bots_view.hpp"
#include "tests/sandbox/bybit.hpp"
#include "tests/sandbox/market/tape.hpp"
#include "tests/sandbox/mexc.hpp"
#include "tests/sandbox/okx.hpp"

namespace sandbox {
namespace samples_test {

constexpr Ms start = 1'780'000'020'000;

struct Sampled {
  std::string name;
  std::function<std::unique_ptr<Exchange>(World&, Faults&)> make;
  Venue venue;
};
void PrintTo(const Sampled& sampled, std::ostream* out) { *out << sampled.name; }

template <class Kind>
std::function<std::unique_ptr<Exchange>(World&, Faults&)> maker() {
  return [](World& world, Faults& faults) { return std::make_unique<Kind>(world, faults); };
}

class SamplesTest : public testing::TestWithParam<Sampled> {
 protected:
  SamplesTest() { view_.list(start); }
  market::Events sample(market::Topic topic) {
    exchange::Want want;
    want.symbols = {sol_.symbol};
    return view_.sweep(topic, want, start).events;
  }
  World world_{7, start};
  Faults faults_{start};
  std::unique_ptr<Exchange> exchange_{GetParam().make(world_, faults_)};
  BotsView view_{*exchange_, GetParam().name, {}};
  const Contract& sol_ = *world_.find(GetParam().venue, "SOL");
};

TEST_P(SamplesTest, TradesHaveSidesTimesAndWorth) {
  const double last = world_.last(sol_, start);
  const auto trades = BotsView::all_of<market::Trade>(sample(market::Topic::trades), sol_.symbol);
  ASSERT_GE(trades.size(), 20U);
  for (const auto& one : trades) {
    ASSERT_TRUE(one.side && one.base && one.usd);
    EXPECT_NEAR(one.price, last, last * 0.02);
    EXPECT_NEAR(*one.usd, *one.base * one.price, *one.usd * 1e-4);
    EXPECT_LT(*one.usd, 60'000);
    EXPECT_LE(base::to_ms(one.at), start);
    EXPECT_GT(base::to_ms(one.at), start - hour);
  }
  const auto meant = tape_of(world_, sol_, trades.size(), start);
  for (std::size_t i = 0; i < trades.size(); ++i) {
    EXPECT_EQ(base::to_ms(trades[i].at), meant[i].time);
    EXPECT_EQ(trades[i].side == market::TakerSide::buy, meant[i].taker_buys) << i;
  }
  EXPECT_TRUE(std::ranges::is_sorted(trades, {}, &market::Trade::at)) << "oldest first";
}

TEST_P(SamplesTest, ABookIsBestFirstAndOfOneSize) {
  const double last = world_.last(sol_, start);
  const auto depth = BotsView::all_of<market::Depth>(sample(market::Topic::depth), sol_.symbol);
  ASSERT_EQ(depth.size(), 1U);
  ASSERT_GE(depth[0].bids.size(), 5U);
  ASSERT_GE(depth[0].asks.size(), 5U);
  EXPECT_LT(depth[0].bids[0].price, depth[0].asks[0].price);
  EXPECT_GT(depth[0].bids[0].price, depth[0].bids[1].price);
  EXPECT_LT(depth[0].asks[0].price, depth[0].asks[1].price);
  const double size = depth[0].bids[0].raw_quantity *
                      (depth[0].unit == market::SizeUnit::contracts ? depth[0].contract_size.value_or(0) : 1);
  EXPECT_GT(size * last, 500);
  EXPECT_LT(size * last, 100'000);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Sandbox, SamplesTest, testing::Values(
    Sampled{"binance", maker<Binance>(), Venue::binance},
    Sampled{"bybit", maker<Bybit>(), Venue::bybit},
    Sampled{"okx", maker<Okx>(), Venue::okx},
    Sampled{"mexc", maker<Mexc>(), Venue::mexc}
  ), [](const auto& each) { return each.param.name; });
// clang-format on

}  // namespace samples_test
}  // namespace sandbox
