#include "common/desk/desk.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "common/base/text.hpp"

namespace desk {
using nlohmann::json;

namespace {

std::string_view word(Direction direction) {
  switch (direction) {
    case Direction::long_side: return "long";
    case Direction::short_side: return "short";
    case Direction::none: return "none";
  }
  return "none";
}

/// A rise rings with one line. No numbers: the message above is edited meanwhile, and two of them would disagree.
base::Html rise_of(const Finding& finding) {
  using base::operator""_html;
  std::string kind = finding.kind;
  for (char& c : kind)
    if (c == '_') c = ' ';
  return "⬆️ "_html + base::Html::bold(finding.symbol) +
         base::Html::text(" " + kind + ": tier " + std::to_string(finding.tier));
}

constexpr base::Millis unchanged_max{300'000};  ///< well below GatePolicy::episode_lost

std::size_t hash_of(const base::Html& html) { return std::hash<std::string_view>{}(html.str()); }

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

std::string print(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string evidence_json(const Finding& finding) {
  json conditions = json::array();
  for (const auto& measured : finding.evidence) {
    json one;
    one["name"] = measured.name;
    one["value"] = number(measured.value);
    if (measured.threshold) one["threshold"] = number(*measured.threshold);
    conditions.push_back(std::move(one));
  }
  json out;
  out["conditions"] = std::move(conditions);
  if (!finding.missing.empty()) out["missing"] = finding.missing;
  return print(out);
}

std::string candidate_json(const Finding& finding) {
  json out;
  out["time_ms"] = base::to_ms(finding.at);
  out["symbol"] = finding.symbol;
  out["kind"] = finding.kind;
  out["direction"] = word(finding.direction);
  out["score"] = number(finding.strength);
  return print(out);
}

Desk::Desk(store::Database& bot, store::Outbox& outbox, std::string sink, GatePolicy policy)
    : database_(bot), outbox_(outbox), signals_(bot), gates_(bot), sink_(std::move(sink)), policy_(policy) {}

base::Result<Handled> Desk::handle(const Finding& finding, base::WallTime now) {
  Handled handled;
  if (!finding.fires) {
    ++counts_[Reason::conditions];
    return handled;
  }
  const auto memory = recall(finding.key);
  if (!memory) return memory.error();
  handled.reason = judge(finding, memory.value(), now);
  if (is_said(handled.reason)) {
    auto done = say(finding, memory.value(), handled.reason, now);
    if (!done) {
      cache_.erase(finding.key);  // what stands on disk counts
      return done.error();
    }
    handled = done.value();
  }
  ++counts_[handled.reason];
  return handled;
}

Reason Desk::judge(const Finding& finding, const std::optional<Memory>& memory, base::WallTime now) const {
  auto policy = policy_;
  if (const auto own = cooldown_by_symbol.find(finding.symbol); own != cooldown_by_symbol.end())
    policy.cooldown = own->second;
  return decide(finding, memory ? std::optional<Said>(memory->said) : std::nullopt, now, policy);
}

std::optional<base::Html> Desk::would_publish(const Finding& finding, base::WallTime now) {
  if (!finding.fires) return std::nullopt;
  const auto memory = recall(finding.key);
  const auto reason = judge(finding, memory ? memory.value() : std::nullopt, now);
  return reason == Reason::published ? std::optional<base::Html>(worded(finding, now)) : std::nullopt;
}

base::Result<Handled> Desk::say(const Finding& finding, const std::optional<Memory>& memory, Reason reason,
                                base::WallTime now) {
  return database_.transact([&]() -> base::Result<Handled> {
    if (reason == Reason::published) return publish(finding, now);
    if (auto amended = amend(finding, *memory, reason, now); !amended) return amended.error();
    Handled handled;
    handled.reason = reason;
    return handled;
  });
}

base::Html Desk::worded(const Finding& finding, base::WallTime now) const {
  using base::operator""_html;
  auto html = finding.message ? finding.message() : base::Html::text(finding.subject);
  if (now - finding.at > policy_.late_after)
    html += "\n⏳ <i>late: this happened "_html + base::Html::text(base::duration_words(now - finding.at)) +
            " before it was sent</i>"_html;
  return html;
}

base::Result<Handled> Desk::publish(const Finding& finding, base::WallTime now) {
  Handled handled;
  store::SignalRow row;
  row.kind = finding.kind;
  row.subject = finding.subject;
  row.key = finding.key;
  row.tier = finding.tier;
  row.direction = word(finding.direction);
  row.strength = finding.strength;
  row.at = finding.at;
  // One market event may decide findings of several keys (a large print that also opens a cascade).
  row.event_id = finding.key + "|" + finding.event_id;
  row.evidence = evidence_json(finding);
  const auto added = signals_.add(row);
  if (!added) return added.error();
  if (!added.value()) {
    handled.reason = Reason::seen_before;
    return handled;
  }
  store::Draft draft;
  draft.dedupe_key = "signal/" + row.event_id;
  draft.sink = sink_;
  draft.html = worded(finding, now);
  draft.silent = finding.silent;
  if (finding.silent) draft.priority = store::Priority::reply;  // what rings does not wait behind it
  if (claim) draft.claim = claim(draft.chat);
  const auto accepted = outbox_.accept(draft, now);
  if (!accepted) return accepted.error();
  if (auto linked = signals_.set_outbox_id(*added.value(), accepted.value().id); !linked) return linked.error();
  Memory memory;
  memory.signal_id = *added.value();
  memory.outbox_id = accepted.value().id;
  memory.shown = hash_of(draft.html);
  memory.said.open = finding.phase == Phase::open || finding.phase == Phase::update;
  if (auto kept = remember(finding, memory); !kept) return kept.error();
  handled.reason = Reason::published;
  handled.signal_id = memory.signal_id;
  handled.outbox_id = memory.outbox_id;
  handled.claimed = accepted.value().claimed;
  return handled;
}

base::Result<void> Desk::amend(const Finding& finding, const Memory& memory, Reason reason, base::WallTime now) {
  const auto html = worded(finding, now);
  Memory next = memory;
  next.said.open = reason != Reason::closed;
  next.shown = hash_of(html);
  // What reads the same needs no edit; once in a while the store must still hear that the episode goes on.
  const bool same = reason == Reason::updated && next.shown == memory.shown;
  if (same && finding.at - memory.said.at < unchanged_max) return {};
  if (same) return remember(finding, next);
  store::Draft edit;
  edit.sink = sink_;
  edit.op = store::Op::edit;
  edit.refers_to = memory.outbox_id;
  edit.html = html;
  edit.silent = true;
  // Edits of one message are many; each carries the moment that made it.
  edit.dedupe_key = "edit/" + std::to_string(memory.signal_id) + "/" + finding.event_id + "/" +
                    std::to_string(base::to_ms(finding.at)) + (reason == Reason::closed ? "/close" : "");
  if (auto accepted = outbox_.accept(edit, now); !accepted) return accepted.error();
  // A message that is not out yet takes the new tier with it, and rings itself.
  const auto post = outbox_.find(memory.outbox_id);
  if (!post) return post.error();
  const bool waiting = *post && (*post)->state == store::RowState::pending;
  if (reason == Reason::tier_rose && !waiting) {
    store::Draft ring = edit;
    ring.op = store::Op::reply;
    ring.silent = false;
    ring.html = rise_of(finding);
    ring.dedupe_key = "tier/" + std::to_string(memory.signal_id) + "/" + std::to_string(finding.tier);
    if (auto accepted = outbox_.accept(ring, now); !accepted) return accepted.error();
  }
  return remember(finding, next);
}

base::Result<void> Desk::remember(const Finding& finding, const Memory& memory) {
  Memory next = memory;
  next.said.at = finding.at;
  next.said.tier = std::max(memory.said.tier, finding.tier);
  if (memory.said.event_id.empty()) next.said.tier = finding.tier;  // a new signal starts its own ratchet
  next.said.strength = finding.strength;
  next.said.event_id = finding.event_id;
  json state;
  state["open"] = next.said.open;
  state["signal"] = next.signal_id;
  state["outbox"] = next.outbox_id;
  state["event"] = next.said.event_id;
  store::GateRow row;
  row.last_at = next.said.at;
  row.tier = next.said.tier;
  row.strength = next.said.strength;
  row.episode = print(state);
  if (auto put = gates_.put(finding.key, row); !put) return put.error();
  cache_[finding.key] = next;
  return {};
}

base::Result<std::optional<Desk::Memory>> Desk::recall(const std::string& key) {
  if (const auto known = cache_.find(key); known != cache_.end()) return known->second;
  const auto row = gates_.get(key);
  if (!row) return row.error();
  std::optional<Memory> memory;
  if (row.value()) {
    memory.emplace();
    memory->said.at = row.value()->last_at;
    memory->said.tier = row.value()->tier;
    memory->said.strength = row.value()->strength;
    const auto state = json::parse(row.value()->episode, nullptr, false);
    if (state.is_object()) {
      memory->said.open = state.value("open", false);
      memory->said.event_id = state.value("event", std::string{});
      memory->signal_id = state.value("signal", std::int64_t{0});
      memory->outbox_id = state.value("outbox", std::int64_t{0});
    }
  }
  cache_[key] = memory;
  return memory;
}

}  // namespace desk
