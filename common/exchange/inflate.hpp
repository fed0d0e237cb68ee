// Messages that come as gzip (HTX packs every frame).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace exchange {

inline constexpr std::size_t inflated_max = std::size_t{16} << 20U;

[[nodiscard]] bool is_gzip(std::string_view bytes);
/// The text in a gzip or zlib stream. bad_data, with `place`, for one that is broken, cut off, followed by other bytes,
/// or longer than `size_max` (F-13).
[[nodiscard]] base::Result<std::string> inflate(std::string_view packed, std::string_view place,
                                                std::size_t size_max = inflated_max);

}  // namespace exchange
