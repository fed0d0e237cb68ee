#include "common/base/html.hpp"

#include <random>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/utf8.hpp"
#include "tests/unit/base/telegram_html.hpp"

namespace html_test {

using base::Html;
using base::operator""_html;
using test::parse_telegram_html;

/// Bytes that love to break messages, more often than chance would bring them.
std::string hostile_bytes(std::mt19937& random) {
  static const std::vector<std::string> bits{"<",
                                             ">",
                                             "&",
                                             "\"",
                                             "'",
                                             "</b>",
                                             "<b>",
                                             "&amp",
                                             "&lt;",
                                             "&#60;",
                                             "<a href=\"x\">",
                                             "\xF0\x9F",
                                             "\xC0\x80",
                                             "]]>",
                                             "\xED\xA0\x80",
                                             "\xE2\x80\x8D",
                                             "\x07",
                                             "\n",
                                             "\t"};
  std::string out;
  const auto pieces = random() % 12;
  for (std::size_t i = 0; i < pieces; ++i) {
    out += random() % 2 == 0 ? bits[random() % bits.size()]
                             : std::string(1, static_cast<char>(static_cast<unsigned char>(random() % 256)));
  }
  return out;
}

TEST(Html, TG6_TextEscapesTheFourSpecialCharacters) {
  EXPECT_EQ(Html::text(R"(a<b>"c"&'d')").str(), "a&lt;b&gt;&quot;c&quot;&amp;'d'");
}

TEST(Html, TG6_TextThatLooksEscapedIsEscapedAgainAndReadsAsWritten) {
  const auto html = Html::text("&lt;b&gt; &#60;");
  EXPECT_EQ(html.str(), "&amp;lt;b&amp;gt; &amp;#60;");
  EXPECT_EQ(base::visible_text(html.str()), "&lt;b&gt; &#60;");
}

TEST(Html, TG6_WrappersEscapeTheirText) {
  EXPECT_EQ(Html::bold("<x>").str(), "<b>&lt;x&gt;</b>");
  EXPECT_EQ(Html::italic("a&b").str(), "<i>a&amp;b</i>");
  EXPECT_EQ(Html::code("</code>").str(), "<code>&lt;/code&gt;</code>");
}

TEST(Html, TG6_ALinkCannotLeaveItsAttribute) {
  EXPECT_EQ(Html::link("chart", "https://x.example/?a=1&b=\"><b>").str(),
            "<a href=\"https://x.example/?a=1&amp;b=&quot;&gt;&lt;b&gt;\">chart</a>");
}

TEST(Html, OnlyHttpsIsLinked) {
  for (const char* url : {"http://x.example", "javascript:alert(1)", "tg://user?id=1", "", "HTTPS", "//x.example"}) {
    EXPECT_EQ(Html::link("a<b", url).str(), "a&lt;b") << url;
  }
}

TEST(Html, PiecesJoinInOrder) {
  Html html = "<b>"_html + Html::text("1<2") + "</b>"_html;
  html += Html::text("!");
  EXPECT_EQ(html.str(), "<b>1&lt;2</b>!");
  EXPECT_TRUE(Html().empty());
  EXPECT_FALSE(html.empty());
}

TEST(Html, TG6_NoRawStringBecomesHtmlByAccident) {
  static_assert(!std::is_convertible_v<std::string, Html>);
  static_assert(!std::is_convertible_v<const char*, Html>);
  static_assert(!std::is_constructible_v<Html, std::string>);
  static_assert(!std::is_constructible_v<Html, std::string_view>);
}

TEST(Html, TG6_AnyBytesGiveHtmlThatParsesWithoutErrorAndReadsAsTheCleanText) {
  std::mt19937 random(20'260'101);
  for (int round = 0; round < 20'000; ++round) {
    const auto bytes = hostile_bytes(random);
    const auto clean = base::clean_utf8(bytes);
    const auto html =
        Html::text(bytes) + Html::bold(bytes) + Html::code(bytes) + Html::link(bytes, "https://x.example/" + bytes);
    const auto parsed = parse_telegram_html(html.str());
    ASSERT_EQ(parsed.errors, 0U) << html.str();
    ASSERT_EQ(parsed.visible, clean + clean + clean + clean) << html.str();
    ASSERT_EQ(base::visible_text(html.str()), parsed.visible) << html.str();
  }
}

TEST(Html, TheTestsParserFindsWhatTelegramRefuses) {
  for (const char* bad : {"<b>x", "x</b>", "<b><i>x</b></i>", "a < b", "a > b", "a & b", "&nope;", "<div>x</div>",
                          "<a href=x>y</a>", "\xC0\x80", "<a href=\"x\"y\">z</a>"}) {
    EXPECT_GT(parse_telegram_html(bad).errors, 0U) << bad;
  }
  EXPECT_EQ(parse_telegram_html("<a href=\"https://x\"><b>1 &lt; 2</b></a>").errors, 0U);
}

struct Visible {
  const char* html;
  const char* expected;
};

TEST(VisibleText, DropsTagsAndDecodesEntities) {
  static const std::vector<Visible> cases{
      {"<b>a</b> <a href=\"https://x\">b</a>", "a b"},
      {"1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;x&quot;", R"(1 < 2 && 3 > 2 "x")"},
      {"&#65;&#x42;&#X43;", "ABC"},
      {"&#8212;&#x1F600;", "\u2014\U0001F600"},
      {"&amp;lt;", "&lt;"},  // decoded once, not twice
      {"&nope; & &#; &#x; &#xZ; &#-1; &#65", "&nope; & &#; &#x; &#xZ; &#-1; &#65"},
      {"&#xD800; &#x110000; &#99999999999;", "&#xD800; &#x110000; &#99999999999;"},
      {"cut <b", "cut "},
      {"", ""},
  };
  for (const auto& [html, expected] : cases) EXPECT_EQ(base::visible_text(html), expected) << html;
}

TEST(VisibleText, StoredHtmlComesBackAsItWas) {
  const auto html = Html::bold("a&b");
  EXPECT_EQ(Html::from_storage(html.str()), html);
}

}  // namespace html_test
