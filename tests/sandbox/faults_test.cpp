#include "tests/sandbox/faults.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/sandbox/text.hpp"

namespace sandbox {
namespace faults_test {

constexpr Ms start = 1'780'000'000'000;

Request request_to(const std::string& label) {
  Request out;
  out.label = label;
  out.host = "127.0.0.1";
  return out;
}

TEST(Faults, FireWithinTheirTimeAndCount) {
  Faults faults(start);
  (void)faults.add({{"kind", "status"}, {"path", "/okx/*"}, {"from", 10}, {"to", 20}, {"skip", 1}, {"count", 2}}, false,
                   start);
  const auto fires = [&](const char* label, Ms at) {
    return faults.fire_http(request_to(label), start + at) != nullptr;
  };
  EXPECT_FALSE(fires("/okx/api/v5/public/time", 9'999));
  EXPECT_FALSE(fires("/bybit/v5/market/time", 10'000));
  EXPECT_FALSE(fires("/okx/api/v5/public/time", 10'000));  // skipped
  EXPECT_TRUE(fires("/okx/api/v5/public/time", 10'000));
  EXPECT_TRUE(fires("/okx/api/v5/public/time", 19'999));
  EXPECT_FALSE(fires("/okx/api/v5/public/time", 19'999));
  EXPECT_EQ(faults.report()[0]["fired"], 2);
}

TEST(Faults, AnUnknownKindIsAMistake) {
  Faults faults(start);
  EXPECT_THROW((void)faults.add({{"kind", "statsu"}}, false, start), std::runtime_error);
}

TEST(Faults, AtRunTimeTimesCountFromNow) {
  Faults faults(start);
  (void)faults.add({{"kind", "reset"}, {"to", 5}}, true, start + minute);
  EXPECT_NE(faults.fire_http(request_to("/x"), start + minute + 4'999), nullptr);
  EXPECT_EQ(faults.fire_http(request_to("/x"), start + minute + 5'000), nullptr);
}

TEST(Faults, AStuckServerSaysItsFirstAnswerAgainToTheSameQuestion) {
  Faults faults(start);
  const auto id = faults.add({{"kind", "repeat"}}, false, start);
  const auto says = [&](const char* symbol, const char* from, const char* body) {
    auto request = request_to("/kraken/trade");
    request.query = {{"symbol", symbol}, {"from", from}};
    Response now;
    now.body = body;
    return faults.repeated(id, request, now).body;
  };
  EXPECT_EQ(says("BTC", "1780000000", "first"), "first");
  EXPECT_EQ(says("ETH", "1780000000", "other"), "other");
  EXPECT_EQ(says("BTC", "1780000060", "second"), "first");
}

TEST(Faults, AnswersCarryWhatWasAsked) {
  Faults faults(start);
  (void)faults.add({{"kind", "status"},
                    {"status", 429},
                    {"headers", {{"X-A", "b"}}},
                    {"retry_after", 7},
                    {"body", "slow"},
                    {"delay_ms", 30}},
                   false, start);
  const auto out = apply_fault(*faults.fire_http(request_to("/x"), start), Response{});
  EXPECT_EQ(out.status, 429);
  EXPECT_EQ(out.body, "slow");
  EXPECT_EQ(out.headers.at(0).first, "X-A");
  EXPECT_EQ(out.headers.at(1).second, "7");
  EXPECT_EQ(out.wire.delay, 30);
}

TEST(Faults, AGzipBombIsSmallOnTheWire) {
  Faults faults(start);
  (void)faults.add({{"kind", "gzip_bomb"}, {"bytes", 20'000'000}}, false, start);
  const auto out = apply_fault(*faults.fire_http(request_to("/x"), start), Response{});
  EXPECT_LT(out.body.size(), 100'000U);
  EXPECT_EQ(out.headers.at(0).second, "gzip");
}

TEST(Text, GlobsAndForms) {
  EXPECT_TRUE(glob("/okx/*", "/okx/api/v5/x"));
  EXPECT_TRUE(glob("*kline*", "/mexc/kline/BTC"));
  EXPECT_FALSE(glob("/okx/*/y", "/okx/api/x"));
  EXPECT_EQ(parse_form("a=1+2&b=%26&c").at("b"), "&");
  EXPECT_EQ(number(0.00001), "0.00001");
  EXPECT_EQ(number(100), "100");
}

}  // namespace faults_test
}  // namespace sandbox
