#include "common/feed/packed_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

#include <lzma.h>

namespace feed {

namespace {

constexpr std::string_view xz_magic(
    "\xFD"
    "7zXZ\0",
    6);
constexpr std::uint64_t xz_memory_max = std::uint64_t{256} << 20U;

base::Result<std::string> read_all(std::istream& in, const std::string& place, std::size_t expected_bytes) {
  std::string out;
  out.reserve(expected_bytes);
  std::array<char, 65'536> part{};
  while (in.read(part.data(), part.size()) || in.gcount() > 0)
    out.append(part.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return base::Error(base::ErrorKind::storage, place, "reading it failed", "look at the disk");
  return out;
}

}  // namespace

base::Result<std::string> unpack_xz(std::string_view bytes, const std::string& place) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, xz_memory_max, LZMA_CONCATENATED) != LZMA_OK)
    return base::Error(base::ErrorKind::internal, place, "the xz decoder could not be made");
  stream.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  std::string out;
  lzma_ret state = LZMA_OK;
  while (state == LZMA_OK && out.size() < unpacked_file_max) {
    const auto had = out.size();
    out.resize(std::max<std::size_t>(std::size_t{1} << 20U, had * 2));
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data()) + had;
    stream.avail_out = out.size() - had;
    state = lzma_code(&stream, LZMA_FINISH);
    out.resize(out.size() - stream.avail_out);
  }
  lzma_end(&stream);
  if (state == LZMA_STREAM_END) return out;
  return base::Error(base::ErrorKind::bad_data, place,
                     state == LZMA_OK ? "it holds more than 4 GiB" : "its xz data is damaged or cut off",
                     "fetch it again");
}

base::Result<std::string> read_packed(const std::filesystem::path& path) {
  const auto place = path.string();
  if (place == "-") return read_all(std::cin, "standard input", 0);
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::Error(base::ErrorKind::storage, place, "it cannot be opened", "is the path right?");
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);  // none: a pipe
  auto bytes = read_all(in, place, ec ? 0 : size);
  if (!bytes || !std::string_view(*bytes).starts_with(xz_magic)) return bytes;
  return unpack_xz(*bytes, place);
}

}  // namespace feed
