#include "common/app/rehearsal.hpp"

#include <cstdlib>

#include "common/exchange/exchange.hpp"
#include "common/store/schema.hpp"

namespace app {

namespace {

constexpr std::string_view sink = "rehearsal";

base::Result<std::filesystem::path> own_folder() {
  std::error_code ec;
  auto pattern = (std::filesystem::temp_directory_path(ec) / "perpwatch-replay-XXXXXX").string();
  if (ec || ::mkdtemp(pattern.data()) == nullptr)
    return base::Error(base::ErrorKind::storage, pattern, "the folder for a replay's own state cannot be made",
                       "is there room, and may this user write there? TMPDIR names another place");
  return std::filesystem::path(pattern);
}

ExchangeTitles all_titles() {
  ExchangeTitles out;
  for (const auto name : exchange::exchange_names())
    out[std::string(name)] = exchange::make_exchange(name, {})->traits().title;
  return out;
}

}  // namespace

base::Result<std::unique_ptr<Rehearsal>> Rehearsal::begin(BotLogic& logic, const Settings& settings, Ears ears) {
  auto folder = own_folder();
  if (!folder) return folder.error();
  std::unique_ptr<Rehearsal> out(new Rehearsal(folder.value(), std::move(ears)));
  if (auto opened = out->open(logic, settings); !opened) return opened.error();
  return out;
}

Rehearsal::~Rehearsal() {
  pipeline_.reset();
  desk_.reset();
  outbox_.reset();
  database_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

base::Result<void> Rehearsal::open(BotLogic& logic, const Settings& settings) {
  store::Options options;
  options.synchronous = store::Synchronous::normal;  // nobody needs it after a power cut
  auto opened = store::Database::open(folder_ / "replay.db", store::bot_migrations(), options);
  if (!opened) return opened.error();
  database_ = std::move(opened.value().database);
  outbox_ = std::make_unique<store::Outbox>(*database_);
  desk_ = std::make_unique<desk::Desk>(*database_, *outbox_, std::string(sink), settings.gates);
  desk_->cooldown_by_symbol = settings.cooldown_by_symbol;
  const auto resolve = [this](const std::string& exchange, const std::string& symbol) -> const market::Instrument* {
    const auto found = contracts.find({exchange, symbol});
    return found == contracts.end() ? nullptr : &found->second;
  };
  detector_ = &logic.make_detector(resolve, all_titles());
  Pipeline::Hooks hooks;
  hooks.now = [this] { return now_; };
  hooks.watched = [this](const desk::Finding& finding) {
    const auto known = watched.find({finding.exchange, finding.symbol});
    return known == watched.end() || known->second;
  };
  hooks.on_handled = [this](const desk::Finding&, const desk::Handled& handled) {
    said_ = said_ || desk::is_said(handled.reason);
  };
  hooks.on_error = [](const base::Error& error) { throw std::runtime_error(error.text()); };
  hooks.on_candidate = ears_.on_candidate;
  hooks.hold = ears_.on_finding;
  pipeline_ = std::make_unique<Pipeline>(*detector_, *desk_, hooks);
  return {};
}

void Rehearsal::hear(const market::Event& event, base::WallTime now) {
  now_ = now;
  if (ears_.on_event) ears_.on_event(event);
  pipeline_->on_event(event);
  if (!ears_.on_candidate) collect();
}

void Rehearsal::pass_time(base::WallTime exchange_now, base::WallTime now) {
  now_ = now;
  pipeline_->on_time(exchange_now);
  if (ears_.on_candidate) return;
  said_ = desk_->tell_digests(now_).value() > 0 || said_;
  collect();
}

base::WallTime Rehearsal::due() const {
  if (!ears_.on_candidate && (pipeline_->waits() || desk_->digest_waits())) return now_;
  return detector_->due();
}

void Rehearsal::resume(const std::string& key, const std::string& memo, base::WallTime now) {
  detector_->resume(key, memo, now);
}

void Rehearsal::end() {
  if (ears_.on_candidate) return;
  said_ = desk_->tell_digests(now_, true).value() > 0 || said_;
  collect();
}

/// Every new row was delivered at once: the next edit finds its message.
void Rehearsal::collect() {
  if (!said_) return;
  said_ = false;
  static constexpr store::Chat chats[] = {store::Chat::signals};
  while (true) {
    const auto next = outbox_->next_due(sink, chats, now_);
    if (!next) throw std::runtime_error(next.error().text());
    if (!next.value().row) return;
    const auto& row = *next.value().row;
    (void)outbox_->mark_sending(row.id);
    (void)outbox_->mark_sent(row.id, row.id, now_);
    if (ears_.on_message)
      ears_.on_message({now_, row.draft.op, !row.draft.silent, row.draft.dedupe_key, row.draft.html.str()});
  }
}

}  // namespace app
