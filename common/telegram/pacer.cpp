#include "common/telegram/pacer.hpp"

#include <algorithm>

namespace telegram {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t all_burst = 5;
constexpr guard::Gcra::Nanos all_interval = guard::Gcra::Nanos{1s} / 25;
constexpr std::int64_t minute_burst = 2;
constexpr guard::Gcra::Nanos minute_interval = 60'000'000'018ns / 18;  // rounded up

}  // namespace

bool is_group(std::string_view chat) { return chat.starts_with('-') || chat.starts_with('@'); }

Pacer::Pacer() : all_(all_interval, all_burst) {}

Pacer::Pace& Pacer::pace_of(const std::string& chat, base::SteadyTime now) {
  const auto known = chats_.find(chat);
  if (known != chats_.end()) return known->second;
  Pace pace{guard::Gcra(1s, 1), std::nullopt};
  if (is_group(chat)) {
    pace.minute.emplace(minute_interval, minute_burst);
    // The first one goes at once, without a burst: an earlier process may have used it.
    pace.minute->busy_until(now + minute_interval * (minute_burst - 1));
  }
  return chats_.emplace(chat, pace).first->second;
}

base::SteadyTime Pacer::ready_at(const std::string& chat, base::SteadyTime now) {
  const Pace& pace = pace_of(chat, now);
  auto ready = std::max(all_.ready_at(0, 1, now), pace.second.ready_at(0, 1, now));
  if (pace.minute) ready = std::max(ready, pace.minute->ready_at(0, 1, now));
  return ready;
}

void Pacer::take(const std::string& chat, base::SteadyTime now) {
  Pace& pace = pace_of(chat, now);
  (void)all_.take(1, now);
  (void)pace.second.take(1, now);
  if (pace.minute) (void)pace.minute->take(1, now);
}

}  // namespace telegram
