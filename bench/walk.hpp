// The least work that reads the same fields: simdjson's on-demand parser over bytes that are padded already, numbers
// summed up, nothing kept and nothing checked. The measure for our decoders, not a way to write one.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct Walked {
  std::size_t rows{};
  double last_sum{};  ///< of the last prices, to compare with what the decoder read
  double sum{};       ///< of everything that was read, so that nothing of it is left out
};

class Walk {
 public:
  explicit Walk(const std::string& body);
  ~Walk();
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;
  /// Throws simdjson_error for what has not the shape of this exchange's tickers.
  [[nodiscard]] Walked tickers(std::string_view exchange);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bench
