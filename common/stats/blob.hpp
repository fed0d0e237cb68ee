// Small numeric state as bytes for the store: a magic, what it is, its version, the values, a checksum.
// What was cut, changed or written by another version is refused, never half read.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "common/base/result.hpp"

namespace stats {

/// What a blob holds: four letters and the version of its layout.
struct BlobKind {
  std::string_view tag;  ///< exactly four characters
  std::uint16_t version{1};
};

class BlobWriter {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    raw(&value, sizeof value);
  }
  /// The finished blob. The writer is spent.
  [[nodiscard]] std::string seal(const BlobKind& kind) &&;

 private:
  void raw(const void* bytes, std::size_t size);
  std::string body_;
};

/// Reads in the order of writing. After the first failure every value is 0 and ok() stays false: check it once, at the
/// end.
class BlobReader {
 public:
  /// Error (bad_data) when the bytes are not a whole blob of this kind and version.
  [[nodiscard]] static base::Result<BlobReader> open(std::string_view bytes, const BlobKind& kind);

  template <class T>
  [[nodiscard]] T get() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    raw(&value, sizeof value);
    return value;
  }
  /// A floating-point value; a non-finite one fails the reader.
  [[nodiscard]] float finite();
  /// A count; more than `most` fails the reader and gives 0.
  [[nodiscard]] std::uint32_t count(std::uint32_t most);
  void fail() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }
  /// ok() and nothing left over.
  [[nodiscard]] bool finished() const { return ok_ && left_.empty(); }

 private:
  explicit BlobReader(std::string_view body) : left_(body) {}
  void raw(void* into, std::size_t size);
  std::string_view left_;
  bool ok_{true};
};

/// 64-bit FNV-1a: the same on every host, unlike std::hash.
[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes);

}  // namespace stats
