#include "common/app/command_line.hpp"

#include <map>

#include <CLI/CLI.hpp>

#include "common/app/exit_codes.hpp"
#include "common/app/version.hpp"

namespace app {

std::variant<CommandLine, int> parse_command_line(int argc, char** argv, const BotSpec& spec) {
  CommandLine out;
  const std::string name(spec.name);
  CLI::App cli(std::string(spec.title) + " of Perpwatch " + std::string(version) +
               ": watches perpetual futures and tells a Telegram chat. Without a token it prints its messages here.");
  cli.name(name + "_bot");
  cli.set_version_flag("--version", name + "_bot " + std::string(version));
  cli.add_option("--config-dir", out.config_dir, "folder of common.toml and " + name + ".toml")->capture_default_str();
  cli.add_option("--layer", out.layers, "another TOML file; the last one wins");
  cli.add_option("--state-dir", out.state_dir, "folder of " + name + ".db")->capture_default_str();
  cli.add_option("--shared-dir", out.shared_dir, "folder of shared.db, the same for all bots (STATE_DIR/shared)");
  cli.add_option("--env-file", out.env_file, "file of NAME=value secrets, mode 0600");
  cli.add_option("--clock-speed", out.clock_speed, "tests only")->check(CLI::Range(1.0, 1000.0))->group("");
  cli.add_flag("--jsonl", out.jsonl, "print every candidate finding as a line of JSON, and send nothing");
  cli.fallthrough();
  cli.require_subcommand(0, 1);
  const auto add = [&](const char* word, const char* help, Command command) {
    auto* sub = cli.add_subcommand(word, help);
    sub->callback([&out, command] { out.command = command; });
    return sub;
  };
  add("run", "watch and tell, until SIGTERM (the default)", Command::run);
  auto* check = add("check", "configuration, credentials, store, exchanges, Telegram: a line each", Command::check);
  check->add_flag("--limits", out.limits, "also print what this bot may spend of each documented limit");
  add("once", "one cycle; print what was found", Command::once);
  add("send-test", "send one test message to each chat", Command::send_test);
  add("config", "print the settings in force, secrets masked", Command::config);
  auto* replay = add("replay", "recordings or tables (CSV, also .xz; - is standard input) through detector and gates",
                     Command::replay);
  auto* backtest =
      add("backtest", "the same through hypothetical trades: the scoreboard of each rule", Command::backtest);
  for (auto* past : {replay, backtest}) {
    past->add_option("FILE", out.files, "recordings of this bot; or candles, settled funding rates, liquidations")
        ->required();
    past->add_option("--symbol", out.symbol,
                     "of tables without a column for it (the file name up to its first - or .)");
    past->add_option("--exchange", out.exchange, "of tables without a column `venue`")->capture_default_str();
  }
  add("stats", "the record of each rule: what became of its signals", Command::stats)
      ->add_option("RULE", out.rule, "this one alone, as its record calls it: volume_spike");
  add("why", "all that decided a signal", Command::why)
      ->add_option("NUMBER", out.signal, "in the last line of its message")
      ->required();
  auto* exported = add("export", "signals and what became of them as CSV", Command::export_csv);
  exported->add_option("FILE", out.files, "written whole or not at all; - is standard output")->required()->expected(1);
  const std::map<std::string, WhichFindings> which{
      {"all", WhichFindings::all}, {"fired", WhichFindings::fired}, {"said", WhichFindings::said}};
  replay->add_option("--whynot", out.whynot,
                     "at the end, the newest look at this contract or asset: how far each condition was");
  replay->add_option("--what-if", out.what_if, "section.key=value: which signals would appear and vanish");
  replay
      ->add_option("--findings", out.findings,
                   "all candidates (with --jsonl the default); fired: conditions met; said: through the gates")
      ->transform(CLI::CheckedTransformer(which, CLI::ignore_case));
  std::string own_file;
  const OwnCommand* own = nullptr;
  for (const auto& command : spec.own_commands) {
    auto* sub = cli.add_subcommand(std::string(command.name), std::string(command.help));
    sub->add_option("FILE", own_file, "- is standard input")->required();
    sub->callback([&own, &command] { own = &command; });
  }
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = cli.exit(error);
    return code == 0 ? 0 : exit_config;
  }
  if (own != nullptr) return own->run(own_file);
  return out;
}

}  // namespace app
