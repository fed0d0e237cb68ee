#include "tests/sandbox/flood.hpp"

#include <algorithm>
#include <cmath>

namespace sandbox {

int Flood::admit(Ms chat_id, Ms now) {
  auto& chat = chats_[chat_id];
  if (now < chat.blocked_until) {
    ++refused_;
    ++ignored_waits_;
    return static_cast<int>((chat.blocked_until - now + 999) / 1000);
  }
  if (chat.tokens < 0) chat.tokens = policy_.chat_burst;
  const double passed = static_cast<double>(now - chat.refilled) / 1000;
  chat.tokens = std::min(policy_.chat_burst, chat.tokens + passed * policy_.chat_per_second);
  chat.refilled = now;
  const auto forget = [now](std::deque<Ms>& times, Ms window) {
    while (!times.empty() && times.front() <= now - window) times.pop_front();
  };
  forget(chat.minute_sends, minute);
  forget(sends_, second);
  Ms wait = 0;
  if (chat.tokens < 1) wait = static_cast<Ms>(std::ceil((1 - chat.tokens) / policy_.chat_per_second)) * second;
  if (chat_id < 0 && static_cast<int>(chat.minute_sends.size()) >= policy_.group_per_minute) {
    wait = std::max(wait, chat.minute_sends.front() + minute - now);
  }
  if (static_cast<int>(sends_.size()) >= policy_.bot_per_second) wait = std::max(wait, second);
  if (wait > 0) {
    ++refused_;
    const auto seconds = (wait + 999) / 1000;
    chat.blocked_until = now + seconds * second;
    return static_cast<int>(seconds);
  }
  chat.tokens -= 1;
  chat.minute_sends.push_back(now);
  sends_.push_back(now);
  return 0;
}

}  // namespace sandbox
