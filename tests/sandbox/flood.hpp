// Telegram's flood limits for one bot: about one message a second in a chat with a small burst, 20 a minute in a group
// or channel, 30 a second overall. Who is refused must wait; who does not wait is counted.
#pragma once
#include <deque>
#include <map>

#include "tests/sandbox/types.hpp"

namespace sandbox {

struct FloodPolicy {
  double chat_burst{5};  ///< messages at once in one chat
  double chat_per_second{1};
  int group_per_minute{20};
  int bot_per_second{30};
};

class Flood {
 public:
  explicit Flood(FloodPolicy policy) : policy_(policy) {}
  /// Seconds to wait; 0 lets the message pass and counts it.
  [[nodiscard]] int admit(Ms chat, Ms now);
  /// A wait that a fault imposes on a chat.
  void block(Ms chat, Ms until) { chats_[chat].blocked_until = until; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }
  [[nodiscard]] std::int64_t ignored_waits() const { return ignored_waits_; }

 private:
  struct Chat {
    double tokens{-1};
    Ms refilled{};
    std::deque<Ms> minute_sends;
    Ms blocked_until{};
  };

  FloodPolicy policy_;
  std::map<Ms, Chat> chats_;
  std::deque<Ms> sends_;
  std::int64_t refused_{};
  std::int64_t ignored_waits_{};
};

}  // namespace sandbox
