#include "common/health/alert_board.hpp"

#include <algorithm>
#include <string_view>

namespace health {
namespace {

std::string_view word(AlertKind kind) {
  switch (kind) {
    case AlertKind::stale_cycle: return "stale_cycle";
    case AlertKind::error_rate: return "error_rate";
    case AlertKind::exchange_down: return "exchange_down";
    case AlertKind::clock_offset: return "clock_offset";
    case AlertKind::storage: return "storage";
    case AlertKind::telegram: return "telegram";
    case AlertKind::feed_doubt: return "feed_doubt";
    case AlertKind::own_network: return "own_network";
  }
  return "alert";
}

}  // namespace

std::string Alert::key_of(AlertKind kind, const std::string& subject) {
  return std::string(word(kind)) + (subject.empty() ? "" : "/" + subject);
}

std::optional<AlertChange> AlertBoard::report(const Condition& condition, Moment now) {
  Alert fresh{condition.kind, condition.subject, condition.facts, now.wall, {}, true, std::nullopt};
  const auto key = fresh.key();
  const auto found = held_.find(key);
  if (condition.bad && found == held_.end()) {
    held_.emplace(key, Held{fresh, now.steady});
    return AlertChange{AlertChange::Kind::raised, std::move(fresh)};
  }
  if (condition.bad) {
    found->second.alert.facts = condition.facts;
    return std::nullopt;
  }
  if (found == held_.end()) return std::nullopt;
  Alert over = std::move(found->second.alert);
  over.lasted = span(found->second.since, now.steady);
  over.open = false;
  held_.erase(found);
  return AlertChange{AlertChange::Kind::cleared, std::move(over)};
}

void AlertBoard::posted(const std::string& key, std::int64_t post) {
  const auto found = held_.find(key);
  if (found != held_.end()) found->second.alert.post = post;
}

std::vector<Alert> AlertBoard::open(Moment now) const {
  std::vector<const Held*> order;
  for (const auto& [key, held] : held_) order.push_back(&held);
  std::ranges::stable_sort(order, {}, [](const Held* held) { return held->since; });
  std::vector<Alert> out;
  for (const auto* held : order) {
    out.push_back(held->alert);
    out.back().lasted = span(held->since, now.steady);
  }
  return out;
}

}  // namespace health
