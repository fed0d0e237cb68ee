#include "tests/sandbox/image.hpp"

#include <zlib.h>

namespace sandbox {

namespace {

constexpr std::string_view signature{"\x89PNG\r\n\x1a\n", 8};

std::uint32_t big_endian(std::string_view four) {
  std::uint32_t out = 0;
  for (const char c : four.substr(0, 4)) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

std::optional<ImageSize> png_size(std::string_view bytes) {
  if (!bytes.starts_with(signature)) return std::nullopt;
  bytes.remove_prefix(signature.size());
  std::optional<ImageSize> size;
  bool data = false;
  while (bytes.size() >= 12) {
    const auto length = big_endian(bytes);
    if (length > bytes.size() - 12) return std::nullopt;
    const auto type = bytes.substr(4, 4);
    const auto* named = reinterpret_cast<const Bytef*>(bytes.data() + 4);
    if (::crc32(0, named, length + 4) != big_endian(bytes.substr(8 + length))) return std::nullopt;
    if (!size && (type != "IHDR" || length != 13)) return std::nullopt;
    if (type == "IHDR") size = ImageSize{big_endian(bytes.substr(8)), big_endian(bytes.substr(12))};
    if (type == "IDAT") data = true;
    bytes.remove_prefix(12 + length);
    if (type == "IEND") return bytes.empty() && data && size->width > 0 && size->height > 0 ? size : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sandbox
