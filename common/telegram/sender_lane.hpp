// What the sender keeps of one chat. Shared by its two sources, and by nobody else.
#pragma once
#include "common/guard/saved_wait.hpp"
#include "common/telegram/sender.hpp"

namespace telegram {

struct Sender::Lane {
  Lane(const boost::asio::any_io_executor& executor, std::string id)
      : chat(std::move(id)), wake(executor, base::SteadyTime::max()), alarm(executor, base::SteadyTime::max()) {}
  struct Unsettled {
    Call call;
    Write write;
  };
  /// Says that something of this lane is under way.
  struct Busy {
    explicit Busy(Lane& of) : lane(of) { lane.sending = true; }
    ~Busy() { lane.sending = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    Busy(Busy&&) = delete;
    Busy& operator=(Busy&&) = delete;
    Lane& lane;
  };
  std::string chat;  ///< as Telegram knows it now: a migration changes it
  std::vector<store::Chat> kinds;
  boost::asio::steady_timer wake;   ///< expires at a notice
  boost::asio::steady_timer alarm;  ///< expires when the end of a rest is sooner than alarm_at
  base::SteadyTime alarm_at{};
  base::SteadyTime paused_until{base::SteadyTime::min()};
  std::optional<base::SteadyTime> resting_until;  ///< empty: it works, or is about to look
  bool sending{false};
  int failures{0};                      ///< in a row, of the way to Telegram
  std::optional<std::int64_t> claimed;  ///< a row that entered as `sending`, for this lane to send at once
  std::optional<Unsettled> unsettled;   ///< an outcome that the database did not take yet
};

// Facts of a chat that outlive the process.
[[nodiscard]] std::string migrated_fact(const std::string& chat);  ///< name: its value is the new id
[[nodiscard]] std::string blocked_fact(const std::string& chat);   ///< name: its value is a wait (TG-2)
[[nodiscard]] std::string to_fact(const guard::SavedWait& wait);
[[nodiscard]] guard::SavedWait wait_from_fact(const std::string& fact);

}  // namespace telegram
