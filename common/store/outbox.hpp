// Messages that were promised and not yet delivered. The desk fills it inside its own transaction; a sender drains it.
// Every mark_… is one committed transaction, so that a crash at any point leaves a row in one of the states of CR-5.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/store/database.hpp"
#include "common/store/outbox_row.hpp"

namespace store {

class Outbox {
 public:
  /// Of what waits (F-23). Heartbeats give way first, then replies, the oldest first; signals never do.
  struct Bounds {
    std::int64_t rows_max{5'000};
    std::int64_t bytes_max{16 << 20};
  };
  explicit Outbox(Database& bot) : Outbox(bot, Bounds{}) {}
  Outbox(Database& bot, Bounds bounds) : database_(bot), bounds_(bounds) {}

  struct Accepted {
    std::int64_t id{};
    bool duplicate{};        ///< the key was known: `id` is the older row, nothing was written
    bool claimed{};          ///< the row is `sending`: whoever gave the claim sends it now, without another commit
    std::int64_t dropped{};  ///< rows that gave way to the bounds
  };
  /// Joins the caller's transaction, if there is one. A newer edit takes the place of an older one that waits; an edit
  /// of a message that was never tried replaces its text. An error (storage) when only signals are left to drop: the
  /// caller's transaction must fail whole, and nothing accepted before is lost.
  base::Result<Accepted> accept(const Draft& draft, base::WallTime now);

  struct Next {
    std::optional<OutboxRow> row;           ///< to be sent now
    std::optional<base::WallTime> wake_at;  ///< else: when the first one is due; empty: nothing waits
  };
  /// The head of the line of these chats. The order is strict: while the head waits for a retry, so does what is behind
  /// it. Edits and replies wait until their target is settled.
  [[nodiscard]] base::Result<Next> next_due(std::string_view sink, std::span<const Chat> chats, base::WallTime now);

  /// Commit it before the call goes out. `late`: its late words are its words from now on, for all its parts.
  base::Result<void> mark_sending(std::int64_t id, bool late = false);
  /// Takes mark_sending back: nothing went out.
  base::Result<void> mark_not_tried(std::int64_t id);
  base::Result<void> mark_part_sent(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now);
  base::Result<void> mark_sent(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now);
  /// For a row that waits, of a message that went out past the outbox (CR-2).
  base::Result<void> mark_posted(std::int64_t id, std::optional<std::int64_t> message_id, base::WallTime now);
  /// `maybe_delivered`: repeatable rows and edits (which cannot double anything) wait for another try, the rest ends as
  /// unknown. Returns the new state.
  base::Result<RowState> mark_retry(std::int64_t id, base::WallTime next_at, std::string_view error,
                                    bool maybe_delivered, base::WallTime now);
  base::Result<void> mark_plain(std::int64_t id, std::string_view error);
  base::Result<void> mark_dead(std::int64_t id, std::string_view error, base::WallTime now);

  struct Recovered {
    std::int64_t to_repeat{};  ///< will be sent again, marked
    std::int64_t dropped{};    ///< ended as unknown
  };
  /// Once, before the sender starts: rows found in `sending` were cut off by a crash or a stop.
  base::Result<Recovered> recover_after_restart(base::WallTime now);

  struct Stats {
    std::int64_t pending{};  ///< waiting or under way
    std::int64_t pending_bytes{};
    std::optional<base::WallTime> oldest;  ///< created; of what waits
    std::int64_t dead{};
    std::int64_t unknown{};
  };
  [[nodiscard]] base::Result<Stats> stats();
  [[nodiscard]] base::Result<std::optional<OutboxRow>> find(std::int64_t id);
  /// Forgets settled rows from before `before` that nothing refers to any more; returns how many.
  base::Result<std::int64_t> prune(base::WallTime before);

 private:
  base::Result<Accepted> accept_here(const Draft& draft, base::WallTime now);
  /// Nothing of these chats waits or is under way.
  base::Result<bool> is_idle(std::string_view sink, std::span<const Chat> chats);
  struct Target {
    std::int64_t id{};
    RowState state{RowState::dead};
    bool tried{};
  };
  struct Placement {
    RowState state{RowState::pending};
    std::optional<std::int64_t> refers_to;
    std::optional<std::int64_t> place;  ///< of the edit it replaces
    std::string_view error;
  };
  base::Result<Accepted> insert(const Draft& draft, base::WallTime now);
  base::Result<Placement> place_edit(const Draft& draft, base::WallTime now);
  base::Result<std::optional<Target>> target_of(std::int64_t id);
  base::Result<std::int64_t> enforce_bounds(base::WallTime now);
  base::Result<void> add_held(RowState state, Stats& to);
  base::Result<void> update_one(std::string_view sql, Values values);

  Database& database_;
  Bounds bounds_;
};

}  // namespace store
