// From finding to signal: the gates decide, and what is said becomes one transaction (signal row, gate state, outbox
// row or digest item). The sender owns it from there.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/desk/digests.hpp"
#include "common/desk/finding.hpp"
#include "common/desk/finding_json.hpp"
#include "common/desk/gates.hpp"
#include "common/desk/ring_budget.hpp"
#include "common/desk/scores.hpp"
#include "common/store/outbox.hpp"
#include "common/store/signal_log.hpp"

namespace desk {

/// What became of one finding.
struct Handled {
  Reason reason{Reason::conditions};
  std::optional<Reason> quiet;            ///< said without a ring: quiet_hours, over_budget
  std::optional<Reason> undirected;       ///< said without its direction
  std::optional<std::int64_t> signal_id;  ///< of a new signal
  std::optional<std::int64_t> outbox_id;  ///< the row of its message; absent: it waits for a digest
  bool claimed{};                         ///< that row is `sending`: the giver of the claim must hear of it
};

class Desk {
 public:
  Desk(store::Database& bot, store::Outbox& outbox, std::string sink, GatePolicy policy);
  Desk(const Desk&) = delete;  // the gates look at its policy
  Desk& operator=(const Desk&) = delete;
  Desk(Desk&&) = delete;
  Desk& operator=(Desk&&) = delete;
  ~Desk() = default;

  /// Every candidate, whether it is handled or not: what later ones are compared with.
  void hear(const Finding& finding) {
    if (is_candidate(finding)) scores_.add(finding);
  }
  /// Candidates cost no I/O. An error (storage) means that nothing of this finding was kept: it is tried again with the
  /// detector's next word on it, and the caller counts it.
  [[nodiscard]] base::Result<Handled> handle(const Finding& finding, base::WallTime now);
  /// Sends the digests whose time has come; `ending`: a burst waits no longer. The number of messages.
  [[nodiscard]] base::Result<int> tell_digests(base::WallTime now, bool ending = false);

  [[nodiscard]] bool digest_waits() const { return digests_.waits(); }

  /// The words of a finding that handle() would publish as a new message; nullopt: it would not. Writes nothing; what
  /// the store cannot tell counts as never said.
  [[nodiscard]] std::optional<base::Html> would_publish(const Finding& finding, base::WallTime now);
  /// Forgets signals from before then.
  base::Result<std::int64_t> prune(base::WallTime before) { return signals_.prune(before); }

  /// Episodes that were said and not ended, with their memos: for the detector, after a restart.
  struct OpenEpisode {
    std::string key, memo;
  };
  [[nodiscard]] base::Result<std::vector<OpenEpisode>> open_episodes(base::WallTime now);

  void set_paused(bool paused) { policy_.paused = paused; }
  void set_policy(const GatePolicy& policy);
  [[nodiscard]] const GatePolicy& policy() const { return policy_; }
  [[nodiscard]] Scores& scores() { return scores_; }
  /// How often each reason was given since the start.
  [[nodiscard]] const std::map<Reason, std::int64_t>& counts() const { return counts_; }

  /// Whose line is idle gives the claim for a new message to a chat (store::Draft::claim). Absent: every row waits.
  std::function<std::vector<store::Chat>(store::Chat)> claim;
  /// Adds what the desk does not know itself: doubts about the feed, open trades. Absent: no doubt, none open.
  std::function<void(const Finding&, Surroundings&)> survey;
  /// Inside the transaction of a new signal, as it is told: what must be kept with it. An error undoes it.
  std::function<base::Result<void>(const Finding&, const Handled&, base::WallTime now)> on_published;
  /// Cooldown of one kind or symbol, where it differs from the policy's.
  std::map<std::string, base::Millis, std::less<>> cooldown_by_symbol;
  std::string config_hash;  ///< kept with each signal

 private:
  struct Memory {
    Said said;
    std::int64_t signal_id{};
    std::int64_t outbox_id{};  ///< the row of the living message; 0: it waits for a digest
    std::size_t shown{};       ///< hash of its newest words; 0: not known since the start
    std::string memo{};        ///< of an open episode, as of its newest words
  };
  [[nodiscard]] Surroundings surroundings(const Finding& finding, const std::optional<Memory>& memory,
                                          base::WallTime now);
  [[nodiscard]] base::Result<Handled> say(const Finding& finding, const std::optional<Memory>& memory,
                                          const Decision& decision, const Surroundings& around);
  [[nodiscard]] base::Result<Handled> publish(const Finding& finding, const Decision& decision,
                                              const Surroundings& around);
  [[nodiscard]] base::Result<void> post(const Finding& finding, const Decision& decision, const base::Html& html,
                                        base::WallTime now, Memory& memory, Handled& handled);
  [[nodiscard]] base::Result<void> collect(std::string_view digest, const Finding& finding, const base::Html& html,
                                           base::WallTime now, const Memory& memory);
  [[nodiscard]] base::Result<void> amend(const Finding& finding, const Memory& memory, const Decision& decision,
                                         base::WallTime now);
  [[nodiscard]] base::Result<void> amend_collected(const Finding& finding, const Memory& memory,
                                                   const Decision& decision, base::WallTime now);
  [[nodiscard]] base::Result<void> tell(const std::string& digest, base::WallTime now);
  [[nodiscard]] base::Result<std::optional<Memory>> recall(const std::string& key);
  [[nodiscard]] base::Result<void> remember(const Finding& finding, const Memory& memory);
  [[nodiscard]] base::Result<void> keep(const std::string& key, const Memory& memory);
  [[nodiscard]] base::Html worded(const Finding& finding, base::WallTime now, std::int64_t signal_id,
                                  bool collected = false) const;
  /// When it happened, and its words for when it can only be sent too late.
  void add_age(const Finding& finding, std::int64_t signal_id, base::WallTime now, store::Draft& draft) const;
  [[nodiscard]] base::Result<void> load_budget(base::WallTime now);

  store::Database& database_;
  store::Outbox& outbox_;
  store::SignalLog signals_;
  store::GateState gate_state_;
  Digests digests_;
  std::string sink_;
  GatePolicy policy_;
  std::vector<std::unique_ptr<Gate>> gates_;
  Scores scores_;
  RingBudget budget_;
  bool budget_loaded_{};
  std::map<std::string, std::optional<Memory>, std::less<>> cache_;  ///< of gate_state, which only this desk writes
  std::map<Reason, std::int64_t> counts_;
};

}  // namespace desk
