// JSON as the decoders read it. One simdjson on-demand pass checks a whole document and lays its values out flat;
// numbers stay text until a decoder asks for one, so that a number nobody can read costs its own row and not the whole
// answer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace exchange {

inline constexpr int json_depth_max = 64;
inline constexpr std::size_t json_values_max = 1'000'000;

namespace detail {
enum class Kind : std::uint8_t { object, array, string, scalar };
struct Node {
  std::string_view key;   ///< of an object's member
  std::string_view text;  ///< of a string (unescaped) or a scalar (its token)
  std::uint32_t end{};    ///< the index after its last descendant
  Kind kind{};
};
}  // namespace detail

/// A handle on one value of a Json. What is not there is a value too: absent, without text and members.
class Value {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value*;
    using reference = Value;
    Iterator(const std::vector<detail::Node>* nodes, std::uint32_t at) : nodes_(nodes), at_(at) {}
    Value operator*() const { return {nodes_, at_}; }
    Iterator& operator++() {
      at_ = (*nodes_)[at_].end;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const std::vector<detail::Node>* nodes_;
    std::uint32_t at_;
  };

  Value() = default;
  Value(const std::vector<detail::Node>* nodes, std::uint32_t at) : nodes_(nodes), at_(at) {}

  [[nodiscard]] bool present() const { return nodes_ != nullptr; }
  [[nodiscard]] bool is_object() const { return is(detail::Kind::object); }
  [[nodiscard]] bool is_array() const { return is(detail::Kind::array); }
  [[nodiscard]] bool is_string() const { return is(detail::Kind::string); }
  [[nodiscard]] std::string_view key() const { return present() ? node().key : std::string_view{}; }
  /// Of a string its content, of a number or literal its token; "" for null, containers and what is absent.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] bool is_true() const { return text() == "true"; }
  [[nodiscard]] Value operator[](std::string_view member) const;  ///< the first of that name
  [[nodiscard]] Value at(std::size_t index) const;                ///< an array's element
  [[nodiscard]] std::size_t size() const;                         ///< members or elements
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  [[nodiscard]] const detail::Node& node() const { return (*nodes_)[at_]; }
  [[nodiscard]] bool is(detail::Kind kind) const { return present() && node().kind == kind; }

  const std::vector<detail::Node>* nodes_{};
  std::uint32_t at_{};
};

/// A document whose root is an object or an array. Owns the bytes that its Values point into.
class Json {
 public:
  /// bad_data, with `place`, for bytes that are no complete JSON document, deeper than json_depth_max levels or of more
  /// than json_values_max values (F-15).
  [[nodiscard]] static base::Result<Json> parse(std::string_view bytes, std::string_view place);
  Json(Json&& other) noexcept;
  Json& operator=(Json&& other) noexcept;
  ~Json();
  [[nodiscard]] Value root() const { return {nodes_.get(), 0}; }

 private:
  struct Buffers;
  Json();
  std::unique_ptr<Buffers> buffers_;
  std::unique_ptr<std::vector<detail::Node>> nodes_;
};

/// The members of a root object that are strings, numbers or literals, without reading the containers: an error
/// envelope around a large answer costs next to nothing. Empty for what is no object.
struct Member {
  std::string key, text;
};
[[nodiscard]] std::vector<Member> envelope_members(std::string_view bytes);
/// One of them, where it stands before the first container and needs no unescaping, without a look at what follows:
/// a good answer of a megabyte says "code":"0" in its first bytes. nullopt is no verdict: ask envelope_members().
[[nodiscard]] std::optional<std::string_view> leading_member(std::string_view bytes, std::string_view key);

/// Reads the fields of one row and remembers whether any of them could not be read. Absent are: a missing field, null,
/// "" and the strings "null" and "nan" (EXCHANGES.md 14.1). What is there but no finite number is a fault of the row
/// (F-16).
class Row {
 public:
  [[nodiscard]] std::optional<double> number(Value value);
  [[nodiscard]] std::optional<double> amount(Value value);  ///< a size, volume or price: not negative
  [[nodiscard]] double needed_amount(Value value);
  [[nodiscard]] double needed_price(Value value);  ///< above 0
  [[nodiscard]] std::optional<std::int64_t> integer(Value value);
  /// s, ms, us or ns since 1970 by its size (EXCHANGES.md 14.2), 2009 to 2100; 0 is absent.
  [[nodiscard]] std::optional<base::WallTime> time(Value value);
  [[nodiscard]] base::WallTime needed_time(Value value);
  /// An exchange's spelling of a contract: 1 to 64 bytes without blanks, quotes and control characters.
  [[nodiscard]] std::string symbol(Value value);
  void refuse() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  bool ok_{true};
};

}  // namespace exchange
