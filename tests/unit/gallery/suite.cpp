#include "common/desk/suite_messages.hpp"
#include "common/telegram/split.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;

constexpr base::WallTime at = base::from_ms(noon_ms);
constexpr const char* bot = "Funding Bot";

health::HealthReport calm() {
  health::HealthReport out;
  out.at = at;
  out.uptime = 50h + 15min;
  out.cycles = 18'090;
  out.signals = 41;
  out.exchanges_live = out.exchanges_total = 12;
  out.newest_datum_age = 2s;
  return out;
}

health::Alert alert(health::AlertKind kind, std::string subject, std::vector<std::string> facts) {
  health::Alert out;
  out.kind = kind;
  out.subject = std::move(subject);
  out.facts = std::move(facts);
  out.since = at - 5min;
  out.lasted = 5min;
  return out;
}

health::HealthReport troubled() {
  auto out = calm();
  out.exchanges_live = 11;
  out.errors.by_category[static_cast<std::size_t>(health::Category::rate_limit)] = 2;
  out.errors.by_category[static_cast<std::size_t>(health::Category::timeout)] = 5;
  out.outside.breakers_open = 1;
  out.outside.outbox_pending = 3;
  for (int i = 0; i < 8; ++i) {
    health::FeedView view;
    view.key = {i % 2 == 0 ? "bybit" : "okx", i < 4 ? market::Topic::tickers : market::Topic::open_interest, {}};
    view.state = i % 2 == 0 ? health::FeedState::dead : health::FeedState::suspect;
    view.why = i % 2 == 0 ? "connection reset" : "no data for 3m";
    out.troubled.push_back(view);
  }
  health::OffsetView offset;
  offset.exchange = "mexc";
  offset.offset = -2'345ms;
  out.clock_offsets.push_back(offset);
  offset.exchange = "gate";
  offset.offset = 3'100ms;
  out.clock_offsets.push_back(offset);
  out.open_alerts.push_back(alert(health::AlertKind::exchange_down, "Bybit", {}));
  out.open_alerts.push_back(alert(health::AlertKind::error_rate, "", {}));
  health::JournalEntry entry;
  entry.last = at - 90s;
  entry.category = health::Category::timeout;
  entry.place = "bybit tickers";
  entry.cause = "no answer within 10 s";
  entry.times = 5;
  out.recent_errors.push_back(entry);
  entry.times = 1;
  entry.category = health::Category::rate_limit;
  entry.place = "okx open interest";
  entry.cause = "429, 50011: requests too frequent";
  out.recent_errors.push_back(entry);
  return out;
}

void add_alerts(std::vector<Shown>& all) {
  using health::AlertKind;
  const struct {
    AlertKind kind;
    const char* subject;
    std::vector<std::string> facts;
  } alerts[] = {
      {AlertKind::exchange_down, "Bybit", {"tickers: connection reset", "open interest: connection reset"}},
      {AlertKind::feed_doubt, "okx liquidations", {"silent for 14m, usually 20s", "subscribed again, 2 times"}},
      {AlertKind::own_network, "", {"Bybit and OKX since 14:00:00"}},
      {AlertKind::stale_cycle, "", {"the last one finished 3m 5s ago"}},
      {AlertKind::error_rate, "", {"31 in a minute: timeout 30, network 1"}},
      {AlertKind::clock_offset, "MEXC", {"31.2 s behind ours"}},
      {AlertKind::storage, "", {"database or disk is full"}},
      {AlertKind::telegram, "", {"Unauthorized"}}};
  for (const auto& one : alerts) {
    const auto told = alert(one.kind, one.subject, one.facts);
    const bool first = one.kind == AlertKind::exchange_down;
    all.push_back({first ? "an exchange gives nothing" : "trouble", desk::alert_message(bot, told, at - 5min).str()});
    all.push_back({first ? "the same post, once it is over" : "its end", desk::recovered_message(bot, told, at).str()});
  }
}

void add_contracts(std::vector<Shown>& all) {
  using Kind = market::ContractChange::Kind;
  std::vector<market::ContractChange> changes{{Kind::gone, "OLDUSDT", {}, {}},
                                              {Kind::halted, "LUNAUSDT", {}, {}},
                                              {Kind::resumed, "FTMUSDT", {}, {}},
                                              {Kind::multiplier, "SHIBUSDT", "1", "1000"},
                                              {Kind::interval, "WIFUSDT", "8 h", "4 h"},
                                              {Kind::tick, "SOLUSDT", "0.01", "0.001"},
                                              {Kind::other_coin, "XUSDT", "X", "X@gate (40 here, 1 elsewhere)"},
                                              {Kind::same_coin, "YUSDT", {}, {}}};
  for (std::size_t i = 0; i < desk::contract_names_max + 4; ++i)
    changes.push_back({Kind::listed, "NEW" + std::to_string(i + 1) + "USDT", {}, {}});
  all.push_back({"what changed in an exchange's list", desk::contracts_message("Gate", changes, at).str(), true});
}

}  // namespace

Chapter suite() {
  Chapter out{"The suite itself", "In the operators' chat, where there is one.", {}};
  auto& all = out.messages;
  desk::StartFacts facts;
  facts.exchanges = 12;
  facts.heartbeat_every = 1h;
  facts.at = at;
  all.push_back({"the start", desk::started_message(bot, facts).str(), true});
  facts.notes = {"funding.db could not be read; it is kept as funding.db.corrupt-1773497100"};
  all.push_back({"a start with something to know", desk::started_message(bot, facts).str(), true});
  all.push_back({"the heartbeat of a calm hour", desk::heartbeat_message(bot, calm()).str(), true});
  all.push_back({"the heartbeat of a bad one", desk::heartbeat_message(bot, troubled()).str(), true});
  auto paused = calm();
  paused.outside.paused = true;
  all.push_back({"while it is paused", desk::heartbeat_message(bot, paused).str(), true});
  all.push_back({"the end", desk::stopped_message(bot, troubled()).str(), true});
  add_alerts(all);
  all.push_back({"an exchange banned this address",
                 desk::ban_message(bot, "fapi.binance.com", "418, -1003: way too many requests", at + 2min, at).str()});
  add_contracts(all);
  all.push_back({"a bug", desk::crash_message(bot, "cycles", "vector::at", false, at).str()});
  all.push_back({"a bug that comes again and again", desk::crash_message(bot, "cycles", "vector::at", true, at).str()});
  all.push_back({"to the other chat, when one takes no messages",
                 telegram::chat_refused_words("signals", "Forbidden: bot was kicked from the channel chat").str()});
  all.push_back({"`send-test`", desk::test_message(at).str()});
  const auto lines = [] {
    std::string many = "<b>a long message</b>";
    while (many.size() < 9'000) many += "\none of very many lines";
    return many;
  }();
  auto part = telegram::Parts(lines, false).text(1, false);
  part.resize(part.find('\n', part.find('\n') + 1));
  all.push_back({"a message too long for Telegram comes in parts", part});
  return out;
}

std::vector<Chapter> all() { return {volume(), liquidations(), funding(), around(), together(), weekly(), suite()}; }

}  // namespace gallery
