#include "common/config/file.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

base::Error failed(const std::filesystem::path& path, int code) {
  const auto kind = code == ENOENT ? base::ErrorKind::not_found : base::ErrorKind::storage;
  return {kind, path.string(), std::generic_category().message(code), "check the path and who may read it"};
}

}  // namespace

base::Result<FileText> read_small_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO by mistake must not hang the start.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return failed(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return base::Error(base::ErrorKind::storage, path.string(), "is no regular file", "name a file");
  }
  FileText out;
  out.mode = status.st_mode & 07777U;
  std::array<char, 16'384> chunk{};
  while (true) {
    const auto got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, errno);
    if (got == 0) return out;
    out.text.append(chunk.data(), static_cast<std::size_t>(got));
    if (out.text.size() > file_bytes_max) {
      return base::Error(base::ErrorKind::storage, path.string(), "is larger than 1 MiB", "is this the right file?");
    }
  }
}

}  // namespace config
