// sandbox: the exchanges and Telegram on loopback, for tests and for a demonstration without accounts.
#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include "tests/sandbox/playback.hpp"
#include "tests/sandbox/server.hpp"
#include "tests/sandbox/shifted_clock.hpp"
#include "tests/sandbox/tls_front.hpp"

namespace {

struct Arguments {
  std::uint16_t port{0};
  std::string port_file, scenario;
  std::string tls_certificate, tls_key, tls_port_file;
  std::vector<std::string> also, play;
  double speed{1};
  bool transcript{false}, quiet{false}, gzip{false};
  sandbox::Settings settings;
};

void read_arguments(CLI::App& cli, Arguments& out) {
  cli.add_option("--port", out.port, "port on 127.0.0.1; 0 takes a free one");
  cli.add_option("--port-file", out.port_file, "the port is written here when it is ready");
  cli.add_option("--also", out.also, "further loopback addresses with the same port, such as 127.0.0.2");
  cli.add_option("--scenario", out.scenario, "timed actions and faults, TOML or JSON");
  cli.add_option("--seed", out.settings.seed, "of the market; a scenario's own seed wins");
  cli.add_option("--speed", out.speed, "sandbox seconds in a real second")->check(CLI::Range(0.1, 10'000.0));
  cli.add_option("--token", out.settings.tokens, "a bot token that Telegram knows; repeatable");
  cli.add_option("--bot-name", out.settings.bot_names, "names of these bots, in the same order");
  cli.add_option("--data", out.settings.data, "recordings of `play` actions are looked up here");
  cli.add_option("--payloads", out.settings.payloads, "recorded REST bodies: DIR/<service>/<path with / as _>.json");
  cli.add_option("--play", out.play, "recordings of a bot: their exchanges say what was recorded, at its date");
  cli.add_option("--log", out.settings.log, "one JSON line for each request");
  cli.add_option("--tls-cert", out.tls_certificate, "PEM: also listen with TLS, on a free port of its own");
  cli.add_option("--tls-key", out.tls_key, "PEM: the key of --tls-cert");
  cli.add_option("--tls-port-file", out.tls_port_file, "that port is written here when it is ready");
  cli.add_flag("--gzip", out.gzip, "pack answers for callers that accept it");
  cli.add_flag("--transcript", out.transcript, "print each delivered message");
  cli.add_flag("--quiet", out.quiet, "print nothing but the transcript");
}

void write_port(const std::string& file, std::uint16_t port) {
  if (file.empty()) return;
  const auto temporary = file + ".new";
  std::ofstream(temporary) << port << '\n';
  std::filesystem::rename(temporary, file);  // whoever waits for the file never reads half of it
}

/// From now to a little before the first record: time for the bots to connect. Binance's sockets do not bear 15 s of
/// silence.
base::Millis shift_of(const Arguments& arguments) {
  constexpr base::Millis lead{10'000};
  if (arguments.settings.play.empty()) return base::Millis{0};
  const base::SystemClock clock(arguments.speed);
  return base::from_ms(sandbox::Playback(arguments.settings.play).begins()) - lead - clock.wall_now();
}

int run(Arguments& arguments) {
  arguments.settings.play.assign(arguments.play.begin(), arguments.play.end());
  if (!arguments.scenario.empty()) arguments.settings.scenario = sandbox::read_scenario(arguments.scenario);
  boost::asio::io_context io(1);
  const auto shift = shift_of(arguments);
  sandbox::ShiftedClock clock(arguments.speed, shift);
  if (shift.count() != 0 && !arguments.quiet) std::cout << "CLOCK_SHIFT_MS=" << shift.count() << std::endl;
  sandbox::App app(arguments.settings, base::to_ms(clock.wall_now()));
  if (arguments.transcript) {
    app.chat_log().on_delivery(
        [](const sandbox::Delivery& delivery) { std::cout << transcript_block(delivery) << std::flush; });
  }
  base::TaskGroup tasks(io, [&](const std::string& name, const std::exception_ptr& error) {
    if (!arguments.quiet || name == "ticks") std::cerr << "sandbox: " << name << ": " << base::describe(error) << '\n';
    if (name == "ticks") ::_exit(1);  // a scenario that cannot be played: a market that stands still would look calm
  });
  sandbox::Server server(io, clock, app, tasks);
  const auto port = server.listen("127.0.0.1", arguments.port);
  for (const auto& address : arguments.also) server.listen(address, port);
  server.set_gzip(arguments.gzip);
  server.start(arguments.speed);
  std::optional<sandbox::TlsFront> front;
  if (!arguments.tls_certificate.empty()) {
    front.emplace(io, tasks, arguments.tls_certificate, arguments.tls_key);
    write_port(arguments.tls_port_file, front->start(port));
  }
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  write_port(arguments.port_file, port);
  if (!arguments.quiet) std::cout << "sandbox listening on 127.0.0.1:" << port << std::endl;
  io.run();
  // Whoever stops the sandbox is done with it: nothing here is worth an orderly end.
  std::cout.flush();
  ::_exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("The exchanges and Telegram on loopback.", "sandbox");
  Arguments arguments;
  read_arguments(cli, arguments);
  CLI11_PARSE(cli, argc, argv);
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "sandbox: " << error.what() << '\n';
    return 1;
  }
}
