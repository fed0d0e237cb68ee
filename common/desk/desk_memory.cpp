// What the desk remembers of each key and of the last week's rings, over restarts.
#include <nlohmann/json.hpp>

#include "common/desk/desk.hpp"

namespace desk {
using nlohmann::json;

namespace {

constexpr int budget_rows_max = 20'000;

}  // namespace

base::Result<void> Desk::remember(const Finding& finding, const Memory& memory) {
  Memory next = memory;
  next.said.at = finding.at;
  next.said.tier = std::max(memory.said.tier, finding.tier);
  if (memory.said.event_id.empty()) next.said.tier = finding.tier;  // a new signal starts its own ratchet
  next.said.strength = finding.strength;
  next.said.event_id = finding.event_id;
  next.memo = next.said.open ? finding.memo : std::string();
  return keep(finding.key, next);
}

base::Result<void> Desk::keep(const std::string& key, const Memory& memory) {
  json state;
  state["open"] = memory.said.open;
  state["collected"] = memory.said.collected;
  state["signal"] = memory.signal_id;
  state["outbox"] = memory.outbox_id;
  state["event"] = memory.said.event_id;
  if (!memory.memo.empty()) state["memo"] = memory.memo;
  store::GateRow row;
  row.last_at = memory.said.at;
  row.tier = memory.said.tier;
  row.strength = memory.said.strength;
  row.episode = state.dump(-1, ' ', false, json::error_handler_t::replace);
  if (auto put = gate_state_.put(key, row); !put) return put.error();
  cache_[key] = memory;
  return {};
}

base::Result<std::vector<Desk::OpenEpisode>> Desk::open_episodes(base::WallTime now) {
  const auto rows = gate_state_.all();
  if (!rows) return rows.error();
  std::vector<OpenEpisode> out;
  for (const auto& [key, row] : rows.value()) {
    if (now - row.last_at >= policy_.episode_lost) continue;
    const auto memory = recall(key);
    if (!memory) return memory.error();
    if (memory.value() && memory.value()->said.open && !memory.value()->memo.empty())
      out.push_back({key, memory.value()->memo});
  }
  return out;
}

base::Result<std::optional<Desk::Memory>> Desk::recall(const std::string& key) {
  if (const auto known = cache_.find(key); known != cache_.end()) return known->second;
  const auto row = gate_state_.get(key);
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
      memory->said.collected = state.value("collected", false);
      memory->said.event_id = state.value("event", std::string{});
      memory->memo = state.value("memo", std::string{});
      memory->signal_id = state.value("signal", std::int64_t{0});
      memory->outbox_id = state.value("outbox", std::int64_t{0});
    }
  }
  cache_[key] = memory;
  return memory;
}

/// The rings of the week before this start, once.
base::Result<void> Desk::load_budget(base::WallTime now) {
  if (budget_loaded_) return {};
  auto rows = signals_.since(now - RingBudget::week, budget_rows_max);
  if (!rows) return rows.error();
  for (auto row = rows->rbegin(); row != rows->rend(); ++row)
    if (row->said != "silent") budget_.add(row->score, row->at);
  budget_loaded_ = true;
  return {};
}

}  // namespace desk
