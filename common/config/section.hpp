// Reading settings: one function per room binds its struct to a section. The struct's own value is the default, and the
// call holds key, range and words in one place:
//
//   void bind(config::Section section, Settings& settings) {
//     section.read("every", settings.every, {1min, 24h}, "time between two heartbeats");
//   }
//
// A value that is missing keeps the default; a wrong one becomes a problem of the document and keeps the default too.
#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/time.hpp"

namespace config {

struct Node;
struct Tree;

/// Both ends are allowed values.
template <class T>
struct Range {
  T min;
  T max;
};

/// One allowed word and what it means.
template <class E>
struct Word {
  std::string_view word;
  E value;
};

/// What a URL may be. Plain http and ws are accepted for loopback hosts only; user info is refused everywhere.
enum class UrlKind : std::uint8_t {
  https,
  wss,
  proxy,  ///< http, socks5 or socks5h to any host; "" means no proxy
};

class Section {
 public:
  void read(std::string_view key, bool& field, std::string_view words);
  void read(std::string_view key, double& field, Range<double> range, std::string_view words);
  /// Absent stays absent: what one symbol has different from the rest.
  void read(std::string_view key, std::optional<double>& field, Range<double> range, std::string_view words);
  void read(std::string_view key, std::string& field, std::string_view words);            ///< one line, may be empty
  void read(std::string_view key, std::filesystem::path& field, std::string_view words);  ///< not empty
  /// Words or symbols: none empty, none twice.
  void read(std::string_view key, std::vector<std::string>& field, std::string_view words);
  void read(std::string_view key, std::vector<std::int64_t>& field, Range<std::int64_t> range, std::string_view words);
  void read(std::string_view key, std::vector<double>& field, Range<double> range, std::string_view words);
  void read_url(std::string_view key, std::string& field, UrlKind kind, std::string_view words);

  template <std::integral I>
  requires(!std::same_as<I, bool>) void read(std::string_view key, I& field, Range<std::type_identity_t<I>> range,
                                             std::string_view words) {
    field = static_cast<I>(integer(key, in64(field), {in64(range.min), in64(range.max)}, words));
  }

  /// "90s", "1h30m", "250ms". A field of coarser units takes only whole ones: "90s" is no number of minutes.
  template <class Rep, class Period>
  void read(std::string_view key, std::chrono::duration<Rep, Period>& field, Range<base::Millis> range,
            std::string_view words) {
    using Field = std::chrono::duration<Rep, Period>;
    static_assert(std::ratio_greater_equal_v<Period, std::milli>);
    field = std::chrono::duration_cast<Field>(duration(key, base::Millis(field), range, Field(1), words));
  }

  /// "16MiB". Bytes.
  template <std::integral I>
  void read_size(std::string_view key, I& field, Range<std::type_identity_t<I>> range, std::string_view words) {
    field = static_cast<I>(size(key, in64(field), {in64(range.min), in64(range.max)}, words));
  }

  /// One of the given words.
  template <class E>
  requires std::is_enum_v<E>
  void read(std::string_view key, E& field, std::initializer_list<Word<std::type_identity_t<E>>> allowed,
            std::string_view words) {
    std::vector<std::string_view> names;
    std::size_t chosen = 0;
    for (const auto& one : allowed) {
      if (one.value == field) chosen = names.size();
      names.push_back(one.word);
    }
    field = (allowed.begin() + word(key, chosen, names, words))->value;
  }

  /// A section inside this one; absent, it reads as empty. For a table of free names (exchanges, symbols, limits):
  /// names() of the sub-section, then sub() or read() for each.
  [[nodiscard]] Section sub(std::string_view name);
  [[nodiscard]] std::vector<std::string> names() const;  ///< what any layer wrote here, sorted
  [[nodiscard]] const std::string& path() const { return path_; }

  /// For rules between keys: this value, or all of this sub-section, is wrong although each is in its own range.
  void reject(std::string_view key, std::string found, std::string allowed);

 private:
  friend class Document;
  struct Form;  ///< what is allowed, in words
  Section(Tree& tree, Node* node, std::string path) : tree_(&tree), node_(node), path_(std::move(path)) {}

  template <std::integral I>
  static std::int64_t in64(I value) {
    return std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value)
                                              : std::numeric_limits<std::int64_t>::max();
  }
  std::int64_t integer(std::string_view key, std::int64_t before, Range<std::int64_t> range, std::string_view words);
  std::int64_t size(std::string_view key, std::int64_t before, Range<std::int64_t> range, std::string_view words);
  base::Millis duration(std::string_view key, base::Millis before, Range<base::Millis> range, base::Millis step,
                        std::string_view words);
  std::size_t word(std::string_view key, std::size_t chosen, const std::vector<std::string_view>& allowed,
                   std::string_view words);

  template <class T, class Parse, class Fits, class Print>
  T value(std::string_view key, const T& before, const Form& form, Parse parse, Fits fits, Print print);
  template <class T, class ParseOne>
  void list(std::string_view key, std::vector<T>& field, const Form& form, ParseOne parse_one);
  Node* take(std::string_view key);
  void declare(std::string_view key, const Form& form, std::string value, const Node* node);
  void refuse(std::string_view key, const Node& node, const Form& form);
  [[nodiscard]] std::string full(std::string_view key) const;

  Tree* tree_;
  Node* node_;  ///< nullptr: no layer has this section
  std::string path_;
};

}  // namespace config
