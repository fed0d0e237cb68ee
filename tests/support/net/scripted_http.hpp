// An HttpClient whose answers a test writes. It remembers what was asked and when.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/net/http_client.hpp"

namespace test {

/// A response in one line, for handlers: {status, body, headers (names in lower case)}.
[[nodiscard]] net::Response response(int status, std::string body, net::Headers headers = {});
/// A network error; with not_sent, the kind that a refused connection makes.
[[nodiscard]] base::Error network_error(base::Delivery delivery = base::Delivery::unknown);

class ScriptedHttp final : public net::HttpClient {
 public:
  using Handler = std::function<base::Result<net::Response>(const net::Request&)>;
  struct Sent {
    Sent(net::Request what, base::SteadyTime when) : request(std::move(what)), at(when) {}
    net::Request request;
    base::SteadyTime at;  ///< when send() was called
  };

  /// Without a handler every request is answered 404.
  explicit ScriptedHttp(base::Clock& clock, Handler handler = {}) : clock_(clock), handler_(std::move(handler)) {}

  /// Asks the handler after `latency`, or fails as the real client does when the latency reaches total_timeout.
  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override;

  void answer_with(Handler handler) { handler_ = std::move(handler); }
  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
  [[nodiscard]] std::size_t count(std::string_view part_of_label) const;
  [[nodiscard]] int in_flight() const { return in_flight_; }
  [[nodiscard]] int in_flight_max() const { return in_flight_max_; }

  base::Millis latency{};  ///< of requests sent from now on

 private:
  base::Clock& clock_;
  Handler handler_;
  std::vector<Sent> sent_;
  int in_flight_{};
  int in_flight_max_{};
};

}  // namespace test
