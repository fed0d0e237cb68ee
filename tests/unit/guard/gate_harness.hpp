// A gate with a scripted network, a virtual clock and a ledger in memory.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"
#include "common/guard/gate.hpp"
#include "common/guard/memory_ledger.hpp"
#include "tests/support/fake_clock.hpp"

namespace test {

using namespace std::chrono_literals;

/// Answers as its script says, after the time it says, and keeps what was sent when.
class ScriptedHttp final : public net::HttpClient {
 public:
  struct Answer {
    Answer(base::Result<net::Response> what, base::Millis later) : result(std::move(what)), after(later) {}
    base::Result<net::Response> result;
    base::Millis after;
  };
  struct Sent {
    base::SteadyTime at;
    std::string label;
  };

  explicit ScriptedHttp(base::Clock& clock) : clock_(clock) {}

  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override {
    sent.push_back(Sent{clock_.steady_now(), request.label});
    last_timeout = request.total_timeout;
    const Answer answer = script(request);
    peak = std::max(peak, ++in_flight);
    struct Leave {
      int& count;
      ~Leave() { --count; }
    } leave{in_flight};
    co_await clock_.sleep_for(answer.after);
    co_return answer.result;
  }

  static Answer status(int code, net::Headers headers = {}, base::Millis after = 10ms) {
    net::Response response;
    response.status = code;
    response.headers = std::move(headers);
    return Answer(std::move(response), after);
  }
  static Answer broken(base::ErrorKind kind, base::Millis after = 10ms) {
    return Answer(base::Error(kind, "net", "scripted"), after);
  }

  std::function<Answer(const net::Request&)> script{[](const net::Request&) { return status(200); }};
  std::vector<Sent> sent;
  base::Millis last_timeout{};
  int in_flight{}, peak{};

 private:
  base::Clock& clock_;
};

/// A ledger whose disk can fail.
class FailingLedger final : public guard::Ledger {
 public:
  [[nodiscard]] base::Result<std::optional<guard::HostBan>> ban(const std::string& host) override {
    ++reads;
    if (cannot_read) return broken();
    return memory.ban(host);
  }
  [[nodiscard]] base::Result<void> put_ban(const guard::HostBan& ban) override {
    return cannot_write ? broken() : memory.put_ban(ban);
  }
  [[nodiscard]] base::Result<void> clear_ban(const guard::HostBan& seen) override {
    return cannot_write ? broken() : memory.clear_ban(seen);
  }
  [[nodiscard]] base::Result<std::vector<guard::BreakerRow>> load_breakers() override {
    if (cannot_read) return broken();
    return memory.load_breakers();
  }
  [[nodiscard]] base::Result<void> save_breaker(const guard::BreakerRow& row) override {
    return cannot_write ? broken() : memory.save_breaker(row);
  }
  [[nodiscard]] base::Result<std::vector<guard::LimiterRow>> load_limiters() override { return memory.load_limiters(); }
  [[nodiscard]] base::Result<void> save_limiter(const guard::LimiterRow& row) override {
    return cannot_write ? broken() : memory.save_limiter(row);
  }

  [[nodiscard]] base::Result<base::Millis> book_turn(const std::string& exchange, const std::string& limit,
                                                     base::Millis every, base::WallTime now) override {
    if (cannot_write) return broken();
    auto& next = next_turn[exchange + " " + limit];
    if (next > now) return next - now;
    next = now + every;
    return base::Millis{0};
  }

  guard::MemoryLedger memory;
  std::map<std::string, base::WallTime> next_turn;  ///< by exchange and limit
  bool cannot_read{}, cannot_write{};
  int reads{};

 private:
  static base::Error broken() { return base::Error(base::ErrorKind::storage, "shared.db", "disk I/O error"); }
};

struct Heard final : guard::Observer {
  void on_call(const guard::CallReport& report) override { calls.push_back(report); }
  void on_breaker(const guard::BreakerKey& key, const guard::BreakerChange& change) override {
    changes.emplace_back(key, change);
  }
  void on_ban(const guard::HostBan& ban) override { bans.push_back(ban); }
  void on_wait(const std::string& exchange, const std::string& /*endpoint*/, base::Millis waited) override {
    waits.emplace_back(exchange, waited);
  }
  void on_refused(const guard::BreakerKey& /*key*/, guard::Refusal why, std::optional<base::Millis> after) override {
    refusals.emplace_back(why, after);
  }
  void on_ledger_error(const base::Error& error) override { ledger_errors.push_back(error); }

  std::vector<guard::CallReport> calls;
  std::vector<std::pair<guard::BreakerKey, guard::BreakerChange>> changes;
  std::vector<guard::HostBan> bans;
  std::vector<std::pair<std::string, base::Millis>> waits;
  std::vector<std::pair<guard::Refusal, std::optional<base::Millis>>> refusals;
  std::vector<base::Error> ledger_errors;
};

inline market::Verdict judge_by_status(const net::Response& response) {
  using market::Outcome;
  market::Verdict out;
  out.status = response.status;
  if (response.status >= 500 || response.status == 408) out.outcome = Outcome::transient;
  if (response.status == 429) out.outcome = Outcome::soft_limit;
  if (response.status == 418 || response.status == 403) out.outcome = Outcome::banned;
  if (response.status == 451) out.outcome = Outcome::blocked;
  if (response.status == 404) out.outcome = Outcome::bad_symbol;
  if (response.status == 400) out.outcome = Outcome::bad_request;
  if (response.status == 401) out.outcome = Outcome::unauthorised;
  if (response.status == 299) out.outcome = Outcome::malformed;  // stands for a 200 that cannot be decoded
  return out;
}

inline guard::LimitPlan slow_limit() { return *guard::plan_limit("test", {10, 10s, {}, {}}, 1.0); }

inline guard::GateOptions plain_options() {
  guard::GateOptions out;
  out.limits["okx"]["ip"] = *guard::plan_limit("test", {1'000'000, 10s, {}, {}}, 1.0);
  out.limits["okx"]["slow"] = slow_limit();  // burst 3, one each 1.43 s
  out.limits["okx"]["other"] = slow_limit();
  return out;
}

class GateWorld {
 public:
  using Answered = std::map<std::string, base::Result<net::Response>>;

  explicit GateWorld(const guard::GateOptions& options = plain_options()) : options_(options) { start(); }
  ~GateWorld() { stop(); }
  GateWorld(const GateWorld&) = delete;
  GateWorld& operator=(const GateWorld&) = delete;
  GateWorld(GateWorld&&) = delete;
  GateWorld& operator=(GateWorld&&) = delete;

  static guard::Call call(const std::string& label, const std::string& limit = "ip", std::int64_t units = 1) {
    guard::Call out("okx", "www.okx.com", "funding", net::Request("https://www.okx.com/x", label));
    out.costs.push_back(guard::Cost{limit, units});
    return out;
  }
  /// Asks once, without retries unless the call says so, and goes on; the answer comes to `answers`.
  void ask(guard::Call call) { tasks.spawn(call.request.label, run(std::move(call))); }
  void ask_once(guard::Call call) {
    call.attempts_max = 1;
    ask(std::move(call));
  }
  /// Asks and waits long enough for a quick answer.
  base::Result<net::Response> answer(guard::Call call, base::Millis wait = 50ms) {
    const auto label = call.request.label;
    ask(std::move(call));
    clock.advance(wait);
    const auto at = answers.find(label);
    if (at == answers.end()) return base::Error(base::ErrorKind::internal, label, "has not come back");
    return at->second;
  }
  base::Result<net::Response> answer_once(const std::string& label, const std::string& limit = "ip") {
    auto one = call(label, limit);
    one.attempts_max = 1;
    return answer(std::move(one));
  }
  void restart() {
    stop();
    gate.reset();
    start();
  }
  void stop() {
    tasks.stop();
    clock.advance(0ms);
  }
  guard::HostBan foreign_ban(base::Millis wait, market::Outcome source = market::Outcome::banned) const {
    return guard::HostBan{"www.okx.com", guard::save_wait(wait, clock.wall_now(), clock.boot_now()), source, 1, "418"};
  }
  guard::BreakerState state() { return gate->states().endpoints.at(0).state; }

  boost::asio::io_context io;
  FakeClock clock{io};
  ScriptedHttp http{clock};
  FailingLedger ledger;
  Heard heard;
  double random{0.5};
  Answered answers;
  std::vector<std::string> order;  ///< labels as they came back
  std::vector<std::string> failures;
  std::unique_ptr<guard::Gate> gate;
  base::TaskGroup tasks{io, [this](const std::string& name, const std::exception_ptr& error) {
                          failures.push_back(name + ": " + base::describe(error));
                        }};

 private:
  void start() {
    gate = std::make_unique<guard::Gate>(http, clock, ledger, heard, options_, [this] { return random; });
    const auto loaded = gate->load();
    EXPECT_TRUE(loaded || ledger.cannot_read);
  }
  boost::asio::awaitable<void> run(guard::Call call) {
    const guard::Judge judge = judge_by_status;
    auto result = co_await gate->send(call, judge);
    order.push_back(call.request.label);
    answers.insert_or_assign(call.request.label, std::move(result));
  }

  guard::GateOptions options_;
};

inline std::vector<std::string> labels(const ScriptedHttp& http) {
  std::vector<std::string> out;
  for (const auto& one : http.sent) out.push_back(one.label);
  return out;
}

}  // namespace test
