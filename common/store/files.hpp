// The few file operations that must be right for a committed word to stay written (CR-3, CR-4).
#pragma once
#include <filesystem>
#include <utility>

#include "common/base/result.hpp"

namespace store {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// An error (kind storage, with the remedy) when files cannot be made there.
[[nodiscard]] base::Result<void> check_writable_folder(const std::filesystem::path& folder);
/// Makes renames and new names in the folder survive a power cut.
[[nodiscard]] base::Result<void> sync_folder(const std::filesystem::path& folder);
/// fsync(draft), rename over `target`, fsync of the folder. Both are in the same folder.
[[nodiscard]] base::Result<void> replace_file(const std::filesystem::path& draft, const std::filesystem::path& target);

}  // namespace store
