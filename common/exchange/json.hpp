// JSON as the decoders read it. Json::read checks a whole document at once: after it a Value can no longer fail, and
// what is not there is a value too, absent. simdjson finds where the tokens stand; Values point at them and into the
// caller's bytes, nothing is copied. Numbers stay text until a Row (row.hpp) asks for one, so that a number nobody can
// read costs its own row and not the whole answer.
//
// Large tables and small answers are read alike: value["last"]. The rows of a table mostly have the same members in the
// same places; the look-up notices (detail::Box::shape) and remembers where a member stood, so that the next row's
// costs a few instructions, whatever the order of the members or of the look-ups.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace exchange {

inline constexpr int json_depth_max = 64;
inline constexpr std::size_t json_containers_max = 1'000'000;

/// The name of a member as a decoder writes it: a literal, told apart by its address.
class Key {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): value["last"]
  consteval Key(const char (&literal)[N]) : begin_(static_cast<const char*>(literal)), size_(N - 1) {
    for (const char c : text()) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 16'777'619U;
    hash_ ^= hash_ >> 15U;
  }
  [[nodiscard]] constexpr std::string_view text() const { return {begin_, size_}; }
  [[nodiscard]] constexpr std::uint32_t hash() const { return hash_; }

 private:
  const char* begin_;
  std::uint32_t size_;
  std::uint32_t hash_{2'166'136'261U};
};

namespace detail {

/// An object or an array. "Marks" are the places of a document's tokens, counted from 0: brackets, colons, commas, and
/// the first bytes of strings, numbers and literals.
struct Box {
  std::uint32_t opens{}, closes{};  ///< marks of its brackets
  std::uint32_t next{};             ///< the box after its last descendant
  std::uint32_t size{};             ///< members or elements
  /// A number that the objects of an array share which have the same names at the same marks: what was found once holds
  /// for all of them. No other document of the same Json has it. 0: none, the object is no element of an array.
  std::uint32_t shape{};
};

/// Where a member stands, from its object's first mark and box; mark 0: there is none of that name.
struct Offset {
  std::uint32_t mark{}, box{};
};

struct Document {
  struct Memo {
    const char* key{};
    std::uint32_t shape{};
    Offset at;
  };
  static constexpr std::size_t memo_sets = 64;
  static constexpr std::size_t memo_ways = 4;  ///< with two, three columns of a table that met in a set were searched

  [[nodiscard]] char byte(std::uint32_t mark) const { return bytes[marks[mark]]; }
  /// From a mark to the next, without the blanks at its end.
  [[nodiscard]] std::string_view token(std::uint32_t mark) const {
    const char* end = bytes + marks[mark + 1];
    while (static_cast<unsigned char>(end[-1]) <= ' ') --end;
    return {bytes + marks[mark], static_cast<std::size_t>(end - (bytes + marks[mark]))};
  }
  [[nodiscard]] std::string_view string_at(std::uint32_t mark) const {
    const auto whole = token(mark);
    const auto text = whole.substr(1, whole.size() - 2);
    return escapes ? unescaped_at(mark, text) : text;
  }
  [[nodiscard]] std::string_view unescaped_at(std::uint32_t mark, std::string_view raw) const;
  /// The first member of that name, as it stands in `box`.
  [[nodiscard]] Offset find(std::uint32_t box, std::string_view name) const;

  const char* bytes{};
  const std::uint32_t* marks{};
  std::vector<Box> boxes;
  bool escapes{};                                                ///< there is a backslash somewhere
  std::vector<std::pair<std::uint32_t, std::string>> unescaped;  ///< by mark
  std::uint32_t shapes{};                                        ///< given out so far
  std::array<std::array<Memo, memo_ways>, memo_sets> memo{};
};

}  // namespace detail

/// A handle on one value of a document. Holds until the Json reads the next one, and as long as the bytes.
class Value {
 public:
  class Iterator;

  Value() = default;
  Value(detail::Document* document, std::uint32_t mark, std::uint32_t box)
      : document_(document), mark_(mark), box_(box) {}

  [[nodiscard]] bool present() const { return document_ != nullptr; }
  [[nodiscard]] bool is_object() const { return present() && document_->byte(mark_) == '{'; }
  [[nodiscard]] bool is_array() const { return present() && document_->byte(mark_) == '['; }
  [[nodiscard]] bool is_string() const { return present() && document_->byte(mark_) == '"'; }
  [[nodiscard]] std::string_view key() const;  ///< of an object's member; else ""
  /// Of a string its content, of a number or literal its token; "" for null, containers and what is absent.
  [[nodiscard]] std::string_view text() const {
    if (!present()) return {};
    const char first = document_->byte(mark_);
    if (first == '"') return document_->string_at(mark_);
    if (first <= '9') return document_->token(mark_);  // a number: all other values begin with later characters
    if (first == '{' || first == '[') return {};
    const auto token = document_->token(mark_);
    return token == "null" ? std::string_view{} : token;
  }
  [[nodiscard]] bool is_true() const { return text() == "true"; }
  /// Bytes of the document that stand before text(); text_room() + text().size() may be read backwards from its end.
  [[nodiscard]] std::size_t room_before(std::string_view text) const {
    return present() && !document_->escapes ? static_cast<std::size_t>(text.data() - document_->bytes) : 0;
  }

  /// The first member of that name.
  [[nodiscard]] Value operator[](Key key) const {
    if (!is_object()) return {};
    const auto shape = box().shape;
    if (shape == 0) return member(key.text());
    const auto& set = document_->memo[(key.hash() ^ shape) % detail::Document::memo_sets];
    for (const auto& memo : set) {
      if (memo.key == key.text().data() && memo.shape == shape) return at_offset(memo.at);
    }
    return remember(key);
  }
  [[nodiscard]] Value member(std::string_view name) const;                     ///< by a name that is made while running
  [[nodiscard]] Value at(std::size_t index) const;                             ///< an array's element
  [[nodiscard]] std::size_t size() const { return boxed() ? box().size : 0; }  ///< members or elements
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  [[nodiscard]] bool boxed() const { return is_object() || is_array(); }
  [[nodiscard]] const detail::Box& box() const { return document_->boxes[box_]; }
  [[nodiscard]] Value at_offset(detail::Offset offset) const {
    if (offset.mark == 0) return {};
    return {document_, mark_ + offset.mark, box_ + offset.box};
  }
  [[nodiscard]] Value remember(Key key) const;

  detail::Document* document_{};
  std::uint32_t mark_{};
  std::uint32_t box_{};  ///< of a container its own
};

class Value::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = Value;
  /// `step`: from the last mark of one value to the first of the next.
  Iterator(Value first, std::uint32_t step, std::uint32_t left) : at_(first), step_(step), left_(left) {}
  Value operator*() const { return at_; }
  Iterator& operator++() {
    const bool boxed = at_.boxed();
    at_ = {at_.document_, (boxed ? at_.box().closes : at_.mark_) + step_, boxed ? at_.box().next : at_.box_};
    --left_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return left_ == other.left_; }

 private:
  Value at_;
  std::uint32_t step_;
  std::uint32_t left_;
};

inline Value::Iterator Value::end() const { return {{}, 0, 0}; }

/// Reads one document after the other and keeps its memory, up to a bound, for the next one.
class Json {
 public:
  Json();
  Json(Json&& other) noexcept;
  Json& operator=(Json&& other) noexcept;
  ~Json();
  /// The root, an object or an array. bad_data, with `place`, for bytes that are no complete JSON document in UTF-8,
  /// that nest deeper than json_depth_max or hold more than json_containers_max objects and arrays (F-15). `bytes` must
  /// stay as they are while Values are in use.
  [[nodiscard]] base::Result<Value> read(std::string_view bytes, std::string_view place);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
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

}  // namespace exchange
