#include "common/base/html.hpp"

#include <charconv>

#include "common/base/utf8.hpp"

namespace base {

namespace {

std::string escaped(std::string_view any) {
  const std::string clean = clean_utf8(any);
  std::string out;
  out.reserve(clean.size() + clean.size() / 8);
  for (const char c : clean) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xC0U | (value >> 6U)), put(0x80U | (value & 0x3FU));
  } else if (value < 0x10000) {
    put(0xE0U | (value >> 12U)), put(0x80U | ((value >> 6U) & 0x3FU)), put(0x80U | (value & 0x3FU));
  } else {
    put(0xF0U | (value >> 18U)), put(0x80U | ((value >> 12U) & 0x3FU)), put(0x80U | ((value >> 6U) & 0x3FU)),
        put(0x80U | (value & 0x3FU));
  }
}

/// Decodes the entity at the start of `html`; returns how many bytes it took, 0 when it is none.
std::size_t decode_entity(std::string_view html, std::string& out) {
  struct Named {
    std::string_view name;
    char value;
  };
  static constexpr Named named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}};
  for (const auto& entity : named) {
    if (!html.starts_with(entity.name)) continue;
    out += entity.value;
    return entity.name.size();
  }
  if (!html.starts_with("&#")) return 0;
  const auto end = html.find(';');
  if (end > 10) return 0;  // no ';', or too far away for a reference
  auto digits = html.substr(2, end - 2);
  const int radix = !digits.empty() && (digits[0] == 'x' || digits[0] == 'X') ? 16 : 10;
  if (radix == 16) digits.remove_prefix(1);
  unsigned value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || value > 0x10FFFF || surrogate)
    return 0;
  append_utf8(out, value);
  return end + 1;
}

}  // namespace

Html Html::text(std::string_view any) { return Html(escaped(any)); }
Html Html::bold(std::string_view any) { return Html("<b>" + escaped(any) + "</b>"); }
Html Html::italic(std::string_view any) { return Html("<i>" + escaped(any) + "</i>"); }
Html Html::code(std::string_view any) { return Html("<code>" + escaped(any) + "</code>"); }
Html Html::link(std::string_view label, std::string_view url) {
  if (!url.starts_with("https://")) return text(label);
  return Html("<a href=\"" + escaped(url) + "\">" + escaped(label) + "</a>");
}
Html Html::from_storage(std::string stored) { return Html(std::move(stored)); }

Html& Html::operator+=(const Html& other) {
  html_ += other.html_;
  return *this;
}

Html operator""_html(const char* text, std::size_t size) { return Html(std::string(text, size)); }

std::string visible_text(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  while (!html.empty()) {
    if (html.front() == '<') {
      const auto end = html.find('>');
      if (end == std::string_view::npos) break;
      html.remove_prefix(end + 1);
      continue;
    }
    std::size_t used = html.front() == '&' ? decode_entity(html, out) : 0;
    if (used == 0) {
      out += html.front();
      used = 1;
    }
    html.remove_prefix(used);
  }
  return out;
}

}  // namespace base
