// The real description of an exchange against the sandbox that plays it, without sockets: what it asks is answered,
// what is answered it decodes, and what it decodes must be the sandbox's market.
#pragma once
#include <deque>

#include <gtest/gtest.h>

#include "common/exchange/exchange.hpp"
#include "tests/sandbox/app.hpp"

namespace sandbox {

class PlayedTest : public testing::Test {
 protected:
  static constexpr Ms start = 1'780'000'020'000;  // a whole minute

  class Caller final : public Peer {
   public:
    explicit Caller(Request request) : request_(std::move(request)) {}
    void send(std::string text) override { frames.push_back(std::move(text)); }
    void ping() override {}
    void vanish() override {}
    void close(std::uint16_t, std::string) override { closed = true; }
    [[nodiscard]] const Request& request() const override { return request_; }

    std::deque<std::string> frames;
    bool closed{};

   private:
    Request request_;
  };
  struct Heard {
    market::Events events;
    int acks{}, refused{}, unreadable{};
    bool closed{};
  };

  /// `streams`: the path of each door below the exchange's name; `rest`: what its REST address ends in.
  PlayedTest(Venue venue, const std::map<std::string, std::string>& streams, const std::string& rest = {});

  [[nodiscard]] net::Response answered(const exchange::Ask& ask, Ms now);
  /// All pages of all requests of a sweep; a refusal or unreadable bytes fail the test.
  [[nodiscard]] exchange::Reply sweep(exchange::Topic topic, const exchange::Want& want, Ms now);
  /// Keeps the streams of a topic open from `from` to `to` and acts at `from`, when they are subscribed.
  [[nodiscard]] Heard listen(exchange::Topic topic, Ms from, Ms to, const Json& action = nullptr);
  [[nodiscard]] const Contract& contract(const std::string& coin);
  [[nodiscard]] static exchange::Want want_of(const Contract& contract);

  template <typename Event>
  [[nodiscard]] static std::vector<Event> of(const market::Events& events, const std::string& symbol) {
    std::vector<Event> out;
    for (const auto& event : events) {
      const auto* wanted = std::get_if<Event>(&event);
      if (wanted != nullptr && wanted->symbol == symbol) out.push_back(*wanted);
    }
    return out;
  }

  /// Coins (or USD) in one contract, as the exchange states it.
  [[nodiscard]] virtual double stated_contract_size(const Contract& contract) const { return contract.contract_size; }

  // What every exchange must pass; `coin` is one that it lists.
  void check_instruments();
  void check_tickers(const std::string& coin);
  void check_funding(const std::string& coin);
  void check_funding_history(const std::string& coin);
  void check_open_interest(const std::string& coin);
  void check_candles(const std::string& coin);
  void check_candle_stream(const std::string& coin);
  void check_liquidation_stream(const std::string& coin);
  void check_server_time();  ///< where it has an endpoint of its own

  Venue venue_;
  App app_;
  std::unique_ptr<exchange::Exchange> exchange_;
  market::Universe universe_;
};

}  // namespace sandbox
