// What is wrong with a setting, in the form people and editors read: place, key, what was found, what is allowed.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace config {

/// Where a value came from. Ordered as people read: by file in the order of the layers, by line; then the environment.
struct Origin {
  enum class Kind : std::uint8_t { file, environment, default_value };
  Kind kind{Kind::default_value};
  std::size_t layer{};  ///< which file, counted from the first read
  std::uint32_t line{}, column{};
  std::string name;  ///< the file as it was named to us; the variable; empty for a default

  [[nodiscard]] std::string text() const;  ///< "config/funding.toml:12:3", "environment PERPWATCH_BOT__NAME", "default"
  auto operator<=>(const Origin&) const = default;  // NOLINT(modernize-use-nullptr): of clang-tidy 14
};

struct Problem {
  Origin origin;
  std::string key;      ///< "heartbeat.every"; empty when the whole file or variable is meant
  std::string found;    ///< "5 (integer)"; never a secret
  std::string allowed;  ///< "a duration from 1m to 24h, such as \"90s\""; may be empty

  [[nodiscard]] std::string text() const;            ///< "file:line:column: key: found …, allowed: …"
  auto operator<=>(const Problem&) const = default;  // NOLINT(modernize-use-nullptr)
};

using Problems = std::vector<Problem>;

/// One problem a line: what a refused start prints.
[[nodiscard]] std::string text_of(const Problems& problems);

}  // namespace config
