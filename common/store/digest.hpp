// Signals that wait to be told together: each entered in the transaction of its signal, taken out in that of the
// message that tells them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"

namespace store {

struct DigestItem {
  std::int64_t id{};   ///< given by add()
  std::string digest;  ///< which message it waits for: "burst", "overflow", "morning"
  std::string key;     ///< of the signal's gate state
  std::int64_t signal_id{};
  std::string html;  ///< the signal's whole message, as it would go out alone
  base::WallTime added{};
};

class Digest {
 public:
  explicit Digest(Database& bot) : database_(bot) {}
  base::Result<void> add(const DigestItem& item);
  /// The newest words of a signal that waits; false: it does not wait.
  base::Result<bool> reword(std::int64_t signal_id, std::string_view html);
  base::Result<void> take_out(std::int64_t signal_id);
  [[nodiscard]] base::Result<std::vector<DigestItem>> items(std::string_view digest);  ///< oldest first
  base::Result<void> clear(std::string_view digest);

 private:
  Database& database_;
};

}  // namespace store
