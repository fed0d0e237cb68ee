// The outside world of a program, so that a test can bring its own.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "common/base/clock.hpp"
#include "common/base/worker.hpp"
#include "common/net/http_client.hpp"
#include "common/net/ws_client.hpp"
#include "common/telegram/painter.hpp"

namespace app {

struct World {
  World(boost::asio::io_context& with_io, base::Clock& with_clock, net::HttpClient& with_http, net::WsClient& with_ws,
        std::function<double()> with_random, std::function<void(const std::string&)> with_print)
      : io(with_io),
        clock(with_clock),
        http(with_http),
        ws(with_ws),
        random(std::move(with_random)),
        print(std::move(with_print)) {}
  boost::asio::io_context& io;
  base::Clock& clock;
  net::HttpClient& http;
  net::WsClient& ws;
  std::function<double()> random;                  ///< uniform in [0, 1)
  std::function<void(const std::string&)> print;   ///< one text to the terminal
  std::shared_ptr<telegram::Painter> painter;      ///< null: no picture is made
  base::Worker* worker{};                          ///< null: what blocks is done in the loop, in its order
  std::function<void()> give_back_memory = [] {};  ///< what is free goes back to the system; takes up to a millisecond
};

}  // namespace app
