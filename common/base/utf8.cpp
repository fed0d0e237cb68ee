#include "common/base/utf8.hpp"

namespace base {

namespace {
constexpr CodePoint invalid{U'\uFFFD', 1, false};

bool continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }
char32_t low_bits(char byte) { return static_cast<unsigned char>(byte) & 0x3FU; }
}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  std::size_t size = 0;
  char32_t value = 0;
  char32_t least = 0;
  if ((lead & 0xE0U) == 0xC0U) {
    size = 2, value = lead & 0x1FU, least = 0x80;
  } else if ((lead & 0xF0U) == 0xE0U) {
    size = 3, value = lead & 0x0FU, least = 0x800;
  } else if ((lead & 0xF8U) == 0xF0U) {
    size = 4, value = lead & 0x07U, least = 0x10000;
  } else {
    return invalid;
  }
  if (text.size() < size) return invalid;
  for (std::size_t i = 1; i < size; ++i) {
    if (!continuation(text[i])) return invalid;
    value = (value << 6U) | low_bits(text[i]);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || surrogate || value > 0x10FFFF) return invalid;
  return {value, size, true};
}

std::string clean_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const bool control = (point.value < 0x20 && point.value != '\n' && point.value != '\t') ||
                         (point.value >= 0x7F && point.value < 0xA0);
    if (!point.valid) {
      out += "\xEF\xBF\xBD";
    } else if (!control) {
      out += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    units += point.value > 0xFFFF ? 2 : 1;
    text.remove_prefix(point.bytes);
  }
  return units;
}

}  // namespace base
