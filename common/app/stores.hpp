// The files of one bot: its locks, shared.db and <bot>.db.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/store/lock.hpp"
#include "common/store/schema.hpp"

namespace app {

struct Stores {
  store::InstanceLock instance;
  store::SuiteLock suite;
  std::unique_ptr<store::Database> shared;
  std::unique_ptr<store::Database> bot;
  bool shared_was_lost{};          ///< the ban ledger starts empty: be careful with every host (CB-9)
  std::vector<std::string> notes;  ///< files that were set aside, for the operators
};

/// Creates the folders when they are missing. Errors name the file and the remedy; kind config: another instance runs.
[[nodiscard]] base::Result<Stores> open_stores(const std::filesystem::path& state_dir,
                                               const std::filesystem::path& shared_dir, std::string_view bot,
                                               base::WallTime now);

}  // namespace app
