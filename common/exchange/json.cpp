#include "common/exchange/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <simdjson.h>

namespace exchange {

namespace ondemand = simdjson::ondemand;
using detail::Kind;
using detail::Node;

namespace {

constexpr std::size_t envelope_members_max = 32;
constexpr std::size_t bytes_a_value = 16;  ///< the exchanges' answers have more: room for all values from the start

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool failed(simdjson::error_code error) { return error != simdjson::SUCCESS; }

/// What stands between the quotes, where it needs no unescaping: a view of the bytes instead of a copy. nullopt: it has
/// a backslash. The first pass has seen to it that every string ends.
std::optional<std::string_view> plain_text(std::string_view after_quote) {
  // Names and numbers are short: a plain loop beats two calls of memchr.
  for (std::size_t at = 0; at < after_quote.size(); ++at) {
    if (after_quote[at] == '"') return after_quote.substr(0, at);
    if (after_quote[at] == '\\') break;
  }
  return std::nullopt;
}

/// Lays a document out in `nodes`. The first error ends it: on-demand values must not be touched after one.
class Layout {
 public:
  Layout(std::vector<Node>& nodes, const simdjson::padded_string& bytes)
      : nodes_(nodes), bytes_end_(bytes.data() + bytes.size()) {
    nodes_.reserve(std::min(json_values_max, bytes.size() / bytes_a_value));
  }

  simdjson::error_code add(ondemand::value value, std::string_view key, int depth) {
    if (depth > json_depth_max) return simdjson::DEPTH_ERROR;
    if (nodes_.size() >= json_values_max) return simdjson::CAPACITY;
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    const auto at = nodes_.size();
    nodes_.push_back({key, {}, 0, Kind::scalar});
    const auto error = fill(value, type, at, depth);
    nodes_[at].end = static_cast<std::uint32_t>(nodes_.size());
    return error;
  }

 private:
  simdjson::error_code fill(ondemand::value value, ondemand::json_type type, std::size_t at, int depth) {
    switch (type) {
      case ondemand::json_type::object: nodes_[at].kind = Kind::object; return members(value, depth);
      case ondemand::json_type::array: nodes_[at].kind = Kind::array; return elements(value, depth);
      case ondemand::json_type::string: nodes_[at].kind = Kind::string; return text_of(value, nodes_[at].text);
      default: nodes_[at].text = trimmed(value.raw_json_token()); return simdjson::SUCCESS;
    }
  }

  static simdjson::error_code text_of(ondemand::value value, std::string_view& text) {
    const auto plain = plain_text(value.raw_json_token().substr(1));
    if (!plain) return value.get_string().get(text);
    text = *plain;
    ondemand::raw_json_string passed;
    return value.get_raw_json_string().get(passed);
  }

  simdjson::error_code key_of(ondemand::field& field, std::string_view& key) const {
    const char* const begin = field.key().raw();
    const auto plain = plain_text({begin, static_cast<std::size_t>(bytes_end_ - begin)});
    if (!plain) return field.unescaped_key().get(key);
    key = *plain;
    return simdjson::SUCCESS;
  }

  simdjson::error_code members(ondemand::value value, int depth) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    for (auto found : object) {
      std::string_view key;
      ondemand::field field;
      ondemand::value member;
      if (const auto error = std::move(found).get(field)) return error;
      if (const auto error = key_of(field, key)) return error;
      member = field.value();
      if (const auto error = add(member, key, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code elements(ondemand::value value, int depth) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    for (auto found : array) {
      ondemand::value element;
      if (const auto error = found.get(element)) return error;
      if (const auto error = add(element, {}, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  std::vector<Node>& nodes_;
  const char* bytes_end_;
};

bool means_absent(std::string_view text) { return text.empty() || text == "null" || text == "nan" || text == "NaN"; }

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// ms since 1970 of a number that counts s, ms, us or ns.
std::optional<std::int64_t> scaled_ms(double number, std::optional<std::int64_t> exact) {
  if (number < 1e11) return static_cast<std::int64_t>(std::llround(number * 1e3));
  if (number < 1e14) return exact ? *exact : std::llround(number);
  if (!exact) return std::nullopt;
  return number < 1e17 ? *exact / 1'000 : *exact / 1'000'000;
}

constexpr base::WallTime earliest{std::chrono::sys_days{std::chrono::year{2009} / 1 / 1}};
constexpr base::WallTime latest{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};

}  // namespace

struct Json::Buffers {
  simdjson::padded_string bytes;
  ondemand::parser parser;
};

Json::Json() : buffers_(std::make_unique<Buffers>()), nodes_(std::make_unique<std::vector<Node>>()) {}
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

base::Result<Json> Json::parse(std::string_view bytes, std::string_view place) {
  Json json;
  json.buffers_->bytes = simdjson::padded_string(bytes);
  ondemand::document document;
  ondemand::value root;
  auto error = json.buffers_->parser.iterate(json.buffers_->bytes).get(document);
  if (!failed(error)) error = document.get_value().get(root);
  if (!failed(error)) error = Layout(*json.nodes_, json.buffers_->bytes).add(root, {}, 1);
  // Only past the last token does on-demand have no location left.
  if (!failed(error) && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    error = simdjson::TRAILING_CONTENT;
  if (failed(error)) return base::Error(base::ErrorKind::bad_data, std::string(place), simdjson::error_message(error));
  return json;
}

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
      text = trimmed(field.value().raw_json_token());
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

std::string_view Value::text() const {
  if (!present()) return {};
  if (node().kind == Kind::scalar && node().text == "null") return {};
  return node().text;
}

Value Value::operator[](std::string_view member) const {
  if (!is_object()) return {};
  // Decoders spend much of their time here: no handles on the way, and a look at sizes before one at texts.
  const auto* const nodes = nodes_->data();
  for (std::uint32_t at = at_ + 1; at < nodes[at_].end; at = nodes[at].end) {
    const auto& key = nodes[at].key;
    if (key.size() == member.size() && key == member) return {nodes_, at};
  }
  return {};
}

Value Value::at(std::size_t index) const {
  if (!is_array()) return {};
  for (const Value element : *this) {
    if (index == 0) return element;
    --index;
  }
  return {};
}

std::size_t Value::size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }

Value::Iterator Value::begin() const {
  return is_object() || is_array() ? Iterator{nodes_, at_ + 1} : Iterator{nodes_, at_};
}

Value::Iterator Value::end() const {
  return is_object() || is_array() ? Iterator{nodes_, node().end} : Iterator{nodes_, at_};
}

std::optional<double> Row::number(Value value) {
  const auto text = trimmed(value.text());
  if (!value.is_object() && !value.is_array() && means_absent(text)) return std::nullopt;
  const auto number = parsed<double>(text);
  if (number && std::isfinite(*number)) return number;
  refuse();
  return std::nullopt;
}

std::optional<double> Row::amount(Value value) {
  const auto read = number(value);
  if (read && *read < 0) refuse();
  return read;
}

double Row::needed_amount(Value value) {
  const auto read = amount(value);
  if (!read) refuse();
  return read.value_or(0);
}

double Row::needed_price(Value value) {
  const double read = needed_amount(value);
  if (read <= 0) refuse();
  return read;
}

std::optional<std::int64_t> Row::integer(Value value) {
  const auto read = number(value);
  if (!read) return std::nullopt;
  if (const auto exact = parsed<std::int64_t>(trimmed(value.text()))) return exact;
  constexpr double whole_max = 9'007'199'254'740'992.0;  // 2^53: above it doubles skip whole numbers
  if (std::abs(*read) <= whole_max && std::trunc(*read) == *read) return static_cast<std::int64_t>(*read);
  refuse();
  return std::nullopt;
}

std::optional<base::WallTime> Row::time(Value value) {
  const auto read = number(value);
  if (!read || *read == 0) return std::nullopt;
  if (*read > 0 && *read < 9e18) {
    const auto ms = scaled_ms(*read, parsed<std::int64_t>(trimmed(value.text())));
    if (ms && base::from_ms(*ms) >= earliest && base::from_ms(*ms) < latest) return base::from_ms(*ms);
  }
  refuse();
  return std::nullopt;
}

base::WallTime Row::needed_time(Value value) {
  const auto read = time(value);
  if (!read) refuse();
  return read.value_or(base::WallTime{});
}

std::string Row::symbol(Value value) {
  const auto text = value.text();
  const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7F || c == '"' || c == '\\';
  });
  if (!value.is_string() || text.empty() || text.size() > 64 || !clean) refuse();
  return ok_ ? std::string(text) : std::string{};
}

}  // namespace exchange
