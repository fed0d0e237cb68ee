// Decode MB/s of each exchange's tickers, and of a bare walk over the same bytes in the same run.
#include <cmath>

#include <benchmark/benchmark.h>

#include "bench/bodies.hpp"
#include "bench/walk.hpp"
#include "common/exchange/exchange.hpp"

namespace {

constexpr int contracts = 500;
constexpr std::int64_t now_ms = 1'764'000'000'000;

double last_sum(const exchange::Reply& reply) {
  double sum = 0;
  for (const auto& event : reply.events)
    if (const auto* ticker = std::get_if<market::Ticker>(&event)) sum += ticker->last.value_or(0);
  return sum;
}

/// One exchange's body, and what reads it.
struct Case {
  explicit Case(std::string_view name)
      : exchange(exchange::make_exchange(name, {})),
        ask(exchange->asks(market::Topic::tickers, {}).front()),
        body(bench::body_of(name, ask.endpoint, contracts, now_ms)),
        universe(bench::universe_of(*exchange, contracts)) {}
  [[nodiscard]] base::Result<exchange::Reply> decode() const {
    return exchange->decode(ask, body, universe, base::from_ms(now_ms));
  }
  std::unique_ptr<exchange::Exchange> exchange;
  exchange::Ask ask;
  std::string body;
  market::Universe universe;
};

/// A number is worth something only if both read the same.
std::string disagreement(const Case& of, std::string_view name) {
  const auto decoded = of.decode();
  if (!decoded) return decoded.error().text();
  const auto walked = bench::Walk(of.body).tickers(name);
  if (walked.rows != std::size_t{contracts} || decoded->rows_skipped > 0) return "rows are missing";
  const double sum = last_sum(*decoded);
  return std::abs(sum - walked.last_sum) <= 1e-9 * sum ? "" : "decoder and walk read different prices";
}

void decode(benchmark::State& state, const std::string& name) {
  const Case of(name);
  if (const auto problem = disagreement(of, name); !problem.empty()) return state.SkipWithError(problem.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(of.decode());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(of.body.size()));
}

void walk(benchmark::State& state, const std::string& name) {
  const Case of(name);
  if (const auto problem = disagreement(of, name); !problem.empty()) return state.SkipWithError(problem.c_str());
  bench::Walk bare(of.body);
  for (auto _ : state) benchmark::DoNotOptimize(bare.tickers(name));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(of.body.size()));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  for (const auto name : exchange::exchange_names()) {
    const std::string text(name);
    const auto asks = exchange::make_exchange(name, {})->asks(market::Topic::tickers, {});
    if (asks.empty() || bench::body_of(name, asks.front().endpoint, 1, now_ms).empty())
      continue;  // closed, or no body yet
    benchmark::RegisterBenchmark(("decode/" + text).c_str(), [text](benchmark::State& state) { decode(state, text); });
    benchmark::RegisterBenchmark(("walk/" + text).c_str(), [text](benchmark::State& state) { walk(state, text); });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
