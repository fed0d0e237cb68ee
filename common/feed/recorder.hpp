// Writes down what exchanges send, as it came: files that rotate by size and age and stay below a total. The event loop
// hands whole blocks to one worker thread, which packs and writes them; a crash costs the last block at most.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/base/clock.hpp"
#include "common/feed/recording.hpp"

namespace feed {

struct RecorderSettings {
  bool enabled{};
  std::filesystem::path folder;
  std::string bot;  ///< first part of the files' names
  std::uintmax_t file_bytes_max{std::uintmax_t{64} << 20U};
  base::Millis file_age_max{std::chrono::hours{1}};
  std::uintmax_t total_bytes_max{std::uintmax_t{2} << 30U};  ///< of this bot's recordings; the oldest file goes first
  base::Millis flush_every{1'000};
};

/// The files. Used by the worker thread alone.
class RecordingFiles {
 public:
  explicit RecordingFiles(RecorderSettings settings) : settings_(std::move(settings)) {}
  /// Appends one block to the newest file, or begins another. storage error, naming the file.
  [[nodiscard]] base::Result<void> write(std::string_view text, base::WallTime now);

 private:
  [[nodiscard]] base::Result<void> begin(base::WallTime now);
  void make_room(std::uintmax_t bytes);

  RecorderSettings settings_;
  std::filesystem::path file_;
  base::WallTime began_{};
  std::uintmax_t bytes_{};
};

class Recorder {
 public:
  using OnError = std::function<void(const base::Error&)>;
  /// `on_error` is called on `executor`.
  Recorder(RecorderSettings settings, boost::asio::any_io_executor executor, const base::Clock& clock,
           OnError on_error);
  ~Recorder();  ///< writes what is left
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  Recorder(Recorder&&) = delete;
  Recorder& operator=(Recorder&&) = delete;

  void add(const Record& record);
  void on_time();  ///< about once a second: what waits goes to the worker
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  ///< records, while the disk was too slow or full

  static constexpr std::size_t block_bytes = std::size_t{256} << 10U;
  static constexpr std::size_t waiting_bytes_max = std::size_t{16} << 20U;

 private:
  void hand_over();

  RecorderSettings settings_;
  boost::asio::any_io_executor executor_;
  const base::Clock& clock_;
  std::shared_ptr<OnError> on_error_;  ///< gone with the recorder: a late error then has no listener
  std::string block_;
  base::SteadyTime handed_over_{};
  std::uint64_t dropped_{};
  std::atomic<std::size_t> waiting_bytes_{};
  RecordingFiles files_;
  boost::asio::thread_pool worker_{1};  ///< last: it uses files_
};

}  // namespace feed
