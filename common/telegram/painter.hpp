// Makes pictures out of what an outbox row keeps of them.
#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>

#include "common/base/result.hpp"

namespace telegram {

class Painter {
 public:
  Painter() = default;
  virtual ~Painter() = default;
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;
  Painter(Painter&&) = delete;
  Painter& operator=(Painter&&) = delete;

  /// The bytes of a PNG. Ends within some seconds, whatever happens; what is behind it in the outbox waits meanwhile.
  [[nodiscard]] virtual boost::asio::awaitable<base::Result<std::string>> paint(const std::string& spec) = 0;
};

}  // namespace telegram
