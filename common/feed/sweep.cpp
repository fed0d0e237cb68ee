#include "common/feed/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>

#include "common/feed/beside.hpp"

namespace feed {
using boost::asio::awaitable;

namespace {

constexpr base::Millis first_slice{60'000};
constexpr base::Millis overlap{60'000};
constexpr base::Millis look_back_max{std::chrono::minutes{55}};  // Gate: a window of at most an hour

/// The exchange's time of an event, for "newest datum"; history is no news.
std::optional<base::WallTime> datum_time(const market::Event& event) {
  if (const auto* funding = std::get_if<market::Funding>(&event)) return funding->settled ? std::nullopt : funding->at;
  if (const auto* ticker = std::get_if<market::Ticker>(&event)) return ticker->at;
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) return interest->at;
  return std::nullopt;
}

/// The events that a topic is polled for, by their index in the variant.
std::size_t kind_of(market::Topic topic) {
  if (topic == market::Topic::tickers) return market::Event(market::Ticker{}).index();
  if (topic == market::Topic::open_interest) return market::Event(market::OpenInterest{}).index();
  return market::Event(market::Funding{}).index();
}

}  // namespace

Sweeper::Sweeper(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, std::vector<PollJob> jobs,
                 Symbols symbols)
    : fetcher_(fetcher),
      clock_(clock),
      observer_(observer),
      sink_(std::move(sink)),
      jobs_(std::move(jobs)),
      symbols_(std::move(symbols)) {}

awaitable<SweepReport> Sweeper::sweep(bool everything) {
  SweepReport report;
  Questions asked;
  for (auto& job : jobs_) {
    const auto now = clock_.steady_now();
    if (!everything && job.next && now < *job.next) continue;
    job.next = job.spread ? now : now + job.every;
    const auto answer = co_await run_job(job, report, asked);
    if (answer.lost) job.next = std::nullopt;  // due in the next sweep, or it stays dead for a whole period
    if (job.topic == market::Topic::instruments && fetcher_.venue().universe.empty()) break;
  }
  co_return report;
}

/// As many contracts as the time since the last slice asks for, so that all of them had their turn after `every`.
void Sweeper::cut_slice(PollJob& job) const {
  if (!job.spread) return;
  const auto all = symbols_ ? symbols_() : std::vector<std::string>{};
  const auto now = clock_.steady_now();
  const auto passed = job.sliced ? std::chrono::duration_cast<base::Millis>(now - *job.sliced) : first_slice;
  const double share = std::min(1.0, static_cast<double>(passed.count()) / static_cast<double>(job.every.count()));
  const auto count = static_cast<std::size_t>(std::ceil(share * static_cast<double>(all.size())));
  job.want.symbols.clear();
  for (std::size_t i = 0; i < count; ++i) job.want.symbols.push_back(all[(job.slice_from + i) % all.size()]);
  job.slice_from = all.empty() ? 0 : (job.slice_from + count) % all.size();
  job.sliced = now;
}

/// Events between two polls: from the poll before on, with some overlap for what is published late.
void Sweeper::look_back(PollJob& job) const {
  if (job.topic != market::Topic::liquidations) return;
  const auto now = clock_.wall_now();
  job.want.from = std::max(job.answered.value_or(now) - overlap, now - look_back_max);
}

/// One way after the other until one of them has something.
awaitable<Sweeper::Answer> Sweeper::run_job(PollJob& job, SweepReport& report, Questions& asked) {
  const auto now = clock_.steady_now();
  if (job.other_way_since && now - *job.other_way_since > first_way_again) {
    job.other_way_since.reset();
    job.want.way = 0;
  }
  cut_slice(job);
  look_back(job);
  const int ways = fetcher_.venue().description->ways(job.topic);
  auto answer = co_await ask_all(job, report, asked);
  for (int tried = 1; !answer.answered && answer.useless && tried < ways; ++tried) {
    job.want.way = (job.want.way + 1) % ways;
    job.other_way_since = now;
    answer = co_await ask_all(job, report, asked);
  }
  // Of one contract it may be true that there is none; of a whole topic it says that we ask in the wrong place.
  if (!answer.answered && !answer.lost && answer.useless && job.want.symbols.empty())
    observer_.on_lost(fetcher_.venue().name, job.topic, *answer.why);
  co_return answer;
}

awaitable<Sweeper::Answer> Sweeper::ask_all(PollJob& job, SweepReport& report, Questions& asked) {
  auto& venue = fetcher_.venue();
  const auto asked_at = clock_.wall_now();
  const auto asks = venue.description->asks(job.topic, job.want);
  Answer out;
  for (const auto& ask : asks) {
    std::string question = ask.request.url + ask.request.body;
    // An answer that tells both is read for the contracts alone when they are what was wanted (KuCoin).
    if (job.topic == market::Topic::instruments) question += " contracts";
    if (const auto before = asked.find(question); before != asked.end()) {
      share(job, before->second, out);
      continue;
    }
    auto& note = asked[question];
    ++report.asked;
    auto reply = co_await fetcher_.all(ask);
    if (!reply) {
      ++report.failed;
      if (!report.first_error) report.first_error = reply.error();
      out.why = note.why = reply.error();
      observer_.on_error(venue.name + " " + ask.endpoint, reply.error());
      const auto kind = reply.error().kind;
      out.useless = out.useless || kind == base::ErrorKind::not_found || kind == base::ErrorKind::bad_data;
      if (kind == base::ErrorKind::not_found) continue;  // one bad symbol never ends a sweep
      out.lost = true;
      observer_.on_lost(venue.name, job.topic, reply.error());
      if (kind == base::ErrorKind::bad_data) continue;
      break;  // a host that cannot be reached makes the rest pointless
    }
    out.answered = true;
    note.held = deliver(job, reply.value());
  }
  if (out.answered) {
    job.answered = asked_at;
    observer_.on_live(venue.name, job.topic);
  }
  co_return out;
}

/// Another topic of this sweep asked it already: what came of it holds for this one too.
void Sweeper::share(const PollJob& job, const Asked& asked, Answer& out) {
  const auto& name = fetcher_.venue().name;
  if (asked.why) {
    out.why = asked.why;
    out.lost = true;
    observer_.on_lost(name, job.topic, *asked.why);
    return;
  }
  out.answered = true;
  const auto held = asked.held.find(kind_of(job.topic));
  if (held != asked.held.end()) observer_.on_data(name, job.topic, held->second.events, held->second.newest);
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

void Sweeper::renew_contracts(std::vector<market::Instrument> instruments) {
  auto& venue = fetcher_.venue();
  for (auto& instrument : instruments) {
    const auto* counted_as = venue.prices == nullptr ? nullptr : venue.prices->counted_as(instrument);
    if (counted_as != nullptr) instrument.asset = *counted_as;
  }
  market::Universe now(std::move(instruments));
  if (now.empty()) return;  // an empty list is a mistake of theirs, not a market without contracts
  // What changed since an earlier run was told by the bots that ran meanwhile.
  const bool first = venue.universe.empty() || (venue.listed && venue.listed->remembered);
  const auto changes = first ? std::vector<market::ContractChange>{} : market::changes(venue.universe, now);
  venue.universe = std::move(now);
  venue.listed = Venue::Listed{clock_.wall_now(), false};
  if (!changes.empty()) observer_.on_contracts(venue.name, changes);
}

Sweeper::ByKind Sweeper::deliver(const PollJob& job, exchange::Reply& reply) {
  auto& venue = fetcher_.venue();
  if (reply.rows_skipped > 0) observer_.on_rows_skipped(venue.name, job.topic, reply.rows_skipped);
  if (job.topic == market::Topic::instruments) {
    const auto listed = reply.instruments.size();
    renew_contracts(std::move(reply.instruments));
    observer_.on_data(venue.name, job.topic, listed, std::nullopt);  // else the list counts as silent after some hours
    return {};
  }
  if (job.topic == market::Topic::funding_intervals) add_unlisted(reply);
  if (job.topic == market::Topic::liquidations)
    std::erase_if(reply.events, [&](const market::Event& event) { return !seen_.first_time(market::identity(event)); });
  if (job.topic == market::Topic::liquidations && venue.two_ways)
    venue.two_ways->polled(reply.events, clock_.wall_now());
  observer_.on_content(venue.name, job.topic, reply.events);
  std::optional<base::WallTime> newest;
  std::size_t delivered = 0;
  ByKind out;
  for (const auto& event : reply.events) {
    if (venue.universe.find(market::symbol_of(event)) == nullptr) continue;
    const auto at = datum_time(event);
    if (at) newest = newest ? std::max(*newest, *at) : *at;
    ++delivered;
    auto& held = out[event.index()];
    ++held.events;
    if (at) held.newest = held.newest ? std::max(*held.newest, *at) : *at;
    if (!only_shows_life(job.topic, event)) sink_(event);
  }
  if (delivered > 0) observer_.on_data(venue.name, job.topic, delivered, newest);
  return out;
}

}  // namespace feed
