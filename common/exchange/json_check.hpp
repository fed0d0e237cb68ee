// The check of a document's structure, over the marks that simdjson found. Only json.cpp includes this.
#pragma once
#include <string>

#include "common/exchange/json.hpp"

namespace exchange::detail {

/// Goes over all marks once, fills document.boxes and document.unescaped.
class Check {
 public:
  Check(Document& document, std::uint32_t marks_count) : document_(document), count_(marks_count) {}
  [[nodiscard]] bool run();
  [[nodiscard]] const char* problem() const { return problem_; }           ///< in words, after run() said no
  [[nodiscard]] std::size_t at() const { return document_.marks[mark_]; }  ///< the byte it was found at

 private:
  // They take the mark of a first bracket and return that of the last one, 0 when something is wrong.
  std::uint32_t container(std::uint32_t mark, int depth);
  std::uint32_t object(std::uint32_t mark, int depth);
  std::uint32_t array(std::uint32_t mark, int depth);
  std::uint32_t value(std::uint32_t mark, int depth);
  [[nodiscard]] bool unescape(std::uint32_t mark);
  std::uint32_t wrong(std::uint32_t mark, const char* problem);

  /// The last two shapes that an array's objects had: tables of more than two read slower.
  struct Shapes {
    std::uint32_t newest{}, other{};  ///< a box of each; 0, the root's, is none
  };
  void shape(std::uint32_t box, Shapes& seen);
  [[nodiscard]] std::uint32_t row_like(std::uint32_t known, std::uint32_t mark);
  [[nodiscard]] bool same_shape(std::uint32_t known, std::uint32_t box) const;

  Document& document_;
  std::uint32_t count_;
  std::uint32_t mark_{};
  const char* problem_{""};
};

}  // namespace exchange::detail
