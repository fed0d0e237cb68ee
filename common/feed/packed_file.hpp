// A recorded file's bytes, whatever it is packed with. The only header that stands between Perpwatch and liblzma.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace feed {

/// The whole file, unpacked when its first bytes are those of xz; "-": standard input. storage error when it cannot be
/// read, bad_data when it is damaged or larger than `unpacked_file_max`.
[[nodiscard]] base::Result<std::string> read_packed(const std::filesystem::path& path);
/// xz; any number of streams behind each other. `place` names it in an error.
[[nodiscard]] base::Result<std::string> unpack_xz(std::string_view bytes, const std::string& place);

inline constexpr std::size_t unpacked_file_max = std::size_t{4} << 30U;

}  // namespace feed
