// One logger for the program: to stdout, with the journal's priority prefix when the journal reads it and with a UTC
// stamp when a person does. A blocked or closed stdout never holds the bot up: the queue drops its oldest lines (F-30).
#pragma once
#include <memory>
#include <string>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace app {

class Log {
 public:
  struct Options {
    std::string name;  ///< "funding"
    std::string level{"info"};
    bool journal{};    ///< stdout goes to the journal ($JOURNAL_STREAM is set)
    bool to_stderr{};  ///< stdout carries the bot's own output (--jsonl, once)
  };
  explicit Log(const Options& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(Log&&) = delete;

  [[nodiscard]] bool debugging() const;  ///< is a debug line worth building?
  void debug(const std::string& line);
  void info(const std::string& line);
  void warn(const std::string& line);
  void error(const std::string& line);
  void set_level(const std::string& level);  ///< debug, info, warn, error

 private:
  std::shared_ptr<spdlog::details::thread_pool> pool_;  ///< writes; outlives the logger and drains on its end
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace app
