#include "common/app/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/utf8.hpp"

namespace app {
namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

constexpr std::size_t words_max = 4'096;  ///< kept of standard error
constexpr std::size_t cause_max = 200;

class Handle {
 public:
  Handle() = default;
  explicit Handle(int number) : number_(number) {}
  ~Handle() {
    if (number_ >= 0) ::close(number_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle(Handle&& other) noexcept : number_(other.release()) {}
  Handle& operator=(Handle&&) = delete;
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool good() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_{-1};
};

struct Pipe {
  Handle read, write;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{Handle(ends[0]), Handle(ends[1])};
}

/// The input as a file that lives in memory: nothing has to be written while the child reads, and no SIGPIPE comes
/// back.
Handle file_of(const std::string& text) {
  Handle file(::memfd_create("input", MFD_CLOEXEC));
  for (std::size_t done = 0; file.good() && done < text.size();) {
    const auto wrote = ::write(file.get(), text.data() + done, text.size() - done);
    if (wrote <= 0) return Handle();
    done += static_cast<std::size_t>(wrote);
  }
  if (!file.good() || ::lseek(file.get(), 0, SEEK_SET) != 0) return Handle();
  return file;
}

base::Error cannot_start(const ChildPlan& plan, int code) {
  return {base::ErrorKind::config, plan.program.string(),
          "it cannot be started: " + std::system_category().message(code), "install the programs again"};
}

/// How a started program is told what to begin with.
struct Spawn {
  Spawn() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  Spawn(Spawn&&) = delete;
  Spawn& operator=(Spawn&&) = delete;
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

int spawn(const ChildPlan& plan, int in, int out, int err, pid_t& pid) {
  Spawn with;
  posix_spawn_file_actions_adddup2(&with.actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&with.actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&with.actions, err, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&with.actions, STDERR_FILENO + 1);
  sigset_t none{}, all{};
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&with.attributes, &none);
  posix_spawnattr_setsigdefault(&with.attributes, &all);
  posix_spawnattr_setflags(&with.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words{plan.program.string()};
  words.insert(words.end(), plan.arguments.begin(), plan.arguments.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* no_environment = nullptr;
  return ::posix_spawn(&pid, words[0].c_str(), &with.actions, &with.attributes, arguments.data(), &no_environment);
}

/// A started process. Whoever lets go of it before it has ended kills it; in any case it is waited for.
class Process {
 public:
  explicit Process(pid_t pid) : pid_(pid) {}
  ~Process() {
    if (pid_ > 0) (void)end();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&&) = delete;
  Process& operator=(Process&&) = delete;
  void kill() const { (void)::kill(pid_, SIGKILL); }
  /// Takes its status away. One that still runs is killed, which takes a moment; one that has ended answers at once.
  siginfo_t end() {
    const auto pid = static_cast<id_t>(std::exchange(pid_, -1));
    siginfo_t status{};
    if (::waitid(P_PID, pid, &status, WEXITED | WNOHANG) == 0 && status.si_pid != 0) return status;
    (void)::kill(static_cast<pid_t>(pid), SIGKILL);
    while (::waitid(P_PID, pid, &status, WEXITED) != 0 && errno == EINTR) {
    }
    return status;
  }

 private:
  pid_t pid_;
};

asio::awaitable<std::size_t> read_some(stream_descriptor& from, std::span<char> into) {
  boost::system::error_code ended;  // at the end, and when cancelled: the caller looks which
  const auto buffer = asio::buffer(into.data(), into.size());
  co_return co_await from.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ended));
}

struct Said {
  std::string output, words;
};

/// To its end. Who prints more than `most` is killed: the end comes then.
asio::awaitable<void> read_output(stream_descriptor& from, std::size_t most, Process& process, std::string& to) {
  std::array<char, 16'384> buffer{};
  while (const auto got = co_await read_some(from, buffer)) {
    if (to.size() > most) continue;
    to.append(buffer.data(), got);
    if (to.size() > most) process.kill();
  }
}

/// Read to its end whatever it holds, or a chatty child would wait for us.
asio::awaitable<void> read_words(stream_descriptor& from, std::string& to) {
  std::array<char, 4'096> buffer{};
  while (const auto got = co_await read_some(from, buffer))
    to.append(buffer.data(), std::min(got, words_max - std::min(words_max, to.size())));
}

asio::awaitable<void> hear(stream_descriptor& out, stream_descriptor& err, stream_descriptor& alive, std::size_t most,
                           Process& process, Said& said) {
  using asio::experimental::awaitable_operators::operator&&;
  auto reading = read_output(out, most, process, said.output);
  auto listening = read_words(err, said.words);
  co_await (std::move(reading) && std::move(listening));
  boost::system::error_code ended;
  co_await alive.async_wait(stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, ended));
}

/// Did the first one end before the second? Throws when both were cancelled.
asio::awaitable<bool> ended_first(asio::awaitable<void> one, asio::awaitable<void> other) {
  using asio::experimental::awaitable_operators::operator||;
  try {
    const auto which = co_await (std::move(one) || std::move(other));
    co_return which.index() == 0;
  } catch (const asio::multiple_exceptions& both) {
    std::rethrow_exception(both.first_exception());
  }
}

std::string first_line(const std::string& words) {
  const auto line = base::clean_utf8(words.substr(0, std::min(words.find('\n'), cause_max)));
  return line.empty() ? line : ": " + line;
}

base::Result<std::string> outcome(const ChildPlan& plan, const siginfo_t& status, Said said) {
  using base::ErrorKind;
  const auto place = plan.program.filename().string();
  if (status.si_code != CLD_EXITED)
    return base::Error(ErrorKind::internal, place,
                       "it died of signal " + std::to_string(status.si_status) + first_line(said.words));
  if (status.si_status != 0)
    return base::Error(ErrorKind::internal, place,
                       "it failed with " + std::to_string(status.si_status) + first_line(said.words));
  return std::move(said.output);
}

}  // namespace

asio::awaitable<base::Result<std::string>> run_child(base::Clock& clock, ChildPlan plan) {
  Handle input = file_of(plan.input);
  auto out = make_pipe();
  auto err = make_pipe();
  if (!input.good() || !out || !err) co_return cannot_start(plan, errno);
  pid_t pid = -1;
  if (const int code = spawn(plan, input.get(), out->write.get(), err->write.get(), pid); code != 0)
    co_return cannot_start(plan, code);
  Process process(pid);
  Handle watched(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // glibc 2.36 declares it for C alone
  if (!watched.good()) co_return cannot_start(plan, errno);
  ::close(out->write.release());
  ::close(err->write.release());
  const auto executor = co_await asio::this_coro::executor;
  stream_descriptor out_end(executor, out->read.release());
  stream_descriptor err_end(executor, err->read.release());
  stream_descriptor alive(executor, watched.release());
  Said said;
  auto hearing = hear(out_end, err_end, alive, plan.output_max, process, said);
  auto waiting = clock.sleep_for(plan.deadline);
  const bool in_time = co_await ended_first(std::move(hearing), std::move(waiting));
  const auto status = process.end();
  const auto place = plan.program.filename().string();
  if (!in_time)
    co_return base::Error(
        base::ErrorKind::timeout, place,
        "it did not finish within " + std::to_string(plan.deadline.count()) + " ms" + first_line(said.words));
  if (said.output.size() > plan.output_max)
    co_return base::Error(base::ErrorKind::bad_data, place,
                          "it printed more than " + std::to_string(plan.output_max) + " bytes");
  co_return outcome(plan, status, std::move(said));
}

}  // namespace app
