// A message on its way out, as the outbox keeps it (CR-5).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/html.hpp"
#include "common/base/time.hpp"

namespace store {

/// Lower goes first. Waiting makes a row more urgent, but nothing overtakes critical (TG-12).
enum class Priority : std::uint8_t { critical, signal, reply, heartbeat };

enum class Chat : std::uint8_t { signals, operators };

enum class Op : std::uint8_t {
  send,
  edit,   ///< replaces the text of the message that row refers_to made
  reply,  ///< a new message under it, so that it rings
};

enum class RowState : std::uint8_t {
  pending,
  sending,  ///< committed before the HTTP call: found after a crash, nobody knows whether it arrived
  sent,
  dead,        ///< given up; last_error says why
  unknown,     ///< perhaps delivered, and not worth a repeat
  superseded,  ///< a newer text took its place
};

[[nodiscard]] std::string_view to_string(Chat chat);       ///< "signals", "operator"
[[nodiscard]] std::string_view to_string(Op op);           ///< "send", "edit", "reply"
[[nodiscard]] std::string_view to_string(RowState state);  ///< "pending", …

/// What its author knows of a message.
struct Draft {
  std::string dedupe_key;  ///< one row a key, for as long as the row is kept
  std::string sink;        ///< "telegram", "terminal"
  Chat chat{Chat::signals};
  Priority priority{Priority::signal};
  Op op{Op::send};
  std::optional<std::int64_t> refers_to;  ///< id of the row that is edited or replied to
  base::Html html;
  /// When it happened, of what must not be taken for new: much later, the message says how old it is. Empty: its age is
  /// its wait here.
  std::optional<base::WallTime> happened;
  /// Said instead of `html` then, without what nobody can do any more (an entry). Empty: `html`.
  base::Html late_html;
  /// JSON of a picture (desk::ChartSpec, desk::ReportSpec); `html` is its caption then. Drawn right before it is sent.
  /// One that refers to a message which was never sent is not sent either.
  std::string picture;
  bool silent{};
  bool repeatable{true};  ///< after a doubtful send: true = again, marked "(possible repeat)"; false = dropped
  std::optional<base::WallTime> expires;  ///< not worth saying after this; empty: kept until it is said
  /// The sender's word that it can send this at once (decision 0009): the chats of its line. The row enters as
  /// `sending` if nothing of theirs waits or is under way; the sender must hear of it after the commit. Empty: it
  /// waits.
  std::vector<Chat> claim;
};

struct OutboxRow {
  std::int64_t id{};
  Draft draft;
  RowState state{RowState::pending};
  int attempts{};
  int parts_sent{};  ///< of a message that needs several; the next send is of this part, counted from 0
  base::WallTime created;
  base::WallTime next_at;
  std::optional<std::int64_t> message_id;  ///< of the first part
  bool ambiguous{};                        ///< an earlier send of this part may have arrived
  bool plain{};                            ///< goes as plain text: Telegram could not parse its HTML
  std::string last_error;
  std::optional<std::int64_t> target_message_id;  ///< message_id of the row it refers to
};

}  // namespace store
