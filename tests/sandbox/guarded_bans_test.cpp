// Bans of our address and blocks of our region, as each exchange words them: nothing goes to that host from any bot
// until the stated end, then one probe, and the others never notice (RESILIENCE.md 1.2, CB-6, CB-9, F-2).
#include "tests/sandbox/guarded_world.hpp"

namespace sandbox {
namespace guarded_bans_test {

using base::ErrorKind;
using guard::Refusal;

struct BanRow {
  std::string what, exchange;
  Json fault;
  int status;
  std::string code;
  base::Millis length;  ///< of our rest
};

Json answer(int status, const std::string& body, const Json& headers = Json::object()) {
  return Json{{"kind", "status"}, {"status", status}, {"body", body}, {"headers", headers}};
}
/// The played exchange's own ban, of everybody for so long, in its own words.
Json own_ban(int seconds) { return Json{{"kind", "ban"}, {"seconds", seconds}}; }

/// Not one request leaves for the host: not of another endpoint, another bot, nor one that was started anew.
void expect_left_alone(GuardedWorld& w, GuardedBot& bot, std::unique_ptr<GuardedBot>& sibling, const BanRow& row) {
  const auto [asked, other] = questions_of(row.exchange);
  const auto mark = w.http->sent.size();
  for (auto* one : {&bot, sibling.get()})
    for (const auto topic : {asked, other}) {
      EXPECT_EQ(one->sweep(row.exchange, topic)->failed_by(), ErrorKind::refused);
      EXPECT_EQ(one->refusals.back(), Refusal::ban);
    }
  sibling.reset();
  sibling = std::make_unique<GuardedBot>(w, "volume");
  EXPECT_EQ(sibling->sweep(row.exchange, asked)->failed_by(), ErrorKind::refused);
  EXPECT_TRUE(w.sent(row.exchange, mark).empty());
}

void live_through(const BanRow& row, Outcome source, ErrorKind kind, health::Category category) {
  SCOPED_TRACE(row.what);
  GuardedWorld w;
  GuardedBot bot(w, "funding");
  auto sibling = std::make_unique<GuardedBot>(w, "volume");
  bot.begin_well(row.exchange);
  const auto [asked, other] = questions_of(row.exchange);
  const bool everything = row.fault["kind"] == "ban";
  w.fault(everything ? "/" + row.exchange + "/*" : bot.target(row.exchange, asked), row.fault);
  const auto mark = w.http->sent.size();
  const auto swept = bot.sweep(row.exchange, asked);
  ASSERT_EQ(w.fired(), 1);
  EXPECT_EQ(swept->failed_by(), kind) << "at once: it is not repeated";
  EXPECT_EQ(w.sent(row.exchange, mark).size(), 1U);
  EXPECT_EQ(bot.calls.back().outcome, source);
  EXPECT_EQ(bot.calls.back().status, row.status);
  EXPECT_EQ(bot.calls.back().code, row.code);
  const auto ban = bot.ban(row.exchange);
  ASSERT_TRUE(ban);
  EXPECT_EQ(ban->source, source);
  EXPECT_EQ(ban->wait.until - w.clock.wall_now(), row.length);
  EXPECT_EQ(sibling->ban(row.exchange)->wait.until, ban->wait.until) << "the other bot reads the same row";
  EXPECT_EQ(bot.endpoint(row.exchange, asked).totals.failed, 0U) << "no failure of the endpoint";

  expect_left_alone(w, bot, sibling, row);
  EXPECT_EQ(bot.errors(category), 1U) << "counted when it happened, not each time that it holds a call back";
  const auto left_s = std::chrono::duration_cast<std::chrono::seconds>(row.length);
  if (left_s > 21s) bot.expect_told(row.exchange, "left alone for");
  w.no_faults();
  w.pass(ban->wait.until - w.clock.wall_now() - 1ms);
  expect_left_alone(w, bot, sibling, row);
  w.pass(1ms);
  const auto after = w.http->sent.size();
  const auto probe = sibling->sweep(row.exchange, asked);
  EXPECT_GE(w.sent(row.exchange, after).size(), 1U);
  w.pass(10s);
  EXPECT_TRUE(probe->ok());
  if (left_s > 21s) bot.expect_recovered(row.exchange);
  EXPECT_EQ(w.sent(witness_of(row.exchange), 0).empty(), false);
}

TEST(GuardedAnswers, CB6_F2_ABanIsKeptByAllBotsUntilItsEnd) {
  const auto margin = guard::server_wait_margin;
  const std::vector<BanRow> rows{
      {"binance, until a time in the text", "binance", own_ban(120), 418, "-1003", 120s + margin},
      {"binance, with Retry-After alone", "binance",
       answer(418, R"({"code":-1003,"msg":"Way too many requests."})", {{"Retry-After", "300"}}), 418, "-1003",
       300s + margin},
      {"binance, without a word", "binance", answer(418, ""), 418, "", 2min},
      {"bybit, access too frequent", "bybit", own_ban(600), 403, "", 10min + margin},
      {"okx", "okx", own_ban(600), 403, "50011", 10min + margin},
      {"mexc, as its spot documents promise", "mexc", own_ban(180), 418, "510", 180s + margin},
      {"kucoin, half a minute", "kucoin", own_ban(30), 429, "1015", 30s + margin},
      {"kucoin, ten seconds", "kucoin", answer(200, R"({"code":"200002","msg":"blocked"})"), 200, "200002",
       10s + margin},
      {"kraken, a lockout without an end", "kraken", answer(200, R"({"error":["EGeneral:Temporary lockout"]})"), 200,
       "EGeneral:Temporary lockout", 2min},
      {"a ban for ten years", "gate", answer(418, "{}", {{"Retry-After", "315360000"}}), 418, "", 72h + margin},
  };
  for (const auto& row : rows) live_through(row, Outcome::banned, ErrorKind::banned, health::Category::ban);
}

TEST(GuardedAnswers, CB6_ABlockedRegionOrAFirewallIsLeftAloneForAnHour) {
  std::vector<BanRow> rows{
      {"binance, the region by status", "binance", {{"kind", "geo"}}, 451, "0", 1h},
      {"bybit, the region by code", "bybit",
       answer(200, R"({"retCode":10024,"retMsg":"Compliance rules triggered","result":{},"time":1})"), 200, "10024",
       1h},
      {"bitget, the region by code", "bitget",
       answer(403, R"({"code":"40000","msg":"Region not allowed","requestTime":1,"data":null})"), 403, "40000", 1h},
      {"kucoin, the region by code", "kucoin", answer(403, R"({"code":"400500","msg":"region not supported"})"), 403,
       "400500", 1h},
      {"kraken, the region by status", "kraken", answer(451, ""), 451, "", 1h},
      {"binance, its firewall without a page", "binance", answer(403, ""), 403, "", 1h},
      {"a block with an end of its own", "okx", answer(451, "", {{"Retry-After", "7200"}}), 451, "",
       2h + guard::server_wait_margin},
  };
  const auto played = GuardedWorld().settings.exchanges;
  for (const auto name : exchange::exchange_names()) {
    const std::string exchange(name);
    if (!played.contains(exchange)) continue;  // off: nobody asks it
    rows.push_back({exchange + ", behind CloudFront's page", exchange, {{"kind", "forbidden_html"}}, 403, "", 1h});
  }
  for (const auto& row : rows) live_through(row, Outcome::blocked, ErrorKind::permission, health::Category::permission);
}

TEST(GuardedAnswers, CB6_ABlockThatGoesOnIsTriedOnceAnHourThenTwoThenFour) {
  GuardedWorld w;
  GuardedBot bot(w, "funding");
  bot.begin_well("binance");
  w.fault("/binance/*", {{"kind", "geo"}});
  const auto mark = w.http->sent.size();
  for (const auto length : {1h, 2h, 4h}) {
    EXPECT_EQ(bot.sweep("binance", Topic::tickers)->failed_by(), ErrorKind::permission);
    EXPECT_EQ(bot.ban("binance")->wait.until - w.clock.wall_now(), length);
    for (int minute = 0; minute < length / 1min; minute += 30) {
      EXPECT_EQ(bot.sweep("binance", Topic::tickers)->failed_by(), ErrorKind::refused);
      w.pass(30min);
    }
  }
  EXPECT_EQ(w.sent("binance", mark).size(), 3U);
  w.no_faults();
  EXPECT_TRUE(bot.sweep("binance", Topic::tickers)->ok());
  EXPECT_FALSE(bot.ban("binance")) << "an open region has no past";
}

}  // namespace guarded_bans_test
}  // namespace sandbox
