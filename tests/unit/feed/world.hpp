// What the feed's loops need around them, with a clock of the test's own.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/base/task_group.hpp"
#include "common/feed/tools.hpp"
#include "common/guard/gate.hpp"
#include "common/guard/memory_ledger.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/net/scripted_http.hpp"
#include "tests/support/net/scripted_ws.hpp"
#include "tests/unit/feed/toy_exchange.hpp"

namespace test {

class FeedLog final : public feed::Observer {
 public:
  void on_live(const std::string&, market::Topic) override { ++live; }
  void on_lost(const std::string&, market::Topic, const base::Error& why) override { lost.push_back(why.cause); }
  void on_data(const std::string&, market::Topic, std::size_t events, std::optional<base::WallTime>) override {
    data += events;
  }
  void on_content(const std::string&, market::Topic, const market::Events& events) override {
    content += events.size();
  }
  void on_evidence(const std::string&, market::Topic, base::WallTime newest) override { evidence.push_back(newest); }
  void on_error(const std::string&, const base::Error& error) override { errors.push_back(error.text()); }
  void on_rows_skipped(const std::string&, market::Topic, std::size_t) override {}
  void on_contracts(const std::string&, const std::vector<market::ContractChange>& changed) override {
    for (const auto& change : changed)
      contracts.push_back(std::string(market::to_string(change.kind)) + " " + change.symbol);
  }
  void on_server_time(const std::string&, base::WallTime, base::WallTime, base::Millis, base::Millis) override {}
  int live{};
  std::size_t data{}, content{};
  std::vector<std::string> lost, errors, contracts;
  std::vector<base::WallTime> evidence;
};

class GuardLog final : public guard::Observer {
 public:
  void on_call(const guard::CallReport&) override {}
  void on_breaker(const guard::BreakerKey&, const guard::BreakerChange&) override {}
  void on_ban(const guard::HostBan&) override {}
  void on_wait(const std::string&, const std::string&, base::Millis) override {}
  void on_refused(const guard::BreakerKey&, guard::Refusal, std::optional<base::Millis>) override {}
  void on_ledger_error(const base::Error&) override {}
};

class FeedTest : public ::testing::Test {
 protected:
  FeedTest() : venue(std::make_unique<ToyExchange>(), exchange::Settings{}) {
    venue.universe = market::Universe({ToyExchange::instrument("BTC"), ToyExchange::instrument("ETH")});
  }
  void TearDown() override {
    tasks.stop();
    clock.advance(base::Millis{5'000});
    EXPECT_EQ(tasks.running(), 0U);
    EXPECT_TRUE(failures.empty()) << failures.front();
  }
  static guard::GateOptions gate_options() { return {}; }

  boost::asio::io_context io{1};
  FakeClock clock{io, toy_start};
  ScriptedHttp http{clock};
  ScriptedWs ws{clock};
  guard::MemoryLedger ledger;
  GuardLog guard_log;
  FeedLog log;
  guard::Gate gate{http, clock, ledger, guard_log, gate_options(), [] { return 0.5; }};
  feed::Venue venue;
  std::vector<market::Event> heard;
  feed::Sink sink = [this](const market::Event& event) { heard.push_back(event); };
  std::vector<std::string> failures;
  base::TaskGroup tasks{io, [this](const std::string& name, const std::exception_ptr& error) {
                          failures.push_back(name + ": " + base::describe(error));
                        }};
};

}  // namespace test
