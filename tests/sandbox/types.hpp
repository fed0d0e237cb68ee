// What every part of the sandbox speaks: a request, an answer, a WebSocket peer and a service that plays an API.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace sandbox {

using Json = nlohmann::json;
using Ms = std::int64_t;  ///< UTC, milliseconds since 1970
using Params = std::map<std::string, std::string>;

inline constexpr Ms second = 1'000;
inline constexpr Ms minute = 60 * second;
inline constexpr Ms hour = 60 * minute;
inline constexpr Ms day = 24 * hour;

struct Request {
  std::string method;
  std::string path;   ///< without the query, percent-decoding undone
  std::string label;  ///< the path as logs, counters and faults see it: never holds a token
  Params query;       ///< decoded
  Params headers;     ///< names in lower case
  std::string body;
  std::string client;  ///< the caller's address: limits count per address
  std::string host;    ///< the local address that was called
};

/// How the bytes of an answer travel; a fault sets it.
struct Wire {
  Ms delay{};               ///< waits before the first byte
  int bytes_per_second{};   ///< 0: at once
  bool reset{};             ///< RST instead of an answer
  bool close{};             ///< closes without an answer
  bool never{};             ///< holds the connection open and says nothing
  bool raw{};               ///< the body is all that is written: no status line, no headers
  std::size_t cut_after{};  ///< 0: all of it; else closes after so many bytes
};

struct Response {
  int status{200};
  std::string body;
  std::string type{"application/json"};
  std::vector<std::pair<std::string, std::string>> headers;
  Wire wire;
  /// A long poll: asked again every few milliseconds until it yields an answer or `again_until` has passed.
  std::function<std::optional<Response>(Ms now)> again;
  Ms again_until{};
};

[[nodiscard]] inline Response json_response(const Json& body, int status = 200) {
  Response out;
  out.status = status;
  out.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return out;
}

/// One WebSocket connection, as a service sees it.
class Peer {
 public:
  Peer() = default;
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  Peer(Peer&&) = delete;
  Peer& operator=(Peer&&) = delete;

  virtual void send(std::string text) = 0;
  virtual void send_binary(std::string bytes) { send(std::move(bytes)); }
  /// Texts made one by one, each when the socket has taken the one before; nullopt is the end.
  virtual void pour(std::function<std::optional<std::string>()> next) {
    while (auto text = next()) send(std::move(*text));
  }
  virtual void ping() = 0;
  virtual void close(std::uint16_t code, std::string reason) = 0;
  /// Half-open: from now on nothing is read, answered or sent, and nobody is told.
  virtual void vanish() = 0;
  [[nodiscard]] virtual const Request& request() const = 0;
};

/// Plays one public API under one path prefix.
class Service {
 public:
  Service() = default;
  virtual ~Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;

  [[nodiscard]] virtual Response http(const Request& request, Ms now) = 0;
  /// False: there is no WebSocket on this path (404) or the caller opened too many.
  [[nodiscard]] virtual bool ws_open(Peer& peer, Ms now) = 0;
  virtual void ws_text(Peer& peer, const std::string& text, Ms now) = 0;
  virtual void ws_closed(Peer& peer) = 0;
  virtual void tick(Ms now) = 0;  ///< about ten times a second: pushes what is due
};

}  // namespace sandbox
