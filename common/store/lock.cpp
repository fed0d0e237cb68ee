#include "common/store/lock.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace store {
namespace fs = std::filesystem;

namespace {

base::Result<Descriptor> open_lock_file(const fs::path& path) {
  if (auto folder = check_writable_folder(path.parent_path()); !folder) return folder.error();
  Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() >= 0) return fd;
  return base::Error(base::ErrorKind::storage, path.string(),
                     "the lock file cannot be opened: " + std::generic_category().message(errno),
                     "give it to the bot's user");
}

bool lock(const Descriptor& fd, int operation) {
  while (::flock(fd.get(), operation | LOCK_NB) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

std::string holder_of(const Descriptor& fd) {
  std::array<char, 16> digits{};
  const auto size = ::pread(fd.get(), digits.data(), digits.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < size; ++i) {
    const char c = digits[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') break;
    pid += c;
  }
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

base::Result<InstanceLock> InstanceLock::acquire(const fs::path& folder, std::string_view bot) {
  fs::path path = folder / (std::string(bot) + ".lock");
  auto file = open_lock_file(path);
  if (!file) return file.error();
  Descriptor fd = std::move(file).value();
  if (!lock(fd, LOCK_EX)) {
    return base::Error(base::ErrorKind::config, path.string(), std::string(bot) + " already runs as " + holder_of(fd),
                       "stop it first, or give this one another state folder");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(fd.get(), 0) == 0 &&
                       ::pwrite(fd.get(), pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
  if (!written) {
    return base::Error(base::ErrorKind::storage, path.string(),
                       "the pid cannot be written: " + std::generic_category().message(errno),
                       "free space on the disk");
  }
  InstanceLock held(std::move(path), std::move(fd));
  if (!held.held())
    return base::Error(base::ErrorKind::config, held.path_.string(), "the lock file vanished", "start the bot again");
  return held;
}

bool InstanceLock::held() const {
  struct stat ours {};
  struct stat named {};
  if (::fstat(fd_.get(), &ours) != 0 || ::stat(path_.c_str(), &named) != 0) return false;
  return ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

base::Result<SuiteLock> SuiteLock::acquire(const fs::path& folder) {
  auto file = open_lock_file(folder / "shared.lock");
  if (!file) return file.error();
  SuiteLock held(std::move(file).value());
  if (auto shared = held.make_shared(); !shared) return shared.error();
  return held;
}

base::Result<void> SuiteLock::make_exclusive() {
  if (lock(fd_, LOCK_EX)) return {};
  return base::Error(base::ErrorKind::storage, "shared.db", "it is unreadable, and another bot still uses it",
                     "stop all three bots, then start them again: the first one sets the file aside");
}

base::Result<void> SuiteLock::make_shared() {
  if (lock(fd_, LOCK_SH)) return {};
  return base::Error(base::ErrorKind::storage, "shared.db", "another bot is replacing it",
                     "start this bot again in a moment");
}

}  // namespace store
