#include "tests/simulation/life.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "bots/funding/logic.hpp"
#include "bots/liquidation/logic.hpp"
#include "bots/volume/logic.hpp"
#include "common/base/text.hpp"
#include "common/config/file.hpp"
#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/text.hpp"

namespace simulation {

namespace {

std::string title_of(const std::string& bot) {
  std::string out = bot + " Bot";
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

app::Log::Options log_options(const std::string& bot) {
  const char* level = std::getenv("SIMULATION_LOG");  // NOLINT(concurrency-mt-unsafe): one thread
  return {bot, level != nullptr ? level : "off", false, true};
}

}  // namespace

std::unique_ptr<app::BotLogic> make_logic(const std::string& bot) {
  if (bot == "liquidation") return liquidation::make_logic();
  if (bot == "funding") return funding::make_logic();
  if (bot == "volume") return volume::make_logic();
  throw std::runtime_error("there is no bot " + bot);
}

Town::Town(Ms start, const sandbox::Json& planned) : faults(start), telegram(faults, log) {
  for (const auto& fault : planned) (void)faults.add(fault, false, start);
  telegram.add_bot(token, "Perpwatch");
  telegram.add_chat(std::stoll(signals_chat), "signals", {});
  telegram.add_chat(std::stoll(operators_chat), "operators", {});
  log.on_delivery([this](const sandbox::Delivery& post) { posts_.push_back(post); });
}

std::string Town::transcript() const {
  std::string out;
  for (const auto& post : posts_) {
    out += "── " + base::utc_stamp(base::from_ms(post.time)) + " · " + post.chat_title + " #" +
           std::to_string(post.message_id);
    if (post.action == "edit") out += " (edit)";
    if (post.silent) out += " (silent)";
    if (post.reply_to != 0) out += " (reply to #" + std::to_string(post.reply_to) + ")";
    out += '\n';
    for (const auto& line : sandbox::split(post.text, '\n')) out += "   " + line + "\n";
    out += '\n';
  }
  return out;
}

std::vector<std::string> Town::idle_faults() const {
  std::vector<std::string> out;
  for (const auto& fault : faults.report())
    if (fault["fired"].get<int>() == 0) out.push_back(fault["name"]);
  return out;
}

std::string Town::fault_report() const {
  std::string out;
  for (const auto& fault : faults.report())
    out += "  " + fault["name"].get<std::string>() + ": " + std::to_string(fault["fired"].get<int>()) + " times\n";
  return out;
}

std::size_t Town::count(std::string_view part) const {
  return static_cast<std::size_t>(std::ranges::count_if(posts_, [&](const sandbox::Delivery& post) {
    return post.action == "send" && post.text.find(part) != std::string::npos;
  }));
}

std::size_t Town::count_edits(std::string_view part) const {
  return static_cast<std::size_t>(std::ranges::count_if(posts_, [&](const sandbox::Delivery& post) {
    return post.action == "edit" && post.text.find(part) != std::string::npos;
  }));
}

Life::Life(Town& town, const Market& market, Ms now, LifeOptions options)
    : town_(town),
      options_(std::move(options)),
      clock_(io_, base::from_ms(now)),
      binance_(market, town.faults),
      http_(clock_, town.faults, town.telegram, binance_),
      ws_(clock_, town.faults, binance_),
      log_(log_options(options_.bot)) {
  auto opened = app::open_stores(town.folder.path(), town.folder.path() / "shared", options_.bot, clock_.wall_now());
  if (!opened) throw std::runtime_error(opened.error().text());
  stores_.emplace(std::move(opened.value()));
  auto logic = make_logic(options_.bot);
  app::ProgramOptions program;
  program.settings = settings_of(options_.bot, options_.layer, *logic);
  program.settings.record.enabled = !options_.record_folder.empty();
  program.settings.record.folder = options_.record_folder;
  program.settings.record.bot = options_.bot;
  program.on_candidate_line = options_.candidate_line;
  program.destination.account.emplace();
  program.destination.account->token = base::Secret(Town::token);
  program.destination.signals_chat = Town::signals_chat;
  program.destination.operators_chat = Town::operators_chat;
  program.on_handled = [this](const desk::Finding& finding, const desk::Handled& handled) { hear(finding, handled); };
  const auto random = [this] { return sandbox::uniform(sandbox::mix(options_.seed, 77, draws_++)); };
  app::World world(io_, clock_, http_, ws_, random, [](const std::string&) {});
  world.painter = options_.painter;
  app::BotSpec spec;
  spec.name = options_.bot;
  const auto title = title_of(options_.bot);
  spec.title = title;
  program_ = std::make_unique<app::Program>(world, spec, std::move(program), std::move(logic), *stores_, log_);
  if (auto started = program_->start(); !started) throw std::runtime_error(started.error().text());
}

Life::~Life() {
  if (program_ && !program_->finished()) (void)stop();
}

app::Settings settings_of(const std::string& bot, const std::string& layer, app::BotLogic& logic) {
  const std::filesystem::path folder{SIMULATION_CONFIG_FOLDER};
  std::vector<config::SourceText> layers;
  for (const auto& name : {std::string("common"), bot}) {
    const auto text = config::read_small_file(folder / (name + ".toml"));
    if (!text) throw std::runtime_error(text.error().text());
    layers.push_back({name + ".toml", text.value().text});
  }
  std::string only_binance;
  for (const auto& name : exchange::exchange_names())
    if (name != "binance") only_binance += "[exchange." + std::string(name) + "]\nenabled = false\n";
  layers.push_back({"the simulation's", only_binance});
  if (!layer.empty()) layers.push_back({"the test's", layer});
  auto document = config::Document::parse(layers, {});
  app::Settings out;
  app::bind(document, out);
  logic.bind(document);
  if (const auto problems = document.problems(); !problems.empty()) throw std::runtime_error(config::text_of(problems));
  return out;
}

void Life::hear(const desk::Finding& finding, const desk::Handled& handled) {
  if (options_.hear) options_.hear(finding, handled);
  if (!finding.fires) return;
  Heard out;
  out.kind = finding.kind;
  out.symbol = finding.symbol;
  out.key = finding.key;
  out.phase = finding.phase;
  out.tier = finding.tier;
  out.strength = finding.strength;
  out.at = base::to_ms(finding.at);
  out.reason = handled.reason;
  out.evidence = finding.evidence;
  heard_.push_back(std::move(out));
}

void Life::run_until(Ms until) {
  while (now() < until && !program_->finished()) {
    const Ms before = now();
    clock_.advance(base::Millis{std::min(until, binance_.next_push(before)) - before});
    binance_.push(before, now());
  }
}

bool Life::stop() {
  program_->request_stop("the test is over");
  clock_.advance(options_.settle);
  const bool in_order = program_->finished() && program_->exit_code() == 0;
  io_.restart();
  io_.poll();
  program_.reset();
  stores_.reset();
  return in_order;
}

}  // namespace simulation
