// What Telegram's HTML mode accepts, read by a second pair of eyes: shares no code with common/base. For tests.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace test {

struct ParsedHtml {
  std::size_t errors{};  ///< unknown or crossed tags, bare & < >, unknown entities, a tag left open
  std::string visible;
};

[[nodiscard]] ParsedHtml parse_telegram_html(std::string_view html);

/// By the byte table of RFC 3629, section 4.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);

}  // namespace test
