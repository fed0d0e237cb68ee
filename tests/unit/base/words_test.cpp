// How a section becomes a message, and that every section of the file is one that can.
#include "common/base/words.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/base/telegram_html.hpp"

namespace words_test {
using base::Html;
using base::Value;

std::string said(std::string_view lines, std::initializer_list<Value> values) {
  return base::words_of(lines, values).str();
}

TEST(Words, ValuesAreFilledInAndEscapedAndTheFilesOwnMarkupStays) {
  EXPECT_EQ(said("<b>{who}</b> has {count}", {{"who", "a<b&c"}, {"count", 3}}), "<b>a&lt;b&amp;c</b> has 3");
  EXPECT_EQ(said("{list}", {{"list", Html::bold("<x>")}}), "<b>&lt;x&gt;</b>") << "HTML is not escaped twice";
  EXPECT_EQ(said("{a}", {{"a", "{b}"}, {"b", "no"}}), "{b}") << "a value is no template";
  EXPECT_EQ(said("{{x}} [[y] {a}", {{"a", 1}}), "{x} [y] 1");
}

TEST(Words, ALineWithoutOneOfItsValuesIsLeftOut) {
  const auto lines = "first {a}\nsecond {b}\nthird {a} {b}\nlast";
  EXPECT_EQ(said(lines, {{"a", "1"}, {"b", "2"}}), "first 1\nsecond 2\nthird 1 2\nlast");
  EXPECT_EQ(said(lines, {{"a", "1"}, {"b", ""}}), "first 1\nlast");
  EXPECT_EQ(said(lines, {{"a", ""}, {"b", "2"}}), "second 2\nlast") << "no empty line before the first that stands";
  EXPECT_EQ(said(lines, {{"a", Html()}, {"b", ""}}), "last");
}

TEST(Words, AMarkDecidesAboutItsLineAndPrintsNothing) {
  const auto lines = "{up}it rose\n{down}it fell";
  EXPECT_EQ(said(lines, {{"up", true}, {"down", false}}), "it rose");
  EXPECT_EQ(said(lines, {{"up", false}, {"down", true}}), "it fell");
}

TEST(Words, APartInBracketsIsLeftOutAlone) {
  const auto line = "{a}[ · b {b}][ · c {c}] end";
  EXPECT_EQ(said(line, {{"a", 1}, {"b", 2}, {"c", 3}}), "1 · b 2 · c 3 end");
  EXPECT_EQ(said(line, {{"a", 1}, {"b", ""}, {"c", 3}}), "1 · c 3 end");
  EXPECT_EQ(said(line, {{"a", 1}, {"b", 2}, {"c", ""}}), "1 · b 2 end");
  EXPECT_EQ(said(line, {{"a", ""}, {"b", 2}, {"c", 3}}), "");
}

TEST(Words, RemarksAreNotSaid) { EXPECT_EQ(said("# why\nwords\n# and why", {}), "words"); }

TEST(Words, AMistakeLeavesTheLineAsItStandsAndTheOthersWhole) {
  EXPECT_EQ(said("fine {a}\nno {such}\nfine", {{"a", 1}}), "fine 1\nno {such}\nfine");
  EXPECT_EQ(said("brace {a\nfine", {{"a", 1}}), "brace {a\nfine");
}

TEST(Words, AListOfWordsIsAskedByItsKey) {
  EXPECT_EQ(base::word_of("a: one\nab: two: three", "ab"), "two: three");
  EXPECT_EQ(base::word_of("ab: two", "a_b"), "a b") << "what it does not have";
}

TEST(Words, ListsAreJoined) {
  EXPECT_EQ(base::joined(std::vector<Html>{Html::text("<"), Html::text("b")}, " & ").str(), "&lt; &amp; b");
  EXPECT_EQ(base::joined(std::vector<std::string>{"a", "b", "c"}, ", "), "a, b, c");
}

// The file.

std::map<std::string, std::vector<std::string>> sections() {
  std::map<std::string, std::vector<std::string>> out;
  std::string section;
  std::string_view rest(base::message_file);
  while (!rest.empty()) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const bool header = line.starts_with('[') && line.ends_with(']') && line.find_first_of(" {<") == line.npos;
    if (line.starts_with('#')) continue;
    if (header) {
      section = line.substr(1, line.size() - 2);
      EXPECT_FALSE(out.contains(section)) << section << " stands twice";
      out[section];
    } else if (line.empty()) {
      section.clear();
    } else {
      EXPECT_FALSE(section.empty()) << "stands in no section: " << line;
      if (!section.empty()) out[section].push_back(line);
    }
  }
  return out;
}

/// The parts of a line that stand or fall alone: itself without the parts in brackets, and each of those.
std::vector<std::string> parts_of(const std::string& line) {
  std::vector<std::string> out(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '[' && !inside && line.substr(i + 1, 1) == "[") {
      out.front() += line[++i];
    } else if (line[i] == '[') {
      EXPECT_FALSE(inside) << "a bracket in brackets: " << line;
      inside = true;
      out.emplace_back();
    } else if (line[i] == ']' && inside) {
      EXPECT_NE(out.back().find('{'), std::string::npos) << "nothing decides about [" << out.back() << "]";
      inside = false;
    } else {
      (inside ? out.back() : out.front()) += line[i];
    }
  }
  EXPECT_FALSE(inside) << "a bracket is not closed: " << line;
  return out;
}

TEST(MessageFile, EveryPartOfEveryLineIsWholeByItself) {
  const auto all = sections();
  ASSERT_GT(all.size(), 3U);
  for (const auto& [name, lines] : all) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(lines.empty()) << "a section without lines";
    std::set<std::string> keys;
    for (const auto& line : lines) {
      if (name.starts_with("words.")) {
        const auto colon = line.find(": ");
        ASSERT_NE(colon, std::string::npos) << line;
        EXPECT_TRUE(keys.insert(line.substr(0, colon)).second) << "twice: " << line;
        EXPECT_EQ(line.find_first_of("{}[<&"), std::string::npos) << "a list has plain words: " << line;
        continue;
      }
      EXPECT_FALSE(line.ends_with(' ')) << line;
      for (const auto& part : parts_of(line)) {
        int depth = 0;
        for (const char c : part) {
          depth += c == '{' ? 1 : c == '}' ? -1 : 0;
          ASSERT_GE(depth, 0) << part;
        }
        EXPECT_EQ(depth, 0) << part;
        EXPECT_EQ(test::parse_telegram_html(part).errors, 0U) << "not what Telegram takes: " << part;
      }
    }
  }
}

}  // namespace words_test
