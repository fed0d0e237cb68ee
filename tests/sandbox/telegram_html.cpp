#include "tests/sandbox/telegram_html.hpp"

#include <array>
#include <cctype>
#include <map>

#include "common/base/utf8.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0' || c == '\v'; }

const std::map<std::string, std::string, std::less<>>& known_tags() {
  static const std::map<std::string, std::string, std::less<>> tags{{"a", "text_link"},
                                                                    {"b", "bold"},
                                                                    {"strong", "bold"},
                                                                    {"i", "italic"},
                                                                    {"em", "italic"},
                                                                    {"u", "underline"},
                                                                    {"ins", "underline"},
                                                                    {"s", "strikethrough"},
                                                                    {"strike", "strikethrough"},
                                                                    {"del", "strikethrough"},
                                                                    {"code", "code"},
                                                                    {"pre", "pre"},
                                                                    {"blockquote", "blockquote"},
                                                                    {"span", "spoiler"},
                                                                    {"tg-spoiler", "spoiler"},
                                                                    {"tg-emoji", "custom_emoji"},
                                                                    {"tg-time", "date_time"}};
  return tags;
}

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view html) : html_(html) {}

  ParsedHtml run() {
    while (at_ < html_.size() && out_.error.empty()) {
      if (html_[at_] != '<') {
        text(out_.visible);
      } else if (peek(1) == '/') {
        end_tag();
      } else {
        start_tag();
      }
    }
    if (out_.error.empty() && !open_.empty()) {
      out_.error = "Can't find end tag corresponding to start tag \"" + open_.back().tag + "\"";
    }
    return std::move(out_);
  }

 private:
  struct Open {
    std::string tag;
    std::string argument;
    std::size_t offset;  ///< UTF-16 units
  };

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < html_.size() ? html_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool ended() const { return at_ >= html_.size(); }
  void skip_blanks() {
    while (!ended() && blank(html_[at_])) ++at_;
  }
  void fail(const std::string& words, std::size_t offset) {
    out_.error = words + " at byte offset " + std::to_string(offset);
  }

  /// One character or one of the few references that are decoded; the semicolon is optional.
  void text(std::string& into) {
    if (html_[at_] == '&' && reference(into)) return;
    into += html_[at_++];
  }

  bool reference(std::string& into) {
    auto end = at_ + 1;
    char32_t point = 0;
    if (peek(1) == '#') {
      const bool hex = peek(2) == 'x' || peek(2) == 'X';
      end = at_ + (hex ? 3 : 2);
      for (; end < html_.size(); ++end) {
        const auto c = static_cast<unsigned char>(html_[end]);
        const bool digit = hex ? std::isxdigit(c) != 0 : std::isdigit(c) != 0;
        if (!digit) break;
        const auto value = std::isdigit(c) != 0 ? c - '0' : std::tolower(c) - 'a' + 10;
        point = point * (hex ? 16U : 10U) + static_cast<char32_t>(value);
        if (point > 0x10FFFF) return false;
      }
    } else {
      while (end < html_.size() && std::isalpha(static_cast<unsigned char>(html_[end])) != 0) ++end;
      const auto name = html_.substr(at_ + 1, end - at_ - 1);
      point = name == "lt" ? U'<' : name == "gt" ? U'>' : name == "amp" ? U'&' : name == "quot" ? U'"' : 0;
    }
    if (point == 0 || (point >= 0xD800 && point <= 0xDFFF)) return false;
    append_utf8(into, point);
    at_ = end < html_.size() && html_[end] == ';' ? end + 1 : end;
    return true;
  }

  void start_tag() {
    const auto begin = at_++;
    const auto name_at = at_;
    while (!ended() && !blank(html_[at_]) && html_[at_] != '>') ++at_;
    if (ended()) return fail("Unclosed start tag", begin);
    const auto tag = lower(html_.substr(name_at, at_ - name_at));
    if (!known_tags().contains(tag)) return fail("Unsupported start tag \"" + tag + "\"", begin);
    std::string argument;
    while (out_.error.empty()) {
      skip_blanks();
      if (ended()) return fail("Unclosed start tag \"" + tag + "\"", begin);
      if (html_[at_] == '>') break;
      attribute(tag, argument, begin);
    }
    if (!out_.error.empty()) return;
    ++at_;
    if (tag == "span" && argument != "tg-spoiler") {
      return fail("Tag \"span\" must have class \"tg-spoiler\"", begin);
    }
    open_.push_back(Open{tag, argument, base::utf16_units(out_.visible)});
  }

  void attribute(const std::string& tag, std::string& argument, std::size_t begin) {
    const auto name_at = at_;
    constexpr std::string_view stops = "=>/\"'";
    while (!ended() && !blank(html_[at_]) && stops.find(html_[at_]) == std::string_view::npos) ++at_;
    const auto name = lower(html_.substr(name_at, at_ - name_at));
    if (name.empty()) return fail("Empty attribute name in the tag \"" + tag + "\"", begin);
    skip_blanks();
    if (ended()) return fail("Unclosed start tag \"" + tag + "\"", begin);
    if (html_[at_] != '=') {
      if (tag == "blockquote" && name == "expandable") argument = "expandable";
      return;
    }
    ++at_;
    skip_blanks();
    if (ended()) return fail("Unclosed start tag \"" + tag + "\"", begin);
    std::string value;
    if (html_[at_] == '"' || html_[at_] == '\'') {
      const char quote = html_[at_++];
      while (!ended() && html_[at_] != quote) text(value);
      if (!ended()) ++at_;
    } else {
      const auto token_at = at_;
      while (!ended() &&
             (std::isalnum(static_cast<unsigned char>(html_[at_])) != 0 || html_[at_] == '.' || html_[at_] == '-')) {
        ++at_;
      }
      value = lower(html_.substr(token_at, at_ - token_at));
      if (!ended() && !blank(html_[at_]) && html_[at_] != '>') return fail("Unexpected end of name token", token_at);
    }
    if (ended()) return fail("Unclosed start tag", begin);
    const bool counts = (tag == "a" && name == "href") ||
                        (tag == "code" && name == "class" && value.starts_with("language-")) ||
                        (tag == "span" && name == "class") || (tag == "tg-emoji" && name == "emoji-id") ||
                        (tag == "tg-time" && name == "unix");
    if (counts) argument = value;
  }

  void end_tag() {
    const auto begin = at_;
    if (open_.empty()) return fail("Unexpected end tag", begin);
    at_ += 2;
    const auto name_at = at_;
    while (!ended() && !blank(html_[at_]) && html_[at_] != '>') ++at_;
    const auto name = lower(html_.substr(name_at, at_ - name_at));
    skip_blanks();
    if (peek() != '>') return fail("Unclosed end tag", begin);
    ++at_;
    const auto top = std::move(open_.back());
    open_.pop_back();
    if (!name.empty() && name != top.tag) {
      out_.error = "Unmatched end tag at byte offset " + std::to_string(begin) + ", expected \"</" + top.tag +
                   ">\", found \"</" + name + ">\"";
      return;
    }
    const auto length = base::utf16_units(out_.visible) - top.offset;
    if (length == 0) return;
    auto type = known_tags().find(top.tag)->second;
    if (top.tag == "a" && top.argument.empty()) return;  // a link without an address is only its text
    if (type == "blockquote" && !top.argument.empty()) type = "expandable_blockquote";
    out_.entities.push_back(Entity{type, top.offset, length, top.argument});
  }

  std::string_view html_;
  std::size_t at_{};
  std::vector<Open> open_;
  ParsedHtml out_;
};

}  // namespace

ParsedHtml parse_html(std::string_view html) { return Parser(html).run(); }

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto point = base::first_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

}  // namespace sandbox
