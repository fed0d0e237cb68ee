// Bots' ways out against the sandbox in one process: the shipped limits, the real HTTP client on loopback sockets, the
// real guard with its ledger in shared.db, the hub and health behind it. Time is virtual: it stands still while a
// request is on its way, and jumps to the next sleeper when none is.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/app/hub.hpp"
#include "common/app/settings.hpp"
#include "common/app/shared_ledger.hpp"
#include "common/app/stores.hpp"
#include "common/feed/sweep.hpp"
#include "common/guard/gate.hpp"
#include "common/net/clients.hpp"
#include "tests/sandbox/server.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace sandbox {

using namespace std::chrono_literals;
using market::Outcome;
using market::Topic;

/// The real client; what leaves through it is written down.
class WatchedHttp final : public net::HttpClient {
 public:
  struct Sent {
    base::SteadyTime at;
    std::string host, target;
  };
  WatchedHttp(std::unique_ptr<net::HttpClient> real, const base::Clock& clock)
      : real_(std::move(real)), clock_(clock) {}
  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override;

  std::vector<Sent> sent;
  int in_flight{};
  base::Millis patience{3'000};  ///< real time, for a server that never answers

 private:
  std::unique_ptr<net::HttpClient> real_;
  const base::Clock& clock_;
};

class GuardedWorld;

/// Two questions to one exchange: the one that goes wrong, each of one request, and another.
struct Questions {
  Topic asked{}, other{};
};
[[nodiscard]] Questions questions_of(const std::string& exchange);
/// Another exchange, which nothing happens to.
[[nodiscard]] std::string witness_of(const std::string& exchange);

/// One bot, as far as its guard, its polls and its health go.
class GuardedBot final : public guard::Observer {
 public:
  GuardedBot(GuardedWorld& world, const std::string& name);
  ~GuardedBot() override { EXPECT_EQ(sweeping_, 0) << "a poll is still under way"; }
  GuardedBot(const GuardedBot&) = delete;
  GuardedBot& operator=(const GuardedBot&) = delete;
  GuardedBot(GuardedBot&&) = delete;
  GuardedBot& operator=(GuardedBot&&) = delete;

  /// What came of one poll.
  struct Swept {
    bool done{};
    feed::SweepReport report;
    [[nodiscard]] bool ok() const { return done && !report.first_error; }
    /// nullopt while it is under way, and when it went well.
    [[nodiscard]] std::optional<base::ErrorKind> failed_by() const {
      return done && report.first_error ? std::optional(report.first_error->kind) : std::nullopt;
    }
  };
  using Sweep = std::shared_ptr<Swept>;
  /// Begins one poll of a topic, as the feed makes it; GuardedWorld::pass() lets it go on.
  [[nodiscard]] Sweep sweep(const std::string& exchange, Topic topic);
  /// Both questions answered, and the witness's.
  void begin_well(const std::string& exchange);
  /// Health says what it must: the exchange is down, with these words, and told once; the witness is not.
  void expect_told(const std::string& exchange, const std::string& words);
  /// The exchange answers again: that is told too.
  void expect_recovered(const std::string& exchange);

  [[nodiscard]] std::optional<guard::HostBan> ban(const std::string& exchange);
  [[nodiscard]] guard::EndpointView endpoint(const std::string& exchange, Topic topic);
  [[nodiscard]] health::FeedView feed(const std::string& exchange, Topic topic);
  [[nodiscard]] std::uint64_t errors(health::Category category) const;
  /// Raised and cleared alerts since the last call: "raised exchange_down/okx".
  [[nodiscard]] std::vector<std::string> alerts();
  /// The names of the limits that both topics are counted by.
  [[nodiscard]] bool share_a_limit(const std::string& exchange, Topic one, Topic other) const;
  [[nodiscard]] std::string target(const std::string& exchange, Topic topic) const;  ///< path of a topic's request

  void on_call(const guard::CallReport& report) override;
  void on_breaker(const guard::BreakerKey& key, const guard::BreakerChange& change) override;
  void on_ban(const guard::HostBan& ban) override;
  void on_wait(const std::string& exchange, const std::string& endpoint, base::Millis waited) override;
  void on_refused(const guard::BreakerKey& key, guard::Refusal why, std::optional<base::Millis> after) override;
  void on_ledger_error(const base::Error& error) override { ADD_FAILURE() << error.text(); }

  std::vector<guard::CallReport> calls;
  std::vector<guard::Refusal> refusals;
  std::vector<guard::BreakerChange> breaker_changes;

 private:
  struct Lane {
    Lane(GuardedBot& bot, const std::string& name);
    feed::Venue venue;
    feed::Fetcher fetcher;
    std::map<Topic, std::unique_ptr<feed::Sweeper>> sweepers;
  };
  [[nodiscard]] boost::asio::awaitable<void> run(feed::Sweeper& sweeper, Sweep out);
  Lane& lane(const std::string& exchange);
  [[nodiscard]] static exchange::Ask ask_of(const Lane& lane, Topic topic);

  GuardedWorld& world_;
  int sweeping_{};
  app::Stores stores_;
  app::Log log_;
  health::Monitor monitor_;
  app::Hub hub_;
  app::SharedLedger ledger_;
  std::unique_ptr<guard::Gate> gate_;
  std::map<std::string, std::unique_ptr<Lane>> lanes_;
};

class GuardedWorld {
 public:
  GuardedWorld();
  ~GuardedWorld();
  GuardedWorld(const GuardedWorld&) = delete;
  GuardedWorld& operator=(const GuardedWorld&) = delete;
  GuardedWorld(GuardedWorld&&) = delete;
  GuardedWorld& operator=(GuardedWorld&&) = delete;

  /// Every request that is under way, and all that follows without waiting.
  void settle();
  void pass(base::Millis span);
  /// From now on, on the path of a request, or on a whole exchange: "*".
  void fault(const std::string& path, Json what);
  void no_faults();
  [[nodiscard]] std::int64_t fired();  ///< by all faults since no_faults()
  [[nodiscard]] Ms now() const { return base::to_ms(clock.wall_now()); }
  /// Requests to an exchange since `mark`, of the given path alone when there is one.
  [[nodiscard]] std::vector<WatchedHttp::Sent> sent(const std::string& exchange, std::size_t mark,
                                                    const std::string& target = {}) const;
  /// Each exchange has an address of its own, as in the real world.
  [[nodiscard]] static std::string host(const std::string& exchange);

  boost::asio::io_context io{1};
  test::FakeClock clock{io, base::from_ms(1'780'000'020'000)};
  base::TaskGroup tasks{io, [](const std::string& name, const std::exception_ptr& error) {
                          ADD_FAILURE() << name << ": " << base::describe(error);
                        }};
  test::TempFolder folder;
  app::Settings settings;
  std::unique_ptr<WatchedHttp> http;

 private:
  Json control(const std::string& method, const std::string& path, const Json& body = nullptr);
  App app_;
  Server server_;
};

}  // namespace sandbox
