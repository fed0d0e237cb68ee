#include "common/feed/heard.hpp"

#include <charconv>

#include "common/feed/event_codec.hpp"

namespace feed {

namespace {

constexpr std::string_view began_word = "began", state_word = "state", resumed_word = "resumed",
                           feed_state_word = "feed_state", contract_word = "contract", watched_word = "watched",
                           event_word = "event", time_word = "time";

/// Two texts in one: the first ends at the line's end.
std::string joined(std::string_view first, std::string_view rest) {
  std::string out(first);
  out += '\n';
  out += rest;
  return out;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

void HeardWriter::write(const std::string& exchange, std::string_view what, std::string_view bytes) {
  recorder_.add(heard_record(clock_.wall_now(), exchange, what, bytes));
}

void HeardWriter::began(std::string_view bot) {
  known_.clear();
  write({}, began_word, bot);
}

void HeardWriter::state(const std::string& exchange, const std::string& symbol, std::string_view body) {
  write(exchange, state_word, joined(symbol, body));
}

void HeardWriter::resumed(const std::string& key, std::string_view memo, base::WallTime now) {
  write({}, resumed_word, joined(key + "\n" + std::to_string(base::to_ms(now)), memo));
}

void HeardWriter::feed_state(const std::string& exchange, int state) {
  auto text = std::to_string(state);
  auto& known = known_["feed " + exchange];
  if (known == text) return;
  write(exchange, feed_state_word, text);
  known = std::move(text);
}

void HeardWriter::looked_up(const std::string& exchange, const std::string& symbol, const market::Instrument* found) {
  auto bytes = joined(symbol, found == nullptr ? std::string() : encoded(*found));
  auto& known = known_["contract " + exchange + " " + symbol];
  if (known == bytes) return;
  write(exchange, contract_word, bytes);
  known = std::move(bytes);
}

void HeardWriter::watched(const std::string& exchange, const std::string& symbol, bool is_watched) {
  auto bytes = joined(symbol, is_watched ? "1" : "0");
  auto& known = known_["watched " + exchange + " " + symbol];
  if (known == bytes) return;
  write(exchange, watched_word, bytes);
  known = std::move(bytes);
}

void HeardWriter::event(const market::Event& event) { write(market::exchange_of(event), event_word, encoded(event)); }

void HeardWriter::time_passed(base::WallTime exchange_now) {
  write({}, time_word, std::to_string(base::to_ms(exchange_now)));
}

base::Result<void> hear(const Record& record, const HeardReader& reader) {
  if (record.kind != Record::Kind::heard) return {};
  const auto unreadable = [&record] {
    return base::Error(base::ErrorKind::bad_data, "recording", "cannot be read: " + record.source,
                       "replay it with the version that recorded it");
  };
  const std::string exchange = record.exchange == "-" ? std::string() : record.exchange;
  const auto line = record.bytes.substr(0, record.bytes.find('\n'));
  const auto rest = record.bytes.substr(std::min(record.bytes.size(), line.size() + 1));
  if (record.source == event_word) {
    const auto event = decoded_event(record.bytes);
    if (!event) return unreadable();
    if (reader.event) reader.event(*event, record.received);
  } else if (record.source == time_word) {
    const auto ms = number(record.bytes);
    if (!ms) return unreadable();
    if (reader.time_passed) reader.time_passed(base::from_ms(*ms), record.received);
  } else if (record.source == contract_word) {
    auto found = rest.empty() ? std::nullopt : decoded_instrument(rest);
    if (!rest.empty() && !found) return unreadable();
    if (reader.looked_up) reader.looked_up(exchange, std::string(line), std::move(found));
  } else if (record.source == watched_word) {
    if (reader.watched) reader.watched(exchange, std::string(line), rest == "1");
  } else if (record.source == feed_state_word) {
    const auto state = number(record.bytes);
    if (!state) return unreadable();
    if (reader.feed_state) reader.feed_state(exchange, static_cast<int>(*state));
  } else if (record.source == state_word) {
    if (reader.state) reader.state(exchange, std::string(line), rest);
  } else if (record.source == resumed_word) {
    const auto when = rest.substr(0, rest.find('\n'));
    const auto ms = number(when);
    if (!ms) return unreadable();
    const auto memo = rest.substr(std::min(rest.size(), when.size() + 1));
    if (reader.resumed) reader.resumed(std::string(line), memo, base::from_ms(*ms));
  } else if (record.source == began_word) {
    if (reader.began) reader.began(record.bytes);
  } else {
    return unreadable();
  }
  return {};
}

}  // namespace feed
