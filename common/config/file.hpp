// Small files: a configuration, a credential. Bounded, so that a wrong path cannot fill the memory.
#pragma once
#include <filesystem>
#include <string>

#include "common/base/result.hpp"

namespace config {

inline constexpr std::size_t file_bytes_max = 1U << 20U;

struct FileText {
  std::string text;
  unsigned mode{};  ///< permission bits, of the very file that was read
};

/// not_found when there is none; storage for what cannot be read, is no regular file, or is larger than file_bytes_max.
[[nodiscard]] base::Result<FileText> read_small_file(const std::filesystem::path& path);

}  // namespace config
