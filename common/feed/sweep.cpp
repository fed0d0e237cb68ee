#include "common/feed/sweep.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

namespace feed {
using boost::asio::awaitable;

namespace {

/// The exchange's time of an event, for "newest datum"; history is no news.
std::optional<base::WallTime> datum_time(const market::Event& event) {
  if (const auto* funding = std::get_if<market::Funding>(&event)) return funding->settled ? std::nullopt : funding->at;
  if (const auto* ticker = std::get_if<market::Ticker>(&event)) return ticker->at;
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) return interest->at;
  return std::nullopt;
}

}  // namespace

Sweeper::Sweeper(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, std::vector<PollJob> jobs)
    : fetcher_(fetcher), clock_(clock), observer_(observer), sink_(std::move(sink)), jobs_(std::move(jobs)) {}

awaitable<SweepReport> Sweeper::sweep(bool everything) {
  SweepReport report;
  std::vector<std::string> asked;  // one request may answer several topics (Bybit's tickers)
  for (auto& job : jobs_) {
    const auto now = clock_.steady_now();
    if (!everything && job.next && now < *job.next) continue;
    job.next = now + job.every;
    const bool lost = co_await run_job(job, report, asked);
    if (lost) job.next = std::nullopt;  // due again in the next sweep, or its feed stays dead for a whole period
    if (job.topic == market::Topic::instruments && fetcher_.venue().universe.empty()) break;
  }
  co_return report;
}

awaitable<bool> Sweeper::run_job(PollJob& job, SweepReport& report, std::vector<std::string>& asked) {
  auto& venue = fetcher_.venue();
  const auto asks = venue.description->asks(job.topic, job.want);
  bool answered = false;
  bool lost = false;
  for (const auto& ask : asks) {
    if (std::find(asked.begin(), asked.end(), ask.request.url) != asked.end()) continue;
    asked.push_back(ask.request.url);
    ++report.asked;
    auto reply = co_await fetcher_.all(ask);
    if (!reply) {
      ++report.failed;
      if (!report.first_error) report.first_error = reply.error();
      observer_.on_error(venue.name + " " + ask.endpoint, reply.error());
      if (reply.error().kind == base::ErrorKind::not_found) continue;  // one bad symbol never ends a sweep
      lost = true;
      observer_.on_lost(venue.name, job.topic, reply.error());
      if (reply.error().kind == base::ErrorKind::bad_data) continue;
      break;  // a host that cannot be reached makes the rest pointless
    }
    answered = true;
    deliver(job, reply.value());
  }
  if (answered) observer_.on_live(venue.name, job.topic);
  co_return lost;
}

/// A list of exceptions says something about all the others too.
void Sweeper::add_unlisted(exchange::Reply& reply) const {
  const auto& venue = fetcher_.venue();
  const auto interval = venue.description->traits().unlisted_funding_interval;
  if (!interval) return;
  std::set<std::string_view> listed;
  for (const auto& event : reply.events) listed.insert(market::symbol_of(event));
  std::vector<market::Event> others;
  for (const auto& instrument : venue.universe.all()) {
    if (instrument.kind != market::ContractKind::perpetual || listed.contains(instrument.symbol)) continue;
    market::Funding funding;
    funding.exchange = venue.name;
    funding.symbol = instrument.symbol;
    funding.interval = interval;
    funding.received_at = clock_.wall_now();
    others.emplace_back(std::move(funding));
  }
  std::move(others.begin(), others.end(), std::back_inserter(reply.events));
}

void Sweeper::deliver(const PollJob& job, exchange::Reply& reply) {
  auto& venue = fetcher_.venue();
  if (reply.rows_skipped > 0) observer_.on_rows_skipped(venue.name, job.topic, reply.rows_skipped);
  if (job.topic == market::Topic::instruments) {
    market::Universe now(std::move(reply.instruments));
    if (now.empty()) return;  // an empty list is a mistake of theirs, not a market without contracts
    venue.universe = std::move(now);
    return;
  }
  if (job.topic == market::Topic::funding_intervals) add_unlisted(reply);
  std::optional<base::WallTime> newest;
  std::size_t delivered = 0;
  for (const auto& event : reply.events) {
    if (venue.universe.find(market::symbol_of(event)) == nullptr) continue;
    const auto at = datum_time(event);
    if (at) newest = newest ? std::max(*newest, *at) : *at;
    ++delivered;
    sink_(event);
  }
  if (delivered > 0) observer_.on_data(venue.name, job.topic, delivered, newest);
}

}  // namespace feed
