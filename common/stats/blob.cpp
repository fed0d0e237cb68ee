#include "common/stats/blob.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace stats {

namespace {

static_assert(std::endian::native == std::endian::little,
              "blobs are little-endian and read on the host that wrote them");
constexpr std::size_t header_size = 4 + sizeof(std::uint16_t);
constexpr std::size_t trailer_size = sizeof(std::uint64_t);

base::Error refused(const BlobKind& kind, std::string cause) {
  return {base::ErrorKind::bad_data, "stored " + std::string(kind.tag), std::move(cause),
          "it is dropped and learned anew"};
}

}  // namespace

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

void BlobWriter::raw(const void* bytes, std::size_t size) { body_.append(static_cast<const char*>(bytes), size); }

std::string BlobWriter::seal(const BlobKind& kind) && {
  std::string out(kind.tag.substr(0, 4));
  out.append(reinterpret_cast<const char*>(&kind.version), sizeof kind.version);
  out += body_;
  const std::uint64_t sum = fnv1a(out);
  out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  return out;
}

base::Result<BlobReader> BlobReader::open(std::string_view bytes, const BlobKind& kind) {
  if (bytes.size() < header_size + trailer_size) return refused(kind, "shorter than an empty one");
  if (bytes.substr(0, 4) != kind.tag) return refused(kind, "its tag names something else");
  std::uint16_t version = 0;
  std::memcpy(&version, bytes.data() + 4, sizeof version);
  if (version != kind.version) return refused(kind, "layout version " + std::to_string(version));
  const auto signed_part = bytes.substr(0, bytes.size() - trailer_size);
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + signed_part.size(), sizeof sum);
  if (sum != fnv1a(signed_part)) return refused(kind, "its checksum does not fit");
  return BlobReader(signed_part.substr(header_size));
}

void BlobReader::raw(void* into, std::size_t size) {
  if (!ok_ || left_.size() < size) {
    ok_ = false;
    return;
  }
  std::memcpy(into, left_.data(), size);
  left_.remove_prefix(size);
}

float BlobReader::finite() {
  const auto value = get<float>();
  if (std::isfinite(value)) return value;
  ok_ = false;
  return 0;
}

std::uint32_t BlobReader::count(std::uint32_t most) {
  const auto value = get<std::uint32_t>();
  if (value <= most) return value;
  ok_ = false;
  return 0;
}

}  // namespace stats
