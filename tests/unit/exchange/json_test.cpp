#include "common/exchange/json.hpp"

#include <gtest/gtest.h>

#include "common/exchange/row.hpp"
#include "tests/unit/exchange/support.hpp"

namespace exchange {
namespace json_test {

using testing::Document;

std::optional<double> number_in(std::string_view token, bool& ok) {
  const Document json("[" + std::string(token) + "]");
  if (!json) {
    ok = false;
    return std::nullopt;
  }
  Row row;
  const auto out = row.number(json.root().at(0));
  ok = row.ok();
  return out;
}

TEST(Json, GivesMembersElementsAndTextsInAnyOrder) {
  const Document json(R"({"b":{"x":[1, "two" ,null]},"a":"A\u00e9\n","flag":true})");
  ASSERT_TRUE(json);
  const Value root = json.root();
  EXPECT_EQ(root["a"].text(), "A\xC3\xA9\n");
  EXPECT_TRUE(root["flag"].is_true());
  EXPECT_EQ(root["b"]["x"].at(0).text(), "1");
  EXPECT_EQ(root["b"]["x"].at(1).text(), "two");
  EXPECT_EQ(root["b"]["x"].size(), 3U);
  EXPECT_EQ(root["b"]["x"].at(2).text(), "");
  EXPECT_TRUE(root["b"]["x"].at(2).present());
}

TEST(Json, WhatIsAbsentIsAnEmptyValue) {
  const Document json(R"({"a":[{}]})");
  ASSERT_TRUE(json);
  const Value nothing = json.root()["b"]["c"].at(7)["d"];
  EXPECT_FALSE(nothing.present());
  EXPECT_EQ(nothing.text(), "");
  EXPECT_EQ(nothing.size(), 0U);
  EXPECT_EQ(json.root()["a"].at(1).present(), false);
  for (const Value unexpected : json.root()["a"].at(0)["x"]) ADD_FAILURE() << unexpected.text();
}

TEST(Json, F15_RefusesWhatIsNoCompleteDocument) {
  for (const std::string_view bytes :
       {"", " ", "null", "1", "\"text\"", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1}}", "[1] [2]", "{\"a\":1,\"b",
        "<html>", "[\"\xFF\"]", "[\"a\\q\"]", "\xEF\xBB\xBF[1", "[NaN]", "[Infinity]"}) {
    const Document json(bytes, "test place");
    ASSERT_FALSE(json) << bytes;
    EXPECT_EQ(json.error().kind, base::ErrorKind::bad_data);
    EXPECT_EQ(json.error().place, "test place");
  }
}

TEST(Json, F15_DepthHasALimit) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(Document(nested(json_depth_max)));
  EXPECT_FALSE(Document(nested(json_depth_max + 1)));
  EXPECT_FALSE(Document(nested(1'000'000)));
}

TEST(Json, F15_OfDuplicateKeysTheFirstCounts) {
  const Document json(R"({"a":1,"a":2})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json.root()["a"].text(), "1");
}

TEST(Json, F16_NumbersAreReadFromTextAndFromTokens) {
  struct Line {
    std::string_view token;
    double number;
  };
  for (const auto& [token, number] : {Line{"1.5", 1.5},
                                      {"\"1.5\"", 1.5},
                                      {"5.2E-5", 5.2e-5},
                                      {"-0", 0},
                                      {"\" 7 \"", 7},
                                      {"0.0000000000000000000000000000000001", 1e-34}}) {
    bool ok = false;
    const auto got = number_in(token, ok);
    ASSERT_TRUE(ok && got) << token;
    EXPECT_DOUBLE_EQ(*got, number) << token;
  }
}

TEST(Json, F16_EmptyNullAndNanAreAbsent) {
  for (const std::string_view token : {"null", "\"\"", "\"null\"", "\"nan\"", "\" \""}) {
    bool ok = false;
    EXPECT_FALSE(number_in(token, ok).has_value()) << token;
    EXPECT_TRUE(ok) << token;
  }
}

TEST(Json, F16_WhatIsNoFiniteNumberIsAFaultOfItsRow) {
  const std::string digits(400, '9');
  for (const std::string_view token :
       {std::string_view("1e999"), std::string_view("\"-1e999\""), std::string_view(digits),
        std::string_view("\"inf\""), std::string_view("\"12abc\""), std::string_view("true"), std::string_view("{}"),
        std::string_view("[1]"), std::string_view("\"0x10\"")}) {
    bool ok = true;
    EXPECT_FALSE(number_in(token, ok).has_value()) << token;
    EXPECT_FALSE(ok) << token;
  }
}

TEST(Json, F16_WholeNumbersBeyond64BitsAreFaults) {
  const Document json(R"([9223372036854775807, 9223372036854775808, 3.0, 3.5])");
  ASSERT_TRUE(json);
  Row row;
  EXPECT_EQ(row.integer(json.root().at(0)), 9'223'372'036'854'775'807);
  EXPECT_EQ(row.integer(json.root().at(2)), 3);
  EXPECT_TRUE(row.ok());
  EXPECT_FALSE(row.integer(json.root().at(1)).has_value());
  EXPECT_FALSE(row.ok());
  Row other;
  EXPECT_FALSE(other.integer(json.root().at(3)).has_value());
  EXPECT_FALSE(other.ok());
}

TEST(Json, F17_TimesAreScaledByTheirSizeAndBounded) {
  const auto read = [](std::string_view token, bool& ok) {
    const Document json("[" + std::string(token) + "]");
    Row row;
    const auto out = row.time(json.root().at(0));
    ok = row.ok();
    return out;
  };
  bool ok = false;
  for (const std::string_view token : {"1764000000", "\"1764000000000\"", "1764000000000000", "1764000000000000000"}) {
    EXPECT_EQ(read(token, ok), base::from_ms(1'764'000'000'000)) << token;
    EXPECT_TRUE(ok) << token;
  }
  EXPECT_EQ(read("1764000000.25", ok), base::from_ms(1'764'000'000'250));
  for (const std::string_view token : {"0", "\"0\"", "\"\"", "null"}) {
    EXPECT_FALSE(read(token, ok).has_value()) << token;
    EXPECT_TRUE(ok) << token;
  }
  for (const std::string_view token : {"1", "-1764000000000", "1e30", "100000000000000000000", "1230767999000",
                                       "\"2023-09-29T08:00:00Z\"", "4102444800000"}) {
    EXPECT_FALSE(read(token, ok).has_value()) << token;
    EXPECT_FALSE(ok) << token;
  }
}

TEST(Json, SymbolsAreShortAndWithoutBlanks) {
  const auto ok = [](std::string_view token) {
    const Document json("[" + std::string(token) + "]");
    Row row;
    (void)row.symbol(json.root().at(0));
    return row.ok();
  };
  EXPECT_TRUE(ok("\"BTCUSDT\""));
  EXPECT_TRUE(ok("\"\\u5e01\\u5b89USDT\""));
  EXPECT_FALSE(ok("\"\""));
  EXPECT_FALSE(ok("\"A B\""));
  EXPECT_FALSE(ok("\"A\\nB\""));
  EXPECT_FALSE(ok(R"("A\"B")")) << "it goes into subscribe messages";
  EXPECT_FALSE(ok("7"));
  EXPECT_FALSE(ok("\"" + std::string(65, 'A') + "\""));
}

TEST(Json, EnvelopeMembersSkipContainers) {
  const auto members =
      envelope_members(R"({"retCode":10006,"result":{"deep":[1,2,{"x":1}]},"retMsg":"no \"way\"","ok":false})");
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].text, "10006");
  EXPECT_EQ(members[1].key, "retMsg");
  EXPECT_EQ(members[1].text, "no \"way\"");
  EXPECT_EQ(members[2].text, "false");
  EXPECT_TRUE(envelope_members("[1]").empty());
  EXPECT_TRUE(envelope_members("oops").empty());
}

TEST(Json, ALeadingMemberIsFoundWithoutALookAtTheRest) {
  EXPECT_EQ(leading_member(R"( { "msg" : "", "code" :"0", "data":[ what is no JSON)", "code"), "0");
  EXPECT_EQ(leading_member(R"({"success":true,"code":0,"data":[]})", "code"), "0");
  EXPECT_EQ(leading_member(R"({"retCode":10006})", "retCode"), "10006");
  EXPECT_EQ(leading_member(R"({"code":"1","code":"0"})", "code"), "1") << "the first, as everywhere";
  for (const std::string_view bytes :
       {R"({"data":[],"code":"0"})", R"({"data":{"code":"0"}})", R"({"a\"b":1,"code":"0"})", R"({"code":"\u0030"})",
        R"({"other":"code","co":"0"})", R"({"code":})", R"({"code":0)", R"({"code")", R"({"code":")", "[]", "{", "",
        "code"}) {
    EXPECT_EQ(leading_member(bytes, "code"), std::nullopt) << bytes;
  }
}

TEST(Json, TextsWithAndWithoutEscapesReadTheSame) {
  const Document json(R"({"plain":"a b","esc\u0061ped":"\u0061\n\"","":"","tail":"x"  })");
  ASSERT_TRUE(json);
  EXPECT_EQ(json.root()["plain"].text(), "a b");
  EXPECT_EQ(json.root()["escaped"].text(), "a\n\"");
  EXPECT_TRUE(json.root()[""].is_string());
  EXPECT_EQ(json.root()["tail"].text(), "x");
  for (const std::string_view bytes : {R"({"a":"b":"c"})", R"({"a":"b" "c":1})", R"(["a" "b"])", R"({"a":"\x"})"})
    EXPECT_FALSE(Document(bytes)) << bytes;
}

}  // namespace json_test
}  // namespace exchange
