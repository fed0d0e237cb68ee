// A value that must never be seen: no formatter takes it, no stream prints it, equality is the only question.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  /// For the one place that must write it into a request. Grep for it in a review.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  /// "set (46 characters)" or "not set": what `config` and `check` may show.
  [[nodiscard]] std::string masked() const {
    return value_.empty() ? "not set" : "set (" + std::to_string(value_.size()) + " characters)";
  }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

template <class Stream>
Stream& operator<<(Stream&, const Secret&) = delete;

}  // namespace base
