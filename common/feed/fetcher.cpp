#include "common/feed/fetcher.hpp"

#include <iterator>

#include "common/feed/recorder.hpp"

namespace feed {
using boost::asio::awaitable;

namespace {

constexpr base::Millis date_resolution{1'000};  // of the Date header
constexpr base::Millis body_resolution{1};

guard::Call call_of(const Venue& venue, const exchange::Ask& ask) {
  const auto url = net::parse_url(ask.request.url);
  guard::Call call(venue.name, url ? url->host : std::string{}, ask.endpoint, ask.request);
  call.request.proxy = venue.settings.proxy;
  for (const auto& cost : ask.costs) {
    guard::Cost one;
    one.limit = cost.limit;
    one.units = cost.units;
    call.costs.push_back(std::move(one));
  }
  return call;
}

void record(const Venue& venue, const exchange::Ask& ask, std::string_view body, base::WallTime received) {
  if (venue.recorder == nullptr) return;
  Record record;
  record.kind = Record::Kind::answer;
  record.received = received;
  record.exchange = venue.name;
  record.source = ask.endpoint;
  record.topic = ask.topic;
  record.symbol = ask.symbol;
  record.bar_length = ask.bar_length;
  record.bytes = body;
  venue.recorder->add(record);
}

}  // namespace

awaitable<base::Result<exchange::Reply>> Fetcher::page(exchange::Ask ask) {
  const auto call = call_of(venue_, ask);
  base::Result<exchange::Reply> decoded = base::Error(base::ErrorKind::internal, ask.endpoint, "not decoded");
  // Decoding is part of the judgement: a body that cannot be read is a failure of the endpoint.
  const guard::Judge judge = [&](const net::Response& response) {
    const auto received = clock_.wall_now();
    if (const auto date = net::parse_http_date(net::header(response, "date")))
      observer_.on_server_time(venue_.name, *date, received, response.elapsed, date_resolution);
    auto verdict = venue_.description->judge(response, received);
    if (verdict.outcome != market::Outcome::ok) return verdict;
    record(venue_, ask, response.body, received);
    decoded = venue_.description->decode(ask, response.body, venue_.universe, received);
    if (!decoded) {
      verdict.outcome = market::Outcome::malformed;
      verdict.message = decoded.error().cause;
    } else if (decoded.value().server_time) {
      observer_.on_server_time(venue_.name, *decoded.value().server_time, received, response.elapsed, body_resolution);
    }
    return verdict;
  };
  const auto response = co_await gate_.send(call, judge);
  if (!response) co_return response.error();
  co_return std::move(decoded);
}

awaitable<base::Result<exchange::Reply>> Fetcher::all(exchange::Ask ask) {
  auto reply = co_await page(std::move(ask));
  for (int pages = 1; reply && reply.value().next && pages < pages_max; ++pages) {
    exchange::Ask next = std::move(*reply.value().next);
    reply.value().next.reset();
    auto more = co_await page(std::move(next));
    if (!more) co_return more.error();
    auto& whole = reply.value();
    auto& part = more.value();
    std::move(part.events.begin(), part.events.end(), std::back_inserter(whole.events));
    std::move(part.instruments.begin(), part.instruments.end(), std::back_inserter(whole.instruments));
    whole.rows_skipped += part.rows_skipped;
    whole.next = std::move(part.next);
  }
  co_return std::move(reply);
}

}  // namespace feed
