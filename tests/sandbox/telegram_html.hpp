// Telegram's HTML mode, as strict as its server: the same refusals with the same byte offsets (RESILIENCE.md 3.1).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct Entity {
  std::string type;      ///< "bold", "text_link", …
  std::size_t offset{};  ///< UTF-16 units of the visible text
  std::size_t length{};
  std::string argument;  ///< URL or language
  bool operator==(const Entity&) const = default;
};

struct ParsedHtml {
  std::string visible;
  std::vector<Entity> entities;
  std::string error;  ///< empty when it parses; "Unsupported start tag \"x\" at byte offset 3"
};

[[nodiscard]] ParsedHtml parse_html(std::string_view html);
[[nodiscard]] bool valid_utf8(std::string_view text);

}  // namespace sandbox
