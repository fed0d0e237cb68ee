#include "tests/unit/base/telegram_html.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace test {

namespace {

constexpr std::array<std::string_view, 6> plain_tags{"b", "i", "u", "s", "code", "pre"};
constexpr std::string_view link_start = "a href=\"";

/// The name that must close this tag; empty when the tag is not one of Telegram's.
std::string_view opened(std::string_view inside) {
  if (std::find(plain_tags.begin(), plain_tags.end(), inside) != plain_tags.end()) return inside;
  const bool link = inside.starts_with(link_start) && inside.size() > link_start.size() && inside.ends_with('"');
  if (!link) return {};
  const auto url = inside.substr(link_start.size(), inside.size() - link_start.size() - 1);
  return url.find_first_of("\"<>") == std::string_view::npos ? "a" : std::string_view{};
}

struct Range {
  unsigned char low, high;
  [[nodiscard]] bool holds(char byte) const {
    const auto value = static_cast<unsigned char>(byte);
    return value >= low && value <= high;
  }
};

struct Row {
  Range lead;
  std::vector<Range> tail;
};

const std::vector<Row>& rfc3629() {
  static const Range any{0x80, 0xBF};
  static const std::vector<Row> rows{
      {{0x00, 0x7F}, {}},
      {{0xC2, 0xDF}, {any}},
      {{0xE0, 0xE0}, {{0xA0, 0xBF}, any}},
      {{0xE1, 0xEC}, {any, any}},
      {{0xED, 0xED}, {{0x80, 0x9F}, any}},
      {{0xEE, 0xEF}, {any, any}},
      {{0xF0, 0xF0}, {{0x90, 0xBF}, any, any}},
      {{0xF1, 0xF3}, {any, any, any}},
      {{0xF4, 0xF4}, {{0x80, 0x8F}, any, any}},
  };
  return rows;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto row =
        std::find_if(rfc3629().begin(), rfc3629().end(), [&](const Row& r) { return r.lead.holds(bytes.front()); });
    if (row == rfc3629().end() || bytes.size() <= row->tail.size()) return false;
    for (std::size_t i = 0; i < row->tail.size(); ++i) {
      if (!row->tail[i].holds(bytes[i + 1])) return false;
    }
    bytes.remove_prefix(row->tail.size() + 1);
  }
  return true;
}

ParsedHtml parse_telegram_html(std::string_view html) {
  static const std::map<std::string_view, char> entities{{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}};
  ParsedHtml out;
  std::vector<std::string_view> open;
  while (!html.empty()) {
    const char first = html.front();
    const auto end = first == '<' ? html.find('>') : first == '&' ? html.find(';') : 0;
    if (first == '>' || end == std::string_view::npos) {
      ++out.errors;
      html.remove_prefix(1);
      continue;
    }
    const auto inside = end == 0 ? std::string_view{} : html.substr(1, end - 1);
    if (first == '&') {
      const auto entity = entities.find(inside);
      entity == entities.end() ? static_cast<void>(++out.errors) : out.visible.push_back(entity->second);
    } else if (first != '<') {
      out.visible += first;
    } else if (inside.starts_with('/')) {
      const bool matches = !open.empty() && open.back() == inside.substr(1);
      if (matches) open.pop_back();
      if (!matches) ++out.errors;
    } else if (const auto name = opened(inside); !name.empty()) {
      open.push_back(name);
    } else {
      ++out.errors;
    }
    html.remove_prefix(end + 1);
  }
  out.errors += open.size();
  if (!is_valid_utf8(out.visible)) ++out.errors;
  return out;
}

}  // namespace test
