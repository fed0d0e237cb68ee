// An exchange is a description: what to ask, what to keep open, what the bytes mean. It never waits, connects or reads
// a clock. One file pair each; registry.cpp names them all.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/market/event.hpp"
#include "common/market/instrument.hpp"
#include "common/market/verdict.hpp"
#include "common/net/http.hpp"

namespace exchange {

class Json;

using market::Topic;

/// A documented limit of an exchange, per IP. Named by what it counts ("weight", "ip", "public/funding-rate").
struct Limit {
  std::int64_t units{};
  base::Millis per{};
  bool undivided{};          ///< too small for three shares: the bots take turns
  std::string usage_header;  ///< what the exchange counts itself, "x-mbx-used-weight-1m"; empty: it tells nothing
  std::string source;        ///< where the number was read and when
};

/// What an operator may change about an exchange: one config block.
struct Settings {
  bool enabled{true};
  std::string rest_url;  ///< "https://fapi.binance.com"
  std::map<std::string, std::string>
      stream_urls;  ///< by the exchange's own name of the door: "market", "public", "business"
  std::string proxy;
  /// What a liquidation's size counts, where an exchange does not say it (Bitget, EXCHANGES.md 7.4).
  market::SizeUnit liquidation_unit{market::SizeUnit::quote};
  std::map<std::string, Limit> limits;  ///< by name; an Ask names what it costs of which
};

struct Cost {
  std::string limit;  ///< a key of Settings::limits
  std::int64_t units{1};
};

/// One request and what its answer will be read as.
struct Ask {
  Ask(Topic of_topic, std::string at_endpoint, net::Request with_request)
      : topic(of_topic), endpoint(std::move(at_endpoint)), request(std::move(with_request)) {}
  Topic topic;
  std::string endpoint;  ///< the guard's key within the exchange, stable over restarts: "fapi/v1/premiumIndex"
  net::Request request;
  std::vector<Cost> costs;
  std::string symbol;         ///< when the answer is about one contract and does not name it
  base::Millis bar_length{};  ///< candles only
};

/// What to ask for, beyond the topic.
struct Want {
  /// For topics asked per contract; ignored where one call has all. Empty, of funding_history: the settlements of all
  /// contracts within [from, to], where one call gives them.
  std::vector<std::string> symbols;
  base::Millis bar_length{60'000};         ///< candles
  std::optional<base::WallTime> from, to;  ///< history, both inclusive on the open time
  int rows_max{};  ///< history: at most so many newest rows a symbol; 0: as many as one page gives
  int way{};       ///< which of Exchange::ways(topic)
};

/// What an answer said.
struct Reply {
  market::Events events;
  std::vector<market::Instrument> instruments;  ///< of Topic::instruments
  std::optional<base::WallTime> server_time;    ///< the exchange's clock, where the payload has it
  std::optional<Ask> next;                      ///< the next page of the same answer
  std::string door;                             ///< of a StreamPlan's door: where to connect now
  std::size_t rows_skipped{};                   ///< rows that could not be read (counted, never guessed)
};

/// What one WebSocket message turned out to be.
struct Frame {
  enum class Kind : std::uint8_t { data, ack, refused, pong, notice, other };
  Kind kind{Kind::other};
  market::Events events;
  std::string request_id;            ///< of an ack or a refusal
  std::string message;               ///< of a refusal or a notice, for people
  std::optional<std::string> reply;  ///< what must be answered at once
  bool companion{};                  ///< data of a channel that only proves the socket alive (Binance !markPrice@arr)
  bool reconnect{};                  ///< the server said that it will close
  std::size_t rows_skipped{};
};

/// One socket to keep open and what to subscribe on it.
struct StreamPlan {
  StreamPlan(Topic of_topic, std::string with_name, std::string to_url)
      : topic(of_topic), name(std::move(with_name)), url(std::move(to_url)) {}
  StreamPlan(Topic of_topic, std::string to_url) : topic(of_topic), url(std::move(to_url)) {}  ///< named later
  Topic topic;
  std::string name;  ///< "bybit liquidations 2/3"
  std::string url;
  net::Headers headers;               ///< of the handshake
  std::optional<Ask> door;            ///< asked before each connect, for exchanges that hand out addresses (KuCoin)
  std::vector<std::string> hello;     ///< sent right after the connect, before anything is subscribed (Deribit)
  std::vector<std::string> channels;  ///< the exchange's own topic names
  std::size_t batch_max{1};           ///< channels in one subscribe message
  base::Millis batch_pause{250};      ///< between subscribe messages
  std::optional<std::string> ping;    ///< text keep-alive, where the exchange wants its own; "{seconds}" is the time…
  base::Millis ping_every{20'000};    ///< …when nothing else was sent for so long
  base::Millis silence_max{60'000};   ///< without any frame (data, ack or pong): dead
  std::optional<base::Millis>
      companion_silence_max;                     ///< the companion channel silent for so long: dead (Binance, 15 s)
  base::Millis age_max{std::chrono::hours{23}};  ///< renewed before the exchange's own 24 h cut
  bool drop_before_connect{};                    ///< events older than the connection are a snapshot of the past (OKX)
  bool needs_ack{true};                          ///< a subscribe message is answered by an ack or a refusal

  [[nodiscard]] std::string ping_text(base::WallTime now) const;  ///< of a plan with a ping
};

/// How this exchange gives each topic. Drives plans, `check` and the documents.
struct Traits {
  std::string_view name;   ///< "okx"
  std::string_view title;  ///< "OKX"
  bool candle_stream{};    ///< closed bars over WebSocket
  bool liquidation_stream{};
  bool liquidation_poll{};  ///< liquidations over REST, of all contracts in one request
  /// A stream tells them earlier, without a side: that is learned from the polls, which stay what is relied upon.
  bool liquidation_sides_learned{};
  /// At most about one liquidation of a contract and second is published: their sums are lower bounds.
  bool liquidations_sampled{};
  std::size_t
      polled_bars_max{};  ///< without a candle stream: of so many contracts the bars may be asked for each minute
  int candle_rows_max{};  ///< per history call
  bool closes_bars{};     ///< its candle stream marks closed bars
  /// Of a perpetual that the list of Topic::funding_intervals does not name (Binance: 8 h, EXCHANGES.md 2.1).
  std::optional<std::chrono::minutes> unlisted_funding_interval{};
  std::string_view closed{};  ///< why the exchange is gone: nothing is asked, what was recorded is still read
};

/// An endpoint whose answers decode() reads, whether asks() uses it or not.
struct Endpoint {
  std::string_view
      tail;  ///< last parts of the path: "market/tickers"; of two that fit an address the longer one counts
  Topic topic;
};

class Exchange {
 public:
  Exchange() = default;
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  Exchange(Exchange&&) = delete;
  Exchange& operator=(Exchange&&) = delete;

  [[nodiscard]] virtual const Traits& traits() const = 0;
  [[nodiscard]] virtual std::span<const Endpoint> endpoints() const = 0;
  /// How many ways there are to the same data, where nobody can say beforehand which of them lives. 0 is tried first.
  [[nodiscard]] virtual int ways(Topic /*topic*/) const { return 1; }

  /// One sweep of a topic: every request that is needed once. Empty: this exchange does not give it over REST.
  [[nodiscard]] virtual std::vector<Ask> asks(Topic topic, const Want& want) const = 0;
  /// bad_data for bytes that are not the promised shape. Rows that cannot be read are skipped and counted.
  [[nodiscard]] virtual base::Result<Reply> decode(const Ask& ask, std::string_view body,
                                                   const market::Universe& universe,
                                                   base::WallTime received_at) const = 0;
  /// What the answer means for the guard, from status, headers and the error envelope; ok says nothing of the payload.
  [[nodiscard]] virtual market::Verdict judge(const net::Response& response, base::WallTime received_at) const = 0;

  /// The sockets for a topic over these contracts. Empty: none over WebSocket.
  [[nodiscard]] virtual std::vector<StreamPlan> streams(
      Topic topic, std::span<const market::Instrument* const> instruments) const = 0;
  /// The text that subscribes `channels` (at most batch_max of them) under a request id; `now` for those who want it.
  [[nodiscard]] virtual std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id,
                                                   base::WallTime now) const = 0;
  [[nodiscard]] virtual base::Result<Frame> decode_frame(std::string_view payload, const market::Universe& universe,
                                                         base::WallTime received_at) const = 0;

  /// What the spelling of a symbol alone says: base, quote, settle, kind, inverse. nullopt: not of this exchange's
  /// form.
  [[nodiscard]] virtual std::optional<market::Instrument> describe(std::string_view symbol) const = 0;
  /// The page of the contract for people.
  [[nodiscard]] virtual std::string link(std::string_view symbol) const = 0;
};

/// "binance" -> its description; nullptr for an unknown name. Exchanges of one thread may share the memory that they
/// read answers with; without `json` each has its own.
[[nodiscard]] std::unique_ptr<Exchange> make_exchange(std::string_view name, const Settings& settings,
                                                      std::shared_ptr<Json> json = nullptr);
[[nodiscard]] std::span<const std::string_view> exchange_names();

}  // namespace exchange
