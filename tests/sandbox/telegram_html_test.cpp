#include "tests/sandbox/telegram_html.hpp"

#include <gtest/gtest.h>

namespace sandbox {
namespace telegram_html_test {

struct Refusal {
  const char* html;
  const char* error;
};

TEST(TelegramHtml, RefusesWithTheServersWordsAndByteOffsets) {
  const Refusal cases[] = {
      {"ab<x>c", "Unsupported start tag \"x\" at byte offset 2"},
      {"é<x>c", "Unsupported start tag \"x\" at byte offset 2"},  // bytes, not characters
      {"&amp;<x>", "Unsupported start tag \"x\" at byte offset 5"},
      {"a < b", "Unsupported start tag \"\" at byte offset 2"},
      {"ab<b", "Unclosed start tag at byte offset 2"},
      {"<a href=\"x", "Unclosed start tag at byte offset 0"},
      {"<b ", "Unclosed start tag \"b\" at byte offset 0"},
      {"<a href", "Unclosed start tag \"a\" at byte offset 0"},
      {"<a =x>y</a>", "Empty attribute name in the tag \"a\" at byte offset 0"},
      {"<a href=x_y>z</a>", "Unexpected end of name token at byte offset 8"},
      {"x</b>", "Unexpected end tag at byte offset 1"},
      {"<b>x</b", "Unclosed end tag at byte offset 4"},
      {"<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""},
      {"<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""},
      {"<b>x", "Can't find end tag corresponding to start tag \"b\""},
      {"<span class=\"big\">x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"},
  };
  for (const auto& one : cases) EXPECT_EQ(parse_html(one.html).error, one.error) << one.html;
}

struct Accepted {
  const char* html;
  const char* visible;
};

TEST(TelegramHtml, ShowsWhatAReaderSees) {
  const Accepted cases[] = {
      {"<b>Bold</b> and <I>italic</I>", "Bold and italic"},
      {"&lt;b&gt; &amp; &quot;x&quot;", "<b> & \"x\""},
      {"a &lt b", "a < b"},              // the semicolon is optional
      {"&nbsp;&copy;", "&nbsp;&copy;"},  // other names stay as they are
      {"&#65;&#x42;", "AB"},
      {"<pre><code class=\"language-cpp\">x</code></pre>", "x"},
      {"<blockquote expandable>x</blockquote>", "x"},
      {"<a href='https://example.org/?a=1&amp;b=2'>x</a>", "x"},
      {"<b>x</>", "x"},  // an empty end tag closes whatever is open
      {"2 > 1", "2 > 1"},
  };
  for (const auto& one : cases) {
    const auto parsed = parse_html(one.html);
    EXPECT_EQ(parsed.error, "") << one.html;
    EXPECT_EQ(parsed.visible, one.visible) << one.html;
  }
}

TEST(TelegramHtml, CountsEntitiesInUtf16Units) {
  const auto parsed = parse_html("🔥<b>é🔥</b>");
  ASSERT_EQ(parsed.entities.size(), 1U);
  EXPECT_EQ(parsed.entities[0].type, "bold");
  EXPECT_EQ(parsed.entities[0].offset, 2U);
  EXPECT_EQ(parsed.entities[0].length, 3U);
}

TEST(TelegramHtml, KnowsBrokenUtf8) {
  EXPECT_TRUE(valid_utf8("é🔥"));
  EXPECT_FALSE(valid_utf8("\xC3"));
  EXPECT_FALSE(valid_utf8("a\xED\xA0\x80"));
}

}  // namespace telegram_html_test
}  // namespace sandbox
