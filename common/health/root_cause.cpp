#include "common/health/root_cause.hpp"

#include <algorithm>
#include <set>

namespace health {

namespace {

bool follows_from_network(AlertKind kind) {
  return kind == AlertKind::exchange_down || kind == AlertKind::feed_doubt || kind == AlertKind::clock_offset ||
         kind == AlertKind::error_rate || kind == AlertKind::telegram;
}

/// "okx liquidations" -> "okx"
std::string exchange_of(const std::string& subject) { return subject.substr(0, subject.find(' ')); }

}  // namespace

void RootCause::on_telegram(bool reached, Moment now) {
  telegram_ = reached;
  telegram_at_ = now.steady;
}

/// One exchange alone may be down for itself: then Telegram must be away too. Several at once share only our side.
bool RootCause::own_network_down(const std::vector<Reach>& reach) const {
  if (reach.empty() || !std::ranges::all_of(reach, &Reach::unreachable)) return false;
  return reach.size() > 1 ? true : telegram_ == false;
}

/// Nobody else gave a sign of life since it went away: its alarm waits a little, or four of them ring for one cable.
bool RootCause::may_be_us(const std::string& exchange, const std::vector<Reach>& reach, Moment now) const {
  const auto own = std::ranges::find(reach, exchange, &Reach::exchange);
  if (reach.size() < 2 || own == reach.end() || !own->unreachable || !own->down_since) return false;
  if (span(*own->down_since, now.steady) >= hold) return false;
  const bool seen = std::ranges::any_of(reach, [&](const Reach& other) {
    return other.exchange != exchange && other.newest && *other.newest > *own->down_since;
  });
  return !seen && !(telegram_ == true && telegram_at_ > *own->down_since);
}

std::vector<Condition> RootCause::filter(std::vector<Condition> conditions, const std::vector<Reach>& reach,
                                         const std::vector<Alert>& open, Moment now) {
  const bool down = own_network_down(reach);
  if (down && !down_since_) down_since_ = now.steady;
  if (!down && down_since_) {
    down_since_.reset();
    back_at_ = now.steady;
  }
  const bool settling = back_at_ && span(*back_at_, now.steady) < settle;
  std::set<std::string> told, exchanges_down;
  for (const auto& alert : open) told.insert(alert.key());
  for (const auto& condition : conditions)
    if (condition.bad && condition.kind == AlertKind::exchange_down) exchanges_down.insert(condition.subject);
  for (auto& condition : conditions) {
    if (!condition.bad) continue;
    const bool feed_of_a_lost_one =
        (condition.kind == AlertKind::feed_doubt || condition.kind == AlertKind::clock_offset) &&
        exchanges_down.contains(exchange_of(condition.subject));
    const bool waits = condition.kind == AlertKind::exchange_down && may_be_us(condition.subject, reach, now);
    const bool consequence =
        waits || feed_of_a_lost_one || ((down || settling) && follows_from_network(condition.kind));
    if (consequence && !told.contains(Alert::key_of(condition.kind, condition.subject))) condition.bad = false;
  }
  Condition network{AlertKind::own_network, "", down && span(*down_since_, now.steady) >= sure_after, {}};
  if (network.bad) {
    network.facts.push_back(std::to_string(reach.size()) + " of " + std::to_string(reach.size()) +
                            " exchanges cannot be reached" + (telegram_ == false ? ", nor can Telegram" : ""));
    network.facts.emplace_back("their own alarms are held back meanwhile");
  }
  conditions.insert(conditions.begin(), std::move(network));
  return conditions;
}

}  // namespace health
