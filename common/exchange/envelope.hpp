// What the exchanges share in answering: rows into events, and a response's meaning before its payload is looked at.
#pragma once
#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "common/exchange/exchange.hpp"
#include "common/exchange/row.hpp"

namespace exchange {

/// What a row is read with.
struct Scope {
  const Exchange& exchange;
  const Settings& settings;
  const market::Universe& universe;
  base::WallTime received_at;
  std::string_view symbol{};  ///< of an answer that is about one contract and does not name it in its rows
  base::Millis bar_length{};  ///< of an answer that does not say it
  const Ask* ask{};           ///< what was asked; nullptr: nothing, the exchange pushed it
};

/// An event with exchange and time of arrival.
template <class Event>
[[nodiscard]] Event begin_event(const Scope& scope) {
  Event event;  // every member has its own beginning; "{}" would clear all of it first
  event.exchange = scope.exchange.traits().name;
  event.received_at = scope.received_at;
  return event;
}

/// The same at the end of `into`, to be filled in place: valid until the next one is added. A row that is refused takes
/// it back.
template <class Event>
[[nodiscard]] Event& add_event(const Scope& scope, market::Events& into) {
  auto& event = std::get<Event>(into.emplace_back(std::in_place_type<Event>));
  event.exchange = scope.exchange.traits().name;
  event.received_at = scope.received_at;
  return event;
}

/// `to = from` for an empty `to`. A whole optional that was just made is read back in one piece after it was stored in
/// two, and the processor waits; its parts it need not wait for.
template <class T>
void pass_on(const std::optional<T>& from, std::optional<T>& to) {
  if (from) to = *from;
}

/// What a row says of each of the events that it becomes: tickers often state funding and open interest too.
struct RowHead {
  std::string symbol;
  std::optional<double> mark, index;
  std::optional<base::WallTime> at;
};
/// The row's last event may take the symbol: add_event<…>(scope, std::move(head), out).
template <class Event, class Head>
requires std::same_as<std::remove_cvref_t<Head>, RowHead>
[[nodiscard]] Event& add_event(const Scope& scope, Head&& head, market::Events& into) {
  auto& event = add_event<Event>(scope, into);
  event.symbol = std::forward<Head>(head).symbol;
  pass_on(head.at, event.at);
  if constexpr (requires { event.mark; }) {
    pass_on(head.mark, event.mark);
    pass_on(head.index, event.index);
  }
  return event;
}

/// Reads the rows of an array, or the one row that an object is. `read(row, value, into)` appends what the row says;
/// what a row that turned out unreadable appended is taken back, and the row counted.
inline constexpr std::size_t reserved_max = 20'000;  ///< no answer has more; a hostile one gets no more at once
template <class T, class Read>
void each_row(Value rows, std::vector<T>& into, std::size_t& rows_skipped, const Read& read) {
  const auto one = [&](Value value) {
    const auto before = into.size();
    Row row;
    read(row, value, into);
    if (row.ok()) return;
    into.erase(into.begin() + static_cast<std::ptrdiff_t>(before), into.end());
    ++rows_skipped;
  };
  if (rows.is_object()) one(rows);
  if (!rows.is_array()) return;
  const auto before = into.size();
  for (const Value value : rows) {
    one(value);
    // What the first row became, the others will: room for all of it at once.
    if (into.capacity() < before + rows.size() && into.size() > before)
      into.reserve(before + std::min((into.size() - before) * rows.size(), reserved_max));
  }
}

/// A funding interval of whole `unit`s, up to a day. 0 and what is absent: none; a longer one is a fault of the row.
[[nodiscard]] std::optional<std::chrono::minutes> read_interval(Row& row, Value value, std::chrono::minutes unit);

/// Oldest first, whatever the exchange's order: candles by their open, settled rates by settlement, the rest by its
/// time.
void oldest_first(market::Events& events);

[[nodiscard]] base::Error shape_error(std::string_view place, std::string_view expected);

/// The name by which a URL path's last parts are known: endpoint_is("dapi/v1/klines", "klines").
[[nodiscard]] bool endpoint_is(std::string_view endpoint, std::string_view tail);

[[nodiscard]] bool is_html(const net::Response& response);

/// From the status line, Retry-After and the look of the body alone: 2xx is ok, or malformed when HTML or empty; 403 is
/// blocked with an HTML body, else banned for ten minutes; other codes as Outcome says them.
[[nodiscard]] market::Verdict judge_status(const net::Response& response, base::WallTime received_at);
/// Retry-After in seconds or as a date; unclamped. nullopt: none, or unreadable.
[[nodiscard]] std::optional<base::Millis> retry_after(const net::Response& response, base::WallTime received_at);
/// The envelope's members; of a body that begins with the code of success, that code alone.
[[nodiscard]] std::vector<Member> envelope_unless_ok(std::string_view body, std::string_view code_key,
                                                     std::string_view ok_code = "0");
[[nodiscard]] std::string_view member(const std::vector<Member>& members, std::string_view key);  ///< "" when absent
void set_message(market::Verdict& verdict, std::string_view text);                                ///< cleaned and cut
/// A whole decimal number; nullopt for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

/// What an exchange's own codes mean.
struct CodeMeaning {
  std::string_view code;
  market::Outcome outcome;
};
[[nodiscard]] std::optional<market::Outcome> meaning_of(std::span<const CodeMeaning> meanings, std::string_view code);
/// An exchange whose every answer is an object with a code: {"code":"0","msg":"","data":…}.
struct Envelope {
  std::string_view code_key, message_key;
  std::span<const CodeMeaning> codes;  ///< the code of success among them; an unknown one is a bad request
  std::string_view ok_code{"0"};
};
/// By the status line and the envelope; malformed without a code.
[[nodiscard]] market::Verdict judge_envelope(const net::Response& response, base::WallTime received_at,
                                             const Envelope& envelope);
/// Lets a code speak where the status line leaves the cause open: a ban, a block and a 429 stay what they are.
void apply_code(market::Verdict& verdict, std::span<const CodeMeaning> meanings, std::string_view code);

}  // namespace exchange
