#include "common/app/logging.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace app {

namespace {

constexpr std::size_t queue_max = 1'024;  ///< each line that may wait costs 0.4 KB from the start on

/// "<4>" and its like: how the journal learns a line's priority from stdout (sd-daemon(3)).
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const char* prefix = "<6>";
    if (message.level >= spdlog::level::err) {
      prefix = "<3>";
    } else if (message.level == spdlog::level::warn) {
      prefix = "<4>";
    } else if (message.level <= spdlog::level::debug) {
      prefix = "<7>";
    }
    out.append(prefix, prefix + 3);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

std::unique_ptr<spdlog::formatter> formatter(bool journal) {
  auto out = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  out->add_flag<PriorityFlag>('P');
  out->set_pattern(journal ? "%P%n: %v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %n: %v");
  return out;
}

}  // namespace

Log::Log(const Options& options) {
  spdlog::sink_ptr sink;
  if (options.to_stderr) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  } else {
    sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  }
  sink->set_formatter(formatter(options.journal));
  pool_ = std::make_shared<spdlog::details::thread_pool>(queue_max, 1);
  logger_ =
      std::make_shared<spdlog::async_logger>(options.name, sink, pool_, spdlog::async_overflow_policy::overrun_oldest);
  logger_->set_error_handler([](const std::string&) {});  // a full disk or a closed pipe is no reason to stop
  set_level(options.level);
}

Log::~Log() { logger_->flush(); }

bool Log::debugging() const { return logger_->should_log(spdlog::level::debug); }
void Log::debug(const std::string& line) { logger_->debug("{}", line); }
void Log::info(const std::string& line) { logger_->info("{}", line); }
void Log::warn(const std::string& line) { logger_->warn("{}", line); }
void Log::error(const std::string& line) { logger_->error("{}", line); }
void Log::set_level(const std::string& level) { logger_->set_level(spdlog::level::from_str(level)); }

}  // namespace app
