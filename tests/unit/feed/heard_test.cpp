#include "common/feed/heard.hpp"

#include <gtest/gtest.h>

#include "common/feed/event_codec.hpp"

namespace heard_test {
using namespace std::chrono_literals;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

/// One of each kind with every field set, and one with none.
std::vector<market::Event> events() {
  market::Funding funding;
  funding.exchange = "okx";
  funding.symbol = "BTC-USDT-SWAP";
  funding.rate = -0.0001;
  funding.interval = std::chrono::minutes{240};
  funding.settles_at = noon;
  funding.settled = true;
  funding.received_at = noon + 5ms;
  market::Ticker ticker;
  ticker.exchange = "binance";
  ticker.symbol = "1000PEPEUSDT";
  ticker.last = 0.0071;
  ticker.quote_volume_24h = 1e9;
  market::OpenInterest interest;
  interest.unit = market::SizeUnit::contracts;
  interest.raw = 12'345.5;
  interest.history = true;
  market::Candle candle;
  candle.opened_at = noon;
  candle.length = base::Millis{60'000};
  candle.close = 1e-7;
  candle.trades = 41;
  candle.closed = true;
  market::Liquidation liquidation;
  liquidation.side = market::PositionSide::short_side;
  liquidation.sign = -1;
  liquidation.usd = 5e6;
  liquidation.id = "with\nline and \xF0\x9F\x94\xA5";
  market::Gap gap;
  gap.topic = market::Topic::liquidations;
  gap.from = noon;
  market::Trade trade;
  trade.side = market::TakerSide::sell;
  trade.base = 3;
  market::Depth depth;
  depth.bids = {{99, 1}, {98, 2}};
  depth.asks = {{101, 3}};
  depth.contract_size = 0.01;
  return {funding, ticker, interest, candle, liquidation, gap, trade, depth, market::Funding{}, market::Depth{}};
}

TEST(EventCodec, ReadsBackWhatItWrote) {
  for (const auto& event : events()) {
    const auto bytes = feed::encoded(event);
    const auto read = feed::decoded_event(bytes);
    ASSERT_TRUE(read) << event.index();
    EXPECT_EQ(read->index(), event.index());
    EXPECT_EQ(feed::encoded(*read), bytes) << event.index();
  }
  const auto funding = std::get<market::Funding>(*feed::decoded_event(feed::encoded(events()[0])));
  EXPECT_EQ(funding.rate, -0.0001);
  EXPECT_FALSE(funding.predicted_rate);
  EXPECT_EQ(funding.received_at, noon + 5ms);
}

TEST(EventCodec, RefusesWhatIsCutLongerOrOfAnotherVersion) {
  for (const auto& event : events()) {
    const auto bytes = feed::encoded(event);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(feed::decoded_event(bytes.substr(0, size))) << event.index() << " cut to " << size;
    EXPECT_FALSE(feed::decoded_event(bytes + "x"));
    EXPECT_FALSE(feed::decoded_event("\x02" + bytes.substr(1)));
    EXPECT_FALSE(feed::decoded_event(bytes.substr(0, 1) + "\x63" + bytes.substr(2)));
  }
}

TEST(Heard, IsReadInTheOrderOfWriting) {
  market::Instrument contract;
  contract.exchange = "okx";
  contract.symbol = "BTC-USDT-SWAP";
  contract.asset = "BTC";
  std::string text;
  const auto add = [&text](const std::string& exchange, std::string_view what, const std::string& bytes) {
    feed::append(text, feed::heard_record(noon, exchange, what, bytes));
  };
  add("", "began", "volume");
  add("okx", "state", "BTC-USDT-SWAP\nblob\nwith lines");
  add("", "resumed", "cascade/BTC/long\n1767268800500\nmemo\nof lines");
  add("okx", "feed_state", "3");
  add("okx", "contract", "BTC-USDT-SWAP\n" + feed::encoded(contract));
  add("okx", "contract", "GONE\n");
  add("", "watched", "BTC\n0");
  add("okx", "event", feed::encoded(events()[0]));
  add("", "time", "1767268801000");
  std::vector<std::string> heard;
  feed::HeardReader reader;
  reader.began = [&](std::string_view bot) { heard.push_back("began " + std::string(bot)); };
  reader.state = [&](const std::string& exchange, const std::string& symbol, std::string_view body) {
    heard.push_back("state " + exchange + " " + symbol + " " + std::string(body));
  };
  reader.resumed = [&](const std::string& key, std::string_view memo, base::WallTime now) {
    heard.push_back("resumed " + key + " " + std::string(memo) + (now == noon + 500ms ? " in time" : ""));
  };
  reader.feed_state = [&](const std::string& exchange, int state) {
    heard.push_back("feed " + exchange + " " + std::to_string(state));
  };
  reader.looked_up = [&](const std::string&, const std::string& symbol, std::optional<market::Instrument> found) {
    heard.push_back("contract " + symbol + " " + (found ? found->asset : "none"));
  };
  reader.watched = [&](const std::string& exchange, const std::string& symbol, bool is_watched) {
    heard.push_back("watched [" + exchange + "] " + symbol + (is_watched ? " yes" : " no"));
  };
  reader.event = [&](const market::Event& event, base::WallTime) {
    heard.push_back("event of " + market::exchange_of(event));
  };
  reader.time_passed = [&](base::WallTime exchange_now, base::WallTime) {
    heard.push_back("time " + std::to_string(base::to_ms(exchange_now)));
  };
  ASSERT_TRUE(feed::each_record(feed::packed(text, 3), "x", [&](const feed::Record& record) {
    EXPECT_TRUE(feed::hear(record, reader));
    return true;
  }));
  EXPECT_EQ(heard, (std::vector<std::string>{"began volume", "state okx BTC-USDT-SWAP blob\nwith lines",
                                             "resumed cascade/BTC/long memo\nof lines in time", "feed okx 3",
                                             "contract BTC-USDT-SWAP BTC", "contract GONE none", "watched [] BTC no",
                                             "event of okx", "time 1767268801000"}));
}

TEST(Heard, WhatItDoesNotKnowIsRefusedWithTheRemedy) {
  const auto strange = feed::heard_record(noon, "okx", "smell", "x");
  const auto cut = feed::heard_record(noon, "okx", "event", "x");
  for (const auto& record : {strange, cut}) {
    const auto heard = feed::hear(record, {});
    ASSERT_FALSE(heard);
    EXPECT_NE(heard.error().text().find("the version that recorded it"), std::string::npos);
  }
}

}  // namespace heard_test
