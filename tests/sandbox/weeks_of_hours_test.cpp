// Four weeks of 1 h bars, as each exchange's own description asks for them and reads them: the volume bot's first
// start.
#include <functional>

#include "tests/sandbox/aster.hpp"
#include "tests/sandbox/binance.hpp"
#include "tests/sandbox/bitget.hpp"
#include "tests/sandbox/bots_view.hpp"
#include "tests/sandbox/bybit.hpp"
#include "tests/sandbox/deribit.hpp"
#include "tests/sandbox/gate.hpp"
#include "tests/sandbox/htx.hpp"
#include "tests/sandbox/hyperliquid.hpp"
#include "tests/sandbox/kraken.hpp"
#include "tests/sandbox/kucoin.hpp"
#include "tests/sandbox/mexc.hpp"
#include "tests/sandbox/okx.hpp"

namespace sandbox {
namespace weeks_of_hours_test {

constexpr Ms start = 1'780'000'020'000;
constexpr Ms weeks = 28 * day;

struct Told {
  std::string name;
  std::function<std::unique_ptr<Exchange>(World&, Faults&)> make;
  Venue venue;
  std::string rest;
};
void PrintTo(const Told& told, std::ostream* out) { *out << told.name; }

template <class Kind>
std::function<std::unique_ptr<Exchange>(World&, Faults&)> maker() {
  return [](World& world, Faults& faults) { return std::make_unique<Kind>(world, faults); };
}

class WeeksOfHoursTest : public testing::TestWithParam<Told> {};

TEST_P(WeeksOfHoursTest, EveryHourComesOnceWithWhatItTraded) {
  World world(7, start);
  Faults faults(start);
  const auto played = GetParam().make(world, faults);
  BotsView view(*played, GetParam().name, {}, GetParam().rest);
  view.list(start);
  const auto& contract = *world.find(GetParam().venue, "BTC");
  exchange::Want want;
  want.symbols = {contract.symbol};
  want.bar_length = std::chrono::hours{1};
  want.from = base::from_ms((start - weeks) / hour * hour + hour);
  want.to = base::from_ms(start);
  std::map<Ms, market::Candle> hours;
  for (const auto& bar : BotsView::all_of<market::Candle>(view.sweep(market::Topic::candles, want, start).events)) {
    EXPECT_EQ(bar.symbol, contract.symbol);
    EXPECT_EQ(bar.length, want.bar_length);
    if (market::is_closed(bar, base::from_ms(start))) hours[base::to_ms(bar.opened_at)] = bar;
  }
  EXPECT_EQ(hours.size(), 28U * 24 - 1) << "all but the one that is still open";
  ASSERT_FALSE(hours.empty());
  EXPECT_EQ(hours.begin()->first, base::to_ms(*want.from));
  for (const Ms at : {hours.begin()->first, start / hour * hour - hour}) {
    const auto meant = world.bar(contract, at, hour, start);
    ASSERT_TRUE(meant && hours.contains(at)) << at;
    const auto& bar = hours[at];
    EXPECT_NEAR(bar.close, meant->close, meant->close * 1e-6);
    EXPECT_NEAR(bar.quote_volume.value_or(meant->quote), meant->quote, meant->quote * 2e-3);
    EXPECT_NEAR(bar.base_volume.value_or(meant->base), meant->base, meant->base * 2e-3);
    EXPECT_TRUE(bar.quote_volume || bar.base_volume);
  }
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Sandbox, WeeksOfHoursTest, testing::Values(
    Told{"binance", maker<Binance>(), Venue::binance, ""}, Told{"bybit", maker<Bybit>(), Venue::bybit, ""},
    Told{"okx", maker<Okx>(), Venue::okx, ""}, Told{"mexc", maker<Mexc>(), Venue::mexc, ""},
    Told{"gate", maker<Gate>(), Venue::gate, ""}, Told{"bitget", maker<Bitget>(), Venue::bitget, ""},
    Told{"kraken", maker<Kraken>(), Venue::kraken, ""}, Told{"kucoin", maker<Kucoin>(), Venue::kucoin, ""},
    Told{"htx", maker<Htx>(), Venue::htx, ""}, Told{"hyperliquid", maker<Hyperliquid>(), Venue::hyperliquid, ""},
    Told{"deribit", maker<Deribit>(), Venue::deribit, "/api/v2"}, Told{"aster", maker<Aster>(), Venue::aster, ""}
  ), [](const auto& each) { return each.param.name; });
// clang-format on

}  // namespace weeks_of_hours_test
}  // namespace sandbox
