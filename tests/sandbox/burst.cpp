#include "tests/sandbox/burst.hpp"

#include <ctime>
#include <fstream>
#include <functional>
#include <thread>

#include <boost/asio/post.hpp>

#include "bots/liquidation/detector.hpp"
#include "common/app/hub.hpp"
#include "common/app/shared_ledger.hpp"
#include "common/app/stores.hpp"
#include "common/feed/stream.hpp"
#include "common/feed/sweep.hpp"
#include "common/net/clients.hpp"
#include "tests/sandbox/bot_parts.hpp"
#include "tests/sandbox/server.hpp"
#include "tests/support/temp_folder.hpp"

namespace sandbox {
using boost::asio::awaitable;

namespace {

constexpr base::Millis step{100};
constexpr int begin_steps_max = 300;
constexpr int idle_steps_max = 100;

/// The sandbox on a thread of its own, as a process of its own would be.
class Sandbox final {
 public:
  Sandbox() : app_({}, base::to_ms(clock_.wall_now())), server_(io_, clock_, app_, tasks_) {
    port = server_.listen("127.0.0.1", 0);
    server_.start(1);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Sandbox() {
    boost::asio::post(io_, [this] { tasks_.stop(); });
    thread_.join();
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  Sandbox(Sandbox&&) = delete;
  Sandbox& operator=(Sandbox&&) = delete;

  std::uint16_t port{};

 private:
  boost::asio::io_context io_{1};
  base::SystemClock clock_;
  base::TaskGroup tasks_{io_, [](const std::string&, const std::exception_ptr&) {}};
  App app_;
  Server server_;
  std::thread thread_;
};

long resident_kb(const std::string& key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key + ":")) return std::stol(line.substr(key.size() + 1));
  return 0;
}

double thread_seconds() {
  std::ifstream in("/proc/thread-self/schedstat");
  std::uint64_t nanoseconds = 0;
  in >> nanoseconds;
  return static_cast<double>(nanoseconds) / 1e9;
}

app::Settings settings_for(std::uint16_t port) {
  auto out = shipped_settings();
  point_at(out.exchanges.at("binance"), "binance", "127.0.0.1", port);
  return out;
}

/// The liquidation bot from socket to detector, without its desk.
class Reader final {
 public:
  explicit Reader(std::uint16_t port) : port_(port), settings_(settings_for(port)) {
    tasks_.spawn("contracts", list());
    run_until([this] { return !venue_.universe.empty(); }, "no contracts");
    std::vector<const market::Instrument*> all;
    for (const auto& instrument : venue_.universe.all())
      if (market::is_watchable(instrument)) all.push_back(&instrument);
    const auto plan = venue_.description->streams(market::Topic::liquidations, all).at(0);
    stream_.emplace(tools(), venue_, pacer_, plan);
    monitor_.expect({"binance", market::Topic::liquidations, {}}, base::Millis{3'600'000}, health::moment(clock_));
    tasks_.spawn("stream", stream_->run());
    run_until([this] { return ear_.live; }, "the stream did not come up");
  }
  ~Reader() {
    tasks_.stop();
    for (int i = 0; i < begin_steps_max && tasks_.running() > 0; ++i) run();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  Reader(Reader&&) = delete;
  Reader& operator=(Reader&&) = delete;

  BurstReport read(std::uint64_t events) {
    BurstReport out;
    out.resident_before_kb = resident_kb("VmRSS");
    const auto cpu = thread_seconds();
    const auto begin = clock_.steady_now();
    tasks_.spawn("order", order(events));
    std::uint64_t before = 0;
    for (int idle = 0; judged_ < events && idle < idle_steps_max;) {
      run();
      idle = judged_ == before ? idle + 1 : 0;
      before = judged_;
    }
    out.seconds = std::chrono::duration<double>(last_ - begin).count();
    out.cpu_seconds = thread_seconds() - cpu;
    for (int i = 0; i < 3; ++i) run();  // whatever comes after the last one would be one too many
    out.received = received_;
    out.judged = judged_;
    out.refused = monitor_.journal().total().total() + skipped_;
    out.resident_after_kb = resident_kb("VmRSS");
    out.resident_peak_kb = resident_kb("VmHWM");
    return out;
  }

 private:
  /// What the hub hears, and what must not happen here.
  class Ear final : public feed::Observer {
   public:
    Ear(app::Hub& hub, std::uint64_t& skipped) : hub_(hub), skipped_(skipped) {}
    void on_live(const std::string& exchange, market::Topic topic) override {
      live = live || topic == market::Topic::liquidations;
      hub_.on_live(exchange, topic);
    }
    void on_lost(const std::string& exchange, market::Topic topic, const base::Error& why) override {
      hub_.on_lost(exchange, topic, why);
    }
    void on_data(const std::string& exchange, market::Topic topic, std::size_t events,
                 std::optional<base::WallTime> newest) override {
      hub_.on_data(exchange, topic, events, newest);
    }
    void on_content(const std::string& exchange, market::Topic topic, const market::Events& events) override {
      hub_.on_content(exchange, topic, events);
    }
    void on_error(const std::string& place, const base::Error& error) override { hub_.on_error(place, error); }
    void on_rows_skipped(const std::string&, market::Topic, std::size_t rows) override { skipped_ += rows; }
    void on_contracts(const std::string&, const std::vector<market::ContractChange>&) override {}
    void on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                        base::Millis round_trip, base::Millis resolution) override {
      hub_.on_server_time(exchange, server, received, round_trip, resolution);
    }
    bool live{};

   private:
    app::Hub& hub_;
    std::uint64_t& skipped_;
  };

  static app::Stores opened(const test::TempFolder& folder, base::WallTime now) {
    auto out = app::open_stores(folder.path(), folder.path() / "shared", "liquidation", now);
    if (!out) throw std::runtime_error(out.error().text());
    return std::move(out.value());
  }
  feed::StreamTools tools() {
    return {clock_, *ws_, fetcher_,           ledger_,
            tasks_, ear_, [] { return 0.5; }, [this](const market::Event& event) { hear(event); }};
  }

  awaitable<void> list() {
    std::vector<feed::PollJob> jobs{feed::PollJob(market::Topic::instruments, base::Millis{3'600'000})};
    feed::Sweeper sweeper(
        fetcher_, clock_, ear_, [](const market::Event&) {}, std::move(jobs));
    (void)co_await sweeper.sweep(true);
  }
  awaitable<void> order(std::uint64_t events) {
    net::Request request("http://127.0.0.1:" + std::to_string(port_) + "/control/storm", "storm");
    request.method = "POST";
    request.content_type = "application/json";
    request.body = R"({"exchange":"binance","events":)" + std::to_string(events) + "}";
    const auto answer = co_await http_->send(request);
    if (!answer || Json::parse(answer->body).at("subscribers") != 1)
      throw std::runtime_error("the sandbox has nobody to send it to");
  }

  /// The sandbox's own small liquidations go on beside the burst; the burst's lie further back.
  void hear(const market::Event& event) {
    const auto* liquidation = std::get_if<market::Liquidation>(&event);
    constexpr base::Millis of_the_burst{4'000};
    const bool counts = liquidation != nullptr && liquidation->at + of_the_burst < started_;
    findings_.clear();
    detector_.on_event(event, findings_);
    if (!counts) return;
    ++received_;
    // Each liquidation that the detector counts is judged as a print, told or not.
    for (const auto& finding : findings_) judged_ += finding.kind == "large_print" ? 1U : 0U;
    last_ = clock_.steady_now();
  }

  void run() {
    io_.restart();
    io_.run_for(step);
  }
  void run_until(const std::function<bool()>& done, const char* otherwise) {
    for (int i = 0; !done(); ++i) {
      if (i == begin_steps_max) throw std::runtime_error(otherwise);
      run();
    }
    started_ = clock_.wall_now();
  }

  std::uint16_t port_;
  app::Settings settings_;
  boost::asio::io_context io_{1};
  base::SystemClock clock_;
  test::TempFolder folder_;
  app::Stores stores_{opened(folder_, clock_.wall_now())};
  app::Log log_{{"burst", "error", false, true}};
  health::Monitor monitor_{"liquidation", {}, health::moment(clock_)};
  app::Hub hub_{monitor_, *stores_.bot, clock_, log_};
  std::uint64_t skipped_{};
  Ear ear_{hub_, skipped_};
  app::SharedLedger ledger_{*stores_.shared, "liquidation"};
  std::unique_ptr<net::HttpClient> http_{net::make_http_client(io_, {})};
  std::unique_ptr<net::WsClient> ws_{net::make_ws_client(io_, {})};
  guard::Gate gate_{*http_, clock_, ledger_, hub_, gate_options(settings_, "liquidation"), [] { return 0.5; }};
  feed::Venue venue_{exchange::make_exchange("binance", settings_.exchanges.at("binance")),
                     settings_.exchanges.at("binance")};
  feed::Fetcher fetcher_{venue_, gate_, clock_, ear_};
  feed::ConnectPacer pacer_;
  liquidation::Detector detector_{
      {}, [this](const std::string&, const std::string& symbol) { return venue_.universe.find(symbol); }};
  desk::Findings findings_;
  std::uint64_t received_{}, judged_{};
  base::WallTime started_{};
  base::SteadyTime last_{};
  std::optional<feed::Stream> stream_;
  base::TaskGroup tasks_{io_, [](const std::string& name, const std::exception_ptr& error) {
                           throw std::runtime_error(name + ": " + base::describe(error));
                         }};
};

}  // namespace

BurstReport burst(std::uint64_t events) {
  const Sandbox sandbox;
  Reader reader(sandbox.port);
  return reader.read(events);
}

std::string as_json(const BurstReport& report) {
  return Json{{"received", report.received},
              {"judged", report.judged},
              {"refused", report.refused},
              {"seconds", report.seconds},
              {"cpu_seconds", report.cpu_seconds},
              {"resident_before_kb", report.resident_before_kb},
              {"resident_after_kb", report.resident_after_kb},
              {"resident_peak_kb", report.resident_peak_kb}}
      .dump();
}

}  // namespace sandbox
