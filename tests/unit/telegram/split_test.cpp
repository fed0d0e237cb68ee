#include "common/telegram/split.hpp"

#include <numeric>
#include <random>

#include <gmock/gmock.h>

#include "common/base/html.hpp"
#include "common/base/utf8.hpp"
#include "common/base/words.hpp"

namespace split_test {
using base::Html;
using telegram::Parts;
using telegram::split_html;
using telegram::SplitLimits;

/// A second opinion: reads HTML as Telegram's documentation says, and finds fault on its own.
struct Reader {
  std::string visible;
  std::string fault;

  explicit Reader(std::string_view html) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < html.size() && fault.empty();) {
      if (html[at] == '<') {
        const auto end = html.find('>', at);
        if (end == std::string_view::npos) {
          fault = "a tag without end";
          break;
        }
        std::string tag(html.substr(at + 1, end - at - 1));
        at = end + 1;
        if (!tag.empty() && tag[0] == '/') {
          if (open.empty() || open.back() != tag.substr(1)) fault = "unmatched end tag " + tag;
          if (!open.empty()) open.pop_back();
        } else {
          open.push_back(tag.substr(0, tag.find(' ')));
        }
      } else if (html[at] == '&') {
        const auto end = html.find(';', at);
        const auto name = html.substr(at, end == std::string_view::npos ? end : end - at + 1);
        if (name == "&lt;")
          visible += '<';
        else if (name == "&gt;")
          visible += '>';
        else if (name == "&amp;")
          visible += '&';
        else if (name == "&quot;")
          visible += '"';
        else
          fault = "a broken entity";
        at += name.size();
      } else {
        visible += html[at++];
      }
    }
    if (fault.empty() && !open.empty()) fault = "unclosed tag " + open.back();
    if (fault.empty() && base::clean_utf8(visible) != visible) fault = "not valid UTF-8";
  }
};

std::string joined_visible(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += Reader(part).visible;
  return out;
}

TEST(Split, AShortMessageStaysAsItIs) {
  const std::string html = "<b>BTC</b> &lt;up&gt; <a href=\"https://x.example/?a=1&amp;b=2\">chart</a>\n<i>end</i>";
  EXPECT_THAT(split_html(html, {}), testing::ElementsAre(html));
  EXPECT_EQ(Parts(html, false).text(0, false), html);
}

TEST(Split, TG4_CutsAfterALineThenAWordThenACharacter) {
  EXPECT_THAT(split_html("one two\nthree four", {12, 1'000}), testing::ElementsAre("one two\n", "three four"));
  EXPECT_THAT(split_html("one two three", {9, 1'000}), testing::ElementsAre("one two ", "three"));
  EXPECT_THAT(split_html("abcdefgh", {3, 1'000}), testing::ElementsAre("abc", "def", "gh"));
}

TEST(Split, TG4_AHeadlineAloneIsNoGoodPart) {
  EXPECT_THAT(split_html("T\naaaa bbbb cccc dddd", {16, 1'000}), testing::ElementsAre("T\naaaa bbbb ", "cccc dddd"));
}

TEST(Split, TG4_TagsAreClosedAndOpenedAgain) {
  EXPECT_THAT(split_html("<b>one <i>two three</i> four</b>", {8, 1'000}),
              testing::ElementsAre("<b>one <i>two </i></b>", "<b><i>three</i> </b>", "<b>four</b>"));
  EXPECT_THAT(split_html("<a href=\"https://x.example\">one two</a>", {4, 1'000}),
              testing::ElementsAre("<a href=\"https://x.example\">one </a>", "<a href=\"https://x.example\">two</a>"));
}

TEST(Split, TG4_NeverInsideAnEntityOrACharacterAsPeopleSeeIt) {
  EXPECT_THAT(split_html("a&lt;&gt;b", {2, 1'000}), testing::ElementsAre("a&lt;", "&gt;b"));
  const std::string rocket = "\xF0\x9F\x9A\x80";
  EXPECT_THAT(split_html("a" + rocket + "b", {2, 1'000}), testing::ElementsAre("a", rocket, "b"));
  const std::string family = "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7";
  EXPECT_THAT(split_html("abcd" + family, {8, 1'000}), testing::ElementsAre("abcd", family));
  const std::string flag = "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA";
  EXPECT_THAT(split_html("a" + flag + flag, {5, 1'000}), testing::ElementsAre("a" + flag, flag));
  const std::string accented = "e\xCC\x81";
  EXPECT_THAT(split_html("abc" + accented, {4, 1'000}), testing::ElementsAre("abc", accented));
}

TEST(Split, TG4_BytesAreBoundedToo) {
  for (const auto& part : split_html("<b>" + std::string(1'000, 'x') + "</b>", {10'000, 100})) {
    EXPECT_LE(part.size(), 100U);
    EXPECT_EQ(Reader(part).fault, "");
  }
}

TEST(Split, StrayTagsDoNotReachTelegram) {
  EXPECT_THAT(split_html("a</b><i>c", {}), testing::ElementsAre("a<i>c</i>"));
  EXPECT_THAT(split_html("<b><i>x</b></i>", {}), testing::ElementsAre("<b><i>x</i></b>"));
  EXPECT_TRUE(split_html("", {}).empty());
}

std::string random_html(std::mt19937& random, int depth) {
  static const std::string words[] = {"liquidation",
                                      "BTC",
                                      "a<b",
                                      "\"x\"&",
                                      "\n",
                                      " ",
                                      "\xF0\x9F\x94\xA5",
                                      "\xE2\x82\xAC",
                                      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
                                      "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD",
                                      "longlonglonglonglonglong"};
  std::string out;
  const int count = static_cast<int>(random() % (depth == 0 ? 30 : 12));
  for (int i = 0; i < count; ++i) {
    const auto pick = random() % 14;
    if (pick >= 11 && depth < 4) {
      static const char* tags[] = {"b", "i", "code"};
      const std::string tag = tags[pick - 11];
      out += "<" + tag + ">" + random_html(random, depth + 1) + "</" + tag + ">";
    } else {
      out += Html::text(words[pick % 11]).str();
    }
  }
  return out;
}

TEST(Split, TG4_PartsTogetherSayWhatTheMessageSaid) {
  std::mt19937 random(4096);
  for (int round = 0; round < 400; ++round) {
    const std::string html = random_html(random, 0);
    ASSERT_EQ(Reader(html).fault, "") << html;
    const SplitLimits limits{12 + random() % 100, 120 + random() % 200};
    const auto parts = split_html(html, limits);
    EXPECT_EQ(joined_visible(parts), Reader(html).visible) << html;
    for (const auto& part : parts) {
      EXPECT_EQ(Reader(part).fault, "") << part;
      EXPECT_LE(base::utf16_units(Reader(part).visible), limits.units) << part;
      EXPECT_LE(part.size(), limits.bytes) << part;
    }
  }
}

TEST(Split, TG4_FullSizePartsFitTelegramWithNumberAndMark) {
  std::string html;
  for (int i = 0; i < 3'000; ++i) html += "<b>" + std::to_string(i) + "</b> \xF0\x9F\x94\xA5 &amp; a line of words\n";
  const Parts parts(html, false);
  ASSERT_GT(parts.count(), 10U);
  std::string together;
  for (std::size_t i = 0; i < parts.count(); ++i) {
    const std::string text = parts.text(i, true);
    const Reader reader(text);
    EXPECT_EQ(reader.fault, "");
    EXPECT_LE(base::utf16_units(reader.visible), telegram::visible_units_max);
    EXPECT_LE(text.size(), telegram::raw_bytes_max);
    const std::string number = std::to_string(i + 1) + "/" + std::to_string(parts.count()) + "\n";
    const std::string mark = "\n(possible repeat)";
    ASSERT_TRUE(reader.visible.starts_with(number) && reader.visible.ends_with(mark));
    together += reader.visible.substr(number.size(), reader.visible.size() - number.size() - mark.size());
  }
  EXPECT_EQ(together, Reader(html).visible);
}

TEST(Split, TG3_PlainTextHasNoMarkupLeft) {
  const Parts parts("<b>a &lt; b</b> &amp; c", true);
  EXPECT_EQ(parts.text(0, false), "a < b & c");
  EXPECT_EQ(parts.text(0, true), "a < b & c\n(possible repeat)");
  EXPECT_EQ(parts.text(0, false, base::Html::text("⏳ sent late: it waited 16m")),
            "a < b & c\n⏳ sent late: it waited 16m");
}

TEST(Split, AnEditTooLongForOneMessageSaysSo) {
  EXPECT_EQ(Parts("<b>short</b>", false).only_text(), "<b>short</b>");
  const auto text = Parts(std::string(9'000, 'x'), false).only_text();
  EXPECT_TRUE(text.ends_with("…"));
  EXPECT_LE(base::utf16_units(text), telegram::visible_units_max);
}

TEST(Split, AnyBytesAtAllGiveBoundedParts) {
  std::mt19937 random(7);
  static constexpr std::string_view alphabet = "<>/&;#b\"'= \n\xF0\x9F\x80ia";
  for (int round = 0; round < 600; ++round) {
    std::string any;
    for (auto left = random() % 300; left > 0; --left) any += alphabet[random() % alphabet.size()];
    for (const auto& part : split_html(any, {50, 9'000})) EXPECT_LE(part.size(), 9'000U);
    const Parts plain(any, true);
    const auto late = base::words("signal.late", {{"age", "23h 59m"}, {"entry", true}});
    for (std::size_t i = 0; i < plain.count(); ++i) EXPECT_LE(base::utf16_units(plain.text(i, true, late)), 4'096U);
  }
}

}  // namespace split_test
