// What the tests of the clients share: one io_context, both clients, one authority.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/base/clock.hpp"
#include "common/base/task_group.hpp"
#include "common/net/clients.hpp"
#include "common/net/http_client.hpp"
#include "common/net/ws_client.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/net/loop_server.hpp"

namespace test {

class NetTest : public ::testing::Test {
 protected:
  NetTest();
  ~NetTest() override;

  /// Runs until the coroutine ends; ten seconds without any event fail the test. Rethrows what it threw.
  void play(const std::function<boost::asio::awaitable<void>()>& story);
  /// Runs until it is true, at most `limit`.
  [[nodiscard]] bool eventually(const std::function<bool()>& condition, base::Millis limit = base::Millis(3000));
  /// Starts the coroutine, waits for `when`, cancels it, and says whether it ended by operation_aborted.
  [[nodiscard]] bool aborts(boost::asio::awaitable<void> task, const std::function<bool()>& when);

  [[nodiscard]] base::Result<net::Response> send(const net::Request& request);
  [[nodiscard]] static net::Request get(std::string url);
  [[nodiscard]] base::Result<std::unique_ptr<net::WsConnection>> open(const net::WsEndpoint& endpoint);
  [[nodiscard]] base::Result<std::string> read(net::WsConnection& connection);

  const Authority authority;
  TempFolder folder;
  std::string ca_file;
  base::SystemClock clock;
  boost::asio::io_context io{1};
  base::TaskGroup tasks;
  std::unique_ptr<net::HttpClient> http;
  std::unique_ptr<net::WsClient> ws;
};

/// The error of a result that must be one.
template <class T>
base::Error error_of(const base::Result<T>& result) {
  EXPECT_TRUE(result.has_error());
  return result.has_error() ? result.error() : base::Error();
}

}  // namespace test
