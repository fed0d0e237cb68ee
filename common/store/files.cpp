#include "common/store/files.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace store {
namespace fs = std::filesystem;

namespace {

base::Error file_error(const fs::path& file, const std::string& what, std::string remedy = {}) {
  const auto reason = std::generic_category().message(errno);
  return base::Error(base::ErrorKind::storage, file.string(), what + ": " + reason, std::move(remedy));
}

base::Result<void> sync_path(const fs::path& path, int flags) {
  const Descriptor fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (fd.get() < 0) return file_error(path, "cannot be opened");
  // Never repeated: after a failure the kernel may have dropped the pages and report success (CR-4).
  if (::fsync(fd.get()) != 0) return file_error(path, "cannot be synced", "check the disk (dmesg)");
  return {};
}

fs::path or_here(const fs::path& folder) { return folder.empty() ? fs::path(".") : folder; }

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

base::Result<void> check_writable_folder(const fs::path& folder) {
  const fs::path path = or_here(folder);
  std::error_code failed;
  if (!fs::is_directory(path, failed)) {
    return base::Error(base::ErrorKind::storage, path.string(), "the state folder does not exist",
                       "create it and give it to the bot's user");
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0)
    return file_error(path, "the state folder is not writable", "give it to the bot's user (chown, chmod 0700)");
  return {};
}

base::Result<void> sync_folder(const fs::path& folder) { return sync_path(or_here(folder), O_RDONLY | O_DIRECTORY); }

base::Result<void> replace_file(const fs::path& draft, const fs::path& target) {
  if (auto synced = sync_path(draft, O_RDWR); !synced) return synced;
  if (::rename(draft.c_str(), target.c_str()) != 0) return file_error(target, "cannot be replaced");
  return sync_folder(target.parent_path());
}

}  // namespace store
