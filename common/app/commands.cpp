#include "common/app/commands.hpp"

#include <cstdlib>
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <unistd.h>

#include "common/app/chart_painter.hpp"
#include "common/app/check_limits.hpp"
#include "common/base/text.hpp"
#include "common/desk/suite_messages.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;

namespace {

constexpr Millis history_limit{60'000};
constexpr Millis send_limit{30'000};

void say(bool good, const std::string& what) {
  std::cout << (good ? "ok    " : "FAIL  ") << what << '\n' << std::flush;
}

std::filesystem::path folder_of(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? std::filesystem::path{} : std::filesystem::path(value);
}

/// Runs one coroutine to its end on the program's context.
template <class T>
T run_to_end(boost::asio::io_context& io, awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& error, T value) {
    failure = error;
    if (!error) result = std::move(value);
  });
  io.restart();
  while (!result && !failure && io.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

awaitable<bool> check_exchanges(Program& program) {
  const auto report = co_await program.once(Millis{0});
  bool good = true;
  const auto health = program.monitor().report(health::Outside{}, health::Moment{});
  for (const auto& name : program.market().exchange_names()) {
    const auto contracts = program.market().contracts(name);
    const auto offset = program.monitor().offsets().view(name);
    const auto followed = program.market().followed().at(name);
    std::string line = name + ": " + std::to_string(contracts) + " contracts";
    const auto listed = program.market().listed(name);
    const bool remembered = listed && listed->remembered;
    if (remembered) line += " in its list of " + base::utc_stamp(listed->at) + ", which is used until it answers";
    if (followed.contracts > 0) line += ", bars of " + std::to_string(followed.contracts);
    if (followed.polled_of > followed.contracts)
      line += ", the largest of " + std::to_string(followed.polled_of) + ": each is asked for once a minute";
    if (offset) line += ", clock " + base::fixed(static_cast<double>(offset->offset.count()) / 1'000, 1) + " s";
    for (const auto& error : health.recent_errors)
      if (error.place.starts_with(name)) line += "; " + error.place + ": " + error.cause;
    const bool reached = contracts > 0 && !remembered;
    say(reached, line);
    good = good && reached;
  }
  for (const auto name : exchange::exchange_names()) {
    const auto closed = exchange::make_exchange(name, {})->traits().closed;
    if (!closed.empty()) say(true, std::string(name) + ": off, " + std::string(closed));
  }
  say(report.failed == 0, std::to_string(report.asked) + " requests, " + std::to_string(report.failed) + " failed");
  co_return good&& report.failed == 0;
}

bool print_limits(const Loaded& loaded, const feed::FeedNeeds& needs) {
  bool good = true;
  for (const auto& line : limit_lines(loaded.settings, loaded.bot, needs)) {
    say(line.good, line.text);
    for (const auto& part : line.parts) std::cout << "        " << part << '\n';
    good = good && line.good;
  }
  return good;
}

awaitable<bool> check_telegram(Program& program, bool configured) {
  if (!configured) {
    say(true, "telegram: no token, messages go to the terminal");
    co_return true;
  }
  const auto identity = co_await program.who_am_i();
  if (identity) {
    say(true, "telegram: posting as @" + identity.value().username);
  } else {
    say(false, "telegram: " + identity.error().text());
  }
  co_return identity.has_value();
}

awaitable<bool> check_pictures(Program& program, bool wanted) {
  if (!wanted || program.painter() == nullptr) {
    say(true, wanted ? "pictures: none, there is no perpwatch_chart beside this program" : "pictures: none are wanted");
    co_return true;
  }
  const auto drawn = co_await paint_sample(*program.painter());
  say(drawn.has_value(), "pictures: " + (drawn ? "a sample of " + std::to_string(drawn.value()) + " bytes was drawn"
                                               : drawn.error().text()));
  co_return drawn.has_value();
}

awaitable<bool> send_test(Program& program, base::Clock& clock) {
  const auto text = desk::test_message(clock.wall_now());
  const std::string key = "test/" + std::to_string(base::to_ms(clock.wall_now()));
  bool good = true;
  for (const auto chat : {store::Chat::signals, store::Chat::operators}) {
    const auto told = program.tell(chat, text, key + std::string(store::to_string(chat)), true);
    good = good && told;
  }
  const auto left = co_await program.flush_only(send_limit);
  say(good && left == 0, left == 0 ? "test messages sent" : std::to_string(left) + " messages could not be sent");
  co_return good&& left == 0;
}

awaitable<bool> once(Program& program) {
  const auto report = co_await program.once(history_limit);
  std::cerr << report.exchanges_ok << "/" << report.exchanges << " exchanges ok, " << report.asked << " requests, "
            << report.failed << " failed; " << program.logic().summary() << '\n';
  (void)co_await program.flush_only(send_limit);
  co_return report.exchanges_ok > 0;
}

}  // namespace

namespace {

/// "volume.spike.floor_usd=1e6" as the environment says it: PERPWATCH_VOLUME__SPIKE__FLOOR_USD=1e6.
void overrule(config::Environment& environment, const std::string& change) {
  const auto equals = std::min(change.find('='), change.size());
  std::string name = "PERPWATCH_";
  for (const char c : change.substr(0, equals)) {
    if (c == '.') {
      name += "__";
    } else {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  environment[name] = change.substr(std::min(equals + 1, change.size()));
}

}  // namespace

Loaded load_everything(const CommandLine& line, const BotSpec& spec) {
  Loaded out;
  const std::string bot(spec.name);
  out.bot = bot;
  std::vector<std::filesystem::path> files{line.config_dir / "common.toml", line.config_dir / (bot + ".toml")};
  files.insert(files.end(), line.layers.begin(), line.layers.end());
  auto environment = config::environment_of(environ);
  for (const auto& change : line.what_if) overrule(environment, change);
  auto document = config::Document::load(files, environment);
  bind(document, out.settings);
  out.logic = spec.make_logic();
  out.logic->bind(document);
  config::SecretSources sources;
  sources.bot = bot;
  sources.environment = environment;
  sources.credentials_dir = folder_of("CREDENTIALS_DIRECTORY");
  if (line.env_file) sources.environment_file = *line.env_file;
  auto loaded = config::load_secrets(sources);
  auto problems = document.problems();
  problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
  const auto& secrets = loaded.secrets;
  if (!secrets.bot_token.empty()) {
    telegram::Account account;
    account.base_url = out.settings.telegram.base_url;
    account.token = secrets.bot_token;
    account.proxy = out.settings.telegram.proxy;
    if (secrets.chat_id.empty())
      out.problems += "TELEGRAM_CHAT_ID: not set, but there is a token; set the chat to post to\n";
    if (auto checked = telegram::check_account(account); !checked) out.problems += checked.error().text() + "\n";
    out.destination.account = std::move(account);
    out.destination.signals_chat = secrets.chat_id;
    out.destination.operators_chat = secrets.operator_chat_id;
  }
  out.problems += config::text_of(problems);
  out.warnings = document.warnings();
  out.warnings.insert(out.warnings.end(), loaded.warnings.begin(), loaded.warnings.end());
  out.described_secrets = secrets.described;
  out.effective = document.effective();
  return out;
}

int print_config(const Loaded& loaded) {
  std::cout << loaded.effective;
  for (const auto& secret : loaded.described_secrets) std::cout << "# " << secret << '\n';
  std::cout << std::flush;
  return 0;
}

int run_command(const CommandLine& line, boost::asio::io_context& io, base::Clock& clock, Program& program,
                const Loaded& loaded) {
  if (const auto recovered = program.recover(); !recovered) {
    say(false, recovered.error().text());
    return 1;
  }
  bool good = true;
  if (line.command == Command::send_test) good = run_to_end(io, send_test(program, clock));
  if (line.command == Command::once) good = run_to_end(io, once(program));
  if (line.command == Command::check) {
    say(true, "configuration");
    for (const auto& secret : loaded.described_secrets) say(true, secret);
    say(true, "store");
    const bool telegram = run_to_end(io, check_telegram(program, loaded.destination.account.has_value()));
    const bool pictures = run_to_end(io, check_pictures(program, loaded.settings.telegram.charts));
    const bool exchanges = run_to_end(io, check_exchanges(program));
    good = telegram && pictures && exchanges;
    const bool fits = !line.limits || print_limits(loaded, program.logic().needs());
    good = good && fits;
  }
  return good ? 0 : 1;
}

}  // namespace app
