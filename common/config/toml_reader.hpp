// TOML text into the room's own tree. Internal to this room.
#pragma once
#include <string>
#include <string_view>

#include "common/config/node.hpp"

namespace config {

/// The tree of one file. A text that is no TOML (duplicate keys included) yields an empty table and one problem: the
/// parser stops at the first.
[[nodiscard]] Node read_toml(std::string_view text, const std::string& file_name, std::size_t layer,
                             Problems& problems);

}  // namespace config
