#include "common/app/notify.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_folder.hpp"

namespace notify_test {
namespace asio = boost::asio;
using Datagrams = asio::local::datagram_protocol;

/// A service manager's end of the side channel.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(io_, Datagrams::endpoint(bound_name(name))) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    socket_.non_blocking(true);
  }
  ~Manager() { ::unsetenv("NOTIFY_SOCKET"); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next datagram; "" when none is there.
  std::string heard() {
    std::string text(1024, '\0');
    boost::system::error_code none;
    text.resize(socket_.receive(asio::buffer(text), 0, none));
    return none ? "" : text;
  }

 private:
  static std::string bound_name(std::string name) {
    if (name[0] == '@') name[0] = '\0';
    return name;
  }
  asio::io_context io_;
  Datagrams::socket socket_;
};

TEST(Notify, ReachesTheManagerByPathAndByAbstractName) {
  const test::TempFolder folder;
  for (const auto& name :
       {(folder.path() / "notify").string(), "@perpwatch-notify-test-" + std::to_string(::getpid())}) {
    Manager manager(name);
    app::Notify notify;
    notify.ready("watching 4 exchanges\nand more");
    EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=watching 4 exchanges and more") << name;
    notify.watchdog();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    notify.status("cycle 1");
    EXPECT_EQ(manager.heard(), "STATUS=cycle 1");
    notify.reloading();
    EXPECT_EQ(manager.heard(), "RELOADING=1");
    notify.stopping("saying goodbye");
    EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS=saying goodbye");
    EXPECT_EQ(manager.heard(), "");
  }
}

TEST(Notify, NobodyListensOrNotThere) {
  for (const std::string& name :
       {std::string(), std::string("notify"), std::string("/nowhere/at/all"), std::string(200, '/')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    app::Notify().ready("unheard");
  }
  ::unsetenv("NOTIFY_SOCKET");
  app::Notify().ready("unheard");
}

TEST(Notify, WatchdogPeriodIsHalfOfWhatTheManagerWaits) {
  struct Case {
    const char *usec, *pid;
    std::optional<base::Millis> want;
  };
  const auto own = std::to_string(::getpid()), other = std::to_string(::getpid() + 1);
  for (const auto& one :
       {Case{"60000000", own.c_str(), base::Millis(30'000)}, Case{"60000000", nullptr, base::Millis(30'000)},
        Case{"60000000", other.c_str(), std::nullopt}, Case{nullptr, own.c_str(), std::nullopt},
        Case{"0", own.c_str(), std::nullopt}, Case{"-5", own.c_str(), std::nullopt},
        Case{"60s", own.c_str(), std::nullopt}}) {
    one.usec == nullptr ? ::unsetenv("WATCHDOG_USEC") : ::setenv("WATCHDOG_USEC", one.usec, 1);
    one.pid == nullptr ? ::unsetenv("WATCHDOG_PID") : ::setenv("WATCHDOG_PID", one.pid, 1);
    EXPECT_EQ(app::Notify::watchdog_period(), one.want)
        << (one.usec ? one.usec : "-") << ' ' << (one.pid ? one.pid : "-");
  }
}

}  // namespace notify_test
