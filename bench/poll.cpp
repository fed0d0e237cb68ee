// What one poll of funding and tickers costs the bot's process: the real HTTP client with TLS and gzip, the guard over
// a real shared.db, the decoders, and the funding detector, against the sandbox. Prints one JSON line.
//   bench_poll bodies FOLDER CONTRACTS             the answers that the sandbox shall give (its --payloads)
//   bench_poll run ADDRESS CA STATE CONTRACTS POLLS
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "bench/bodies.hpp"
#include "bots/funding/detector.hpp"
#include "common/app/shared_ledger.hpp"
#include "common/base/task_group.hpp"
#include "common/exchange/json.hpp"
#include "common/feed/sweep.hpp"
#include "common/net/clients.hpp"
#include "common/store/schema.hpp"

namespace {

using namespace std::chrono_literals;
using market::Topic;

/// By the sandbox, which serves the bodies.
constexpr std::string_view played[] = {"binance", "bybit", "okx", "mexc"};
constexpr Topic topics[] = {Topic::funding, Topic::tickers};
constexpr base::Millis pause_between{1'500};  ///< within the sandbox's limits, which are the documented ones

double cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

exchange::Settings settings_at(const std::string& address, std::string_view name) {
  exchange::Settings settings;
  settings.rest_url = address + "/" + std::string(name);
  return settings;
}

std::vector<exchange::Ask> all_asks(const exchange::Exchange& of) {
  std::vector<exchange::Ask> out;
  for (const auto topic : topics)
    for (const auto& ask : of.asks(topic, {})) out.push_back(ask);
  return out;
}

/// One file an endpoint, named as the sandbox looks it up.
int write_bodies(const std::filesystem::path& folder, int contracts) {
  const auto now_ms = base::to_ms(base::SystemClock().wall_now());
  for (const auto name : played) {
    const std::string address = "http://127.0.0.1";
    const auto described = exchange::make_exchange(name, settings_at(address, name));
    std::filesystem::create_directories(folder / name);
    for (const auto& ask : all_asks(*described)) {
      auto file = ask.request.url.substr(address.size() + 1 + name.size() + 1);
      file.erase(std::min(file.find('?'), file.size()));
      std::replace(file.begin(), file.end(), '/', '_');
      std::ofstream(folder / name / (file + ".json")) << bench::body_of(name, ask.endpoint, contracts, now_ms);
    }
  }
  return 0;
}

class Nobody final : public guard::Observer {
 public:
  void on_call(const guard::CallReport&) override {}
  void on_breaker(const guard::BreakerKey&, const guard::BreakerChange&) override {}
  void on_ban(const guard::HostBan&) override {}
  void on_wait(const std::string&, const std::string&, base::Millis) override {}
  void on_refused(const guard::BreakerKey&, guard::Refusal, std::optional<base::Millis>) override {}
  void on_ledger_error(const base::Error&) override {}
};

/// Counts what came, so that a poll which failed is no cheap poll.
class Counter final : public feed::Observer {
 public:
  void on_live(const std::string&, Topic) override {}
  void on_lost(const std::string&, Topic, const base::Error&) override {}
  void on_data(const std::string&, Topic, std::size_t count, std::optional<base::WallTime>) override {
    events += count;
  }
  void on_error(const std::string& place, const base::Error& error) override {
    std::cerr << place << ": " << error.text() << '\n';
    ++errors;
  }
  void on_contracts(const std::string&, const std::vector<market::ContractChange>&) override {}
  void on_rows_skipped(const std::string&, Topic, std::size_t) override { ++errors; }
  void on_server_time(const std::string&, base::WallTime, base::WallTime, base::Millis, base::Millis) override {}
  std::size_t events{}, errors{};
};

/// Adds up what went over the wire and what it was unpacked to.
class Measured final : public net::HttpClient {
 public:
  explicit Measured(net::HttpClient& inner) : inner_(inner) {}
  boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override {
    auto reply = co_await inner_.send(request);
    ++requests;
    if (reply) wire_bytes += reply->wire_bytes;
    if (reply) body_bytes += static_cast<std::int64_t>(reply->body.size());
    if (reply && reply->new_connection) ++connections;
    co_return reply;
  }
  std::int64_t requests{}, wire_bytes{}, body_bytes{}, connections{};

 private:
  net::HttpClient& inner_;
};

/// Wide enough that no poll waits; what a permit costs is the same.
guard::GateOptions wide_limits(const std::vector<std::unique_ptr<feed::Venue>>& venues) {
  guard::DocumentedLimit documented;
  documented.units = 1'000'000;
  documented.per = 1min;
  guard::GateOptions options;
  const auto plan = guard::plan_limit("bench", documented, 0.4).value();
  for (const auto& venue : venues)
    for (const auto& ask : all_asks(*venue->description))
      for (const auto& cost : ask.costs) options.limits[venue->name].emplace(cost.limit, plan);
  return options;
}

struct Setting {
  std::string address, ca_file;
  std::filesystem::path state;
  int contracts{};  ///< of each exchange
  int polls{};
};

struct Bot {
  explicit Bot(const Setting& of) {
    const auto json = std::make_shared<exchange::Json>();
    for (const auto name : played) {
      const auto settings = settings_at(of.address, name);
      auto described = exchange::make_exchange(name, settings, json);
      auto& venue = venues.emplace_back(std::make_unique<feed::Venue>(std::move(described), settings));
      venue->universe = bench::universe_of(*venue->description, of.contracts);
    }
    lock.emplace(store::SuiteLock::acquire(of.state).value());
    shared = std::move(store::open_shared(of.state, *lock, clock.wall_now()).value().database);
    ledger = std::make_unique<app::SharedLedger>(*shared, "funding");
    net::HttpClientOptions options;
    options.ca_file = of.ca_file;
    client = net::make_http_client(io, options);
    http = std::make_unique<Measured>(*client);
    gate = std::make_unique<guard::Gate>(*http, clock, *ledger, nobody, wide_limits(venues), [] { return 0.5; });
    const feed::Sink sink = [this](const market::Event& event) {
      findings.clear();
      detector.on_event(event, findings);
    };
    std::vector<feed::PollJob> jobs;
    for (const auto topic : topics) jobs.emplace_back(topic, 0ms);
    for (const auto& venue : venues) {
      auto& fetcher = fetchers.emplace_back(std::make_unique<feed::Fetcher>(*venue, *gate, clock, counter));
      sweepers.push_back(std::make_unique<feed::Sweeper>(*fetcher, clock, counter, sink, jobs));
    }
  }

  boost::asio::awaitable<void> sweep(feed::Sweeper& sweeper) { (void)co_await sweeper.sweep(true); }

  /// All exchanges at once, as a cycle does it. Answers the CPU time of this process.
  double poll() {
    base::TaskGroup tasks(io, [this](const std::string&, const std::exception_ptr&) { ++counter.errors; });
    const double before = cpu_ms();
    for (auto& sweeper : sweepers) tasks.spawn("sweep", sweep(*sweeper));
    while (tasks.running() > 0 && io.run_one() > 0) {
    }
    return cpu_ms() - before;
  }

  /// libcurl's timers go on meanwhile; none of it is counted.
  void rest() {
    io.restart();
    io.run_for(pause_between);
    io.restart();
  }

  boost::asio::io_context io{1};
  base::SystemClock clock;
  std::vector<std::unique_ptr<feed::Venue>> venues;
  std::optional<store::SuiteLock> lock;
  std::unique_ptr<store::Database> shared;
  std::unique_ptr<app::SharedLedger> ledger;
  Nobody nobody;
  Counter counter;
  funding::Detector detector{funding::Settings{}};
  desk::Findings findings;
  std::unique_ptr<net::HttpClient> client;
  std::unique_ptr<Measured> http;
  std::unique_ptr<guard::Gate> gate;
  std::vector<std::unique_ptr<feed::Fetcher>> fetchers;
  std::vector<std::unique_ptr<feed::Sweeper>> sweepers;
};

int run(const Setting& of) {
  Bot bot(of);
  const double first = bot.poll();  // with the TLS handshakes
  const auto opened = bot.http->connections;
  std::vector<double> times;
  for (int poll = 1; poll < of.polls; ++poll) {
    bot.rest();
    times.push_back(bot.poll());
  }
  nlohmann::json out;
  out["first_ms"] = first;
  out["ms"] = times;
  out["requests_a_poll"] = bot.http->requests / of.polls;
  out["events_a_poll"] = bot.counter.events / static_cast<std::size_t>(of.polls);
  out["wire_bytes_a_poll"] = bot.http->wire_bytes / of.polls;
  out["body_bytes_a_poll"] = bot.http->body_bytes / of.polls;
  out["connections_first"] = opened;
  out["connections_later"] = bot.http->connections - opened;
  out["errors"] = bot.counter.errors;
  std::cout << out.dump() << std::endl;
  return bot.counter.errors == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "bodies") return write_bodies(words[1], std::stoi(words[2]));
  if (words.size() == 6 && words[0] == "run")
    return run({words[1], words[2], words[3], std::stoi(words[4]), std::stoi(words[5])});
  std::cerr << "bench_poll bodies FOLDER CONTRACTS | run ADDRESS CA STATE CONTRACTS POLLS\n";
  return 2;
}
