#include "tests/sandbox/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace sandbox {

namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int low = std::tolower(static_cast<unsigned char>(c));
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string strftime_utc(Ms now, const char* format) {
  const std::time_t seconds = now / second;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> out{};
  const auto size = std::strftime(out.data(), out.size(), format, &parts);
  return {out.data(), size};
}

/// The value of `key="…"` in a header of a multipart part; empty when absent.
std::string quoted(std::string_view head, std::string_view key) {
  const auto start = head.find(std::string(key) + "=\"");
  if (start == std::string_view::npos) return {};
  const auto from = start + key.size() + 2;
  const auto end = head.find('"', from);
  return end == std::string_view::npos ? std::string() : std::string(head.substr(from, end - from));
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::string url_decode(std::string_view text, bool form) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += form && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Params parse_form(std::string_view text) {
  Params out;
  if (text.empty()) return out;
  for (const auto& pair : split(text, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto value = equals == std::string::npos ? std::string_view() : std::string_view(pair).substr(equals + 1);
    out[url_decode(std::string_view(pair).substr(0, equals), true)] = url_decode(value, true);
  }
  return out;
}

Form parse_multipart(std::string_view body, std::string_view content_type) {
  Form out;
  const auto at = content_type.find("boundary=");
  if (at == std::string_view::npos) return out;
  auto boundary = std::string(content_type.substr(at + 9));
  boundary = boundary.substr(0, boundary.find(';'));
  std::erase(boundary, '"');
  const std::string line = "--" + boundary;
  auto from = body.find(line);
  while (from != std::string_view::npos) {
    from += line.size();
    if (body.substr(from, 2) == "--") break;
    const auto head_end = body.find("\r\n\r\n", from);
    const auto end = body.find("\r\n" + line, from);
    if (head_end == std::string_view::npos || end == std::string_view::npos || head_end > end) break;
    const auto head = body.substr(from, head_end - from);
    const auto value = body.substr(head_end + 4, end - head_end - 4);
    const auto name = quoted(head, "name");
    const bool is_file = head.find("filename=") != std::string_view::npos;
    (is_file ? out.files : out.fields)[name] = std::string(value);
    from = end + 2;
  }
  return out;
}

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  auto star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> out{};
  const int size = std::snprintf(out.data(), out.size(), "%.*f", decimals, value);
  return {out.data(), static_cast<std::size_t>(size)};
}

std::string number(double value) {
  auto out = fixed(value, 10);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string http_date(Ms now) { return strftime_utc(now, "%a, %d %b %Y %H:%M:%S GMT"); }

std::string clock_text(Ms now) { return strftime_utc(now, "%H:%M:%S"); }

Ms int_param(const Params& params, const std::string& name, Ms fallback) {
  const auto found = params.find(name);
  if (found == params.end()) return fallback;
  Ms value{};
  const auto& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : fallback;
}

std::string text_param(const Params& params, const std::string& name, std::string fallback) {
  const auto found = params.find(name);
  return found == params.end() ? fallback : found->second;
}

}  // namespace sandbox
