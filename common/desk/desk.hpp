// From finding to signal: the gates decide, and what is said becomes one transaction (signal row, gate state, outbox
// row). The sender owns it from there.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/desk/finding.hpp"
#include "common/desk/gates.hpp"
#include "common/store/outbox.hpp"
#include "common/store/signal_log.hpp"

namespace desk {

/// What became of one finding.
struct Handled {
  Reason reason{Reason::conditions};
  std::optional<std::int64_t> signal_id;  ///< of a new signal
  std::optional<std::int64_t> outbox_id;  ///< the row of its message
  bool claimed{};                         ///< that row is `sending`: the giver of the claim must hear of it
};

class Desk {
 public:
  Desk(store::Database& bot, store::Outbox& outbox, std::string sink, GatePolicy policy);

  /// Candidates cost no I/O. An error (storage) means that nothing of this finding was kept: it is tried again with the
  /// detector's next word on it, and the caller counts it.
  [[nodiscard]] base::Result<Handled> handle(const Finding& finding, base::WallTime now);

  /// The words of a finding that handle() would publish as a new message; nullopt: it would not. Writes nothing; what
  /// the store cannot tell counts as never said.
  [[nodiscard]] std::optional<base::Html> would_publish(const Finding& finding, base::WallTime now);
  /// Forgets signals from before then.
  base::Result<std::int64_t> prune(base::WallTime before) { return signals_.prune(before); }

  void set_paused(bool paused) { policy_.paused = paused; }
  void set_policy(const GatePolicy& policy) { policy_ = policy; }
  [[nodiscard]] const GatePolicy& policy() const { return policy_; }
  /// How often each reason was given since the start.
  [[nodiscard]] const std::map<Reason, std::int64_t>& counts() const { return counts_; }

  /// Whose line is idle gives the claim for a new message to a chat (store::Draft::claim). Absent: every row waits.
  std::function<std::vector<store::Chat>(store::Chat)> claim;
  /// Cooldown of one kind or symbol, where it differs from the policy's.
  std::map<std::string, base::Millis, std::less<>> cooldown_by_symbol;

 private:
  struct Memory {
    Said said;
    std::int64_t signal_id{};
    std::int64_t outbox_id{};  ///< the row of the living message
    std::size_t shown{};       ///< hash of its newest words; 0: not known since the start
  };
  [[nodiscard]] Reason judge(const Finding& finding, const std::optional<Memory>& memory, base::WallTime now) const;
  [[nodiscard]] base::Result<Handled> say(const Finding& finding, const std::optional<Memory>& memory, Reason reason,
                                          base::WallTime now);
  [[nodiscard]] base::Result<Handled> publish(const Finding& finding, base::WallTime now);
  [[nodiscard]] base::Result<void> amend(const Finding& finding, const Memory& memory, Reason reason,
                                         base::WallTime now);
  [[nodiscard]] base::Result<std::optional<Memory>> recall(const std::string& key);
  [[nodiscard]] base::Result<void> remember(const Finding& finding, const Memory& memory);
  [[nodiscard]] base::Html worded(const Finding& finding, base::WallTime now) const;

  store::Database& database_;
  store::Outbox& outbox_;
  store::SignalLog signals_;
  store::GateState gates_;
  std::string sink_;
  GatePolicy policy_;
  std::map<std::string, std::optional<Memory>, std::less<>> cache_;  ///< of gate_state, which only this desk writes
  std::map<Reason, std::int64_t> counts_;
};

/// The evidence of a finding as JSON: {"conditions":[{"name","value","threshold"}…],"missing":…}.
[[nodiscard]] std::string evidence_json(const Finding& finding);
/// An episode's end was measured by nothing new: its strength is that of its peak, long past.
[[nodiscard]] inline bool is_candidate(const Finding& finding) { return finding.phase != Phase::close; }
/// {"time_ms","symbol","kind","direction","score"}: the line of --jsonl (SIGNALS.md 7).
[[nodiscard]] std::string candidate_json(const Finding& finding);

}  // namespace desk
