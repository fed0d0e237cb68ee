// Layers, origins, the environment's spelling, the effective print.
#include "common/config/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace document_test {

using config_tests::bind;
using config_tests::read;
using config_tests::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

const std::string every_kind = R"([sample]
on = false
count = 7
rows = 500
share = 0.25
title = "a \"quoted\" – tïtle with \\all"
state_dir = "/tmp/x y"
mode = "threshold"
every = "1h30m"
interval = "4h"
body_max = "2MiB"
rest_url = "http://127.0.0.1:8080/base"
stream_url = "ws://[::1]:9/ws"
proxy = "socks5h://proxy.example:1080"
symbols = ["BTCUSDT", "ETHUSDT"]
ids = [
  7,
  9,
]
tiers = [2, 2.5]
own_floor = 1_000_000
[sample.inner]
value = 3
[sample.limits]
weight = { units = 2400, per = "60s" }
"public/funding-rate" = { units = 10, per = "2s" }
)";

std::string without_comments(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at) + 1;
    if (text[at] != '#') out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

TEST(Document, EmptyTextGivesTheDefaultsOfTheStruct) {
  const auto got = read("");
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_EQ(got.sample, Sample{});
}

TEST(Document, EveryKindIsRead) {
  const auto got = read(every_kind);
  ASSERT_THAT(got.problems, IsEmpty());
  Sample wanted;
  wanted.on = false;
  wanted.count = 7;
  wanted.rows = 500;
  wanted.share = 0.25;
  wanted.title = "a \"quoted\" – tïtle with \\all";
  EXPECT_NE(got.sample, wanted);
  EXPECT_FALSE(got.sample.on);
  EXPECT_EQ(got.sample.count, 7);
  EXPECT_EQ(got.sample.rows, 500U);
  EXPECT_EQ(got.sample.share, 0.25);
  EXPECT_EQ(got.sample.title, "a \"quoted\" – tïtle with \\all");
  EXPECT_EQ(got.sample.state_dir, "/tmp/x y");
  EXPECT_EQ(got.sample.rest_url, "http://127.0.0.1:8080/base");
  EXPECT_EQ(got.sample.stream_url, "ws://[::1]:9/ws");
  EXPECT_EQ(got.sample.proxy, "socks5h://proxy.example:1080");
  EXPECT_EQ(got.sample.every, 90min);
  EXPECT_EQ(got.sample.interval, 4h);
  EXPECT_EQ(got.sample.body_max, 2U << 20U);
  EXPECT_EQ(got.sample.mode, config_tests::Mode::threshold);
  EXPECT_THAT(got.sample.symbols, ElementsAre("BTCUSDT", "ETHUSDT"));
  EXPECT_THAT(got.sample.ids, ElementsAre(7, 9));
  EXPECT_EQ(got.sample.inner, 3.0);
  EXPECT_THAT(got.sample.tiers, ElementsAre(2.0, 2.5));
  EXPECT_EQ(got.sample.own_floor, 1e6);
  ASSERT_EQ(got.sample.limits.size(), 2U);
  EXPECT_EQ(got.sample.limits[0].first, "public/funding-rate");
  EXPECT_EQ(got.sample.limits[1].second, (config_tests::Limit{2400, 60s}));
}

TEST(Document, BothEndsOfARangeAreAllowed) {
  for (const auto* text : {"count = 1", "count = 10", "share = 0", "share = 1", "every = \"1s\"", "every = \"24h\"",
                           "body_max = \"1KiB\"", "body_max = \"64MiB\"", "ids = [1, 1000000]"}) {
    EXPECT_THAT(read("[sample]\n" + std::string(text)).problems, IsEmpty());
  }
}

TEST(Document, LaterLayersWinKeyByKeyAndListsAreReplaced) {
  const auto got = read({{"common.toml", "[sample]\ncount = 1\nsymbols = [\"A\", \"B\"]\n[sample.inner]\nvalue = 1"},
                         {"funding.toml", "[sample]\nsymbols = [\"C\"]\ncount = 2"}},
                        {{"PERPWATCH_SAMPLE__COUNT", "3"}, {"OTHER", "x"}, {"PERPWATCH", "y"}});
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_EQ(got.sample.count, 3);
  EXPECT_EQ(got.sample.inner, 1.0);
  EXPECT_THAT(got.sample.symbols, ElementsAre("C"));
}

TEST(Document, WhereEveryValueCameFromIsPrinted) {
  const auto got = read({{"common.toml", "[sample]\ncount = 1\nrows = 2\n"}, {"funding.toml", "[sample]\n  rows = 3"}},
                        {{"PERPWATCH_SAMPLE__SHARE", "0.75"}});
  EXPECT_THAT(got.effective, HasSubstr("# how many (integer from 1 to 10; common.toml:2:1)\ncount = 1\n"));
  EXPECT_THAT(got.effective, HasSubstr("# rows of a page (integer from 1 to 1000; funding.toml:2:3)\nrows = 3\n"));
  EXPECT_THAT(
      got.effective,
      HasSubstr("# part of the whole (number from 0.0 to 1.0; environment PERPWATCH_SAMPLE__SHARE)\nshare = 0.75\n"));
  EXPECT_THAT(got.effective, HasSubstr("# a switch (true or false; default)\non = true\n"));
}

TEST(Document, TheEnvironmentWritesEveryKind) {
  const auto got =
      read({{"a.toml", "[sample.limits]\nIP = { units = 1 }"}}, {
                                                                    {"PERPWATCH_SAMPLE__ON", "false"},
                                                                    {"PERPWATCH_SAMPLE__TITLE", " 12 "},
                                                                    {"PERPWATCH_SAMPLE__MODE", "threshold"},
                                                                    {"PERPWATCH_SAMPLE__EVERY", "250ms"},
                                                                    {"PERPWATCH_SAMPLE__BODY_MAX", "1MiB"},
                                                                    {"PERPWATCH_SAMPLE__SYMBOLS", "A, B,C"},
                                                                    {"PERPWATCH_SAMPLE__IDS", "5"},
                                                                    {"PERPWATCH_SAMPLE__INNER__VALUE", "4"},
                                                                    {"PERPWATCH_SAMPLE__LIMITS__IP__UNITS", "9"},
                                                                });
  EXPECT_THAT(got.problems,
              ElementsAre("environment PERPWATCH_SAMPLE__EVERY: sample.every: \"250ms\", allowed: duration "
                          "from 1s to 1d, such as \"90s\" or \"1h30m\""));
  EXPECT_FALSE(got.sample.on);
  EXPECT_EQ(got.sample.title, "12");
  EXPECT_EQ(got.sample.body_max, 1U << 20U);
  EXPECT_THAT(got.sample.symbols, ElementsAre("A", "B", "C"));
  EXPECT_THAT(got.sample.ids, ElementsAre(5));
  EXPECT_EQ(got.sample.inner, 4.0);
  ASSERT_EQ(got.sample.limits.size(), 1U);
  EXPECT_EQ(got.sample.limits[0].first, "IP");
  EXPECT_EQ(got.sample.limits[0].second.units, 9);
}

TEST(Document, AVariableWithoutASectionIsNamedAndOtherwiseLeftAlone) {
  const auto got = read({{"a.toml", ""}}, {{"PERPWATCH_COUNT", "3"}});
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_THAT(got.warnings, ElementsAre(HasSubstr("PERPWATCH_COUNT is no setting")));
}

TEST(Document, TheEffectivePrintLoadsAgainToTheSameValues) {
  for (const auto& text : {std::string{}, every_kind}) {
    const auto first = read(text);
    const auto second = read({{"printed.toml", first.effective}});
    EXPECT_THAT(second.problems, IsEmpty()) << first.effective;
    EXPECT_EQ(second.sample, first.sample);
    EXPECT_EQ(without_comments(second.effective), without_comments(first.effective));
    EXPECT_EQ(second.fingerprint, first.fingerprint);
  }
}

TEST(Document, TheFingerprintFollowsTheValuesAndNothingElse) {
  const auto base = read("[sample]\ncount = 3");
  EXPECT_EQ(base.fingerprint, read("").fingerprint);  // 3 is the default
  EXPECT_EQ(base.fingerprint, read("# words\n[sample]\n\ncount=3").fingerprint);
  EXPECT_NE(base.fingerprint, read("[sample]\ncount = 4").fingerprint);
  EXPECT_EQ(base.fingerprint.size(), 16U);
}

TEST(Document, TheFingerprintOfOneSectionLeavesTheOthersOut) {
  const auto of_inner = [](const std::string& text) {
    auto document = config::Document::parse({{"a.toml", text}}, {});
    Sample sample;
    bind(document.section("sample"), sample);
    return document.fingerprint("sample.inner");
  };
  EXPECT_EQ(of_inner("[sample]\ncount = 4"), of_inner(""));
  EXPECT_NE(of_inner("[sample.inner]\nvalue = 4"), of_inner(""));
}

TEST(Document, TwoRoomsMayReadOneKey) {
  auto document = config::Document::parse({{"a.toml", "[sample]\ncount = 4"}}, {});
  Sample first, second;
  bind(document.section("sample"), first);
  bind(document.section("sample"), second);
  EXPECT_EQ(first, second);
  EXPECT_THAT(document.problems(), IsEmpty());
  const auto text = document.effective();
  EXPECT_EQ(text.find("count = 4"), text.rfind("count = 4"));
}

TEST(Document, ADocumentMayMoveWhileItsSectionsLive) {
  auto document = config::Document::parse({{"a.toml", "[sample]\ncount = 4"}}, {});
  auto section = document.section("sample");
  const auto moved = std::move(document);
  int count = 1;
  section.read("count", count, {1, 10}, "how many");
  EXPECT_EQ(count, 4);
  EXPECT_THAT(moved.problems(), IsEmpty());
}

TEST(Environment, IsReadFromTheNullTerminatedArray) {
  const char* const variables[] = {"A=1", "B==2", "NOTHING", "=x", "C=", nullptr};
  EXPECT_THAT(config::environment_of(variables),
              ElementsAre(testing::Pair("A", "1"), testing::Pair("B", "=2"), testing::Pair("C", "")));
  EXPECT_THAT(config::environment_of(nullptr), IsEmpty());
}

}  // namespace document_test
