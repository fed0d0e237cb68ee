// F-28: every mistake of a configuration, all at once, each with its place, what was found and what is allowed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace problems_test {

using config_tests::read;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Case {
  std::string name;
  std::string line;  ///< the second line of a.toml, below [sample]
  std::vector<std::string> problems;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class F28 : public testing::TestWithParam<Case> {};

TEST_P(F28, ABadValueIsNamedWithPlaceFindingAndAllowance) {
  const auto got = read("[sample]\n" + GetParam().line + "\n");
  EXPECT_THAT(got.problems, ElementsAreArray(GetParam().problems));
  EXPECT_EQ(got.sample.count, config_tests::Sample{}.count);  // a wrong value leaves the default in place
}

const std::string https_form = "allowed: https URL without user info (http only to this machine)";
const std::string duration_form = "allowed: duration from 1s to 1d, such as \"90s\" or \"1h30m\"";
const std::string ids_form = "allowed: list of integers, none twice, each from 1 to 1000000";

INSTANTIATE_TEST_SUITE_P(
    Table, F28,
    testing::Values(
        Case{"IntegerTooBig", "count = 11", {"a.toml:2:1: sample.count: 11 (integer), allowed: integer from 1 to 10"}},
        Case{"IntegerTooSmall", "count = 0", {"a.toml:2:1: sample.count: 0 (integer), allowed: integer from 1 to 10"}},
        Case{"NumberForInteger",
             "count = 3.0",
             {"a.toml:2:1: sample.count: 3.0 (number), allowed: integer from 1 to 10"}},
        Case{"TextForInteger",
             "count = \"3\"",
             {"a.toml:2:1: sample.count: \"3\" (text), allowed: integer from 1 to 10"}},
        Case{"DateForInteger",
             "  count = 2025-12-09",
             {"a.toml:2:3: sample.count: a date or time, allowed: integer from 1 to 10"}},
        Case{"NegativeForUnsigned",
             "rows = -1",
             {"a.toml:2:1: sample.rows: -1 (integer), allowed: integer from 1 to 1000"}},
        Case{"IntegerForBoolean", "on = 1", {"a.toml:2:1: sample.on: 1 (integer), allowed: true or false"}},
        Case{"NotANumber", "share = nan", {"a.toml:2:1: sample.share: nan (number), allowed: number from 0.0 to 1.0"}},
        Case{"Infinite", "share = inf", {"a.toml:2:1: sample.share: inf (number), allowed: number from 0.0 to 1.0"}},
        Case{"NumberTooBig",
             "share = 1.01",
             {"a.toml:2:1: sample.share: 1.01 (number), allowed: number from 0.0 to 1.0"}},
        Case{"TextOfTwoLines",
             "title = \"a\\nb\"",
             {"a.toml:2:1: sample.title: \"a\\nb\" (text), allowed: one line of text"}},
        Case{"EmptyPath", "state_dir = \"\"", {"a.toml:2:1: sample.state_dir: \"\" (text), allowed: path"}},
        Case{"UnknownWord",
             "mode = \"Extreme\"",
             {"a.toml:2:1: sample.mode: \"Extreme\" (text), allowed: one of \"extreme\", \"threshold\""}},
        Case{"DurationWithoutUnit", "every = \"90\"", {"a.toml:2:1: sample.every: \"90\" (text), " + duration_form}},
        Case{"DurationAsNumber", "every = 90", {"a.toml:2:1: sample.every: 90 (integer), " + duration_form}},
        Case{"DurationTooLong", "every = \"25h\"", {"a.toml:2:1: sample.every: \"25h\" (text), " + duration_form}},
        Case{"DurationNotWhole",
             "interval = \"90s\"",
             {"a.toml:2:1: sample.interval: \"90s\" (text), allowed: duration in whole 1m from 1m to 1d, such as "
              "\"1m\""}},
        Case{"SizeWithDecimalUnit",
             "body_max = \"16MB\"",
             {"a.toml:2:1: sample.body_max: \"16MB\" (text), allowed: size from 1KiB to 64MiB, such as \"16MiB\""}},
        Case{"PlainHttp",
             "rest_url = \"http://api.example.com\"",
             {"a.toml:2:1: sample.rest_url: \"http://api.example.com\" (text), " + https_form}},
        Case{"UserInfo",
             "rest_url = \"https://me:pw@api.example.com\"",
             {"a.toml:2:1: sample.rest_url: a URL with user info (text), " + https_form}},
        Case{"LoopbackInDisguise",
             "rest_url = \"http://localhost@evil.example\"",
             {"a.toml:2:1: sample.rest_url: a URL with user info (text), " + https_form}},
        Case{"EmptyUrl", "rest_url = \"\"", {"a.toml:2:1: sample.rest_url: \"\" (text), " + https_form}},
        Case{"PortTooBig",
             "rest_url = \"https://a.example:65536\"",
             {"a.toml:2:1: sample.rest_url: \"https://a.example:65536\" (text), " + https_form}},
        Case{
            "PlainWebSocket",
            "stream_url = \"ws://a.example\"",
            {"a.toml:2:1: sample.stream_url: \"ws://a.example\" (text), allowed: wss URL without user info (ws only to "
             "this machine)"}},
        Case{"FileProxy",
             "proxy = \"file:///etc\"",
             {"a.toml:2:1: sample.proxy: \"file:///etc\" (text), allowed: URL with http, socks5 or socks5h, without "
              "user "
              "info, or \"\" for none"}},
        Case{"TextForList",
             "symbols = \"BTCUSDT\"",
             {"a.toml:2:1: sample.symbols: \"BTCUSDT\" (text), allowed: list of texts, none empty, none twice"}},
        Case{"EveryBadEntryOfAList",
             "symbols = [\"A\", 1, \" \", \"A\"]",
             {"a.toml:2:17: sample.symbols: 1 (integer), allowed: list of texts, none empty, none twice",
              "a.toml:2:20: sample.symbols: \" \" (text), allowed: list of texts, none empty, none twice",
              "a.toml:2:25: sample.symbols: \"A\" (text) twice, allowed: list of texts, none empty, none twice"}},
        Case{"BadTier",
             "tiers = [1, nan]",
             {"a.toml:2:13: sample.tiers: nan (number), allowed: list of numbers, none twice, each from 0.0 to 100.0"}},
        Case{"BadOptional",
             "own_floor = -1",
             {"a.toml:2:1: sample.own_floor: -1 (integer), allowed: number from 0.0 to 1e+12"}},
        Case{"BadId", "ids = [1, 0]", {"a.toml:2:11: sample.ids: 0 (integer), " + ids_form}},
        Case{"ScalarForSection", "inner = 1", {"a.toml:2:1: sample.inner: 1 (integer), allowed: table [sample.inner]"}},
        Case{"ListOfTablesForSection",
             "[[sample.inner]]",
             {"a.toml:2:10: sample.inner: a list of 1, allowed: table [sample.inner]"}},
        Case{"EntryThatIsNoTable",
             "limits.ip = 5",
             {"a.toml:2:8: sample.limits.ip: 5 (integer), allowed: table [sample.limits.ip]"}},
        Case{"UnknownKeyInAnEntry",
             "limits = { ip = { unit = 5 } }",
             {"a.toml:2:19: sample.limits.ip.unit: unknown key; did you mean \"units\"?, allowed: per, units"}},
        Case{"UnknownKey", "cuont = 3", {"a.toml:2:1: sample.cuont: unknown key; did you mean \"count\"?"}},
        Case{"UnknownSection",
             "[sampel]",
             {"a.toml:2:2: sampel: unknown section; did you mean \"sample\"?, allowed: sample"}},
        Case{"NothingLikeIt", "inner.zzzzzz = 1", {"a.toml:2:7: sample.inner.zzzzzz: unknown key, allowed: value"}},
        Case{"TopLevelKey", "[other]\ncount = 3", {"a.toml:2:2: other: unknown section, allowed: sample"}}),
    [](const auto& one) { return one.param.name; });

TEST(F28_Problems, AllOfThemAtOnceInTheOrderOfTheFiles) {
  const auto got =
      read({{"common.toml", "[sample]\nrows = 0\ncount = 11\n"}, {"funding.toml", "[sample]\nshare = 2\nx = 1"}},
           {{"PERPWATCH_SAMPLE__EVERY", "soon"}, {"PERPWATCH_SAMPEL__COUNT", "1"}});
  EXPECT_THAT(got.problems,
              ElementsAre(HasSubstr("common.toml:2:1: sample.rows"), HasSubstr("common.toml:3:1: sample.count"),
                          HasSubstr("funding.toml:2:1: sample.share"), HasSubstr("funding.toml:3:1: sample.x: unknown"),
                          HasSubstr("environment PERPWATCH_SAMPEL__COUNT: sampel: unknown section"),
                          HasSubstr("environment PERPWATCH_SAMPLE__EVERY: sample.every: \"soon\"")));
}

TEST(F28_Problems, AKeyThatIsWrittenTwiceIsRefusedWithItsPlace) {
  const auto got = read("[sample]\ncount = 1\ncount = 2\n");
  EXPECT_THAT(got.problems, ElementsAre(testing::AllOf(HasSubstr("a.toml:3:"), HasSubstr("count"))));
}

TEST(F28_Problems, AFileThatIsNoTomlDoesNotHideTheMistakesOfTheOther) {
  const auto got = read({{"common.toml", "[sample\n"}, {"funding.toml", "[sample]\ncount = 99"}});
  EXPECT_THAT(got.problems,
              ElementsAre(HasSubstr("common.toml:1:8: no valid TOML"), HasSubstr("funding.toml:2:1: sample.count")));
}

TEST(F28_Problems, ATokenInASettingsFileIsRefusedAndNeverShown) {
  const std::string token = "123456789:" + std::string("AAabcdefghijklmnopqrstuvwxyz0123456");
  for (const auto& key : {"token", "title2", "mode", "rest_url"}) {
    const auto got = read("[sample]\n" + std::string(key) + " = \"" + token + "\"\n");
    ASSERT_EQ(got.problems.size(), 1U) << key;
    EXPECT_THAT(got.problems[0], HasSubstr("Telegram token"));
    EXPECT_THAT(got.problems[0], Not(HasSubstr("AAabc")));
  }
}

TEST(F28_Problems, ATokenInsideAGoodValueOrANameIsRefusedAndNeverShown) {
  const std::string token = "123456789:" + std::string("AAabcdefghijklmnopqrstuvwxyz0123456");
  for (const auto& line : {"title = \"" + token + "\"", "symbols = [\"" + token + "\"]", "\"" + token + "\" = 1",
                           "rest_url = \"https://api.telegram.org/bot" + token + "\""}) {
    const auto got = read("[sample]\n" + line + "\n");
    ASSERT_EQ(got.problems.size(), 1U) << line;
    EXPECT_THAT(got.problems[0], HasSubstr("looks like a Telegram token"));
    EXPECT_THAT(got.problems[0], Not(HasSubstr("AAabc")));
  }
}

TEST(F28_Problems, AVariableWithAnEmptyPartIsRefused) {
  const auto got = read({{"a.toml", ""}}, {{"PERPWATCH_SAMPLE____COUNT", "1"}});
  EXPECT_THAT(got.problems, ElementsAre("environment PERPWATCH_SAMPLE____COUNT: a name with an empty part, allowed: "
                                        "PERPWATCH_<SECTION>__<KEY>"));
}

TEST(F28_Problems, AVariableThatIsNoUtf8IsRefused) {
  const auto got = read({{"a.toml", ""}}, {{"PERPWATCH_SAMPLE__TITLE", "a\xff"}});
  EXPECT_THAT(got.problems, ElementsAre(HasSubstr("allowed: one line of text")));
}

TEST(F28_Problems, ADefaultOutsideItsOwnRangeIsOurMistakeAndIsFound) {
  auto document = config::Document::parse({}, {});
  int value = 11;
  document.section("sample").read("count", value, {1, 10}, "how many");
  EXPECT_EQ(config::text_of(document.problems()), "default: sample.count: 11, allowed: integer from 1 to 10\n");
}

TEST(F28_Problems, ARefusedSubSectionIsOneProblemAndNotOneForEachOfItsKeys) {
  auto document = config::Document::parse({{"a.toml", "[exchange.biance]\nenabled = true\n"}}, {});
  document.section("exchange").reject("biance", "an exchange this program does not know", "binance");
  EXPECT_EQ(config::text_of(document.problems()),
            "a.toml:1:11: exchange.biance: an exchange this program does not know, allowed: binance\n");
}

TEST(F28_Problems, ARuleBetweenKeysIsToldAtTheKey) {
  auto document = config::Document::parse({{"a.toml", "[sample]\nlow = 5\nhigh = 2\n"}}, {});
  auto section = document.section("sample");
  int low = 1, high = 9;
  section.read("low", low, {1, 10}, "lower end");
  section.read("high", high, {1, 10}, "upper end");
  if (high < low) section.reject("high", "2, below low = 5", "low or more");
  EXPECT_EQ(config::text_of(document.problems()), "a.toml:3:1: sample.high: 2, below low = 5, allowed: low or more\n");
}

}  // namespace problems_test
