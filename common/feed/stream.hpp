// One WebSocket kept open for ever: connect, subscribe, watch, renew, reconnect. Ends only by cancellation.
#pragma once
#include <memory>
#include <set>

#include "common/base/task_group.hpp"
#include "common/feed/channels.hpp"
#include "common/feed/fetcher.hpp"
#include "common/guard/ledger.hpp"
#include "common/health/recovery.hpp"
#include "common/net/ws_client.hpp"

namespace feed {

/// Spaces the connects of one exchange: at most one per 2 s (F-25). Pure.
class ConnectPacer {
 public:
  /// Books the next slot and says when it is.
  [[nodiscard]] base::SteadyTime book(base::SteadyTime now);

 private:
  base::SteadyTime next_{};
};

/// What a stream borrows.
struct StreamTools {
  StreamTools(base::Clock& with_clock, net::WsClient& with_ws, Fetcher& with_fetcher, guard::Ledger& with_ledger,
              base::TaskGroup& with_tasks, Observer& with_observer, std::function<double()> with_random, Sink into)
      : clock(with_clock),
        ws(with_ws),
        fetcher(with_fetcher),
        ledger(with_ledger),
        tasks(with_tasks),
        observer(with_observer),
        random(std::move(with_random)),
        sink(std::move(into)) {}
  base::Clock& clock;
  net::WsClient& ws;
  Fetcher& fetcher;        ///< for addresses that must be asked for
  guard::Ledger& ledger;   ///< a banned host is not dialled either
  base::TaskGroup& tasks;  ///< owns the readers
  Observer& observer;
  std::function<double()> random;  ///< uniform in [0, 1)
  Sink sink;
};

class Stream {
 public:
  Stream(StreamTools tools, Venue& venue, ConnectPacer& pacer, exchange::StreamPlan plan);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Stream(Stream&&) = delete;
  Stream& operator=(Stream&&) = delete;

  [[nodiscard]] boost::asio::awaitable<void> run();
  [[nodiscard]] const exchange::StreamPlan& plan() const { return plan_; }
  /// What the judge of feeds asks for; done within a second or so, while a session lives.
  void apply(health::Remedy remedy) { wanted_ = remedy; }
  [[nodiscard]] bool has_alternative() const { return !alternative_url_.empty(); }
  [[nodiscard]] const std::set<std::string>& refused() const { return refused_; }  ///< channels the exchange said no to

 private:
  struct Session;
  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<Session>> connect();
  [[nodiscard]] boost::asio::awaitable<base::Result<std::string>> address();
  [[nodiscard]] boost::asio::awaitable<bool> subscribe(std::shared_ptr<Session> session);
  [[nodiscard]] boost::asio::awaitable<bool> send_batch(std::shared_ptr<Session> session,
                                                        std::vector<std::string> channels);
  [[nodiscard]] boost::asio::awaitable<void> read_all(std::shared_ptr<Session> session);
  [[nodiscard]] boost::asio::awaitable<base::Error> drive(std::shared_ptr<Session> session);
  [[nodiscard]] boost::asio::awaitable<bool> keep(std::shared_ptr<Session> session);
  [[nodiscard]] bool is_overdue(const Session& session) const;
  void ask_unacked_again(Session& session) const;
  [[nodiscard]] std::optional<base::Error> judge_silence(const Session& session) const;
  [[nodiscard]] base::Millis backoff() const;
  [[nodiscard]] base::Millis banned_for() const;
  void tell_failed(const base::Error& why) const;
  [[nodiscard]] bool beside_polls() const;
  void record(std::string_view bytes, base::WallTime received) const;
  [[nodiscard]] boost::asio::awaitable<bool> subscribe_again(std::shared_ptr<Session> session);
  void tell_gap(const Session& session);
  void on_frame(Session& session, const exchange::Frame& frame);
  void deliver(Session& session, const exchange::Frame& frame);
  void tell_content(const Session& session, const market::Events& events);
  void on_refusal(Session& session, const exchange::Frame& frame);
  void note_acked(Session& session);
  void note_subscribed(Session& session);
  void note_live(Session& session);
  [[nodiscard]] base::Error error(base::ErrorKind kind, std::string cause) const;

  StreamTools tools_;
  Venue& venue_;
  ConnectPacer& pacer_;
  exchange::StreamPlan plan_;
  Channels channels_;
  std::string host_;
  std::string alternative_url_;  ///< stream_urls of the configuration: "public_alternative" beside "public"
  std::optional<health::Remedy> wanted_;
  std::set<std::string> refused_;
  bool mute_{};        ///< the last session acknowledged and said nothing else: an ack proves nothing
  int silent_ends_{};  ///< sessions in a row that spoke at their beginning and then fell silent for good
  int failures_{};     ///< connects or sessions without data, in a row
  std::optional<base::WallTime> blind_since_;  ///< set while no session delivers
  std::uint32_t next_request_id_{1};
};

}  // namespace feed
