// What the guard remembers over a restart and shows to the other bots: plain rows, one writer each (its bot).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"
#include "common/store/wait_row.hpp"

namespace store {

struct BreakerRow {
  std::string exchange, host, endpoint;
  int state{};  ///< the guard's own number
  int openings{};
  WaitRow wait;
  bool server_imposed{};
  std::string who, why;  ///< of an operator's state
};

struct LimiterRow {
  std::string exchange, limit;
  WaitRow busy;     ///< until the burst is whole again
  WaitRow blocked;  ///< the server's own wish
};

class GuardRows {
 public:
  explicit GuardRows(Database& shared) : database_(shared) {}
  base::Result<void> put(std::string_view bot, const BreakerRow& row);
  base::Result<void> put(std::string_view bot, const LimiterRow& row);
  [[nodiscard]] base::Result<std::vector<BreakerRow>> breakers(std::string_view bot);
  [[nodiscard]] base::Result<std::vector<LimiterRow>> limiters(std::string_view bot);

 private:
  Database& database_;
};

}  // namespace store
