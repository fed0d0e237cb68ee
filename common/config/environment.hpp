// The environment as a value: pure code is handed one, only main() asks the system.
#pragma once
#include <functional>
#include <map>
#include <string>

namespace config {

using Environment = std::map<std::string, std::string, std::less<>>;

/// From main's `environ`: a null-terminated array of NAME=value.
[[nodiscard]] Environment environment_of(const char* const* variables);

}  // namespace config
