#include "bots/volume/save_turns.hpp"

#include "common/stats/blob.hpp"

namespace volume {

void SaveTurns::stored(const std::string& exchange, const std::string& symbol, const State& state) {
  stored_[{exchange, symbol}] = state;
}

bool SaveTurns::due(const std::string& exchange, const std::string& symbol, const State& now, bool all) const {
  const auto known = stored_.find({exchange, symbol});
  if (known == stored_.end()) return now != State{};
  const State& before = known->second;
  if (all) return now != before;
  if (now.knows_hours != before.knows_hours) return true;
  // Each has minutes of its own at which its turn comes.
  const auto turns = static_cast<std::uint64_t>(every / std::chrono::minutes{1});
  const std::chrono::minutes own(stats::fnv1a(exchange + "/" + symbol) % turns);
  const auto turn = [&](base::WallTime bar) { return (bar.time_since_epoch() + own) / every; };
  if (before.newest_bar == base::WallTime::min()) return now.newest_bar != before.newest_bar;
  return turn(now.newest_bar) > turn(before.newest_bar);
}

}  // namespace volume
