// A series as one short line of block characters, for posts without a picture: "▁▁▂▁▃█▆▃".
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace base {

enum class SparkFloor : std::uint8_t {
  zero,    ///< the lowest block is nothing at all: volumes, counts
  lowest,  ///< the lowest block is the least value shown: prices, rates
};

/// Exactly min(width, values.size()) characters, oldest first; more values than that are averaged into as many equal
/// shares. A value that is not finite was not seen: its place is "·", and a share's average leaves it out. Values that
/// are all alike are all the same block.
[[nodiscard]] std::string sparkline(std::span<const double> values, std::size_t width, SparkFloor floor);

}  // namespace base
