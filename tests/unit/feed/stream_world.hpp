// One stream at a toy exchange.
#pragma once
#include <algorithm>

#include "common/feed/stream.hpp"
#include "tests/unit/feed/world.hpp"

namespace test {

class StreamTest : public test::FeedTest {
 protected:
  exchange::StreamPlan plan(std::vector<std::string> channels) const {
    exchange::StreamPlan out(market::Topic::liquidations, "toy liquidations", "wss://toy.example/ws");
    out.channels = std::move(channels);
    out.batch_max = 2;
    return out;
  }
  void run(exchange::StreamPlan with_plan) {
    const feed::StreamTools tools(
        clock, ws, fetcher, ledger, tasks, log, [] { return 0.5; }, sink);
    stream = std::make_unique<feed::Stream>(tools, venue, pacer, std::move(with_plan));
    tasks.spawn("stream", stream->run());
  }
  /// The server acknowledges every subscription.
  void acknowledge_all() {
    ws.on_write = [](test::ScriptedSocket& socket, const std::string& text) {
      if (text.starts_with("sub ")) socket.push("ack " + text.substr(4, text.find(' ', 4) - 4));
    };
  }
  std::vector<std::string> subscriptions(std::size_t socket) const {
    std::vector<std::string> out;
    for (const auto& written : ws.sockets().at(socket)->written())
      if (written.text.starts_with("sub")) out.push_back(written.text);
    return out;
  }
  std::size_t count_gaps() const {
    return static_cast<std::size_t>(std::count_if(heard.begin(), heard.end(), [](const market::Event& event) {
      return std::holds_alternative<market::Gap>(event);
    }));
  }
  feed::Fetcher fetcher{venue, gate, clock, log};
  feed::ConnectPacer pacer;
  std::unique_ptr<feed::Stream> stream;
};

}  // namespace test
