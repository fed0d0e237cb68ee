#include "common/health/topic_watch.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr double forgotten_ms = 86'400'000.0;

}  // namespace

void TopicWatch::on_data(const std::string& topic, Moment now, std::optional<base::WallTime> at, std::uint64_t print) {
  if (at && *at > now.wall + ahead_max) at.reset();  // a misread time must not make all later ones look old
  const auto found = topics_.find(topic);
  if (found == topics_.end()) {
    if (topics_.size() < topics_max) topics_.emplace(topic, Topic{now.steady, now.steady, 0, at, print});
    return;
  }
  auto& one = found->second;
  if (at && one.newest && (*at < *one.newest || (*at == *one.newest && print == one.print))) return;
  one.newest = at ? at : one.newest;
  one.print = print;
  const auto gap = static_cast<double>(span(one.seen, now.steady).count());
  one.longest_ms = static_cast<float>(std::max(gap, one.longest_ms * (1 - std::min(gap / forgotten_ms, 1.0))));
  one.seen = now.steady;
}

void TopicWatch::restart(Moment now) {
  for (auto& [name, topic] : topics_) topic.seen = now.steady;
}

std::optional<std::string> TopicWatch::judge(Moment now) {
  std::size_t talking = 0, silent = 0;
  const std::string* first = nullptr;
  base::Millis longest{0};
  for (auto at = topics_.begin(); at != topics_.end();) {
    const auto& topic = at->second;
    const auto quiet = span(topic.seen, now.steady);
    if (quiet >= given_up_after) {
      at = topics_.erase(at);
      continue;
    }
    if (quiet <= talking_within) ++talking;
    const auto own = base::Millis(static_cast<std::int64_t>(own_gaps * topic.longest_ms));
    if (quiet >= std::max(silent_min, own) && span(topic.first, topic.seen) >= known_after) {
      ++silent;
      if (quiet > longest || (quiet == longest && first != nullptr && at->first < *first)) {
        longest = quiet;
        first = &at->first;
      }
    }
    ++at;
  }
  if (first == nullptr || talking * 2 < topics_.size()) return std::nullopt;
  return std::to_string(silent) + " of " + std::to_string(topics_.size()) +
         " topics silent while the others talk: " + *first + " for " + base::duration_words(longest);
}

}  // namespace health
