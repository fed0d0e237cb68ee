// The gallery holds every line of the message file, nothing in it is a mistake, and the document is what it prints.
#include "tests/unit/gallery/gallery.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "common/base/words.hpp"
#include "tests/unit/base/telegram_html.hpp"

namespace gallery_test {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

/// What a line, or a part of one in brackets, says by itself: its words between the values, in their order.
using Said = std::vector<std::string>;
std::vector<Said> parts_of(const std::string& line) {
  std::vector<Said> out(1, Said(1));
  Said* now = &out.front();
  Said own;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool doubled = i + 1 < line.size() && line[i + 1] == line[i] && (line[i] == '[' || line[i] == '{');
    if (doubled) {
      now->back() += line[i++];
    } else if (line[i] == '{') {
      i = line.find('}', i);
      now->emplace_back();
    } else if (line[i] == '[') {
      out.front().emplace_back();
      out.emplace_back(1);
      now = &out.back();
    } else if (line[i] == ']' && now != &out.front()) {
      now = &out.front();
    } else {
      now->back() += line[i];
    }
    if (out.size() > 1 && now != &out.front()) now = &out.back();
  }
  return out;
}

bool is_said(const Said& said, const std::string& html) {
  std::size_t at = 0;
  for (const auto& words : said) {
    at = html.find(words, at);
    if (at == std::string::npos) return false;
    at += words.size();
  }
  return true;
}

std::vector<std::string> shown_lines() {
  std::vector<std::string> out;
  for (const auto& chapter : gallery::all())
    for (const auto& shown : chapter.messages)
      for (auto& line : lines_of(shown.html)) out.push_back(std::move(line));
  return out;
}

TEST(Gallery, EveryLineOfTheFileAndEveryPartOfOneIsShown) {
  const auto shown = shown_lines();
  std::string section;
  std::size_t sections = 0;
  for (const auto& line : lines_of(base::message_file)) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with('[') && line.ends_with(']') && line.find_first_of(" {<") == line.npos) {
      section = line;
      ++sections;
      continue;
    }
    const bool list = section.starts_with("[words.");
    const auto parts = list ? std::vector<Said>{{line.substr(line.find(": ") + 2)}} : parts_of(line);
    for (const auto& part : parts) {
      const bool found = std::any_of(shown.begin(), shown.end(), [&](const auto& one) { return is_said(part, one); });
      std::string words;
      for (const auto& piece : part) words += (words.empty() ? "" : "…") + piece;
      EXPECT_TRUE(found) << section << " never says: " << words;
    }
  }
  EXPECT_GT(sections, 60U);
}

TEST(Gallery, EveryMessageIsWhatTelegramTakesAndHasNoHoles) {
  for (const auto& chapter : gallery::all()) {
    for (const auto& shown : chapter.messages) {
      SCOPED_TRACE(chapter.title + ": " + shown.what);
      EXPECT_EQ(test::parse_telegram_html(shown.html).errors, 0U) << shown.html;
      const auto text = base::visible_text(shown.html);
      EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << "a name that nobody gives: " << text;
      EXPECT_EQ(text.find("n/a"), std::string::npos) << "a number that is none: " << text;
      EXPECT_EQ(text.find("\n\n\n"), std::string::npos) << text;
      EXPECT_EQ(text.find("  ·"), std::string::npos) << text;
      EXPECT_FALSE(text.empty() || text.front() == '\n' || text.back() == '\n') << text;
    }
  }
}

TEST(Gallery, TheDocumentIsWhatItPrints) {
  std::ifstream file(PERPWATCH_SOURCE_DIR "/docs/messages.md", std::ios::binary);
  ASSERT_TRUE(file) << "docs/messages.md is missing: ./dev messages prints it";
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(lines_of(text), lines_of(gallery::markdown())) << "./dev messages prints it again";
}

}  // namespace gallery_test
