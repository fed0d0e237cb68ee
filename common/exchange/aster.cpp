#include "common/exchange/aster.hpp"

#include <array>

#include "common/exchange/binance.hpp"
#include "common/exchange/binance_rows.hpp"

namespace exchange::aster {

namespace {

constexpr std::array<std::string_view, 7> quotes{"USDT", "USDC", "USD1", "USDF", "USDE", "BTC", "ETH"};
constexpr binance::Dialect dialect{.name = "aster",
                                   .path = "fapi/v3/",
                                   .premium_weight = 1,
                                   .trades_weight = 1,
                                   .candle_channels_max = 200,  // a connection takes no more
                                   .quotes = quotes};

constexpr std::array<Endpoint, 12> endpoints{{{"premiumIndex", Topic::funding},
                                              {"fundingInfo", Topic::funding_intervals},
                                              {"fundingRate", Topic::funding_history},
                                              {"ticker/24hr", Topic::tickers},
                                              {"ticker/price", Topic::tickers},
                                              {"ticker/bookTicker", Topic::tickers},
                                              {"klines", Topic::candles},
                                              {"exchangeInfo", Topic::instruments},
                                              {"trades", Topic::trades},
                                              {"aggTrades", Topic::trades},
                                              {"depth", Topic::depth},
                                              {"time", Topic::server_time}}};

std::string link(std::string_view symbol) {
  return "https://www.asterdex.com/en/futures/v1/" + net::encode_component(symbol);
}

}  // namespace

const Description description{
    .traits = {.name = dialect.name,
               .title = "Aster",
               .candle_stream = true,
               .liquidation_stream = true,
               .liquidations_sampled = true,
               .candle_rows_max = binance::kline_rows_max,
               .closes_bars = true},
    .endpoints = endpoints,
    .asks = [](const Settings& settings, Topic topic,
               const Want& want) { return binance::asks(dialect, settings, topic, want); },
    .read_reply = binance::read_reply,
    .judge = binance::judge,
    .streams =
        [](const Settings& settings, Topic topic, std::span<const market::Instrument* const> instruments) {
          return binance::streams(dialect, settings, topic, instruments);
        },
    .subscribe_text = binance::subscribe_text,
    .read_frame = binance::read_frame,
    .describe = [](std::string_view symbol) { return binance::describe(dialect, symbol); },
    .link = link};

}  // namespace exchange::aster
