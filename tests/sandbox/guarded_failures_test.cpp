// Servers that fail, answers that cannot be read, connections that break: repeated within bounds, then that endpoint's
// circuit opens, alone, and one probe after the other closes it (RESILIENCE.md 1.2, CB-2 to CB-4, RL-5, F-9 to F-13).
#include "tests/sandbox/guarded_world.hpp"

namespace sandbox {
namespace guarded_failures_test {

using base::ErrorKind;
using guard::BreakerState;

struct FailureRow {
  std::string what, exchange;
  Json fault;
  std::string code;
  bool slow{};  ///< ends by our patience alone
};

Json answer(int status, const std::string& body, const Json& headers = Json::object()) {
  return Json{{"kind", "status"}, {"status", status}, {"body", body}, {"headers", headers}};
}

void live_through(const FailureRow& row, Outcome outcome, ErrorKind kind, health::Category category) {
  SCOPED_TRACE(row.what);
  GuardedWorld w;
  GuardedBot bot(w, "funding");
  bot.begin_well(row.exchange);
  const auto [asked, other] = questions_of(row.exchange);
  const auto path = bot.target(row.exchange, asked);
  if (row.slow) w.http->patience = 100ms;
  w.fault(path, row.fault);
  const auto mark = w.http->sent.size();
  const auto first = bot.sweep(row.exchange, asked);
  EXPECT_EQ(bot.calls.back().outcome, outcome);
  EXPECT_EQ(bot.calls.back().code, row.code);
  EXPECT_EQ(bot.calls.back().kind, kind);
  w.pass(10s);
  EXPECT_EQ(first->failed_by(), kind);
  auto sent = w.sent(row.exchange, mark, path);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].at - sent[0].at, 250ms) << "RL-5, with the middle of its jitter";
  EXPECT_EQ(sent[2].at - sent[1].at, 500ms);
  const auto second = bot.sweep(row.exchange, asked);
  w.pass(5s);
  EXPECT_EQ(second->failed_by(), kind);
  sent = w.sent(row.exchange, mark, path);
  ASSERT_EQ(sent.size(), 5U) << "the fifth failure in a row opens the circuit";
  EXPECT_GE(w.fired(), 5);
  const auto opened_at = sent.back().at;
  EXPECT_EQ(bot.endpoint(row.exchange, asked).state, BreakerState::open);
  EXPECT_EQ(bot.errors(category), 2U);
  EXPECT_FALSE(bot.ban(row.exchange));

  w.http->patience = 3s;
  const auto to_probe = std::chrono::duration_cast<base::Millis>(opened_at + 15s - w.clock.steady_now());
  EXPECT_EQ(bot.endpoint(row.exchange, asked).open_for, to_probe);
  EXPECT_EQ(bot.sweep(row.exchange, asked)->failed_by(), ErrorKind::refused);
  EXPECT_EQ(bot.refusals.back(), guard::Refusal::breaker);
  if (bot.target(row.exchange, other) != path) {
    EXPECT_TRUE(bot.sweep(row.exchange, other)->ok()) << "the host's other endpoints go on";
  }
  w.no_faults();
  w.pass(to_probe - 1ms);
  EXPECT_EQ(bot.sweep(row.exchange, asked)->failed_by(), ErrorKind::refused);
  EXPECT_EQ(w.sent(row.exchange, mark, path).size(), 5U);
  bot.expect_told(row.exchange, "its circuit is open");
  bot.expect_recovered(row.exchange);  // the first probe
  const auto next = bot.sweep(row.exchange, asked);
  w.pass(10s);
  EXPECT_TRUE(next->ok());
  EXPECT_EQ(bot.endpoint(row.exchange, asked).state, BreakerState::closed);
}

TEST(GuardedAnswers, CB2_AServerThatFailsIsRepeatedThenItsCircuitOpens) {
  const std::vector<FailureRow> rows{
      {"binance, overloaded", "binance", answer(503, R"({"code":-1008,"msg":"Server is currently overloaded."})"),
       "-1008"},
      {"binance, a timeout of theirs", "binance",
       answer(408, R"({"code":-1007,"msg":"Timeout waiting for response."})"), "-1007"},
      {"bybit, as code alone", "bybit",
       answer(200, R"({"retCode":10016,"retMsg":"Server error.","result":{},"time":1})"), "10016"},
      {"okx, unavailable", "okx", answer(503, R"({"code":"50001","msg":"Service temporarily unavailable","data":[]})"),
       "50001"},
      {"okx, a system error", "okx", answer(500, R"({"code":"50026","msg":"System error","data":[]})"), "50026"},
      {"mexc, busy", "mexc", answer(200, R"({"success":false,"code":501,"message":"System busy"})"), "501"},
      {"mexc, internal", "mexc", answer(200, R"({"success":false,"code":500,"message":"System internal error!"})"),
       "500"},
      {"gate, busy", "gate", answer(503, R"({"label":"TOO_BUSY","message":"busy"})"), "TOO_BUSY"},
      {"bitget, an upgrade", "bitget",
       answer(200, R"({"code":"40200","msg":"Server upgrade","requestTime":1,"data":null})"), "40200"},
      {"htx, busy", "htx", answer(200, R"({"status":"error","err_code":1004,"err_msg":"System busy.","ts":1})"),
       "1004"},
      {"kucoin, internal", "kucoin", answer(500, R"({"code":"500000","msg":"Internal Server Error"})"), "500000"},
      {"deribit, maintenance", "deribit",
       answer(400, R"({"jsonrpc":"2.0","error":{"code":11051,"message":"system_maintenance"}})"), "11051"},
      {"kraken, unavailable", "kraken", answer(503, R"({"result":"error","error":"Unavailable"})"), "Unavailable"},
      {"hyperliquid, a gateway's page", "hyperliquid", {{"kind", "html502"}}, ""},
  };
  for (const auto& row : rows) live_through(row, Outcome::transient, ErrorKind::server, health::Category::server);
}

TEST(GuardedAnswers, CB6_AnAnswerThatCannotBeReadIsAFailureOfItsEndpoint) {
  const std::vector<FailureRow> rows{
      {"an empty body", "binance", {{"kind", "empty"}}, ""},
      {"a page instead of JSON", "bybit", answer(200, "<html><body>Maintenance</body></html>"), ""},
      {"JSON that ends early", "okx", answer(200, R"({"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","oi":)"),
       "0"},
      {"another shape", "gate", answer(200, R"({"rows":[]})"), ""},
      {"deep nesting", "kraken", {{"kind", "nested"}, {"bytes", 100'000}}, ""},
      {"no HTTP at all", "gate", {{"kind", "garbage"}}, ""},
      {"a list without its code", "bitget", answer(200, R"({"data":[]})"), ""},
  };
  for (const auto& row : rows) live_through(row, Outcome::malformed, ErrorKind::bad_data, health::Category::bad_data);
}

TEST(GuardedAnswers, F13_AGzipBombIsLeftAtTheCap) {
  live_through({"40 MB of zeros", "mexc", {{"kind", "gzip_bomb"}, {"bytes", 40'000'000}}, ""}, Outcome::malformed,
               ErrorKind::bad_data, health::Category::bad_data);
}

TEST(GuardedAnswers, F12_ABrokenConnectionIsAFailureOfItsEndpoint) {
  const std::vector<FailureRow> rows{
      {"reset", "binance", {{"kind", "reset"}}, ""},
      {"closed without an answer", "bybit", {{"kind", "close"}}, ""},
      {"cut within the body", "okx", {{"kind", "cut"}, {"bytes", 400}}, ""},
  };
  for (const auto& row : rows) live_through(row, Outcome::transient, ErrorKind::network, health::Category::network);
}

TEST(GuardedAnswers, F10_ASilentServerIsLeftByOurPatience) {
  live_through({"never an answer", "htx", {{"kind", "never"}}, "", true}, Outcome::transient, ErrorKind::timeout,
               health::Category::timeout);
  live_through({"a byte now and then", "kucoin", {{"kind", "drip"}, {"bytes_per_s", 1}}, "", true}, Outcome::transient,
               ErrorKind::timeout, health::Category::timeout);
}

TEST(GuardedAnswers, F9_ARefusedConnectionOpensTheCircuitToo) {
  GuardedWorld w;
  w.settings.exchanges.at("mexc").rest_url = "http://" + GuardedWorld::host("mexc") + ":1/mexc";
  GuardedBot bot(w, "funding");
  const auto first = bot.sweep("mexc", Topic::tickers);
  w.pass(10s);
  EXPECT_EQ(first->failed_by(), ErrorKind::network);
  EXPECT_EQ(first->report.first_error->delivery, base::Delivery::not_sent);
  const auto second = bot.sweep("mexc", Topic::tickers);
  w.pass(5s);
  EXPECT_TRUE(second->done);
  EXPECT_EQ(w.http->sent.size(), 5U);
  EXPECT_EQ(bot.endpoint("mexc", Topic::tickers).state, BreakerState::open);
  EXPECT_EQ(bot.errors(health::Category::network), 2U);
}

TEST(GuardedAnswers, RL5_AServersOwnWaitIsKeptByTheEndpointAndByEachRepeat) {
  GuardedWorld w;
  GuardedBot bot(w, "funding");
  bot.begin_well("gate");
  const auto path = bot.target("gate", Topic::tickers);
  w.fault(path, answer(503, R"({"label":"TOO_BUSY","message":"busy"})", {{"Retry-After", "4"}}));
  const auto mark = w.http->sent.size();
  const auto swept = bot.sweep("gate", Topic::tickers);
  EXPECT_EQ(bot.endpoint("gate", Topic::tickers).held_for, 4'500ms);
  EXPECT_TRUE(bot.sweep("gate", Topic::instruments)->ok());
  w.pass(20s);
  EXPECT_EQ(swept->failed_by(), ErrorKind::server);
  const auto sent = w.sent("gate", mark, path);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].at - sent[0].at, 4'500ms);
  EXPECT_EQ(sent[2].at - sent[1].at, 4'500ms);
}

}  // namespace guarded_failures_test
}  // namespace sandbox
