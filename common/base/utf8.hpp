// UTF-8 in and out, by the standard's table: overlong forms, surrogates and values above U+10FFFF are invalid.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct CodePoint {
  char32_t value{};
  std::size_t bytes{};  ///< how many bytes it took; 1 for an invalid byte
  bool valid{true};     ///< false: value is U+FFFD
};

/// The code point at the start of a non-empty text.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Valid UTF-8 without control characters (but tab and newline): what is invalid becomes U+FFFD, controls vanish.
[[nodiscard]] std::string clean_utf8(std::string_view text);

/// How Telegram counts a message: UTF-16 code units.
[[nodiscard]] std::size_t utf16_units(std::string_view text);

}  // namespace base
