// Locks between processes: flock(2), so that the kernel lets go when a process ends, however it ends.
#pragma once
#include <filesystem>
#include <string_view>

#include "common/base/result.hpp"
#include "common/store/files.hpp"

namespace store {

/// One running instance of a bot (F-29). Held from acquire() to destruction.
class InstanceLock {
 public:
  /// Takes `<folder>/<bot>.lock`; an error (kind config) names the pid of the process that holds it.
  [[nodiscard]] static base::Result<InstanceLock> acquire(const std::filesystem::path& folder, std::string_view bot);
  /// Is the locked file still the one of that name? False once somebody deleted or replaced it: another instance may
  /// run then. Two system calls; asked right before each send.
  [[nodiscard]] bool held() const;

 private:
  InstanceLock(std::filesystem::path path, Descriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::filesystem::path path_;
  Descriptor fd_;
};

/// Who uses shared.db holds this shared; who replaces it holds it alone (CB-9).
class SuiteLock {
 public:
  /// Takes `<folder>/shared.lock` shared; an error while another bot is replacing shared.db.
  [[nodiscard]] static base::Result<SuiteLock> acquire(const std::filesystem::path& folder);
  /// Error when another bot uses shared.db; this lock may be lost then, so the caller exits.
  [[nodiscard]] base::Result<void> make_exclusive();
  [[nodiscard]] base::Result<void> make_shared();

 private:
  explicit SuiteLock(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

}  // namespace store
