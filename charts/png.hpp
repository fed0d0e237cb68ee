// A picture of few colours as a small PNG: with a palette, which halves its size against three bytes a pixel.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.hpp"

namespace charts {

/// `pixels`: 0x00RRGGBB, row by row. Its 256 most frequent colours stay exact, any other one (the edges of letters)
/// becomes the nearest of them.
[[nodiscard]] base::Result<std::string> to_png(std::span<const std::uint32_t> pixels, int width, int height);

}  // namespace charts
