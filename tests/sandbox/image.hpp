// What Telegram looks at in a photo before it takes it: is it a picture, and of which size.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sandbox {

struct ImageSize {
  std::uint32_t width{}, height{};
};
/// Of a whole PNG: signature, every chunk with its checksum, IHDR first, image data, IEND last. nullopt: it is none.
[[nodiscard]] std::optional<ImageSize> png_size(std::string_view bytes);

}  // namespace sandbox
