// A ledger without a disk, for simulations and tests.
#pragma once
#include <map>
#include <utility>

#include "common/guard/ledger.hpp"

namespace guard {

class MemoryLedger final : public Ledger {
 public:
  [[nodiscard]] base::Result<std::optional<HostBan>> ban(const std::string& host) override {
    const auto at = bans_.find(host);
    return at == bans_.end() ? std::optional<HostBan>() : std::optional<HostBan>(at->second);
  }
  [[nodiscard]] base::Result<void> put_ban(const HostBan& ban) override {
    const auto [at, is_new] = bans_.try_emplace(ban.host, ban);
    if (!is_new && !outlasts(at->second, ban)) at->second = ban;
    return {};
  }
  [[nodiscard]] base::Result<void> clear_ban(const HostBan& seen) override {
    const auto at = bans_.find(seen.host);
    if (at != bans_.end() && same_ban(at->second, seen)) bans_.erase(at);
    return {};
  }

  [[nodiscard]] base::Result<std::vector<BreakerRow>> load_breakers() override { return rows(breakers_); }
  [[nodiscard]] base::Result<void> save_breaker(const BreakerRow& row) override {
    breakers_.insert_or_assign(row.key, row);
    return {};
  }
  [[nodiscard]] base::Result<std::vector<LimiterRow>> load_limiters() override { return rows(limiters_); }
  [[nodiscard]] base::Result<void> save_limiter(const LimiterRow& row) override {
    limiters_.insert_or_assign(std::pair(row.exchange, row.limit), row);
    return {};
  }

 private:
  template <class Map>
  static std::vector<typename Map::mapped_type> rows(const Map& map) {
    std::vector<typename Map::mapped_type> out;
    for (const auto& entry : map) out.push_back(entry.second);
    return out;
  }

  std::map<std::string, HostBan> bans_;
  std::map<BreakerKey, BreakerRow> breakers_;
  std::map<std::pair<std::string, std::string>, LimiterRow> limiters_;
};

}  // namespace guard
