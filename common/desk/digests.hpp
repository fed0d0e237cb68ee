// Signals that are told together, and when: those of a burst some seconds after it, what was over the alert budget once
// an hour, what came in quiet hours at their end.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/html.hpp"
#include "common/desk/gates.hpp"
#include "common/store/digest.hpp"

namespace desk {

inline constexpr std::string_view burst_digest = "burst", overflow_digest = "overflow", morning_digest = "morning";

class Digests {
 public:
  explicit Digests(store::Database& bot) : items_(bot) {}

  /// A signal that rings by itself left then.
  void rang(base::WallTime now) { rang_at_ = now; }
  /// Does a ringing signal wait for others now, instead of leaving at once?
  [[nodiscard]] base::Result<bool> bursting(base::WallTime now, const GatePolicy& policy);
  base::Result<void> add(const store::DigestItem& item);
  base::Result<bool> reword(std::int64_t signal_id, const base::Html& html) {
    return items_.reword(signal_id, html.str());
  }
  /// Its signal gets a message of its own.
  base::Result<void> take_out(std::int64_t signal_id) { return items_.take_out(signal_id); }
  /// Those to be told now; `ending`: a burst does not wait any longer.
  [[nodiscard]] base::Result<std::vector<std::string>> due(base::WallTime now, const GatePolicy& policy, bool ending);
  [[nodiscard]] base::Result<std::vector<store::DigestItem>> items(std::string_view digest) {
    return items_.items(digest);
  }
  base::Result<void> clear(std::string_view digest);
  [[nodiscard]] bool waits() const { return spans_ && !spans_->empty(); }
  /// What is in memory may differ from the disk: a transaction failed.
  void forget() { spans_.reset(); }

 private:
  struct Span {
    base::WallTime first{}, last{};
  };
  [[nodiscard]] base::Result<void> load();
  store::Digest items_;
  std::optional<std::map<std::string, Span, std::less<>>> spans_;  ///< of digests with items; not loaded yet: absent
  std::optional<base::WallTime> rang_at_;
};

/// One line a signal: its time and its own first line.
[[nodiscard]] base::Html digest_message(std::string_view digest, const std::vector<store::DigestItem>& items,
                                        const GatePolicy& policy);

}  // namespace desk
