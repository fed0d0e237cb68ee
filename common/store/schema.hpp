// The numbered migrations of both files. A published migration never changes; a new one is appended.
#pragma once
#include <span>
#include <string_view>

#include "common/store/database.hpp"
#include "common/store/lock.hpp"

namespace store {

[[nodiscard]] std::span<const std::string_view> shared_migrations();  ///< shared.db, used by all three bots
[[nodiscard]] std::span<const std::string_view> bot_migrations();     ///< <bot>.db, used by one bot

/// For a reader beside the program that owns the file: opening an older one would bring it up to date below that
/// program. Error (storage): it is older. What cannot be read is left to Database::open, which says why.
[[nodiscard]] base::Result<void> check_not_older(const std::filesystem::path& file,
                                                 std::span<const std::string_view> migrations);

/// `<folder>/shared.db` under the suite's lock, which the caller keeps as long as the database: an unreadable file is
/// replaced only when no other bot uses it, else the error names the remedy (CB-9).
[[nodiscard]] base::Result<Opened> open_shared(const std::filesystem::path& folder, SuiteLock& lock,
                                               base::WallTime now);
/// `<folder>/<bot>.db`.
[[nodiscard]] base::Result<Opened> open_bot(const std::filesystem::path& folder, std::string_view bot,
                                            base::WallTime now);

}  // namespace store
