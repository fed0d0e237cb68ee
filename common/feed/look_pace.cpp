#include "common/feed/look_pace.hpp"

#include <algorithm>

namespace feed {
using boost::asio::awaitable;

awaitable<bool> LookPace::turn(bool urgent, std::optional<base::SteadyTime> not_after) {
  for (;;) {
    const auto now = clock_.steady_now();
    const auto at = std::max(now, urgent ? due_ - (urgent_ahead - 1) * apart : due_);
    if (not_after && at > *not_after) co_return false;
    if (at == now) {
      due_ = std::max(due_, now) + apart;
      co_return true;
    }
    co_await clock_.sleep_until(at);  // and look again: somebody urgent may have gone meanwhile
  }
}

awaitable<bool> LookPace::spare_turn(std::function<bool()> may_go) {
  for (;;) {
    const auto now = clock_.steady_now();
    if (due_ + spare_after <= now) break;
    co_await clock_.sleep_until(due_ + spare_after);
  }
  if (!may_go()) co_return false;
  due_ = clock_.steady_now() + apart;
  co_return true;
}

}  // namespace feed
