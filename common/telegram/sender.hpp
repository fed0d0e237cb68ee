// Drains the outbox into a sink: in order, at the pace Telegram allows, without losing or silently doubling a message
// (TG-1..3, CR-5). One lane a chat, one message under way in a lane; so at most two a bot.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.hpp"
#include "common/store/memory.hpp"
#include "common/store/outbox.hpp"
#include "common/telegram/pacer.hpp"
#include "common/telegram/painter.hpp"
#include "common/telegram/sink.hpp"

namespace telegram {

/// May this process post? Asked right before each send (HA-3). Today a file lock, later a lease over a network.
class Lease {
 public:
  Lease() = default;
  virtual ~Lease() = default;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Lease(Lease&&) = delete;
  Lease& operator=(Lease&&) = delete;
  [[nodiscard]] virtual bool held() = 0;
};

/// Hears what became of messages. Called in the sender's thread; must not call the sender back.
class SenderObserver {
 public:
  SenderObserver() = default;
  virtual ~SenderObserver() = default;
  SenderObserver(const SenderObserver&) = delete;
  SenderObserver& operator=(const SenderObserver&) = delete;
  SenderObserver(SenderObserver&&) = delete;
  SenderObserver& operator=(SenderObserver&&) = delete;

  /// A whole message is out. `waited`: since it was accepted; `took`: the last call.
  virtual void sent(const store::OutboxRow& row, base::Millis waited, base::Millis took) = 0;
  /// A send failed. `became` is the row's state now: pending (it goes again), dead, or unknown. bad_html and too_long
  /// are bugs of ours; unauthorised is the end of the bot (exit 78); chat_gone and thread_not_found want a person.
  virtual void failed(const store::OutboxRow& row, const Answer& answer, store::RowState became) = 0;
  /// The database did not take or give what the sender needs; it tries again in a few seconds.
  virtual void store_failed(const base::Error& error) = 0;
};

struct Address {
  std::string chat;                    ///< "-1001234", "@channel"
  std::optional<std::int64_t> thread;  ///< forum topic
};

/// What the sender works with; all of it outlives the sender.
struct SenderPorts {
  store::Database& database;
  store::Outbox& outbox;
  store::Facts& facts;
  Sink& sink;
  Lease& lease;
  base::Clock& clock;
  SenderObserver& observer;
  std::function<double()> random;    ///< uniform in [0, 1)
  base::Millis late_after{300'000};  ///< a signal or alert that waited so long says so
  Painter* painter{};                ///< null: pictures end as dead
};

class Sender {
 public:
  Sender(boost::asio::any_io_executor executor, SenderPorts ports, std::map<store::Chat, Address> addresses);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  Sender(Sender&&) = delete;
  Sender& operator=(Sender&&) = delete;

  /// Once, before any lane runs: settles what a crash cut off, and remembers moved chats and pauses.
  base::Result<store::Outbox::Recovered> prepare();
  /// One lane a distinct chat id: chats that share an id share its order and its limits.
  [[nodiscard]] std::size_t lanes() const { return lanes_.size(); }
  [[nodiscard]] std::string lane_name(std::size_t lane) const;  ///< "sender signals", for TaskGroup::spawn
  /// Until cancelled. May be started again after it ended by an exception.
  [[nodiscard]] boost::asio::awaitable<void> run_lane(std::size_t lane);

  void set_late_after(base::Millis late_after) { ports_.late_after = late_after; }
  void notice();  ///< a row was accepted: look now
  /// Could a new message to this chat go out this instant? Then the claim for its draft (Draft::claim): its line rests,
  /// nothing holds it back, the limiter is free, the lease held. Else empty. To be asked within the transaction.
  [[nodiscard]] std::vector<store::Chat> claim(store::Chat chat);
  /// A row that entered as `sending` by such a claim is committed: it goes now, as it is. Whoever asked for the claim
  /// calls this in the same turn of the loop, or the row is in doubt until the next start.
  void take(store::Chat chat, std::int64_t id);
  [[nodiscard]] bool idle() const;  ///< every lane rests
  /// For a stop: waits until everything that can go out by `deadline` is out, at most until then. The lanes must be
  /// running. Returns how many rows are left for the next start.
  [[nodiscard]] boost::asio::awaitable<std::int64_t> flush(base::SteadyTime deadline);

  /// What cannot wait for the outbox because its disk takes nothing (CR-2).
  struct Direct {
    store::Chat chat{store::Chat::signals};
    base::Html html;
    bool silent{};
    bool repeat{};  ///< an earlier try may have arrived: says so
  };
  /// Posts at the pace of the chat, past the outbox: nothing is written. The answer's id is that of the first part.
  [[nodiscard]] boost::asio::awaitable<Answer> post_direct(const Direct& what);

  struct LaneState {
    std::string name;
    std::string chat;
    bool sending{};
    std::optional<base::SteadyTime> paused_until;
    int failures_in_row{};
  };
  [[nodiscard]] std::vector<LaneState> states() const;

 private:
  struct Lane;
  /// A finished call: the row as it was sent, and what came of it.
  struct Call {
    store::OutboxRow row;
    std::size_t parts{};
    Answer answer;
    base::Millis took{};
  };
  /// Writes the outcome into the tables; runs inside a transaction. Returns the row's new state.
  using Write = std::function<base::Result<store::RowState>()>;
  struct Step {
    std::optional<store::OutboxRow> row;  ///< marked as `sending`; else rest
    base::SteadyTime rest_until;
  };
  [[nodiscard]] Step next_step(Lane& lane);
  [[nodiscard]] std::optional<Step> claimed_step(Lane& lane);
  [[nodiscard]] std::optional<base::SteadyTime> held_until(Lane& lane);
  void put_back(Lane& lane, const store::OutboxRow& row);
  [[nodiscard]] Lane* lane_of(store::Chat chat) const;
  static void wake(Lane& lane);
  [[nodiscard]] boost::asio::awaitable<void> send(Lane& lane, const store::OutboxRow& row);
  [[nodiscard]] boost::asio::awaitable<void> send_picture(Lane& lane, const store::OutboxRow& row);
  [[nodiscard]] boost::asio::awaitable<void> post(Lane& lane, Call call, const Delivery& delivery);
  [[nodiscard]] boost::asio::awaitable<void> work(Lane& lane);
  [[nodiscard]] boost::asio::awaitable<void> rest(Lane& lane, base::SteadyTime until);
  [[nodiscard]] boost::asio::awaitable<void> end_rests(Lane& lane);
  /// What a person must be told of its age; nullopt: it is new enough.
  [[nodiscard]] std::optional<base::Html> late_words(const store::OutboxRow& row) const;
  [[nodiscard]] Delivery delivery_of(const Lane& lane, const store::OutboxRow& row, std::string text) const;
  [[nodiscard]] Write judge(Lane& lane, const Call& call);
  [[nodiscard]] Write on_success(Lane& lane, const Call& call);
  [[nodiscard]] Write on_flood(Lane& lane, const Call& call);
  [[nodiscard]] Write on_migration(Lane& lane, const Call& call);
  [[nodiscard]] Write on_chat_gone(Lane& lane, const Call& call);
  [[nodiscard]] Write on_no_thread(const Call& call);
  [[nodiscard]] Write try_again(const Call& call, base::Millis wait);
  [[nodiscard]] Write give_up(const Call& call);
  bool commit(Lane& lane, const Call& call, const Write& write);
  [[nodiscard]] base::Millis backoff(Lane& lane);
  base::Result<void> tell_other_chat(const Lane& lane, const Answer& answer);
  base::Result<void> restore(Lane& lane);

  SenderPorts ports_;
  std::map<store::Chat, Address> addresses_;
  Pacer pacer_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace telegram
