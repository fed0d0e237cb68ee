// The two transports of a bot in virtual time: HTTP to the fake exchange and the strict Telegram, WebSocket to the fake
// exchange. Planned faults meet them here, as they would on the wire.
#pragma once
#include <functional>

#include "common/net/http_client.hpp"
#include "tests/sandbox/telegram.hpp"
#include "tests/simulation/fake_binance.hpp"
#include "tests/support/net/scripted_ws.hpp"

namespace simulation {

class Http final : public net::HttpClient {
 public:
  Http(base::Clock& clock, sandbox::Faults& faults, sandbox::Telegram& telegram, FakeBinance& binance)
      : clock_(clock), faults_(faults), telegram_(telegram), binance_(binance) {}

  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override;
  [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const { return counts_; }  ///< by Request::label

  static constexpr base::Millis latency{40};

 private:
  [[nodiscard]] sandbox::Response ask(const net::Request& request, base::WallTime now, bool& refused);
  base::Clock& clock_;
  sandbox::Faults& faults_;
  sandbox::Telegram& telegram_;
  FakeBinance& binance_;
  std::map<std::string, std::int64_t> counts_;
};

class Ws final : public net::WsClient {
 public:
  Ws(base::Clock& clock, sandbox::Faults& faults, FakeBinance& binance);
  [[nodiscard]] boost::asio::awaitable<base::Result<std::unique_ptr<net::WsConnection>>> open(
      const net::WsEndpoint& endpoint) override;
  [[nodiscard]] std::size_t opened() const { return scripted_.sockets().size(); }

 private:
  base::Clock& clock_;
  sandbox::Faults& faults_;
  test::ScriptedWs scripted_;
};

}  // namespace simulation
