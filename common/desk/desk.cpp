#include "common/desk/desk.hpp"

#include <nlohmann/json.hpp>

#include "common/base/text.hpp"
#include "common/base/words.hpp"
#include "common/desk/trade_words.hpp"

namespace desk {
using nlohmann::json;

namespace {

base::Html rise_of(const Finding& finding) {
  return base::words(
      "signal.rise",
      {{"symbol", finding.symbol}, {"kind", base::word("words.kind", finding.kind)}, {"tier", finding.tier}});
}

constexpr base::Millis unchanged_max{300'000};  ///< well below GatePolicy::episode_lost

std::size_t hash_of(const base::Html& html) { return std::hash<std::string_view>{}(html.str()); }

/// As it is told when a gate took its direction.
Finding without_direction(const Finding& finding, Reason why) {
  Finding out = finding;
  out.direction = Direction::none;
  out.setup.reset();
  out.trade = nullptr;
  if (finding.message)
    out.message = [said = finding.message, why] {
      return base::joined(
          {said(), base::words("signal.undirected", {{"why", base::word("words.undirected", to_string(why))}})}, "\n");
    };
  return out;
}

}  // namespace

Desk::Desk(store::Database& bot, store::Outbox& outbox, std::string sink, GatePolicy policy)
    : database_(bot),
      outbox_(outbox),
      signals_(bot),
      gate_state_(bot),
      digests_(bot),
      sink_(std::move(sink)),
      policy_(std::move(policy)),
      gates_(make_gates(policy_)),
      budget_(policy_.rings_a_day) {}

void Desk::set_policy(const GatePolicy& policy) {
  policy_ = policy;
  budget_.set_rings_a_day(policy.rings_a_day);
}

base::Result<Handled> Desk::handle(const Finding& finding, base::WallTime now) {
  Handled handled;
  if (!finding.fires) {
    ++counts_[Reason::conditions];
    return handled;
  }
  if (auto loaded = load_budget(now); !loaded) return loaded.error();
  const auto memory = recall(finding.key);
  if (!memory) return memory.error();
  const auto around = surroundings(finding, memory.value(), now);
  const auto decision = decide(finding, around, gates_, policy_);
  handled.reason = decision.reason;
  if (is_said(decision.reason)) {
    auto done = say(finding, memory.value(), decision, around);
    if (!done) {
      cache_.erase(finding.key);  // what stands on disk counts
      digests_.forget();
      return done.error();
    }
    handled = done.value();
    const bool loud = handled.reason == Reason::published && !finding.silent && handled.quiet != Reason::quiet_hours;
    if (loud) budget_.add(around.score, now);
    if (loud && handled.outbox_id) digests_.rang(now);
  }
  ++counts_[handled.reason];
  if (handled.quiet) ++counts_[*handled.quiet];
  if (handled.undirected) ++counts_[*handled.undirected];
  return handled;
}

Surroundings Desk::surroundings(const Finding& finding, const std::optional<Memory>& memory, base::WallTime now) {
  Surroundings out;
  out.said = memory ? &memory->said : nullptr;
  out.now = now;
  const auto own = cooldown_by_symbol.find(finding.symbol);
  out.cooldown = own != cooldown_by_symbol.end() ? own->second : policy_.cooldown;
  out.score = scores_.of(finding);
  out.ring_bar = budget_.bar(now);
  if (survey) survey(finding, out);
  return out;
}

std::optional<base::Html> Desk::would_publish(const Finding& finding, base::WallTime now) {
  if (!finding.fires) return std::nullopt;
  const auto recalled = recall(finding.key);
  const auto memory = recalled ? recalled.value() : std::optional<Memory>();
  const auto decision = decide(finding, surroundings(finding, memory, now), gates_, policy_);
  if (decision.reason != Reason::published || decision.collected()) return std::nullopt;
  return worded(finding, now, 0);
}

base::Result<Handled> Desk::say(const Finding& finding, const std::optional<Memory>& memory, const Decision& decision,
                                const Surroundings& around) {
  return database_.transact([&]() -> base::Result<Handled> {
    if (decision.reason == Reason::published)
      return publish(decision.undirected ? without_direction(finding, *decision.undirected) : finding, decision,
                     around);
    const auto amended = memory->said.collected ? amend_collected(finding, *memory, decision, around.now)
                                                : amend(finding, *memory, decision, around.now);
    if (!amended) return amended.error();
    Handled handled;
    handled.reason = decision.reason;
    return handled;
  });
}

base::Html Desk::worded(const Finding& finding, base::WallTime now, std::int64_t signal_id, bool collected) const {
  std::vector<base::Html> parts{finding.message ? finding.message() : base::Html::text(finding.subject)};
  const bool late = now - finding.at > policy_.late_after;
  if (finding.trade && !late && !collected) parts.push_back(finding.trade());
  if (late)
    parts.push_back(base::words(
        "signal.late", {{"age", base::duration_words(now - finding.at)}, {"entry", finding.trade != nullptr}}));
  if (signal_id != 0) parts.push_back(base::words("signal.number", {{"number", signal_id}}));
  return base::joined(parts, "\n");
}

void Desk::add_age(const Finding& finding, std::int64_t signal_id, base::WallTime now, store::Draft& draft) const {
  if (now - finding.at > policy_.late_after) return;  // it says so itself
  draft.happened = finding.at;
  if (finding.trade) draft.late_html = without_entry_words(finding, signal_id);
}

base::Result<Handled> Desk::publish(const Finding& finding, const Decision& decision, const Surroundings& around) {
  Handled handled;
  handled.quiet = decision.quiet;
  handled.undirected = decision.undirected;
  const bool rings = !finding.silent && !decision.quiet;
  bool waits = false;
  if (rings && finding.direction == Direction::none) {
    const auto bursting = digests_.bursting(around.now, policy_);
    if (!bursting) return bursting.error();
    waits = bursting.value();
  }
  const auto digest = decision.collected() ? overflow_digest : waits ? burst_digest : std::string_view();
  store::SignalRow row;
  row.kind = finding.kind;
  row.subject = finding.subject;
  row.key = finding.key;
  row.tier = finding.tier;
  row.direction = to_string(finding.direction);
  row.strength = finding.strength;
  row.at = finding.at;
  // One market event may decide findings of several keys (a large print that also opens a cascade).
  row.event_id = finding.key + "|" + finding.event_id;
  row.evidence = evidence_json(finding);
  row.score = around.score;
  row.config = config_hash;
  row.said = !digest.empty() ? digest : rings ? "ring" : "silent";
  const auto added = signals_.add(row);
  if (!added) return added.error();
  if (!added.value()) {
    handled.reason = Reason::seen_before;
    return handled;
  }
  Memory memory;
  memory.signal_id = *added.value();
  memory.said.open = finding.phase == Phase::open || finding.phase == Phase::update;
  memory.said.collected = !digest.empty();
  const auto html = worded(finding, around.now, memory.signal_id, memory.said.collected);
  memory.shown = hash_of(html);
  const auto done = digest.empty() ? post(finding, decision, html, around.now, memory, handled)
                                   : collect(digest, finding, html, around.now, memory);
  if (!done) return done.error();
  if (auto kept = remember(finding, memory); !kept) return kept.error();
  handled.reason = Reason::published;
  handled.signal_id = memory.signal_id;
  if (on_published)
    if (auto kept = on_published(finding, handled, around.now); !kept) return kept.error();
  return handled;
}

base::Result<void> Desk::post(const Finding& finding, const Decision& decision, const base::Html& html,
                              base::WallTime now, Memory& memory, Handled& handled) {
  store::Draft draft;
  draft.dedupe_key = "signal/" + finding.key + "|" + finding.event_id;
  draft.sink = sink_;
  draft.html = html;
  add_age(finding, memory.signal_id, now, draft);
  draft.silent = finding.silent || decision.quiet.has_value();
  if (draft.silent) draft.priority = store::Priority::reply;  // what rings does not wait behind it
  if (claim) draft.claim = claim(draft.chat);
  const auto accepted = outbox_.accept(draft, now);
  if (!accepted) return accepted.error();
  memory.outbox_id = accepted.value().id;
  handled.outbox_id = accepted.value().id;
  handled.claimed = accepted.value().claimed;
  if (auto linked = signals_.set_outbox_id(memory.signal_id, memory.outbox_id); !linked) return linked.error();
  if (decision.quiet == Reason::quiet_hours) return collect(morning_digest, finding, html, now, memory);
  return {};
}

base::Result<void> Desk::collect(std::string_view digest, const Finding& finding, const base::Html& html,
                                 base::WallTime now, const Memory& memory) {
  store::DigestItem item;
  item.digest = digest;
  item.key = finding.key;
  item.signal_id = memory.signal_id;
  item.html = html.str();
  item.added = now;
  return digests_.add(item);
}

base::Result<void> Desk::amend(const Finding& finding, const Memory& memory, const Decision& decision,
                               base::WallTime now) {
  const auto html = worded(finding, now, memory.signal_id);
  Memory next = memory;
  next.said.open = decision.reason != Reason::closed;
  next.shown = hash_of(html);
  // What reads the same needs no edit; once in a while the store must still hear that the episode goes on.
  const bool same = decision.reason == Reason::updated && next.shown == memory.shown;
  if (same && finding.at - memory.said.at < unchanged_max) return {};
  if (same) return remember(finding, next);
  store::Draft edit;
  edit.sink = sink_;
  edit.op = store::Op::edit;
  edit.refers_to = memory.outbox_id;
  edit.html = html;
  add_age(finding, memory.signal_id, now, edit);
  edit.silent = true;
  // Edits of one message are many; each carries the moment that made it.
  edit.dedupe_key = "edit/" + std::to_string(memory.signal_id) + "/" + finding.event_id + "/" +
                    std::to_string(base::to_ms(finding.at)) + (decision.reason == Reason::closed ? "/close" : "");
  if (auto accepted = outbox_.accept(edit, now); !accepted) return accepted.error();
  // A message that is not out yet takes the new tier with it, and rings itself.
  const auto post = outbox_.find(memory.outbox_id);
  if (!post) return post.error();
  const bool waiting = *post && (*post)->state == store::RowState::pending;
  if (decision.reason == Reason::tier_rose && !waiting) {
    store::Draft ring = edit;
    ring.op = store::Op::reply;
    ring.silent = decision.quiet.has_value();
    ring.html = rise_of(finding);
    ring.dedupe_key = "tier/" + std::to_string(memory.signal_id) + "/" + std::to_string(finding.tier);
    if (auto accepted = outbox_.accept(ring, now); !accepted) return accepted.error();
  }
  return remember(finding, next);
}

/// It has no message of its own: a rise gets it one, anything else changes its line as long as that waits.
base::Result<void> Desk::amend_collected(const Finding& finding, const Memory& memory, const Decision& decision,
                                         base::WallTime now) {
  Memory next = memory;
  next.said.open = decision.reason != Reason::closed;
  const auto html = worded(finding, now, memory.signal_id);
  if (decision.reason == Reason::tier_rose && !decision.collected()) {
    if (auto out = digests_.take_out(memory.signal_id); !out) return out.error();
    store::Draft draft;
    draft.dedupe_key = "tier/" + std::to_string(memory.signal_id) + "/" + std::to_string(finding.tier);
    draft.sink = sink_;
    draft.html = html;
    draft.silent = decision.quiet.has_value();
    const auto accepted = outbox_.accept(draft, now);
    if (!accepted) return accepted.error();
    next.outbox_id = accepted.value().id;
    next.said.collected = false;
    next.shown = hash_of(html);
    if (auto linked = signals_.set_outbox_id(next.signal_id, next.outbox_id); !linked) return linked.error();
  } else if (memory.outbox_id == 0) {
    if (auto reworded = digests_.reword(memory.signal_id, html); !reworded) return reworded.error();
  }
  return remember(finding, next);
}

base::Result<int> Desk::tell_digests(base::WallTime now, bool ending) {
  const auto due = digests_.due(now, policy_, ending);
  if (!due) return due.error();
  int told = 0;
  for (const auto& digest : due.value()) {
    const auto done = database_.transact([&] { return tell(digest, now); });
    if (!done) {
      digests_.forget();
      cache_.clear();
      return done.error();
    }
    ++told;
  }
  return told;
}

base::Result<void> Desk::tell(const std::string& digest, base::WallTime now) {
  const auto items = digests_.items(digest);
  if (!items) return items.error();
  if (items->empty()) return digests_.clear(digest);
  const bool alone = digest == burst_digest && items->size() == 1;  // nothing followed: it is a message of its own
  store::Draft draft;
  draft.dedupe_key = "digest/" + digest + "/" + std::to_string(items->front().id);
  draft.sink = sink_;
  draft.silent = !alone;
  draft.priority = alone ? store::Priority::signal : store::Priority::reply;
  draft.html = alone ? base::Html::from_storage(items->front().html) : digest_message(digest, items.value(), policy_);
  const auto accepted = outbox_.accept(draft, now);
  if (!accepted) return accepted.error();
  for (const auto& item : items.value()) {
    if (digest == morning_digest) break;  // those have messages of their own
    if (auto linked = signals_.set_outbox_id(item.signal_id, accepted.value().id); !linked) return linked.error();
    const auto memory = recall(item.key);
    if (!memory) return memory.error();
    if (!memory.value() || memory.value()->signal_id != item.signal_id) continue;
    auto next = *memory.value();
    next.outbox_id = accepted.value().id;
    next.said.collected = !alone;
    if (auto kept = keep(item.key, next); !kept) return kept.error();
  }
  return digests_.clear(digest);
}

}  // namespace desk
