#include <algorithm>

#include <simdjson.h>

#include "common/base/text.hpp"
#include "common/exchange/json.hpp"

namespace exchange {

namespace ondemand = simdjson::ondemand;

namespace {

constexpr std::size_t envelope_members_max = 32;

bool failed(simdjson::error_code error) { return error != simdjson::SUCCESS; }

/// What stands between the quotes, where it needs no unescaping: a view of the bytes instead of a copy. nullopt: it has
/// a backslash, or does not end.
std::optional<std::string_view> plain_text(std::string_view after_quote) {
  // Names and numbers are short: a plain loop beats two calls of memchr.
  for (std::size_t at = 0; at < after_quote.size(); ++at) {
    if (after_quote[at] == '"') return after_quote.substr(0, at);
    if (after_quote[at] == '\\') break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Member> envelope_members(std::string_view bytes) {
  std::vector<Member> members;
  const simdjson::padded_string padded(bytes);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (failed(parser.iterate(padded).get(document)) || failed(document.get_object().get(object))) return {};
  for (auto found : object) {
    ondemand::field field;
    std::string_view key;
    std::string_view text;
    ondemand::json_type type{};
    if (failed(std::move(found).get(field)) || failed(field.unescaped_key().get(key)) ||
        failed(field.value().type().get(type))) {
      break;
    }
    if (members.size() >= envelope_members_max) break;
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) continue;
    if (type == ondemand::json_type::string) {
      if (failed(field.value().get_string().get(text))) break;
    } else {
      text = base::trimmed(field.value().raw_json_token());
    }
    members.push_back({std::string(key), std::string(text)});
  }
  return members;
}

std::optional<std::string_view> leading_member(std::string_view bytes, std::string_view key) {
  constexpr std::string_view blanks = " \t\r\n";
  auto rest = bytes;
  const auto pass = [&](char wanted) {
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(1);
    return true;
  };
  const auto pass_string = [&] {
    const auto text = plain_text(rest);
    if (text) rest.remove_prefix(text->size() + 1);
    return text;
  };
  char before = '{';
  while (pass(before) && pass('"')) {
    const auto name = pass_string();
    if (!name || !pass(':')) return std::nullopt;
    std::optional<std::string_view> text;
    if (pass('"')) {
      text = pass_string();
    } else if (const auto end = rest.find_first_of(",{}[] \t\r\n"); end != std::string_view::npos && end > 0) {
      text = rest.substr(0, end);
      rest.remove_prefix(end);
    }
    if (!text || *name == key) return text;
    before = ',';
  }
  return std::nullopt;
}

}  // namespace exchange
