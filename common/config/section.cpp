#include "common/config/section.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/config/tree.hpp"
#include "common/config/units.hpp"

namespace config {

struct Section::Form {
  std::string_view words;
  std::string kind;   ///< "integer", "duration"
  std::string range;  ///< "from 1 to 10"; may be empty
  std::string example;
  [[nodiscard]] std::string short_text() const { return range.empty() ? kind : kind + " " + range; }
  [[nodiscard]] std::string full_text() const {
    return example.empty() ? short_text() : short_text() + ", such as " + example;
  }
};

namespace {

constexpr std::size_t text_bytes_max = 4'096;
constexpr std::size_t list_entries_max = 10'000;

void ask_for_all(Node& node) {
  node.asked_for = true;
  for (auto& [key, below] : node.table) ask_for_all(below);
}

std::string from_to(const std::string& min, const std::string& max) { return "from " + min + " to " + max; }

template <class T>
std::optional<T> parse_number(std::string_view text) {
  text = base::trimmed(text);
  T out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<bool> as_boolean(const Node& node) {
  if (node.kind == Node::Kind::boolean) return node.boolean;
  if (node.kind != Node::Kind::untyped) return std::nullopt;
  const auto text = base::trimmed(node.text);
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node) {
  if (node.kind == Node::Kind::integer) return node.integer;
  if (node.kind == Node::Kind::untyped) return parse_number<std::int64_t>(node.text);
  return std::nullopt;
}

std::optional<double> as_number(const Node& node) {
  if (node.kind == Node::Kind::number) return node.number;
  if (node.kind == Node::Kind::integer) return static_cast<double>(node.integer);
  if (node.kind == Node::Kind::untyped) return parse_number<double>(node.text);
  return std::nullopt;
}

std::optional<std::string> as_text(const Node& node) {
  if (node.kind == Node::Kind::text) return node.text;
  if (node.kind == Node::Kind::untyped) return std::string(base::trimmed(node.text));
  return std::nullopt;
}

/// Valid UTF-8 in one line: anything else could not be printed as TOML and read back. And no token: it would be
/// printed.
bool is_line(std::string_view text) {
  return text.size() <= text_bytes_max && text.find_first_of("\t\n") == std::string_view::npos &&
         base::clean_utf8(text) == text && !holds_token(text);
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

/// Host and optional port, nothing that could hide a second meaning.
bool is_authority(std::string_view authority, std::string_view& host) {
  const bool bracketed = authority.starts_with('[');
  const auto host_end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && host_end == std::string_view::npos) return false;
  host = authority.substr(0, bracketed ? host_end + 1 : host_end);
  const auto port = authority.substr(host.size());
  const auto is_host_char = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' ||
           (bracketed && (c == ':' || c == '[' || c == ']'));
  };
  if (host.empty() || !std::ranges::all_of(host, is_host_char)) return false;
  if (port.empty()) return true;
  const auto number = parse_number<std::int64_t>(port.substr(1));
  return port.front() == ':' && number && *number >= 1 && *number <= 65'535;
}

bool is_url(std::string_view url, UrlKind kind) {
  if (url.empty()) return kind == UrlKind::proxy;
  if (holds_token(url) || !std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f; })) return false;
  const auto mark = url.find("://");
  if (mark == std::string_view::npos) return false;
  const auto scheme = url.substr(0, mark);
  const auto rest = url.substr(mark + 3);
  std::string_view host;
  if (!is_authority(rest.substr(0, rest.find_first_of("/?#")), host)) return false;
  switch (kind) {
    case UrlKind::https: return scheme == "https" || (scheme == "http" && is_loopback_host(host));
    case UrlKind::wss: return scheme == "wss" || (scheme == "ws" && is_loopback_host(host));
    case UrlKind::proxy: return scheme == "http" || scheme == "socks5" || scheme == "socks5h";
  }
  return false;
}

std::string url_form(UrlKind kind) {
  switch (kind) {
    case UrlKind::https: return "https URL without user info (http only to this machine)";
    case UrlKind::wss: return "wss URL without user info (ws only to this machine)";
    case UrlKind::proxy: return "URL with http, socks5 or socks5h, without user info, or \"\" for none";
  }
  return {};
}

}  // namespace

std::string Section::full(std::string_view key) const {
  return path_.empty() ? toml_key(key) : path_ + "." + toml_key(key);
}

Node* Section::take(std::string_view key) {
  tree_->known[path_].emplace(key);
  if (node_ == nullptr) return nullptr;
  const auto found = node_->table.find(key);
  if (found == node_->table.end()) return nullptr;
  found->second.asked_for = true;
  return &found->second;
}

void Section::declare(std::string_view key, const Form& form, std::string value, const Node* node) {
  const auto same = [&](const Setting& one) { return one.section == path_ && one.key == key; };
  if (std::ranges::any_of(tree_->settings, same)) return;  // two rooms may read one key
  tree_->settings.push_back({path_, std::string(key), std::string(form.words), form.short_text(), std::move(value),
                             node != nullptr ? node->origin : Origin{}});
}

void Section::refuse(std::string_view key, const Node& node, const Form& form) {
  tree_->problems.push_back({node.origin, full(key), shown(node), form.full_text()});
}

void Section::reject(std::string_view key, std::string found, std::string allowed) {
  Node* node = take(key);
  if (node != nullptr) ask_for_all(*node);  // one problem for a refused sub-section, not one more for each of its keys
  tree_->problems.push_back(
      {node != nullptr ? node->origin : Origin{}, full(key), std::move(found), std::move(allowed)});
}

template <class T, class Parse, class Fits, class Print>
T Section::value(std::string_view key, const T& before, const Form& form, Parse parse, Fits fits, Print print) {
  const Node* node = take(key);
  std::optional<T> got = node != nullptr ? std::optional<T>(parse(*node)) : std::optional<T>(before);
  if (!got || !fits(*got)) {
    if (node != nullptr) {
      refuse(key, *node, form);
    } else {
      // The struct's own default breaks its own range: a mistake of ours that must not start.
      tree_->problems.push_back({Origin{}, full(key), print(before), form.full_text()});
    }
    got = before;
  }
  declare(key, form, print(*got), node);
  return *got;
}

template <class T, class ParseOne>
void Section::list(std::string_view key, std::vector<T>& field, const Form& form, ParseOne parse_one) {
  Node* node = take(key);
  if (node != nullptr) {
    if (node->kind == Node::Kind::untyped) {
      node->kind = Node::Kind::list;
      std::string_view rest = base::trimmed(node->text);
      while (!rest.empty()) {
        Node one;
        one.kind = Node::Kind::untyped;
        one.origin = node->origin;
        const auto comma = rest.find(',');
        one.text = base::trimmed(rest.substr(0, comma));
        node->list.push_back(std::move(one));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
      }
    }
    std::vector<T> out;
    std::set<T> seen;
    bool good = node->kind == Node::Kind::list && node->list.size() <= list_entries_max;
    if (!good) refuse(key, *node, form);
    for (const auto& one : node->list) {
      const std::optional<T> entry = parse_one(one);
      if (!entry || !seen.insert(*entry).second) {
        good = false;
        tree_->problems.push_back(
            {one.origin, full(key), entry ? shown(one) + " twice" : shown(one), form.full_text()});
      } else {
        out.push_back(*entry);
      }
    }
    if (good) field = std::move(out);
  }
  std::string text = "[";
  for (const auto& entry : field) {
    if (text.size() > 1) text += ", ";
    if constexpr (std::is_same_v<T, std::string>) {
      text += toml_string(entry);
    } else if constexpr (std::is_same_v<T, double>) {
      text += toml_number(entry);
    } else {
      text += std::to_string(entry);
    }
  }
  declare(key, form, text + "]", node);
}

void Section::read(std::string_view key, bool& field, std::string_view words) {
  const Form form{words, "true or false", "", ""};
  field = value(
      key, field, form, as_boolean, [](bool) { return true; }, [](bool on) { return on ? "true" : "false"; });
}

void Section::read(std::string_view key, double& field, Range<double> range, std::string_view words) {
  const Form form{words, "number", from_to(toml_number(range.min), toml_number(range.max)), ""};
  const auto fits = [&](double x) { return std::isfinite(x) && x >= range.min && x <= range.max; };
  field = value(key, field, form, as_number, fits, toml_number);
}

void Section::read(std::string_view key, std::optional<double>& field, Range<double> range, std::string_view words) {
  if (!field && (node_ == nullptr || !node_->table.contains(key))) {
    tree_->known[path_].emplace(key);
    return;
  }
  double number = field.value_or(range.min);
  const auto problems = tree_->problems.size();
  read(key, number, range, words);
  if (tree_->problems.size() == problems) field = number;
}

void Section::read(std::string_view key, std::string& field, std::string_view words) {
  const Form form{words, "one line of text", "", ""};
  field = value(key, field, form, as_text, is_line, toml_string);
}

void Section::read(std::string_view key, std::filesystem::path& field, std::string_view words) {
  const Form form{words, "path", "", ""};
  const auto fits = [](const std::string& text) { return !text.empty() && is_line(text); };
  field = value(key, field.string(), form, as_text, fits, toml_string);
}

void Section::read(std::string_view key, std::vector<std::string>& field, std::string_view words) {
  const Form form{words, "list of texts, none empty, none twice", "", ""};
  list(key, field, form, [](const Node& one) {
    auto text = as_text(one);
    return text && !base::trimmed(*text).empty() && is_line(*text) ? text : std::nullopt;
  });
}

void Section::read(std::string_view key, std::vector<std::int64_t>& field, Range<std::int64_t> range,
                   std::string_view words) {
  const Form form{words, "list of integers, none twice, each",
                  from_to(std::to_string(range.min), std::to_string(range.max)), ""};
  list(key, field, form, [&](const Node& one) {
    const auto number = as_integer(one);
    return number && *number >= range.min && *number <= range.max ? number : std::nullopt;
  });
}

void Section::read(std::string_view key, std::vector<double>& field, Range<double> range, std::string_view words) {
  const Form form{words, "list of numbers, none twice, each", from_to(toml_number(range.min), toml_number(range.max)),
                  ""};
  list(key, field, form, [&](const Node& one) {
    const auto number = as_number(one);
    return number && *number >= range.min && *number <= range.max ? number : std::nullopt;
  });
}

void Section::read_url(std::string_view key, std::string& field, UrlKind kind, std::string_view words) {
  const Form form{words, url_form(kind), "", ""};
  field = value(
      key, field, form, as_text, [&](const std::string& url) { return is_url(url, kind); }, toml_string);
}

std::int64_t Section::integer(std::string_view key, std::int64_t before, Range<std::int64_t> range,
                              std::string_view words) {
  const Form form{words, "integer", from_to(std::to_string(range.min), std::to_string(range.max)), ""};
  return value(
      key, before, form, as_integer, [&](std::int64_t x) { return x >= range.min && x <= range.max; },
      [](std::int64_t x) { return std::to_string(x); });
}

std::int64_t Section::size(std::string_view key, std::int64_t before, Range<std::int64_t> range,
                           std::string_view words) {
  const Form form{words, "size", from_to(size_text(range.min), size_text(range.max)), "\"16MiB\""};
  const auto parse = [](const Node& node) -> std::optional<std::int64_t> {
    const auto text = as_text(node);
    return text ? parse_size(*text) : std::nullopt;
  };
  return value(
      key, before, form, parse, [&](std::int64_t x) { return x >= range.min && x <= range.max; },
      [](std::int64_t x) { return toml_string(size_text(x)); });
}

base::Millis Section::duration(std::string_view key, base::Millis before, Range<base::Millis> range, base::Millis step,
                               std::string_view words) {
  Form form{words, "duration", from_to(duration_text(range.min), duration_text(range.max)), "\"90s\" or \"1h30m\""};
  if (step > base::Millis{1}) form.kind = "duration in whole " + duration_text(step);
  if (step >= base::Millis{60'000}) form.example = "\"" + duration_text(range.min) + "\"";
  const auto parse = [](const Node& node) -> std::optional<base::Millis> {
    const auto text = as_text(node);
    return text ? parse_duration(*text) : std::nullopt;
  };
  const auto fits = [&](base::Millis x) { return x >= range.min && x <= range.max && x % step == base::Millis{0}; };
  return value(key, before, form, parse, fits, [](base::Millis x) { return toml_string(duration_text(x)); });
}

std::size_t Section::word(std::string_view key, std::size_t chosen, const std::vector<std::string_view>& allowed,
                          std::string_view words) {
  Form form{words, "one of", "", ""};
  for (const auto& one : allowed) form.kind += (&one == allowed.data() ? " " : ", ") + toml_string(one);
  const auto parse = [&](const Node& node) -> std::optional<std::size_t> {
    const auto text = as_text(node);
    if (!text) return std::nullopt;
    return static_cast<std::size_t>(std::ranges::find(allowed, *text) - allowed.begin());
  };
  return value(
      key, chosen, form, parse, [&](std::size_t at) { return at < allowed.size(); },
      [&](std::size_t at) { return toml_string(allowed[at]); });
}

Section Section::sub(std::string_view name) {
  Node* node = take(name);
  if (node != nullptr && node->kind != Node::Kind::table) {
    refuse(name, *node, {"", "table [" + full(name) + "]", "", ""});
    node = nullptr;
  }
  return {*tree_, node, full(name)};
}

std::vector<std::string> Section::names() const {
  std::vector<std::string> out;
  if (node_ == nullptr) return out;
  for (const auto& [key, node] : node_->table) out.push_back(key);
  return out;
}

}  // namespace config
