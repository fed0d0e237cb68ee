#include "common/store/turns.hpp"

#include <algorithm>

namespace store {

base::Result<base::Millis> Turns::book(std::string_view name, base::Millis every, base::WallTime now) {
  return database_.transact([&]() -> base::Result<base::Millis> {
    std::optional<base::WallTime> next;
    auto read = database_.query("SELECT next_at_ms FROM turn WHERE name = ?", {name},
                                [&](const Row& row) { next = row.time(0); });
    if (!read) return read.error();
    if (next && *next > now) return std::min(*next - now, every);
    auto written = database_.change(
        "INSERT INTO turn (name, next_at_ms) VALUES (?1, ?2) "
        "ON CONFLICT (name) DO UPDATE SET next_at_ms = ?2",
        {name, now + every});
    if (!written) return written.error();
    return base::Millis{0};
  });
}

}  // namespace store
