// Proxies and WebSocket frames for the servers of loop_server.hpp.
#include <boost/asio/use_awaitable.hpp>
#include <openssl/evp.h>

#include "tests/unit/net/loop_server.hpp"

namespace test {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Copies until one side ends, then ends the other.
asio::awaitable<void> pump(std::shared_ptr<Peer> from, std::shared_ptr<Peer> to) {
  struct End {
    Peer& peer;
    ~End() { peer.close(); }
  } end{*to};
  for (;;) {
    const auto bytes = co_await from->read_some();
    co_await to->write(bytes);
  }
}

asio::awaitable<std::shared_ptr<Peer>> connect_loopback(asio::io_context& io, std::uint16_t port) {
  tcp::socket socket(io);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(endpoint, asio::use_awaitable);
  co_return std::make_shared<Peer>(std::move(socket));
}

/// The way back lives in `tasks`: it ends by itself when this way ends.
asio::awaitable<void> tunnel(std::shared_ptr<Peer> client, std::shared_ptr<Peer> upstream, base::TaskGroup& tasks) {
  tasks.spawn("way back", pump(upstream, client));
  co_await pump(client, upstream);
}

std::uint16_t to_port(std::string_view digits) { return static_cast<std::uint16_t>(std::stoi(std::string(digits))); }

}  // namespace

Server::Script connect_proxy(asio::io_context& io, base::TaskGroup& tasks, std::vector<std::string>& seen) {
  return [&io, &tasks, &seen](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto head = co_await peer->read_until("\r\n\r\n");
    const auto place = head.substr(8, head.find(' ', 8) - 8);  // after "CONNECT "
    seen.push_back(place);
    auto upstream = co_await connect_loopback(io, to_port(place.substr(place.rfind(':') + 1)));
    co_await peer->write("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
    co_await tunnel(peer, upstream, tasks);
  };
}

Server::Script socks5_proxy(asio::io_context& io, base::TaskGroup& tasks, std::vector<std::string>& seen) {
  return [&io, &tasks, &seen](std::shared_ptr<Peer> peer) -> asio::awaitable<void> {
    const auto greeting = co_await peer->read_exactly(2);
    const auto methods = co_await peer->read_exactly(static_cast<std::size_t>(greeting[1]));
    const std::string_view no_authentication("\x05\x00", 2);
    co_await peer->write(no_authentication);
    const auto head = co_await peer->read_exactly(5);  // version, connect, reserved, type 3 = name, length
    const auto name = co_await peer->read_exactly(static_cast<unsigned char>(head[4]));
    const auto port = co_await peer->read_exactly(2);
    seen.push_back(name);
    const auto number = static_cast<unsigned char>(port[0]) * 256 + static_cast<unsigned char>(port[1]);
    auto upstream = co_await connect_loopback(io, static_cast<std::uint16_t>(number));
    const std::string_view granted("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x01", 10);
    co_await peer->write(granted);
    co_await tunnel(peer, upstream, tasks);
  };
}

asio::awaitable<std::string> accept_websocket(Peer& peer) {
  constexpr std::string_view key_name = "Sec-WebSocket-Key: ";
  const auto head = co_await peer.read_until("\r\n\r\n");
  const auto at = head.find(key_name) + key_name.size();
  const auto key = head.substr(at, head.find('\r', at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(key.data(), key.size(), digest, &size, EVP_sha1(), nullptr);
  unsigned char text[64];
  const int length = EVP_EncodeBlock(text, digest, static_cast<int>(size));
  const std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)) + "\r\n\r\n";
  co_await peer.write(answer);
  co_return head;
}

std::string ws_frame(unsigned opcode, std::string_view payload, bool last) {
  std::string out(1, static_cast<char>((last ? 0x80U : 0U) | opcode));
  const auto size = payload.size();
  const unsigned length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  out += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  for (unsigned i = length_bytes; i > 0; --i) out += static_cast<char>((size >> (8 * (i - 1))) & 0xffU);
  return out.append(payload);
}

std::string ws_close(unsigned code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  return ws_frame(8, payload.append(reason));
}

asio::awaitable<WsFrame> read_ws_frame(Peer& peer) {
  const auto head = co_await peer.read_exactly(2);
  std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fU;
  if (size >= 126) {
    const auto longer = co_await peer.read_exactly(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : longer) size = size << 8U | static_cast<unsigned char>(c);
  }
  const auto mask = co_await peer.read_exactly(4);  // a client's frames are always masked
  auto payload = co_await peer.read_exactly(size);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  co_return WsFrame(static_cast<unsigned char>(head[0]) & 0x0fU, std::move(payload));
}

}  // namespace test
