#include <csignal>
#include <cstdio>
#include <iostream>
#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/app/backtest.hpp"
#include "common/app/chart_painter.hpp"
#include "common/app/command_line.hpp"
#include "common/app/commands.hpp"
#include "common/app/exit_codes.hpp"
#include "common/app/program.hpp"
#include "common/app/reload.hpp"
#include "common/app/replay.hpp"
#include "common/app/reports.hpp"
#include "common/net/clients.hpp"

namespace app {
namespace asio = boost::asio;

namespace {

void print_line(const std::string& text) {
  std::cout << text << '\n';
  std::cout.flush();
}

/// A core file would hold the tokens. The limit alone does not stop a collector that the kernel pipes cores to; not
/// being dumpable does, and it also keeps /proc/PID/environ from everybody but root.
void forbid_core_files() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0);
}

/// SIGTERM and SIGINT stop in order, a second one stops now; SIGHUP reloads.
class Signals {
 public:
  Signals(asio::io_context& io, std::function<void()> stop, std::function<void()> reload)
      : set_(io, SIGTERM, SIGINT, SIGHUP), stop_(std::move(stop)), reload_(std::move(reload)) {
    wait();
  }
  void cancel() {
    boost::system::error_code ignored;
    set_.cancel(ignored);
  }

 private:
  void wait() {
    set_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        reload_();
      } else if (stopping_) {
        std::_Exit(128 + signal);
      } else {
        stopping_ = true;
        stop_();
      }
      wait();
    });
  }
  asio::signal_set set_;
  std::function<void()> stop_, reload_;
  bool stopping_{};
};

/// Everything real that a program borrows, built in the order in which it must outlive.
struct RealWorld {
  explicit RealWorld(double speed)
      : clock(speed),
        http(net::make_http_client(io, net::HttpClientOptions{})),
        ws(net::make_ws_client(io, net::WsClientOptions{})),
        engine(std::random_device{}()) {}
  [[nodiscard]] World world() {
    World out(
        io, clock, *http, *ws, [this] { return std::uniform_real_distribution<double>(0, 1)(engine); }, print_line);
    out.worker = &worker;
    out.give_back_memory = [] { (void)::malloc_trim(0); };
    if (const auto program = find_chart_program()) out.painter = std::make_shared<ChartPainter>(clock, *program);
    return out;
  }
  asio::io_context io{1};
  base::SystemClock clock;
  std::unique_ptr<net::HttpClient> http;
  std::unique_ptr<net::WsClient> ws;
  std::mt19937_64 engine;
  base::Worker worker;  // ends before the loop that it reports to
};

void reload(Program& program, const Loader& load, std::string& effective, Log& log) {
  auto fresh = load();
  if (!fresh.problems.empty()) {
    log.error("reload refused, nothing was changed:\n" + fresh.problems);
    return;
  }
  program.apply(fresh.settings, *fresh.logic, config_hash(fresh.effective, fresh.bot));
  log.info(describe(changes_between(effective, fresh.effective, fresh.bot)));
  effective = std::move(fresh.effective);
}

int run_program(RealWorld& real, Program& program, const Loader& load, std::string effective, Log& log) {
  if (auto started = program.start(); !started) {
    log.error(started.error().text());
    return exit_again;
  }
  Signals signals(
      real.io, [&] { program.request_stop("asked by a signal"); }, [&] { reload(program, load, effective, log); });
  while (!program.finished() && real.io.run_one() > 0) {
  }
  signals.cancel();
  real.io.restart();
  real.io.run();
  return program.exit_code();
}

}  // namespace

int run_bot(int argc, char** argv, const BotSpec& spec) {
  forbid_core_files();
  const auto parsed = parse_command_line(argc, argv, spec);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& line = std::get<CommandLine>(parsed);
  std::signal(SIGPIPE, SIG_IGN);
  // What reads the bot's database alone needs no configuration.
  if (line.command == Command::stats) return run_stats(line, spec.name, base::SystemClock().wall_now());
  if (line.command == Command::why) return run_why(line, spec.name, base::SystemClock().wall_now());
  if (line.command == Command::export_csv) return run_export(line, spec.name, base::SystemClock().wall_now());
  const Loader load = [&] { return load_everything(line, spec); };
  auto loaded = load();
  if (!loaded.problems.empty()) {
    std::cerr << loaded.problems << std::flush;
    return exit_config;
  }
  if (line.command == Command::config) return print_config(loaded);
  if (line.command == Command::replay)
    return run_replay(line, [&spec](const CommandLine& as) { return load_everything(as, spec); });
  if (line.command == Command::backtest)
    return run_backtest(line, [&spec](const CommandLine& as) { return load_everything(as, spec); });
  const bool terminal = !loaded.destination.account.has_value();
  Log::Options log_options;
  log_options.name = std::string(spec.name);
  log_options.level = loaded.settings.run.log_level;
  log_options.journal = ::getenv("JOURNAL_STREAM") != nullptr;  // NOLINT(concurrency-mt-unsafe): before any thread
  log_options.to_stderr = terminal || line.jsonl || line.command != Command::run;
  Log log(log_options);
  for (const auto& warning : loaded.warnings) log.warn(warning);
  RealWorld real(line.clock_speed);
  auto stores = open_stores(line.state_dir, line.shared_dir.value_or(line.state_dir / "shared"), spec.name,
                            real.clock.wall_now());
  if (!stores) {
    log.error(stores.error().text());
    return exit_config;  // another instance, a newer schema, a folder that cannot be written: a person must act
  }
  for (const auto& note : stores.value().notes) log.error(note);
  ProgramOptions options;
  options.settings = loaded.settings;
  options.settings.record.folder = line.state_dir / "recordings";
  options.settings.record.bot = spec.name;
  options.destination = loaded.destination;
  options.config_hash = config_hash(loaded.effective, loaded.bot);
  if (line.jsonl) options.on_candidate_line = print_line;
  Program program(real.world(), spec, std::move(options), std::move(loaded.logic), stores.value(), log);
  if (line.command == Command::run) return run_program(real, program, load, loaded.effective, log);
  return run_command(line, real.io, real.clock, program, loaded);
}

}  // namespace app
