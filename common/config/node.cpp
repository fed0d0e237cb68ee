#include "common/config/node.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/base/utf8.hpp"

namespace config {
namespace {

constexpr std::size_t shown_bytes_max = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A password may stand where none belongs; a message must not repeat it.
std::string quoted_short(std::string_view text) {
  if (holds_token(text)) return "a value that looks like a Telegram token";
  if (text.find("://") != std::string_view::npos && text.find('@') != std::string_view::npos)
    return "a URL with user info";
  std::string clean = base::clean_utf8(text.substr(0, shown_bytes_max));
  if (text.size() > shown_bytes_max) clean += "…";
  return toml_string(clean);
}

}  // namespace

std::string Origin::text() const {
  if (kind == Kind::default_value) return "default";
  if (kind == Kind::environment) return "environment " + name;
  if (line == 0) return name;
  return name + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Problem::text() const {
  std::string out = origin.text() + ": ";
  if (!key.empty()) out += (holds_token(key) ? "a name that looks like a Telegram token" : key) + ": ";
  out += found;
  if (!allowed.empty()) out += ", allowed: " + allowed;
  return out;
}

std::string text_of(const Problems& problems) {
  std::string out;
  for (const auto& problem : problems) out += problem.text() + "\n";
  return out;
}

void merge(Node& under, Node over) {
  if (under.kind != Node::Kind::table || over.kind != Node::Kind::table) {
    under = std::move(over);
    return;
  }
  under.origin = over.origin;
  for (auto& [key, node] : over.table) {
    const auto found = under.table.find(key);
    if (found == under.table.end()) {
      under.table.emplace(key, std::move(node));
    } else {
      merge(found->second, std::move(node));
    }
  }
}

bool looks_like_token(std::string_view text) {
  constexpr std::size_t digits_min = 5, digits_max = 16, letters_min = 30, letters_max = 64;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < digits_min || colon > digits_max) return false;
  const auto number = text.substr(0, colon);
  const auto letters = text.substr(colon + 1);
  return letters.size() >= letters_min && letters.size() <= letters_max && std::ranges::all_of(number, is_digit) &&
         std::ranges::all_of(letters, [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
}

bool holds_token(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    auto end = at;
    while (end < text.size() && (is_alnum(text[end]) || text[end] == ':' || text[end] == '_' || text[end] == '-'))
      ++end;
    if (looks_like_token(text.substr(at, end - at))) return true;
  }
  return false;
}

std::string shown(const Node& node) {
  switch (node.kind) {
    case Node::Kind::boolean: return node.boolean ? "true (boolean)" : "false (boolean)";
    case Node::Kind::integer: return std::to_string(node.integer) + " (integer)";
    case Node::Kind::number: return toml_number(node.number) + " (number)";
    case Node::Kind::text: return quoted_short(node.text) + " (text)";
    case Node::Kind::list: return "a list of " + std::to_string(node.list.size());
    case Node::Kind::table: return "a table";
    case Node::Kind::date: return "a date or time";
    case Node::Kind::untyped: return quoted_short(node.text);
  }
  return {};
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view hex = "0123456789ABCDEF";
      out += "\\u00";
      out += hex[byte >> 4U];
      out += hex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_key(std::string_view key) {
  const bool bare =
      !key.empty() && std::ranges::all_of(key, [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
  return bare ? std::string(key) : toml_string(key);
}

std::string toml_number(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string out(buffer.data(), end);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

}  // namespace config
