#include "tests/simulation/transport.hpp"

#include "tests/sandbox/text.hpp"

namespace simulation {
using base::Delivery;
using base::ErrorKind;
using base::Millis;
using boost::asio::awaitable;

namespace {

/// "/binance/fapi/v1/klines" or "/telegram/botTOKEN/sendMessage": one path for what a host serves, as faults name it.
std::string path_of(const net::Url& url, std::string_view path) {
  return (url.host == "api.telegram.org" ? "/telegram" : "/binance") + std::string(path);
}

sandbox::Request request_of(const net::Request& request, const sandbox::Telegram& telegram) {
  sandbox::Request out;
  const auto url = net::parse_url(request.url);
  if (!url) return out;
  const auto mark = url->target.find('?');
  out.method = request.method;
  out.path = path_of(*url, std::string_view(url->target).substr(0, mark));
  if (mark != std::string::npos) out.query = sandbox::parse_form(std::string_view(url->target).substr(mark + 1));
  out.label = out.path.starts_with("/telegram/") ? telegram.label(out.path) : out.path;
  out.headers["content-type"] = request.content_type;
  out.body = request.body;
  out.client = "10.0.0.1";
  out.host = url->host;
  return out;
}

base::Error broken(const std::string& label, const std::string& what, bool refused) {
  base::Error error(ErrorKind::network, label, what);
  error.delivery = refused ? Delivery::not_sent : Delivery::unknown;
  return error;
}

}  // namespace

sandbox::Response Http::ask(const net::Request& request, base::WallTime now, bool& refused) {
  const auto asked = request_of(request, telegram_);
  const auto ms = base::to_ms(now);
  const auto* fault = faults_.fire_http(asked, ms);
  const bool exchange = asked.path.starts_with("/binance/");
  refused = fault != nullptr && fault->settings.value("refused", false);
  sandbox::Response out;
  if (refused) {
    out.wire.close = true;
    return out;
  }
  // An exchange counts a request that a fault spoils; Telegram must not deliver what it refuses.
  if (fault == nullptr || needs_answer(*fault) || exchange)
    out = exchange ? binance_.http(asked, ms) : telegram_.http(asked, ms);
  return fault == nullptr ? out : apply_fault(*fault, std::move(out));
}

awaitable<base::Result<net::Response>> Http::send(const net::Request& request) {
  ++counts_[request.label];
  co_await clock_.sleep_for(latency);
  bool refused = false;
  auto answer = ask(request, clock_.wall_now(), refused);
  const auto& wire = answer.wire;
  Millis more{wire.delay};
  if (wire.bytes_per_second > 0) more += Millis(static_cast<Ms>(answer.body.size()) * 1'000 / wire.bytes_per_second);
  if (wire.never || latency + more >= request.total_timeout) {
    co_await clock_.sleep_for(request.total_timeout - latency);
    co_return base::Error(ErrorKind::timeout, request.label, "timed out");
  }
  if (more > Millis{0}) co_await clock_.sleep_for(more);
  if (refused) co_return broken(request.label, "connection refused", true);
  if (wire.reset || wire.close || wire.raw || wire.cut_after > 0)
    co_return broken(request.label, wire.reset ? "connection reset" : "the connection broke", false);
  net::Response out;
  out.status = answer.status;
  for (const auto& [name, value] : answer.headers) out.headers.emplace_back(sandbox::lower(name), value);
  out.elapsed = latency + more;
  out.wire_bytes = static_cast<std::int64_t>(answer.body.size());
  out.body = std::move(answer.body);
  co_return out;
}

Ws::Ws(base::Clock& clock, sandbox::Faults& faults, FakeBinance& binance)
    : clock_(clock), faults_(faults), scripted_(clock) {
  scripted_.latency = Millis{60};
  scripted_.on_write = [this, &binance](test::ScriptedSocket& socket, const std::string& text) {
    binance.on_text(socket, text, base::to_ms(clock_.wall_now()));
  };
}

awaitable<base::Result<std::unique_ptr<net::WsConnection>>> Ws::open(const net::WsEndpoint& endpoint) {
  sandbox::Request upgrade;
  const auto url = net::parse_url(endpoint.url);
  if (url) upgrade.label = path_of(*url, url->target);
  if (url) upgrade.host = url->host;
  const auto* fault = faults_.fire_http(upgrade, base::to_ms(clock_.wall_now()));
  if (fault != nullptr) {
    co_await clock_.sleep_for(Millis{60});
    co_return broken(endpoint.label, fault->kind == "status" ? "the upgrade was refused" : "connection refused", true);
  }
  auto opened = co_await scripted_.open(endpoint);
  co_return opened;
}

}  // namespace simulation
