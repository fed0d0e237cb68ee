#include "common/health/feed_board.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace health {
namespace {

// SIGNALS.md 3.5: the stated settlement time may pass by so much before the feed is doubted.
constexpr base::Millis schedule_grace{120'000};

}  // namespace

std::string_view to_string(FeedState state) {
  switch (state) {
    case FeedState::off: return "OFF";
    case FeedState::live: return "LIVE";
    case FeedState::quiet: return "QUIET";
    case FeedState::suspect: return "SUSPECT";
    case FeedState::dead: return "DEAD";
  }
  return "DEAD";
}

FeedBoard::Feed* FeedBoard::find(const FeedKey& key) {
  const auto found = feeds_.find(key);
  return found == feeds_.end() ? nullptr : &found->second;
}

void FeedBoard::expect(const FeedKey& key, FeedRules rules, Moment now) {
  const auto [feed, fresh] = feeds_.try_emplace(key);
  feed->second.rules = rules;
  if (!fresh) return;  // rules may change by a reload; what is known stays
  feed->second.down_since = now.steady;
  feed->second.reason = "not connected yet";
}

void FeedBoard::forget(const FeedKey& key) { feeds_.erase(key); }

void FeedBoard::switch_off(const std::string& exchange, bool off) {
  if (off) {
    off_.insert(exchange);
  } else {
    off_.erase(exchange);
  }
}

void FeedBoard::on_up(const FeedKey& key, Moment now) {
  auto* feed = find(key);
  if (feed == nullptr || !feed->down_since) return;
  feed->down_since.reset();
  feed->up_since = now.steady;
  feed->reason.clear();
}

void FeedBoard::on_down(const FeedKey& key, const base::Error& why, Moment now) {
  auto* feed = find(key);
  if (feed == nullptr) return;
  if (!feed->down_since) feed->down_since = now.steady;
  feed->reason = why.cause;
  if (why.kind == base::ErrorKind::refused) return;  // our own guard, because of what was met before
  feed->by_network = why.kind == base::ErrorKind::network || why.kind == base::ErrorKind::timeout;
}

void FeedBoard::on_data(const FeedKey& key, std::size_t events, std::optional<base::WallTime> newest, Moment now) {
  auto* feed = find(key);
  if (feed == nullptr || events == 0) return;
  on_up(key, now);
  feed->events += events;
  feed->received = now.wall;
  feed->received_steady = now.steady;
  if (newest) feed->newest = feed->newest ? std::max(*feed->newest, *newest) : *newest;
}

void FeedBoard::on_gap(const FeedKey& key) {
  if (auto* feed = find(key)) ++feed->gaps;
}

void FeedBoard::on_schedule(const FeedKey& key, base::WallTime next) {
  if (auto* feed = find(key)) feed->schedule = next;
}

void FeedBoard::doubt_clock(const std::string& exchange, bool doubted) {
  if (doubted) {
    clock_doubted_.insert(exchange);
  } else {
    clock_doubted_.erase(exchange);
  }
}

void FeedBoard::doubt(const FeedKey& key, std::string why) {
  if (auto* feed = find(key)) feed->doubt = std::move(why);
}

std::vector<Reach> FeedBoard::reach() const {
  std::vector<Reach> out;
  for (const auto& [key, feed] : feeds_) {
    if (off_.contains(key.exchange)) continue;
    if (out.empty() || out.back().exchange != key.exchange) out.push_back({key.exchange, true, {}, {}});
    auto& one = out.back();
    one.unreachable = one.unreachable && feed.down_since && feed.by_network;
    if (feed.down_since && (!one.down_since || *feed.down_since < *one.down_since)) one.down_since = feed.down_since;
    if (feed.received_steady && (!one.newest || *feed.received_steady > *one.newest)) one.newest = feed.received_steady;
  }
  return out;
}

FeedBoard::Judged FeedBoard::judge(const FeedKey& key, const Feed& feed, Moment now) const {
  if (off_.contains(key.exchange)) return {FeedState::off, "switched off"};
  if (feed.down_since) {
    const auto down = span(*feed.down_since, now.steady);
    return {down >= feed.rules.dead_after ? FeedState::dead : FeedState::quiet, feed.reason};
  }
  if (clock_doubted_.contains(key.exchange)) return {FeedState::suspect, "its clock is more than 30 s off"};
  if (feed.schedule && now.wall > *feed.schedule + schedule_grace) {
    return {FeedState::suspect, "its next funding time has passed"};
  }
  const auto silent =
      span(feed.received_steady ? std::max(*feed.received_steady, feed.up_since) : feed.up_since, now.steady);
  if (!feed.doubt.empty()) return {FeedState::suspect, feed.doubt};
  if (feed.rules.suspect_after && silent > *feed.rules.suspect_after)
    return {FeedState::suspect, "connected, and no data for " + base::duration_words(silent)};
  if (silent > feed.rules.quiet_after) return {FeedState::quiet, "no data for " + base::duration_words(silent)};
  if (!feed.received_steady) return {FeedState::quiet, "no data yet"};
  return {FeedState::live, {}};
}

std::vector<FeedView> FeedBoard::views(Moment now) const {
  std::vector<FeedView> out;
  for (const auto& [key, feed] : feeds_) {
    auto judged = judge(key, feed, now);
    FeedView view{key,           judged.state, std::move(judged.why), feed.newest,
                  feed.received, std::nullopt, feed.events,           feed.gaps};
    if (feed.received_steady) view.age = span(*feed.received_steady, now.steady);
    out.push_back(std::move(view));
  }
  return out;
}

FeedState FeedBoard::state(std::string_view exchange, std::optional<market::Topic> topic, Moment now) const {
  auto worst = FeedState::off;
  for (const auto& [key, feed] : feeds_) {
    if (key.exchange != exchange || (topic && key.topic != *topic)) continue;
    worst = std::max(worst, judge(key, feed, now).state);
  }
  return worst;
}

std::vector<std::string> FeedBoard::exchanges() const {
  std::vector<std::string> out;
  for (const auto& [key, feed] : feeds_) {
    if (off_.contains(key.exchange)) continue;
    if (out.empty() || out.back() != key.exchange) out.push_back(key.exchange);
  }
  return out;
}

std::size_t FeedBoard::exchanges_live(Moment now) const {
  const auto all = exchanges();
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [&](const std::string& exchange) { return state(exchange, std::nullopt, now) <= FeedState::quiet; }));
}

std::optional<base::Millis> FeedBoard::newest_age(Moment now) const {
  std::optional<base::Millis> youngest;
  for (const auto& [key, feed] : feeds_) {
    if (!feed.received_steady || off_.contains(key.exchange)) continue;
    const auto age = span(*feed.received_steady, now.steady);
    if (!youngest || age < *youngest) youngest = age;
  }
  return youngest;
}

}  // namespace health
