#include "tests/support/net/scripted_http.hpp"

#include <algorithm>

namespace test {
namespace asio = boost::asio;

net::Response response(int status, std::string body, net::Headers headers) {
  net::Response out;
  out.status = status;
  out.headers = std::move(headers);
  out.wire_bytes = static_cast<std::int64_t>(body.size());
  out.body = std::move(body);
  return out;
}

base::Error network_error(base::Delivery delivery) {
  base::Error error(base::ErrorKind::network, "scripted", "the connection broke");
  error.delivery = delivery;
  return error;
}

asio::awaitable<base::Result<net::Response>> ScriptedHttp::send(const net::Request& request) {
  struct Flight {
    explicit Flight(int& counter) : count(counter) { ++count; }
    ~Flight() { --count; }
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;
    Flight(Flight&&) = delete;
    Flight& operator=(Flight&&) = delete;
    int& count;
  };
  sent_.emplace_back(request, clock_.steady_now());
  const Flight flight(in_flight_);
  in_flight_max_ = std::max(in_flight_max_, in_flight_);
  const base::Millis takes = latency;
  co_await clock_.sleep_for(std::min(takes, request.total_timeout));  // a sleep of nothing still yields
  if (takes >= request.total_timeout) co_return base::Error(base::ErrorKind::timeout, request.label, "timed out");
  if (!handler_) co_return response(404, "");
  auto result = handler_(request);
  if (result) result->elapsed = takes;
  co_return result;
}

std::size_t ScriptedHttp::count(std::string_view part_of_label) const {
  const auto found = std::count_if(sent_.begin(), sent_.end(), [&](const Sent& one) {
    return one.request.label.find(part_of_label) != std::string::npos;
  });
  return static_cast<std::size_t>(found);
}

}  // namespace test
