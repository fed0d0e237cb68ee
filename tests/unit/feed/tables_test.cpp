#include "common/feed/tables.hpp"

#include <gtest/gtest.h>

namespace tables_test {

using market::Candle;
using market::Funding;
using market::Gap;
using market::Liquidation;

std::vector<market::Event> events_of(feed::Tables& tables) {
  std::vector<market::Event> out;
  tables.each([&](const market::Event& event) {
    out.push_back(event);
    return true;
  });
  return out;
}

std::vector<market::Event> read(std::string_view csv, const feed::TableDefaults& defaults = {}) {
  feed::Tables tables;
  const auto added = tables.add(csv, "t.csv", defaults);
  EXPECT_TRUE(added) << added.error().text();
  return events_of(tables);
}

TEST(Tables, SIG7_CandlesAreKnownWhenTheyClose) {
  const auto events = read(
      "time_ms,open,high,low,close,quote_volume,trades,taker_buy_quote\n"
      "1700000040000,1,4,0.5,2,1000.5,17,600\n"
      "1700000100000,2,3,2,3,,,\n",
      {.symbol = "BTCUSDT"});
  ASSERT_EQ(events.size(), 2U);
  const auto& first = std::get<Candle>(events[0]);
  EXPECT_EQ(first.exchange, "binance");
  EXPECT_EQ(first.symbol, "BTCUSDT");
  EXPECT_EQ(base::to_ms(first.opened_at), 1'700'000'040'000);
  EXPECT_EQ(first.length, base::Millis{60'000});
  EXPECT_EQ(base::to_ms(first.received_at), 1'700'000'100'000);
  EXPECT_EQ(first.closed, true);
  EXPECT_EQ(first.high, 4);
  EXPECT_EQ(first.quote_volume, 1000.5);
  EXPECT_EQ(first.taker_buy_quote, 600);
  EXPECT_EQ(first.trades, 17);
  EXPECT_FALSE(std::get<Candle>(events[1]).quote_volume) << "an empty field is not known";
}

TEST(Tables, SIG7_RowsOfAllTablesComeInTheOrderInWhichTheyCouldBeKnown) {
  feed::Tables tables;
  // By symbol, as some tables are; the step of 15 minutes is that between two bars of one symbol.
  ASSERT_TRUE(
      tables.add("time_ms,symbol,open,high,low,close,volume\n"
                 "900000,A,1,1,1,1,5\n1800000,A,1,1,1,1,6\n900000,B,2,2,2,2,7\n",
                 "bars", {}));
  ASSERT_TRUE(
      tables.add("time_ms,venue,symbol,funding_rate\n1800000,okx,A,0.0001\n1000000,bybit,B,-0.0002\n", "rates", {}));
  const auto events = events_of(tables);
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(std::get<Funding>(events[0]).exchange, "bybit");
  EXPECT_EQ(std::get<Funding>(events[0]).rate, -0.0002);
  EXPECT_TRUE(std::get<Funding>(events[0]).settled);
  EXPECT_EQ(std::get<Candle>(events[1]).symbol, "A");
  EXPECT_EQ(std::get<Candle>(events[1]).length, base::Millis{900'000});
  EXPECT_EQ(std::get<Candle>(events[1]).base_volume, 5) << "`volume` counts base units";
  EXPECT_EQ(std::get<Candle>(events[2]).symbol, "B");
  EXPECT_EQ(std::get<Funding>(events[3]).exchange, "okx")
      << "of one time: as they were added, the bar of 1800 s is later";
  EXPECT_EQ(base::to_ms(market::received_at(events[4])), 2'700'000);
}

TEST(Tables, SIG7_ABarMayBeADayLong) {
  const auto events = read("time_ms,symbol,open,high,low,close,quote_volume\n0,A,1,1,1,1,1\n86400000,A,1,1,1,1,1\n");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<Candle>(events[0]).length, std::chrono::hours(24));
  EXPECT_EQ(base::to_ms(std::get<Candle>(events[0]).opened_at), 0);
}

TEST(Tables, SIG7_AnOrderThatSellsClosesALongAndSessionsHaveAGapBetweenThem) {
  const auto events = read(
      "time_ms,session,symbol,side,avg_price,usd\n"
      "1000,1,BTCUSDT,SELL,50000,100.5\n1000,1,BTCUSDT,SELL,50000,100.5\n9000,2,ETHUSDT,BUY,3000,7\n");
  ASSERT_EQ(events.size(), 4U);
  const auto& first = std::get<Liquidation>(events[0]);
  EXPECT_EQ(first.side, market::PositionSide::long_side);
  EXPECT_EQ(first.usd, 100.5);
  EXPECT_EQ(first.price, 50'000);
  EXPECT_NE(market::identity(events[0]), market::identity(events[1])) << "two rows are two events";
  const auto& gap = std::get<Gap>(events[2]);
  EXPECT_EQ(base::to_ms(gap.from), 1'000);
  EXPECT_EQ(base::to_ms(gap.to), 9'000);
  EXPECT_EQ(std::get<Liquidation>(events[3]).side, market::PositionSide::short_side);
}

struct Bad {
  const char* csv;
  const char* said;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.said; }
class BadTables : public testing::TestWithParam<Bad> {};

TEST_P(BadTables, SIG7_NameTheLineAndTheCause) {
  feed::Tables tables;
  const auto added = tables.add(GetParam().csv, "t.csv", {});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, base::ErrorKind::bad_data);
  EXPECT_NE(added.error().text().find(GetParam().said), std::string::npos) << added.error().text();
  EXPECT_EQ(tables.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadTables,
    testing::Values(Bad{"", "t.csv:1: no table"}, Bad{"a,b\n1,2\n", "t.csv:1: no table"},
                    Bad{"time_ms,open,high,low,close,quote_volume\n", "names no symbol"},
                    Bad{"time_ms,symbol,funding_rate\n1000,A,0.1\n2000,A\n",
                        "t.csv:3: 2 fields where the header has 3"},
                    Bad{"time_ms,symbol,funding_rate\n1700000000123456,A,0.1\n", "not milliseconds"},
                    Bad{"time_ms,symbol,funding_rate\nx,A,0.1\n", "time_ms is \"x\""},
                    Bad{"time_ms,symbol,funding_rate\n1000,A,nan\n", "\"nan\" in field 3 is not a number"},
                    Bad{"time_ms,symbol,funding_rate\n1000,A,\n", "\"\" in field 3 is not a number"}));

}  // namespace tables_test
