#include "common/guard/gate.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/guard/retry_after.hpp"

namespace guard {
namespace asio = boost::asio;
using base::Error;
using base::ErrorKind;
using market::Outcome;

namespace {

using namespace std::chrono_literals;
constexpr int attempts_most = 3;
constexpr base::Millis soft_limit_first = 2s;  // a 429 that names no time
constexpr base::Millis soft_limit_max = 5min;

Error not_sent(std::string place, std::string cause, std::string remedy, std::optional<base::Millis> retry_after) {
  Error out(ErrorKind::refused, std::move(place), std::move(cause), std::move(remedy));
  out.delivery = base::Delivery::not_sent;
  out.retry_after = retry_after;
  return out;
}

Outcome outcome_of(ErrorKind kind) { return kind == ErrorKind::bad_data ? Outcome::malformed : Outcome::transient; }

std::optional<base::Millis> asked_wait(const market::Verdict& verdict, const net::Response& response,
                                       base::WallTime now) {
  if (verdict.banned_until) return *verdict.banned_until - now;
  if (verdict.retry_after) return verdict.retry_after;
  return parse_retry_after(net::header(response, "retry-after"), now);
}

Error error_of(const Call& call, const market::Verdict& verdict) {
  std::string cause = "HTTP " + std::to_string(verdict.status) + ", " + std::string(to_string(verdict.outcome));
  if (!verdict.code.empty()) cause += ' ' + verdict.code;
  if (!verdict.message.empty()) cause += ": " + verdict.message;
  return Error(market::error_kind(verdict.outcome), call.request.label, std::move(cause));
}

}  // namespace

/// What an attempt holds on its way; all of it goes back by itself.
struct Gate::Leave {
  HostGate::Pass pass;
  std::optional<Breaker::Permit> permit;
  std::vector<Charge> charges;
};

struct Gate::SlotHold {
  SlotHold(Gate& of_gate, Slots& of_host) : gate(of_gate), slots(of_host) {}
  ~SlotHold() {
    --slots.used;
    gate.pump_all();
  }
  SlotHold(const SlotHold&) = delete;
  SlotHold& operator=(const SlotHold&) = delete;
  SlotHold(SlotHold&&) = delete;
  SlotHold& operator=(SlotHold&&) = delete;
  Gate& gate;
  Slots& slots;
};

struct Gate::Attempt {
  enum class Next : std::uint8_t { done, refused, retry };
  Attempt(base::Result<net::Response> of_result, Next what_next, std::optional<base::Millis> server_said = std::nullopt)
      : result(std::move(of_result)), next(what_next), wait(server_said) {}
  base::Result<net::Response> result;
  Next next;
  std::optional<base::Millis> wait;  ///< the server's push-back: the retry comes after it, without a backoff
};

Gate::Gate(net::HttpClient& http, base::Clock& clock, Ledger& ledger, Observer& observer, GateOptions options,
           Random random)
    : http_(http),
      clock_(clock),
      ledger_(ledger),
      observer_(observer),
      options_(std::move(options)),
      random_(std::move(random)),
      hosts_(ledger, observer, options_.cautious_start) {
  for (const auto& [exchange, plans] : options_.limits)
    for (const auto& [name, plan] : plans) {
      auto& limiter = limiters_[exchange].try_emplace(name, exchange, name, plan).first->second;
      if (options_.cautious_start) limiter.drain(clock_.steady_now());
    }
}

Gate::~Gate() = default;

base::Result<void> Gate::load() {
  const auto now = clock_.steady_now();
  const auto wall = clock_.wall_now();
  const auto boot = clock_.boot_now();
  const auto breakers = ledger_.load_breakers();
  if (!breakers) return breakers.error();
  for (const auto& row : *breakers) endpoint_of(row.key).breaker.restore(row, now, wall, boot);
  const auto limiters = ledger_.load_limiters();
  if (!limiters) return limiters.error();
  for (const auto& row : *limiters) {
    const auto exchange = limiters_.find(row.exchange);
    if (exchange == limiters_.end()) continue;
    const auto limiter = exchange->second.find(row.limit);
    if (limiter != exchange->second.end()) limiter->second.restore(row, now, wall, boot);
  }
  return {};
}

asio::awaitable<base::Result<net::Response>> Gate::send(const Call& call, const Judge& judge) {
  const auto deadline = clock_.steady_now() + call.deadline;
  auto& budget = host_of(call.host).budget;
  std::optional<Error> last;
  int pauses = 0;
  for (int number = 1;; ++number) {
    Attempt tried = co_await attempt(call, judge, deadline, number);
    if (tried.next == Attempt::Next::refused && last) co_return *last;  // what the server did says more
    if (tried.next != Attempt::Next::retry) co_return std::move(tried.result);
    last = tried.result.error();
    budget.on_failure();
    if (number >= std::clamp(call.attempts_max, 1, attempts_most) || !budget.allows()) co_return *last;
    if (tried.wait) pauses = 0;
    const auto pause = tried.wait ? *tried.wait : options_.backoff.delay(pauses++, random_());
    const auto again_at = clock_.steady_now() + pause;
    if (again_at >= deadline) co_return *last;
    co_await clock_.sleep_until(again_at);
  }
}

asio::awaitable<Gate::Attempt> Gate::attempt(const Call& call, const Judge& judge, base::SteadyTime deadline,
                                             int number) {
  auto& endpoint = endpoint_of(call.key());
  auto& slots = host_of(call.host).slots;
  Leave leave;
  if (auto refused = may_ask(call, endpoint, leave, deadline))
    co_return Attempt(std::move(*refused), Attempt::Next::refused);

  const auto asked_at = clock_.steady_now();
  Need need(leave.charges, slots, endpoint.breaker.held_until(), deadline);
  const Turn turn = co_await line_of(call.exchange).enter(std::move(need));
  const auto admitted_at = clock_.steady_now();
  if (admitted_at > asked_at)
    observer_.on_wait(call.exchange, call.endpoint, std::chrono::ceil<base::Millis>(admitted_at - asked_at));
  if (turn.admission == Admission::crowded_out) {
    auto error = not_sent(call.request.label, "the line was full: it gave way to newer calls",
                          "ask this exchange for less, or less often", std::nullopt);
    co_return Attempt(refuse(call, Refusal::crowded_out, std::nullopt, std::move(error)), Attempt::Next::refused);
  }
  if (turn.admission == Admission::too_long) {
    const auto wait = std::chrono::ceil<base::Millis>(turn.ready_at - admitted_at);
    auto error =
        not_sent(call.request.label, "the limiter's wait of " + base::duration_words(wait) + " is beyond the deadline",
                 "nothing to do: the next poll asks again", wait);
    co_return Attempt(refuse(call, Refusal::too_long, wait, std::move(error)), Attempt::Next::refused);
  }
  const SlotHold slot(*this, slots);
  save_limiters(leave.charges);
  // The last thing that waits: a turn that was booked before the line would be the next bot's by the time of the
  // request.
  if (auto refused = co_await take_turns(call, leave, deadline))
    co_return Attempt(std::move(*refused), Attempt::Next::refused);
  const auto sent_at = clock_.steady_now();
  const auto left = std::chrono::ceil<base::Millis>(deadline - sent_at);
  if (left <= base::Millis{0}) {
    auto error = not_sent(call.request.label, "its time was over when its turn came",
                          "nothing to do: the next poll asks again", std::nullopt);
    co_return Attempt(refuse(call, Refusal::too_long, std::nullopt, std::move(error)), Attempt::Next::refused);
  }
  // The other bots may have met a ban while we waited: nothing suspends between this reading and the request.
  if (auto refused = check_host(call, leave)) co_return Attempt(std::move(*refused), Attempt::Next::refused);
  leave.permit->begin(sent_at);
  net::Request request = call.request;
  request.total_timeout = std::min({request.total_timeout, options_.breaker.request_timeout, left});
  auto reply = co_await http_.send(request);

  const auto elapsed = std::chrono::ceil<base::Millis>(clock_.steady_now() - sent_at);
  CallReport report{call.exchange, call.host, call.endpoint, Outcome::ok, std::nullopt, 0, {}, elapsed, number, {}};
  if (!reply) co_return no_response(call, leave, reply.error(), report);
  const market::Verdict verdict = judge(*reply);
  co_return judged(call, leave, std::move(*reply), verdict, report);
}

/// A limit of one request in 5 s has no shares: the bots book turns of it, one after the other, in the shared ledger.
asio::awaitable<std::optional<Error>> Gate::take_turns(const Call& call, Leave& leave, base::SteadyTime deadline) {
  for (const auto& charge : leave.charges) {
    if (!charge.limiter->plan().documented.undivided) continue;
    const auto every = std::chrono::ceil<base::Millis>(charge.limiter->plan().interval) * charge.units;
    for (;;) {
      const auto wait = ledger_.book_turn(call.exchange, charge.limiter->name(), every, clock_.wall_now());
      if (!wait) co_return refuse(call, Refusal::ledger, std::nullopt, wait.error());
      if (*wait <= base::Millis{0}) break;
      if (clock_.steady_now() + *wait > deadline) {
        auto error = not_sent(call.request.label, "the other bots' turns are beyond the deadline",
                              "nothing to do: the next poll asks again", *wait);
        co_return refuse(call, Refusal::too_long, *wait, std::move(error));
      }
      co_await clock_.sleep_for(*wait);
    }
  }
  co_return std::nullopt;
}

std::optional<Error> Gate::may_ask(const Call& call, Endpoint& endpoint, Leave& leave, base::SteadyTime deadline) {
  auto charges = charges_of(call);
  if (!charges) return refuse(call, Refusal::bad_call, std::nullopt, charges.error());
  leave.charges = std::move(*charges);
  if (auto refused = check_host(call, leave)) return refused;
  auto acquired = endpoint.breaker.acquire(clock_.steady_now(), deadline);
  if (auto* const permit = std::get_if<Breaker::Permit>(&acquired)) {
    leave.permit.emplace(std::move(*permit));
    return std::nullopt;
  }
  const auto& rejection = std::get<Rejection>(acquired);
  auto error = not_sent(call.request.label, "its circuit is " + std::string(to_string(rejection.state)),
                        rejection.retry_after ? "nothing to do: it is tried again by itself" : "an operator closes it",
                        rejection.retry_after);
  return refuse(call, Refusal::breaker, rejection.retry_after, std::move(error));
}

std::optional<Error> Gate::check_host(const Call& call, Leave& leave) {
  const auto boot = clock_.boot_now();
  auto refused = hosts_.enter(call.host, leave.pass, clock_.wall_now(), boot);
  if (!refused) return std::nullopt;
  return refuse(call, refused->why, refused->retry_after, std::move(refused->error));
}

Error Gate::refuse(const Call& call, Refusal why, std::optional<base::Millis> retry_after, Error error) {
  observer_.on_refused(call.key(), why, retry_after);
  return error;
}

Gate::Attempt Gate::no_response(const Call& call, Leave& leave, const Error& error, CallReport& report) {
  leave.permit->fail(clock_.steady_now());
  report.outcome = outcome_of(error.kind);
  report.kind = error.kind;
  report.message = error.cause;
  observer_.on_call(report);
  const bool again =
      error.kind == ErrorKind::network || error.kind == ErrorKind::timeout || error.kind == ErrorKind::bad_data;
  if (!again) return Attempt(error, Attempt::Next::done);
  Error out = error;
  if (out.place.empty()) out.place = call.request.label;
  return Attempt(std::move(out), Attempt::Next::retry);
}

Gate::Attempt Gate::judged(const Call& call, Leave& leave, net::Response response, const market::Verdict& verdict,
                           CallReport& report) {
  const auto now = clock_.steady_now();
  const auto wall = clock_.wall_now();
  for (const auto& charge : leave.charges) {
    const auto& header = charge.limiter->plan().documented.usage_header;
    if (!header.empty()) charge.limiter->on_usage(net::header(response, header), now, wall);
  }
  auto& endpoint = endpoint_of(call.key());
  auto& permit = *leave.permit;
  const auto held_before = endpoint.breaker.held_until();
  const auto asked = asked_wait(verdict, response, wall);
  Attempt out(net::Response(), Attempt::Next::done);
  switch (verdict.outcome) {
    case Outcome::ok:
      permit.succeed(now, report.elapsed);
      hosts_.proved(call.host, leave.pass);
      host_of(call.host).budget.on_success();
      endpoint.soft_limits_in_row = 0;
      out.result = std::move(response);
      break;
    case Outcome::transient:
    case Outcome::malformed:
      permit.fail(now, asked);
      out.next = Attempt::Next::retry;
      if (asked) out.wait = server_wait(*asked);
      break;
    case Outcome::soft_limit:
      out.next = Attempt::Next::retry;
      out.wait = limited(endpoint, leave, asked);
      break;
    case Outcome::banned:
    case Outcome::blocked: {
      const auto boot = clock_.boot_now();
      hosts_.punish(call.host, verdict, asked, wall, boot);
      permit.exclude(now);
      break;
    }
    case Outcome::bad_symbol:
    case Outcome::bad_request:
      hosts_.proved(call.host, leave.pass);
      permit.exclude(now);
      break;
    case Outcome::unauthorised: permit.exclude(now); break;
  }
  if (endpoint.breaker.held_until() > held_before) save_breaker(endpoint.breaker);
  save_limiters(leave.charges);
  if (verdict.outcome != Outcome::ok) {
    Error error = error_of(call, verdict);
    error.retry_after = out.wait;
    report.kind = error.kind;
    out.result = std::move(error);
  }
  report.outcome = verdict.outcome;
  report.status = verdict.status;
  report.code = verdict.code;
  report.message = verdict.message;
  observer_.on_call(report);
  return out;
}

base::Millis Gate::limited(Endpoint& endpoint, Leave& leave, std::optional<base::Millis> asked) {
  const auto now = clock_.steady_now();
  const auto raw = asked.value_or(doubled(soft_limit_first, endpoint.soft_limits_in_row++, soft_limit_max));
  const auto wait = server_wait(raw);
  leave.permit->exclude(now, raw);
  for (const auto& charge : leave.charges) charge.limiter->block_until(now + wait);
  return wait;
}

base::Result<std::vector<Charge>> Gate::charges_of(const Call& call) {
  std::vector<Charge> out;
  for (const auto& cost : call.costs) {
    auto& known = limiters_[call.exchange];
    const auto at = known.find(cost.limit);
    if (at == known.end())
      return Error(ErrorKind::config, call.request.label, "no limit is called '" + cost.limit + "'",
                   "name it under the limits of " + call.exchange);
    auto* const limiter = &at->second;
    const auto same = std::find_if(out.begin(), out.end(), [&](const Charge& c) { return c.limiter == limiter; });
    auto& charge = same != out.end() ? *same : out.emplace_back(Charge{limiter, 0});
    if (!limiter->fits(cost.units) || !limiter->fits(charge.units + cost.units))
      return Error(ErrorKind::config, call.request.label,
                   "costs more of '" + cost.limit + "' than the " + std::to_string(limiter->plan().burst) +
                       " units that this bot may spend at once",
                   "raise this bot's share of it");
    charge.units += cost.units;
  }
  return out;
}

Gate::Endpoint& Gate::endpoint_of(const BreakerKey& key) {
  const auto found = endpoints_.find(key);
  if (found != endpoints_.end()) return found->second;
  const auto on_change = [this, key](const BreakerChange& change) {
    save_breaker(endpoints_.at(key).breaker);
    observer_.on_breaker(key, change);
  };
  return endpoints_.try_emplace(key, key, options_.breaker, random_, on_change).first->second;
}

Gate::Host& Gate::host_of(const std::string& name) {
  const auto [at, is_new] = traffic_.try_emplace(name);
  if (is_new) at->second.slots.max = options_.in_flight_max;
  return at->second;
}

WaitLine& Gate::line_of(const std::string& exchange) {
  return lines_.try_emplace(exchange, clock_, options_.line_max).first->second;
}

void Gate::pump_all() {
  for (auto& [exchange, line] : lines_) line.pump();
}

void Gate::save_breaker(const Breaker& breaker) {
  const auto boot = clock_.boot_now();
  const auto saved = ledger_.save_breaker(breaker.save(clock_.steady_now(), clock_.wall_now(), boot));
  if (!saved) observer_.on_ledger_error(saved.error());
}

void Gate::save_limiters(const std::vector<Charge>& charges) {
  for (const auto& charge : charges) {
    if (!charge.limiter->must_save()) continue;
    const auto boot = clock_.boot_now();
    const auto saved = ledger_.save_limiter(charge.limiter->save(clock_.steady_now(), clock_.wall_now(), boot));
    if (!saved) observer_.on_ledger_error(saved.error());
  }
}

}  // namespace guard
