// What the guard costs a request: the pure machines at ten thousand keys, and the ban check over shared.db.
#include <algorithm>
#include <map>
#include <random>

#include <benchmark/benchmark.h>

#include "common/app/shared_ledger.hpp"
#include "common/base/clock.hpp"
#include "common/guard/host_gate.hpp"
#include "common/guard/limiter.hpp"
#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace {

using namespace std::chrono_literals;

constexpr int keys = 10'000;

class Nobody final : public guard::Observer {
 public:
  void on_call(const guard::CallReport&) override {}
  void on_breaker(const guard::BreakerKey&, const guard::BreakerChange&) override {}
  void on_ban(const guard::HostBan&) override {}
  void on_wait(const std::string&, const std::string&, base::Millis) override {}
  void on_refused(const guard::BreakerKey&, guard::Refusal, std::optional<base::Millis>) override {}
  void on_ledger_error(const base::Error&) override {}
};

guard::BreakerKey key_of(int n) { return {"exchange", "host", "v1/endpoint/" + std::to_string(n)}; }

guard::LimitPlan plan() {
  guard::DocumentedLimit documented;
  documented.units = 2'400;
  documented.per = 1min;
  return guard::plan_limit("bench", documented, 0.4).value();
}

/// A limiter and a breaker of one endpoint.
struct Machines {
  explicit Machines(const guard::BreakerKey& key)
      : limiter(key.exchange, key.endpoint, plan()),
        breaker(
            key, guard::BreakerPolicy{}, [] { return 0.5; }, [](const guard::BreakerChange&) {}) {}
  guard::Limiter limiter;
  guard::Breaker breaker;
};

/// One permit: the limiter's units, the breaker's leave, and the report of a good answer. False: refused.
bool permit(Machines& of, base::SteadyTime now, base::WallTime wall) {
  if (!of.limiter.take(1, now, wall)) return false;
  auto leave = of.breaker.acquire(now);
  auto* const granted = std::get_if<guard::Breaker::Permit>(&leave);
  if (granted == nullptr) return false;
  granted->begin(now);
  granted->succeed(now, 40ms);
  return true;
}

using ByKey = std::map<guard::BreakerKey, Machines>;

ByKey all_machines() {
  ByKey out;
  for (int n = 0; n < keys; ++n) out.try_emplace(key_of(n), key_of(n));
  return out;
}

/// Each key once in an order that no cache guesses; a key comes round after a second, when its limiter has refilled.
template <class Pick>
void permits(benchmark::State& state, std::size_t count, const Pick& pick) {
  base::SteadyTime now{1h};
  std::size_t at = 0;
  std::int64_t refused = 0;
  for (auto _ : state) {
    refused += permit(pick(at), now, base::WallTime{base::Millis{1'764'000'000'000}}) ? 0 : 1;
    now += std::chrono::nanoseconds{1s} / keys;
    if (++at == count) at = 0;
  }
  if (refused > 0) state.SkipWithError("a permit was refused: the number would be another one's");
}

void pure_machines(benchmark::State& state) {
  auto all = all_machines();
  std::vector<Machines*> order;
  for (auto& [key, machines] : all) order.push_back(&machines);
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  permits(state, order.size(), [&](std::size_t at) -> Machines& { return *order[at]; });
}

void with_look_up(benchmark::State& state) {
  auto all = all_machines();
  std::vector<guard::BreakerKey> order;
  for (const auto& [key, machines] : all) order.push_back(key);
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  permits(state, order.size(), [&](std::size_t at) -> Machines& { return all.find(order[at])->second; });
}

/// shared.db as two bots see it.
struct Shared {
  Shared() {
    auto first = store::open_shared(folder.path(), lock, base::WallTime{});
    auto second = store::open_shared(folder.path(), lock, base::WallTime{});
    mine = std::move(first.value().database);
    others = std::move(second.value().database);
  }
  test::TempFolder folder;
  store::SuiteLock lock{store::SuiteLock::acquire(folder.path()).value()};
  std::unique_ptr<store::Database> mine, others;
};

guard::HostBan ended_ban(const std::string& host, const base::Clock& clock) {
  guard::HostBan ban;
  ban.host = host;
  const auto boot = clock.boot_now();
  ban.wait = guard::save_wait(0ms, clock.wall_now(), boot);
  return ban;
}

/// What the gate asks before a request, and once more right before it leaves. `bans`: rows in the table.
void ban_check(benchmark::State& state, int bans, bool others_write) {
  Shared shared;
  app::SharedLedger ledger(*shared.mine, "funding");
  app::SharedLedger other(*shared.others, "volume");
  const base::SystemClock clock;
  Nobody nobody;
  guard::HostGate gate(ledger, nobody, false);
  for (int n = 0; n < bans; ++n) (void)other.put_ban(ended_ban("host-" + std::to_string(n), clock));
  std::int64_t refused = 0;
  for (auto _ : state) {
    if (others_write) {
      state.PauseTiming();
      (void)other.put_ban(ended_ban("host-0", clock));
      state.ResumeTiming();
    }
    guard::HostGate::Pass pass;
    refused += gate.enter("api.example.com", pass, clock.wall_now(), clock.boot_now()) ? 1 : 0;
  }
  if (refused > 0) state.SkipWithError("refused: the number would be another one's");
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RegisterBenchmark("permit/machines", pure_machines);
  benchmark::RegisterBenchmark("permit/with look-up", with_look_up);
  benchmark::RegisterBenchmark("ban/quiet", [](benchmark::State& state) { ban_check(state, 4, false); });
  benchmark::RegisterBenchmark("ban/after a write", [](benchmark::State& state) {
    ban_check(state, 4, true);
  })->Iterations(500);  // each of them waits for a commit that is not counted
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
