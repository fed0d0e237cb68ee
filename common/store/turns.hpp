// Turns of what the bots cannot split: one row a name, in shared.db.
#pragma once
#include <string_view>

#include "common/store/database.hpp"

namespace store {

class Turns {
 public:
  explicit Turns(Database& shared) : database_(shared) {}
  /// Zero: it is the caller's turn, and the next one is `every` later. Else how long to wait before asking again; at
  /// most `every`, also after the wall clock stepped back.
  [[nodiscard]] base::Result<base::Millis> book(std::string_view name, base::Millis every, base::WallTime now);

 private:
  Database& database_;
};

}  // namespace store
