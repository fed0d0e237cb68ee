// The sockets, spoken to with plain POSIX calls: nothing of the server's own library is on the other side.
#include "tests/sandbox/server.hpp"

#include <thread>

#include <arpa/inet.h>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sandbox {
namespace server_test {

class Connection {
 public:
  explicit Connection(std::uint16_t port, const char* address = "127.0.0.1") : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &to.sin_addr);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void write(const std::string& bytes) const {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// Until the text occurs or the other side ends.
  std::string read_until(const std::string& text) {
    char chunk[4096];
    while (got_.find(text) == std::string::npos) {
      const auto size = ::recv(fd_, chunk, sizeof chunk, 0);
      if (size <= 0) {
        ended_ = size;
        break;
      }
      got_.append(chunk, static_cast<std::size_t>(size));
    }
    return got_;
  }
  std::string all() { return read_until(std::string(1, '\x01') + "never"); }
  [[nodiscard]] ssize_t ended() const { return ended_; }  ///< 0: closed, -1: reset

 private:
  int fd_;
  bool connected_{};
  std::string got_;
  ssize_t ended_{1};
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"; }

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    Settings settings;
    settings.tokens = {"1:abc"};
    settings.scenario["fault"] =
        Json::array({{{"kind", "reset"}, {"path", "/okx/*/time"}},
                     {{"kind", "close"}, {"path", "/mexc/*/ping"}},
                     {{"kind", "garbage"}, {"path", "/bybit/*/time"}},
                     {{"kind", "accept_timeout"}, {"path", "/telegram/*/sendmessage"}},
                     {{"kind", "status"}, {"path", "/binance/fapi/v1/time"}, {"status", 503}, {"count", 1}}});
    app_.emplace(settings, base::to_ms(clock_.wall_now()));
    server_.emplace(io_, clock_, *app_, tasks_);
    port_ = server_->listen("127.0.0.1", 0);
    server_->listen("127.0.0.2", port_);
    server_->start(1);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ServerTest() override {
    boost::asio::post(io_, [this] { tasks_.stop(); });
    thread_.join();
  }
  std::string ask(const std::string& path, const char* address = "127.0.0.1") {
    Connection connection(port_, address);
    connection.write(get(path));
    return connection.all();
  }

  boost::asio::io_context io_{1};
  base::SystemClock clock_;
  base::TaskGroup tasks_{io_, [](const std::string& name, const std::exception_ptr& error) {
                           ADD_FAILURE() << name << base::describe(error);
                         }};
  std::optional<App> app_;
  std::optional<Server> server_;
  std::uint16_t port_{};
  std::thread thread_;
};

TEST_F(ServerTest, AnswersCarryADateAndTheUsedWeight) {
  const auto reply = ask("/binance/fapi/v1/premiumIndex");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(reply.find("\r\nDate: "), std::string::npos);
  EXPECT_NE(reply.find("\r\nX-MBX-USED-WEIGHT-1M: 10\r\n"), std::string::npos);
  EXPECT_NE(ask("/binance/fapi/v1/ping", "127.0.0.2").find("X-MBX-USED-WEIGHT-1M: 11"), std::string::npos);
}

TEST(App, AnOverrunIsRefusedThenBannedAndTheBanIsAnnounced) {
  constexpr Ms start = 1'780'000'020'000;  // a whole minute
  App app(Settings{}, start);
  const auto ask = [&](Ms now) {
    Request request;
    request.method = "GET";
    request.path = "/binance/fapi/v1/ticker/24hr";
    request.client = "127.0.0.1";
    return app.http(request, now);
  };
  for (int i = 0; i < 60; ++i) ASSERT_EQ(ask(start).status, 200);  // 40 of 2400 each
  for (int i = 0; i < 10; ++i) {
    const auto refused = ask(start + 15 * second);
    ASSERT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.at(0), (std::pair<std::string, std::string>{"Retry-After", "45"}));
  }
  const auto banned = ask(start + 20 * second);
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.headers.at(0).second, "120");
  EXPECT_NE(banned.body.find("banned until " + std::to_string(start + 140 * second)), std::string::npos);
  EXPECT_EQ(ask(start + 140 * second).status, 200);
}

TEST_F(ServerTest, FaultsSpoilTheConnectionAndAreCounted) {
  Connection reset(port_);
  reset.write(get("/okx/api/v5/public/time"));
  EXPECT_EQ(reset.all(), "");
  EXPECT_EQ(reset.ended(), -1);
  Connection closed(port_);
  closed.write(get("/mexc/api/v1/contract/ping"));
  EXPECT_EQ(closed.all(), "");
  EXPECT_EQ(closed.ended(), 0);
  EXPECT_FALSE(ask("/bybit/v5/market/time").starts_with("HTTP/"));
  EXPECT_TRUE(ask("/binance/fapi/v1/time").starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(ask("/binance/fapi/v1/time").starts_with("HTTP/1.1 200 "));
  const auto faults = ask("/control/faults");
  EXPECT_NE(faults.find("\"fired\":1,\"id\":1,"), std::string::npos) << faults;
}

TEST_F(ServerTest, AnAcceptedMessageThatIsNeverAnsweredIsStillDelivered) {
  Connection connection(port_);
  connection.write(get("/telegram/bot1:abc/sendMessage?chat_id=5&text=hello"));
  EXPECT_NE(ask("/control/messages?after=0&wait=5").find("\"text\":\"hello\""), std::string::npos);
}

TEST_F(ServerTest, UpgradesToAWebSocket) {
  Connection connection(port_);
  connection.write(
      "GET /binance/market/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const auto head = connection.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 "));
  EXPECT_NE(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);  // the example of RFC 6455
  const std::string text = R"({"method":"SUBSCRIBE","params":["!markPrice@arr@1s"],"id":1})";
  std::string frame = "\x81";
  frame += static_cast<char>(0x80U | text.size());
  frame += std::string(4, '\0') + text;  // a mask of zeros leaves the text as it is
  connection.write(frame);
  EXPECT_NE(connection.read_until("\"e\":\"markPriceUpdate\"").find(R"({"id":1,"result":null})"), std::string::npos);
}

TEST_F(ServerTest, ServesTheChatPage) {
  EXPECT_NE(ask("/").find("<title>Perpwatch sandbox</title>"), std::string::npos);
}

}  // namespace server_test
}  // namespace sandbox
