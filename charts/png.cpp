#include "charts/png.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <png.h>

namespace charts {

namespace {

constexpr std::size_t colors_max = 256;
constexpr std::uint32_t color_bits = 0x00FFFFFF;

int channel(std::uint32_t color, unsigned which) { return static_cast<int>((color >> (16U - 8U * which)) & 0xFFU); }

int distance(std::uint32_t a, std::uint32_t b) {
  int sum = 0;
  for (unsigned which = 0; which < 3; ++which) {
    const int apart = channel(a, which) - channel(b, which);
    sum += apart * apart;
  }
  return sum;
}

/// Most pixels are like the one before.
template <class Take>
void for_each_run(std::span<const std::uint32_t> pixels, Take take) {
  for (std::size_t from = 0; from < pixels.size();) {
    const auto color = pixels[from] & color_bits;
    std::size_t to = from + 1;
    while (to < pixels.size() && (pixels[to] & color_bits) == color) ++to;
    take(color, to - from);
    from = to;
  }
}

struct Indexed {
  std::vector<std::uint32_t> palette;
  std::vector<std::uint8_t> pixels;
};

Indexed index(std::span<const std::uint32_t> pixels) {
  std::map<std::uint32_t, std::size_t> counts;  // by colour: ties are broken the same way each time
  for_each_run(pixels, [&](std::uint32_t color, std::size_t length) { counts[color] += length; });
  std::vector<std::pair<std::size_t, std::uint32_t>> ranked;
  for (const auto& [color, count] : counts) ranked.emplace_back(count, color);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  Indexed out;
  for (std::size_t i = 0; i < std::min(ranked.size(), colors_max); ++i) out.palette.push_back(ranked[i].second);
  std::map<std::uint32_t, std::uint8_t> index_of;
  for (const auto& [count, color] : ranked) {
    const auto nearest = std::min_element(out.palette.begin(), out.palette.end(),
                                          [of = color](auto a, auto b) { return distance(a, of) < distance(b, of); });
    index_of[color] = static_cast<std::uint8_t>(nearest - out.palette.begin());
  }
  out.pixels.reserve(pixels.size());
  for_each_run(pixels, [&](std::uint32_t color, std::size_t length) {
    out.pixels.insert(out.pixels.end(), length, index_of[color]);
  });
  return out;
}

/// libpng reports by long jumps, which C++ objects must not be in the way of: it gets plain memory, and nothing here
/// between setjmp and its end has a destructor.
bool write(png_structp png, png_infop info, const Indexed& image, png_uint_32 width, png_uint_32 height,
           const png_color* palette) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;  // NOLINT(cert-err52-cpp): libpng's way
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE(png, info, palette, static_cast<int>(image.palette.size()));
  png_set_compression_level(png, 6);  // 9 takes ten times as long for a twelfth of the bytes
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_write_info(png, info);
  for (png_uint_32 row = 0; row < height; ++row)
    png_write_row(png, image.pixels.data() + static_cast<std::size_t>(row) * width);
  png_write_end(png, info);
  return true;
}

}  // namespace

base::Result<std::string> to_png(std::span<const std::uint32_t> pixels, int width, int height) {
  const Indexed image = index(pixels);
  std::array<png_color, colors_max> palette{};
  for (std::size_t i = 0; i < image.palette.size(); ++i) {
    const auto byte = [&](unsigned which) { return static_cast<png_byte>(channel(image.palette[i], which)); };
    palette[i] = {byte(0), byte(1), byte(2)};
  }
  std::string out;
  const auto quiet = [](png_structp png, png_const_charp) { png_longjmp(png, 1); };
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, quiet, [](png_structp, png_const_charp) {});
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  bool done = false;
  if (info != nullptr) {
    const auto append = [](png_structp to, png_bytep bytes, std::size_t size) {
      static_cast<std::string*>(png_get_io_ptr(to))->append(reinterpret_cast<const char*>(bytes), size);
    };
    png_set_write_fn(png, &out, append, [](png_structp) {});
    done = write(png, info, image, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), palette.data());
  }
  png_destroy_write_struct(&png, &info);
  if (!done) return base::Error(base::ErrorKind::internal, "libpng", "it could not write the picture");
  return out;
}

}  // namespace charts
