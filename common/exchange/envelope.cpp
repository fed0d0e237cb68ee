#include "common/exchange/envelope.hpp"

#include <charconv>

#include "common/base/utf8.hpp"

namespace exchange {

using market::Outcome;

namespace {

constexpr base::Millis ban_of_403 = std::chrono::minutes{10};  // Bybit's own number (EXCHANGES.md 3.6)
constexpr std::size_t message_max = 200;

Outcome outcome_of(int status) {
  if (status >= 200 && status < 300) return Outcome::ok;
  switch (status) {
    case 401: return Outcome::unauthorised;
    case 408: return Outcome::transient;
    case 418: return Outcome::banned;
    case 429: return Outcome::soft_limit;
    case 451: return Outcome::blocked;
    default: return status >= 500 ? Outcome::transient : Outcome::bad_request;
  }
}

base::WallTime order_of(const market::Event& event) {
  if (const auto* candle = std::get_if<market::Candle>(&event)) return candle->opened_at;
  if (const auto* funding = std::get_if<market::Funding>(&event)) return funding->settles_at.value_or(base::WallTime{});
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) return interest->at.value_or(base::WallTime{});
  if (const auto* liquidation = std::get_if<market::Liquidation>(&event)) return liquidation->at;
  if (const auto* trade = std::get_if<market::Trade>(&event)) return trade->at;
  return market::received_at(event);
}

bool starts_like_html(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

}  // namespace

std::optional<std::chrono::minutes> read_interval(Row& row, Value value, std::chrono::minutes unit) {
  const auto count = row.integer(value);
  if (!count || *count == 0) return std::nullopt;
  if (*count > 0 && *count <= std::chrono::hours{24} / unit) return *count * unit;
  row.refuse();
  return std::nullopt;
}

void oldest_first(market::Events& events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const market::Event& a, const market::Event& b) { return order_of(a) < order_of(b); });
}

base::Error shape_error(std::string_view place, std::string_view expected) {
  return {base::ErrorKind::bad_data, std::string(place), "the answer has no " + std::string(expected)};
}

bool endpoint_is(std::string_view endpoint, std::string_view tail) {
  if (!endpoint.ends_with(tail)) return false;
  return endpoint.size() == tail.size() || endpoint[endpoint.size() - tail.size() - 1] == '/';
}

bool is_html(const net::Response& response) {
  return net::header(response, "content-type").starts_with("text/html") || starts_like_html(response.body);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<base::Millis> retry_after(const net::Response& response, base::WallTime received_at) {
  const auto text = net::header(response, "retry-after");
  if (text.empty()) return std::nullopt;
  constexpr std::int64_t seconds_max = 1'000'000'000'000;  // keeps the product within int64
  if (const auto seconds = whole_number(text)) {
    return std::chrono::seconds{std::clamp(*seconds, -seconds_max, seconds_max)};
  }
  if (const auto date = net::parse_http_date(text)) return *date - received_at;
  return std::nullopt;
}

market::Verdict judge_status(const net::Response& response, base::WallTime received_at) {
  market::Verdict verdict;
  verdict.status = response.status;
  verdict.outcome = outcome_of(response.status);
  verdict.retry_after = retry_after(response, received_at);
  const bool html = is_html(response);
  if (response.status == 403) {
    verdict.outcome = html ? Outcome::blocked : Outcome::banned;
    if (!html) verdict.banned_until = received_at + verdict.retry_after.value_or(ban_of_403);
  }
  if (verdict.outcome == Outcome::ok && (html || response.body.empty())) {
    verdict.outcome = Outcome::malformed;
    verdict.message = html ? "an HTML page instead of JSON" : "an empty answer";
  }
  if (response.status == 418 && verdict.retry_after) verdict.banned_until = received_at + *verdict.retry_after;
  return verdict;
}

std::vector<Member> envelope_unless_ok(std::string_view body, std::string_view code_key, std::string_view ok_code) {
  if (leading_member(body, code_key) == ok_code) return {{std::string(code_key), std::string(ok_code)}};
  return envelope_members(body);
}

std::string_view member(const std::vector<Member>& members, std::string_view key) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.key == key; });
  return found == members.end() ? std::string_view{} : std::string_view{found->text};
}

void set_message(market::Verdict& verdict, std::string_view text) {
  auto cut = text.substr(0, message_max);
  // Not inside a UTF-8 sequence: continuation bytes at the cut belong to a character that is not whole.
  if (cut.size() < text.size()) {
    while (!cut.empty() && (static_cast<unsigned char>(text[cut.size()]) & 0xC0U) == 0x80U) cut.remove_suffix(1);
  }
  verdict.message = base::clean_utf8(cut);
}

std::optional<Outcome> meaning_of(std::span<const CodeMeaning> meanings, std::string_view code) {
  const auto found =
      std::find_if(meanings.begin(), meanings.end(), [&](const CodeMeaning& meaning) { return meaning.code == code; });
  return found == meanings.end() ? std::nullopt : std::optional(found->outcome);
}

market::Verdict judge_envelope(const net::Response& response, base::WallTime received_at, const Envelope& envelope) {
  auto verdict = judge_status(response, received_at);
  if (verdict.outcome == Outcome::malformed || is_html(response)) return verdict;
  const auto members = envelope_unless_ok(response.body, envelope.code_key, envelope.ok_code);
  const auto code = member(members, envelope.code_key);
  if (code.empty()) {
    if (verdict.outcome == Outcome::ok) verdict.outcome = Outcome::malformed;
    return verdict;
  }
  apply_code(verdict, envelope.codes, code);
  if (code != envelope.ok_code) set_message(verdict, member(members, envelope.message_key));
  return verdict;
}

void apply_code(market::Verdict& verdict, std::span<const CodeMeaning> meanings, std::string_view code) {
  verdict.code = code;
  const bool open = verdict.outcome == Outcome::ok || verdict.outcome == Outcome::bad_request ||
                    verdict.outcome == Outcome::transient;
  if (!open) return;
  if (const auto meaning = meaning_of(meanings, code)) {
    verdict.outcome = *meaning;
  } else if (verdict.outcome == Outcome::ok) {
    verdict.outcome = Outcome::bad_request;
  }
}

}  // namespace exchange
