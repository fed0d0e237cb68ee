// The only way out to an exchange: ban ledger, circuit breaker, limiter, deadline and retry budget stand between a call
// and the network, and every answer is judged and remembered (RESILIENCE.md 1.2 and 2.2).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/guard/backoff.hpp"
#include "common/guard/breaker.hpp"
#include "common/guard/host_gate.hpp"
#include "common/guard/ledger.hpp"
#include "common/guard/limiter.hpp"
#include "common/guard/observer.hpp"
#include "common/guard/retry_budget.hpp"
#include "common/guard/wait_line.hpp"
#include "common/market/verdict.hpp"
#include "common/net/http_client.hpp"

namespace guard {

struct Cost {
  std::string limit;  ///< a key of GateOptions::limits of its exchange
  std::int64_t units{1};
};

/// One question to an exchange; it only reads, so it may be repeated. Has a constructor on purpose
/// (docs/decisions/0002).
struct Call {
  Call(std::string of_exchange, std::string at_host, std::string at_endpoint, net::Request with_request)
      : exchange(std::move(of_exchange)),
        host(std::move(at_host)),
        endpoint(std::move(at_endpoint)),
        request(std::move(with_request)) {}
  std::string exchange;
  std::string host;      ///< of the request's url: bans and requests in flight are counted by it
  std::string endpoint;  ///< the breaker's key within exchange and host, stable over restarts
  std::vector<Cost> costs;
  net::Request request;
  base::Millis deadline{30'000};  ///< for everything: waiting, all attempts, the pauses between them
  int attempts_max{3};            ///< 1 to 3

  [[nodiscard]] BreakerKey key() const { return {exchange, host, endpoint}; }
};

/// What the answer means. It includes the decoding, so that a body that cannot be read counts as a failure.
using Judge = std::function<market::Verdict(const net::Response&)>;

struct GateOptions {
  BreakerPolicy breaker;
  Backoff backoff;
  std::map<std::string, std::map<std::string, LimitPlan>> limits;  ///< by exchange and name
  int in_flight_max{4};                                            ///< requests of one host
  std::size_t line_max{256};                                       ///< calls of one exchange that wait
  bool cautious_start{};  ///< the ledger was lost: no burst, and one probe a host before the rest
};

struct EndpointView {
  BreakerKey key;
  BreakerState state{};
  int openings{};
  std::optional<base::Millis> open_for, held_for;  ///< by the breaker, by the server's wish
  BreakerTotals totals;
  std::string who, why;  ///< of an operator's state
};

struct LimiterView {
  std::string exchange, limit;
  std::int64_t remaining{}, burst{};
  std::optional<base::Millis> blocked_for;
};

struct HostView {
  std::string host;
  std::optional<HostBan> ban;  ///< over when ban_for is absent
  std::optional<base::Millis> ban_for;
  int in_flight{};
  double retry_tokens{};
};

struct GateView {
  std::vector<EndpointView> endpoints;
  std::vector<LimiterView> limiters;
  std::vector<HostView> hosts;
};

class Gate {
 public:
  /// Everything given outlives the gate, and the gate the coroutines that are inside send().
  Gate(net::HttpClient& http, base::Clock& clock, Ledger& ledger, Observer& observer, GateOptions options,
       Random random);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  Gate(Gate&&) = delete;
  Gate& operator=(Gate&&) = delete;

  /// Takes over what this bot's last run left. Before the first send().
  [[nodiscard]] base::Result<void> load();

  /// The response of a call that was judged ok. Else an Error: of kind refused when the guard did not let it out (with
  /// retry_after where that is known), storage when the bans cannot be read, config when the call names an unknown
  /// limit or costs more than its burst; or the kind of the last attempt's outcome. `call` and `judge` are named
  /// variables that live until then. Cancelled, it throws operation_aborted, and nothing is counted.
  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const Call& call, const Judge& judge);

  [[nodiscard]] GateView states();

  /// An operator's doings (CB-7). False: no such endpoint was ever called.
  bool isolate(const BreakerKey& key, const std::string& who, const std::string& why);
  bool disable(const BreakerKey& key, const std::string& who, const std::string& why);
  bool close(const BreakerKey& key, const std::string& who, const std::string& why);
  bool reset(const BreakerKey& key, const std::string& who, const std::string& why);
  /// Lets one probe to a host that blocks our region, before its time. A ban proper is refused.
  [[nodiscard]] base::Result<void> try_blocked(const std::string& host) { return hosts_.try_blocked(host); }

 private:
  struct Endpoint {
    Endpoint(const BreakerKey& key, const BreakerPolicy& policy, const Random& random, Breaker::OnChange on_change)
        : breaker(key, policy, random, std::move(on_change)) {}
    Breaker breaker;
    int soft_limits_in_row{};
  };
  struct Host {
    Slots slots;
    RetryBudget budget;
  };
  struct Attempt;
  struct Leave;
  struct SlotHold;

  [[nodiscard]] boost::asio::awaitable<Attempt> attempt(const Call& call, const Judge& judge, base::SteadyTime deadline,
                                                        int number);
  [[nodiscard]] boost::asio::awaitable<std::optional<base::Error>> take_turns(const Call& call, Leave& leave,
                                                                              base::SteadyTime deadline);
  [[nodiscard]] std::optional<base::Error> may_ask(const Call& call, Endpoint& endpoint, Leave& leave,
                                                   base::SteadyTime deadline);
  [[nodiscard]] std::optional<base::Error> check_host(const Call& call, Leave& leave);
  [[nodiscard]] Attempt no_response(const Call& call, Leave& leave, const base::Error& error, CallReport& report);
  [[nodiscard]] Attempt judged(const Call& call, Leave& leave, net::Response response, const market::Verdict& verdict,
                               CallReport& report);
  [[nodiscard]] base::Millis limited(Endpoint& endpoint, Leave& leave, std::optional<base::Millis> asked);
  [[nodiscard]] base::Error refuse(const Call& call, Refusal why, std::optional<base::Millis> retry_after,
                                   base::Error error);

  Endpoint& endpoint_of(const BreakerKey& key);
  Host& host_of(const std::string& name);
  [[nodiscard]] base::Result<std::vector<Charge>> charges_of(const Call& call);
  WaitLine& line_of(const std::string& exchange);
  void pump_all();
  void save_breaker(const Breaker& breaker);
  void save_limiters(const std::vector<Charge>& charges);
  template <class Change>
  bool by_hand(const BreakerKey& key, const Change& change);

  net::HttpClient& http_;
  base::Clock& clock_;
  Ledger& ledger_;
  Observer& observer_;
  GateOptions options_;
  Random random_;
  HostGate hosts_;
  std::map<BreakerKey, Endpoint> endpoints_;
  std::map<std::string, Host> traffic_;
  std::map<std::string, std::map<std::string, Limiter>> limiters_;
  std::map<std::string, WaitLine> lines_;
};

}  // namespace guard
