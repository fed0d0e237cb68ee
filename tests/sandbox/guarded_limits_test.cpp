// "Too many requests", and mistakes of our own: what each exchange says, how long the guard holds what of it, and what
// goes on meanwhile (RESILIENCE.md 1.2, EXCHANGES.md 14.6).
#include <functional>

#include "tests/sandbox/guarded_world.hpp"

namespace sandbox {
namespace guarded_limits_test {

using base::ErrorKind;

/// An answer with a status, a body and headers, as the fault that gives it.
Json answer(int status, const std::string& body, const Json& headers = Json::object()) {
  return Json{{"kind", "status"}, {"status", status}, {"body", body}, {"headers", headers}};
}

struct LimitRow {
  std::string what, exchange;
  std::function<Json(Ms now)> says;
  int status;
  std::string code;
  std::optional<base::Millis> wait;  ///< as the exchange states it; nullopt: it does not
};

const auto* const html_429 =
    "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1>"
    "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
const auto* const bybit_limit =
    R"({"retCode":10006,"retMsg":"Too many visits!","result":{},"retExtInfo":{},"time":1672738134824})";
const auto* const okx_limit = R"({"code":"50011","msg":"Too Many Requests","data":[]})";
const auto* const gate_limit = R"x({"message":" Request Rate Limit Exceeded (003)","label":"TOO_MANY_REQUESTS"})x";

std::function<Json(Ms)> always(Json what) {
  return [what](Ms) { return what; };
}

std::vector<LimitRow> limit_rows() {
  const std::string binance = R"({"code":-1003,"msg":"Too many requests; current request has limited."})";
  const std::string htx =
      R"({"status":"error","err_code":1032,"err_msg":"The number of access exceeded the limit.","ts":1780000020000})";
  const std::string kucoin = R"({"code":"429000","msg":"Too many requests"})";
  const std::string deribit =
      R"({"jsonrpc":"2.0","error":{"code":10028,"message":"too_many_requests"},"testnet":false})";
  const std::string kraken = R"({"result":"error","error":"apiLimitExceeded","serverTime":"2026-05-28T20:27:00.000Z"})";
  return {
      {"binance, for seconds", "binance", always(answer(429, binance, {{"Retry-After", "7"}})), 429, "-1003", 7s},
      {"binance, without a time", "binance", always(answer(429, binance)), 429, "-1003", {}},
      {"bybit, as code alone", "bybit", always(answer(200, bybit_limit)), 200, "10006", {}},
      {"bybit, until a time", "bybit",
       [](Ms now) {
         return answer(200, bybit_limit, {{"X-Bapi-Limit-Reset-Timestamp", std::to_string(now + 3'000)}});
       },
       200, "10006", 3s},
      {"okx, as status", "okx", always(answer(429, okx_limit)), 429, "50011", {}},
      {"okx, as code alone", "okx", always(answer(200, okx_limit)), 200, "50011", {}},
      {"okx, too frequent",
       "okx",
       always(answer(200, R"({"code":"50040","msg":"Requests too frequent","data":[]})")),
       200,
       "50040",
       {}},
      {"mexc",
       "mexc",
       always(answer(200, R"({"success":false,"code":510,"message":"Requests are too frequent!"})")),
       200,
       "510",
       {}},
      {"gate, until a time", "gate",
       [](Ms now) {
         return answer(429, gate_limit, {{"X-Gate-RateLimit-Reset-Timestamp", std::to_string(now / 1'000 + 6)}});
       },
       429, "TOO_MANY_REQUESTS", 6s},
      {"bitget",
       "bitget",
       always(answer(429, R"({"code":"429","msg":"Too many requests","requestTime":1765444282767,"data":null})")),
       429,
       "429",
       {}},
      {"bitget, as code alone",
       "bitget",
       always(answer(200, R"({"code":"30007","msg":"Request over limit","requestTime":1,"data":null})")),
       200,
       "30007",
       {}},
      {"htx, with a countdown", "htx", always(answer(200, htx, {{"ratelimit-reset", "1500"}})), 200, "1032", 1500ms},
      {"kucoin, with a countdown", "kucoin", always(answer(429, kucoin, {{"gw-ratelimit-reset", "2500"}})), 429,
       "429000", 2500ms},
      {"kucoin, overloaded", "kucoin", always(answer(429, kucoin)), 429, "429000", {}},
      {"hyperliquid, by weight", "hyperliquid", always(answer(429, "null")), 429, "", {}},
      {"hyperliquid, by connections", "hyperliquid", always(answer(429, html_429)), 429, "", {}},
      {"deribit", "deribit", always(answer(200, deribit)), 200, "10028", {}},
      {"kraken", "kraken", always(answer(200, kraken)), 200, "apiLimitExceeded", {}},
  };
}

/// The first answer is the refusal. Nothing is asked of that endpoint, nor of its limits, until the time that was
/// stated; then the call goes on by itself.
void expect_held_and_repeated(GuardedWorld& w, GuardedBot& bot, const LimitRow& row) {
  const auto [asked, other] = questions_of(row.exchange);
  const auto path = bot.target(row.exchange, asked);
  auto fault = row.says(w.now());
  fault["count"] = 1;
  w.fault(path, fault);
  const auto mark = w.http->sent.size();
  const auto begin = w.clock.steady_now();
  const auto swept = bot.sweep(row.exchange, asked);
  ASSERT_EQ(w.fired(), 1);
  EXPECT_EQ(bot.calls.back().outcome, Outcome::soft_limit);
  EXPECT_EQ(bot.calls.back().status, row.status);
  EXPECT_EQ(bot.calls.back().code, row.code);
  const auto wait = row.wait ? guard::server_wait(*row.wait) : 2'500ms;  // RL-4: a margin of half a second
  EXPECT_EQ(bot.endpoint(row.exchange, asked).held_for, wait);

  const auto second = bot.sweep(row.exchange, other);
  EXPECT_EQ(second->done, !bot.share_a_limit(row.exchange, asked, other)) << "only what counts alike is held";
  const auto siblings = bot.sweep(witness_of(row.exchange), questions_of(witness_of(row.exchange)).asked);
  EXPECT_TRUE(siblings->ok());
  w.pass(wait - 1ms);
  EXPECT_EQ(w.sent(row.exchange, mark, path).size(), 1U);
  EXPECT_FALSE(swept->done);
  w.pass(1ms);
  const auto sent = w.sent(row.exchange, mark, path);
  ASSERT_GE(sent.size(), 2U);
  EXPECT_EQ(sent[1].at - begin, wait);
  w.pass(20s);
  EXPECT_TRUE(swept->ok());
  EXPECT_TRUE(second->ok());
}

/// A limit that does not end: the calls give up, the circuit stays closed, and health names it.
void expect_told_as_limit(GuardedWorld& w, GuardedBot& bot, const LimitRow& row) {
  const auto [asked, other] = questions_of(row.exchange);
  w.fault(bot.target(row.exchange, asked), row.says(w.now()));
  const auto mark = w.http->sent.size();
  const auto swept = bot.sweep(row.exchange, asked);
  w.pass(30s);
  EXPECT_EQ(swept->failed_by(), ErrorKind::rate_limited);
  const auto sent = w.sent(row.exchange, mark, bot.target(row.exchange, asked));
  ASSERT_EQ(sent.size(), 3U);
  if (!row.wait) {
    EXPECT_EQ(sent[1].at - sent[0].at, 2'500ms);
    EXPECT_EQ(sent[2].at - sent[1].at, 4'500ms) << "doubled: nobody said a time";
  }
  EXPECT_EQ(bot.endpoint(row.exchange, asked).state, guard::BreakerState::closed);
  EXPECT_EQ(bot.endpoint(row.exchange, asked).totals.failed, 0U);
  EXPECT_FALSE(bot.ban(row.exchange));
  EXPECT_EQ(bot.errors(health::Category::rate_limit), 1U);
  EXPECT_EQ(bot.errors(health::Category::server) + bot.errors(health::Category::ban), 0U);
  bot.expect_told(row.exchange, "rate limited");
  w.no_faults();
  bot.expect_recovered(row.exchange);
}

TEST(GuardedAnswers, CB6_TooManyRequestsHoldsWhatCountsAlikeUntilTheStatedTime) {
  for (const auto& row : limit_rows()) {
    SCOPED_TRACE(row.what);
    GuardedWorld w;
    GuardedBot bot(w, "funding");
    bot.begin_well(row.exchange);
    expect_held_and_repeated(w, bot, row);
    w.no_faults();
    expect_told_as_limit(w, bot, row);
  }
}

struct MistakeRow {
  std::string exchange;
  int status;
  std::string code, body;
};

/// Neither repeated nor held against the endpoint, its limits or the host.
void expect_nothing_held(const MistakeRow& row, Outcome outcome, ErrorKind kind, health::Category category) {
  SCOPED_TRACE(row.exchange + " " + row.code + " " + row.body);
  GuardedWorld w;
  GuardedBot bot(w, "funding");
  bot.begin_well(row.exchange);
  const auto [asked, other] = questions_of(row.exchange);
  const auto path = bot.target(row.exchange, asked);
  w.fault(path, answer(row.status, row.body));
  const auto mark = w.http->sent.size();
  for (int i = 0; i < 6; ++i) {  // one more than opens a circuit
    const auto swept = bot.sweep(row.exchange, asked);
    w.pass(10s);
    EXPECT_EQ(swept->failed_by(), kind);
  }
  EXPECT_EQ(w.sent(row.exchange, mark, path).size(), 6U);
  EXPECT_EQ(w.fired(), 6);
  EXPECT_EQ(bot.calls.back().outcome, outcome);
  EXPECT_EQ(bot.calls.back().code, row.code);
  EXPECT_EQ(bot.errors(category), 6U);
  const auto endpoint = bot.endpoint(row.exchange, asked);
  EXPECT_EQ(endpoint.state, guard::BreakerState::closed);
  EXPECT_EQ(endpoint.totals.failed, 0U);
  EXPECT_FALSE(endpoint.held_for);
  EXPECT_FALSE(bot.ban(row.exchange));
  if (outcome == Outcome::bad_symbol) {
    EXPECT_EQ(bot.feed(row.exchange, asked).state, health::FeedState::dead)
        << "said of one contract it would mean nothing; all of them were asked for";
  }
  w.no_faults();
  const auto again = bot.sweep(row.exchange, asked);
  w.pass(10s);
  EXPECT_TRUE(again->ok());
}

TEST(GuardedAnswers, CB6_AnUnknownContractIsNobodysFailure) {
  const std::vector<MistakeRow> rows{
      {"binance", 400, "-1121", R"({"code":-1121,"msg":"Invalid symbol."})"},
      {"bybit", 200, "10001", R"({"retCode":10001,"retMsg":"params error: Symbol Invalid","result":{},"time":1})"},
      {"okx", 200, "51001", R"({"code":"51001","msg":"Instrument ID doesn't exist.","data":[]})"},
      {"gate", 400, "CONTRACT_NOT_FOUND", R"({"label":"CONTRACT_NOT_FOUND"})"},
      {"mexc", 200, "1001", R"({"success":false,"code":1001,"message":"Contract does not exist"})"},
      {"bitget", 400, "40034", R"({"code":"40034","msg":"Parameter does not exist","requestTime":1,"data":null})"},
      {"htx", 200, "1013",
       R"({"status":"error","err_code":1013,"err_msg":"This contract symbol doesnt exist.","ts":1})"},
      {"kucoin", 200, "100003", R"({"code":"100003","msg":"Contract parameter invalid."})"},
      {"hyperliquid", 200, "", "null"},
      {"deribit", 400, "13020", R"({"jsonrpc":"2.0","error":{"code":13020,"message":"not_found"}})"},
      {"kraken", 400, "87", R"({"errors":[{"code":87,"message":"Contract does not exist"}]})"},
  };
  for (const auto& row : rows)
    expect_nothing_held(row, Outcome::bad_symbol, ErrorKind::not_found, health::Category::not_found);
}

TEST(GuardedAnswers, CB6_ABadRequestIsOurMistakeAndIsNotRepeated) {
  const std::vector<MistakeRow> rows{
      {"binance", 400, "-1102", R"({"code":-1102,"msg":"Mandatory parameter 'symbol' was not sent."})"},
      {"okx", 400, "51000", R"({"code":"51000","msg":"Parameter instType error","data":[]})"},
      {"gate", 400, "INVALID_PARAM_VALUE", R"({"label":"INVALID_PARAM_VALUE","message":"invalid argument: status"})"},
      {"mexc", 400, "600", R"({"success":false,"code":600,"message":"Parameter error"})"},
      {"bitget", 404, "40404", R"({"code":"40404","msg":"Request URL NOT FOUND","requestTime":1,"data":null})"},
      {"htx", 200, "1066", R"({"status":"error","err_code":1066,"err_msg":"contract_code is required","ts":1})"},
      {"kucoin", 404, "404000", R"({"code":"404000","msg":"Url Not Found"})"},
      {"hyperliquid", 422, "", "Failed to deserialize the JSON body into the target type"},
      {"deribit", 400, "-32602", R"({"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"}})"},
      {"kraken", 200, "invalidArgument: symbol", R"({"result":"error","error":"invalidArgument: symbol"})"},
  };
  for (const auto& row : rows)
    expect_nothing_held(row, Outcome::bad_request, ErrorKind::internal, health::Category::internal);
}

TEST(GuardedAnswers, CB6_AMissingRightIsToldAsSuchAndIsNotRepeated) {
  const std::vector<MistakeRow> rows{
      {"binance", 401, "-2015", R"({"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."})"},
      {"gate", 403, "FORBIDDEN", R"({"label":"FORBIDDEN","message":"no"})"},
      {"bitget", 400, "40037", R"({"code":"40037","msg":"Apikey does not exist","requestTime":1,"data":null})"},
      {"kraken", 200, "authenticationError", R"({"result":"error","error":"authenticationError"})"},
      {"deribit", 400, "13009", R"({"jsonrpc":"2.0","error":{"code":13009,"message":"unauthorized"}})"},
  };
  for (const auto& row : rows)
    expect_nothing_held(row, Outcome::unauthorised, ErrorKind::permission, health::Category::permission);
}

}  // namespace guarded_limits_test
}  // namespace sandbox
