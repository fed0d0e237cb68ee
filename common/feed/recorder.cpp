#include "common/feed/recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace feed {
namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;

namespace {

constexpr int level = 3;
constexpr std::string_view suffix = ".rec.zst";

base::Error disk_error(const fs::path& file, int code) {
  return base::Error(ErrorKind::storage, file.string(), std::generic_category().message(code),
                     "recording goes on when it can; [record] enabled = false ends it");
}

/// "20251209T020700123Z": sorts by time.
std::string stamp(base::WallTime now) {
  std::string out;
  const auto ms = base::to_ms(now);
  const auto seconds = static_cast<std::time_t>(ms / 1'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &utc);
  out.assign(text.data(), size);
  const auto rest = std::to_string(1'000 + ms % 1'000);
  return out + rest.substr(1) + "Z";
}

/// A descriptor that closes.
class File {
 public:
  explicit File(const fs::path& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// All of it or, when the disk takes only a part, nothing: the part is cut off again.
Result<void> append_whole(const fs::path& path, std::string_view bytes, std::uintmax_t size_before) {
  const File file(path);
  if (file.get() < 0) return disk_error(path, errno);
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int code = errno;
      if (::ftruncate(file.get(), static_cast<off_t>(size_before)) != 0) return disk_error(path, errno);
      return disk_error(path, code);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<void> RecordingFiles::begin(base::WallTime now) {
  std::error_code error;
  fs::create_directories(settings_.folder, error);
  if (error) return disk_error(settings_.folder, error.value());
  file_ = settings_.folder / (settings_.bot + "-" + stamp(now) + std::string(suffix));
  began_ = now;
  bytes_ = 0;
  return {};
}

void RecordingFiles::make_room(std::uintmax_t bytes) {
  struct Old {
    fs::path path;
    std::uintmax_t size;
  };
  std::vector<Old> files;
  std::uintmax_t total = bytes;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(settings_.folder, error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(settings_.bot + "-") || !name.ends_with(suffix)) continue;
    const auto size = entry.file_size(error);
    if (error) continue;
    files.push_back({entry.path(), size});
    total += size;
  }
  std::sort(files.begin(), files.end(), [](const Old& a, const Old& b) { return a.path < b.path; });
  for (const auto& old : files) {
    if (total <= settings_.total_bytes_max) return;
    if (old.path == file_) continue;
    if (fs::remove(old.path, error)) total -= old.size;
  }
}

Result<void> RecordingFiles::write(std::string_view text, base::WallTime now) {
  const auto bytes = packed(text, level);
  const bool full = bytes_ > 0 && bytes_ + bytes.size() > settings_.file_bytes_max;
  if (file_.empty() || full || now - began_ >= settings_.file_age_max || now < began_) {
    if (auto begun = begin(now); !begun) return begun;
  }
  make_room(bytes.size());
  if (auto appended = append_whole(file_, bytes, bytes_); !appended) return appended;
  bytes_ += bytes.size();
  return {};
}

Recorder::Recorder(RecorderSettings settings, boost::asio::any_io_executor executor, const base::Clock& clock,
                   OnError on_error)
    : settings_(settings),
      executor_(std::move(executor)),
      clock_(clock),
      on_error_(std::make_shared<OnError>(std::move(on_error))),
      handed_over_(clock.steady_now()),
      files_(std::move(settings)) {}

Recorder::~Recorder() {
  hand_over();
  on_error_.reset();
  worker_.join();
}

void Recorder::add(const Record& record) {
  if (waiting_bytes_.load() + block_.size() + record.bytes.size() > waiting_bytes_max) {
    ++dropped_;
    return;
  }
  append(block_, record);
  if (block_.size() >= block_bytes) hand_over();
}

void Recorder::on_time() {
  if (clock_.steady_now() - handed_over_ >= settings_.flush_every) hand_over();
}

void Recorder::hand_over() {
  handed_over_ = clock_.steady_now();
  if (block_.empty()) return;
  waiting_bytes_ += block_.size();
  boost::asio::post(worker_, [this, text = std::move(block_), now = clock_.wall_now(),
                              told = std::weak_ptr<OnError>(on_error_), executor = executor_] {
    const auto written = files_.write(text, now);
    waiting_bytes_ -= text.size();
    if (written) return;
    boost::asio::post(executor, [told, error = written.error()] {
      if (const auto on_error = told.lock()) (*on_error)(error);
    });
  });
  block_.clear();
}

}  // namespace feed
