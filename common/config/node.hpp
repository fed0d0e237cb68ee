// One value of a configuration tree and where it was written. Internal to this room.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/problem.hpp"

namespace config {

struct Node {
  enum class Kind : std::uint8_t { boolean, integer, number, text, list, table, date, untyped };
  using List = std::vector<Node>;
  using Table = std::map<std::string, Node, std::less<>>;

  Kind kind{Kind::table};
  bool boolean{};
  std::int64_t integer{};
  double number{};
  std::string text;  ///< of text, and of untyped: an environment variable has no type until somebody reads it
  List list;
  Table table;
  Origin origin;
  bool asked_for{};  ///< a room knows this key; what nobody asked for is an unknown key
};

/// The later layer wins: tables are merged key by key, everything else is replaced as a whole.
void merge(Node& under, Node over);

/// What stands there, for a message: `"abc" (text)`. What may be a secret is not shown.
[[nodiscard]] std::string shown(const Node& node);

/// "digits:letters" as Telegram's tokens are.
[[nodiscard]] bool looks_like_token(std::string_view text);

/// A token anywhere in it: a URL such as https://api.telegram.org/bot123:ABC hides one. No setting may; secrets have
/// places of their own, and settings are printed.
[[nodiscard]] bool holds_token(std::string_view text);

/// Pieces of TOML text.
[[nodiscard]] std::string toml_string(std::string_view text);  ///< quoted and escaped
[[nodiscard]] std::string toml_key(std::string_view key);      ///< bare where TOML allows it
[[nodiscard]] std::string toml_number(double value);           ///< shortest text that reads back as the same number

}  // namespace config
