#include "common/feed/stream.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "common/feed/recorder.hpp"

namespace feed {
using base::ErrorKind;
using base::Millis;
using base::SteadyTime;
using boost::asio::awaitable;

namespace {
constexpr Millis connect_every{2'000};
constexpr Millis tick{1'000};
constexpr Millis ack_max{10'000};
constexpr Millis close_max{2'000};
constexpr Millis backoff_first{1'000};
constexpr Millis backoff_max{60'000};
constexpr Millis backoff_banned{60'000};
constexpr Millis snapshot_age_max{std::chrono::hours{24 * 365}};
}  // namespace

SteadyTime ConnectPacer::book(SteadyTime now) {
  const auto slot = std::max(now, next_);
  next_ = slot + connect_every;
  return slot;
}

/// One connection. Shared by the loop that drives it and the task that reads it; whoever ends last closes the socket.
struct Stream::Session {
  std::unique_ptr<net::WsConnection> connection;
  SteadyTime opened_at{};
  base::WallTime opened_wall{};
  SteadyTime last_frame{};
  SteadyTime last_companion{};
  SteadyTime last_data{};
  SteadyTime last_sent{};
  std::map<std::string, std::vector<std::string>> unacked;  ///< by request id
  SteadyTime unacked_since{};
  std::vector<std::vector<std::string>> to_send;  ///< batches that failed and are tried in smaller ones
  std::vector<std::string> replies;
  std::size_t acked{};
  bool subscribed{};  ///< as far as the exchange lets us know
  bool spoke{};       ///< data, its companion's or a pong came
  bool live{};        ///< and that was told
  bool data_seen{};
  bool reconnect{};                  ///< the server asked for it
  std::optional<base::Error> ended;  ///< the reader is through
  bool abandoned{};                  ///< nobody drives it any more: the reader must end
};

Stream::Stream(StreamTools tools, Venue& venue, ConnectPacer& pacer, exchange::StreamPlan plan)
    : tools_(std::move(tools)), venue_(venue), pacer_(pacer), plan_(std::move(plan)) {
  const auto url = net::parse_url(plan_.url);
  host_ = url ? url->host : plan_.url;
  for (const auto& [door, address] : venue_.settings.stream_urls) {
    const auto other = venue_.settings.stream_urls.find(door + "_alternative");
    if (address == plan_.url && other != venue_.settings.stream_urls.end()) alternative_url_ = other->second;
  }
}
Stream::~Stream() = default;

base::Error Stream::error(ErrorKind kind, std::string cause) const {
  return base::Error(kind, plan_.name, std::move(cause));
}

Millis Stream::backoff() const {
  const double cap = std::min(static_cast<double>(backoff_max.count()),
                              static_cast<double>(backoff_first.count()) * std::exp2(std::min(failures_, 10)));
  return Millis(static_cast<std::int64_t>(cap * (0.5 + 0.5 * tools_.random())));
}

Millis Stream::banned_for() const {
  const auto ban = tools_.ledger.ban(host_);
  if (!ban || !ban.value()) return Millis{0};
  return guard::ban_left(*ban.value(), tools_.clock.wall_now(), tools_.clock.boot_now());
}

awaitable<void> Stream::run() {
  blind_since_ = tools_.clock.wall_now();
  for (;;) {
    if (const auto left = banned_for(); left > Millis{0}) {
      co_await tools_.clock.sleep_for(std::min(left, backoff_banned));
      continue;
    }
    co_await tools_.clock.sleep_until(pacer_.book(tools_.clock.steady_now()));
    if (banned_for() > Millis{0}) continue;  // met by another bot while this stream waited for its turn
    auto session = co_await connect();
    if (session) {
      const auto why = co_await drive(session);
      const bool held = tools_.clock.steady_now() - session->opened_at > backoff_max;  // a calm market has no data
      failures_ = session->data_seen || held ? 0 : failures_ + 1;
      mute_ = why.kind == ErrorKind::timeout && !session->spoke;
      tell_failed(why);
    } else {
      ++failures_;
    }
    co_await tools_.clock.sleep_for(backoff());
  }
}

void Stream::tell_failed(const base::Error& why) const {
  tools_.observer.on_lost(venue_.name, plan_.topic, why);
  tools_.observer.on_error(plan_.name, why);
}

/// Where to connect: as planned, or where the exchange sends us now.
awaitable<base::Result<std::string>> Stream::address() {
  if (!plan_.door) co_return plan_.url;
  auto reply = co_await tools_.fetcher.page(*plan_.door);
  if (!reply) co_return reply.error();
  if (reply.value().door.empty()) co_return error(ErrorKind::bad_data, "no address to connect to in the answer");
  co_return std::move(reply.value().door);
}

awaitable<std::shared_ptr<Stream::Session>> Stream::connect() {
  const auto url = co_await address();
  if (!url) {
    tell_failed(url.error());
    co_return nullptr;
  }
  net::WsEndpoint endpoint(url.value(), plan_.name);
  endpoint.headers = plan_.headers;
  endpoint.proxy = venue_.settings.proxy;
  auto opened = co_await tools_.ws.open(endpoint);
  if (!opened) {
    tell_failed(opened.error());
    co_return nullptr;
  }
  auto session = std::make_shared<Session>();
  session->connection = std::move(opened.value());
  session->opened_at = tools_.clock.steady_now();
  session->opened_wall = tools_.clock.wall_now();
  session->last_frame = session->last_companion = session->last_data = session->last_sent = session->opened_at;
  tools_.tasks.spawn(plan_.name + " reader", read_all(session));
  const bool subscribed = co_await subscribe(session);
  if (!subscribed) {
    session->abandoned = true;
    co_await session->connection->close(close_max);
    co_return nullptr;
  }
  co_return session;
}

awaitable<bool> Stream::subscribe(std::shared_ptr<Session> session) {
  for (const auto& text : plan_.hello) {
    const auto written = co_await session->connection->write(text);
    if (!written) co_return false;
  }
  std::vector<std::string> batch;
  for (std::size_t i = 0; i < plan_.channels.size(); ++i) {
    if (!refused_.contains(plan_.channels[i])) batch.push_back(plan_.channels[i]);
    const bool last = i + 1 == plan_.channels.size();
    if (batch.empty() || (batch.size() < plan_.batch_max && !last)) continue;
    const bool sent = co_await send_batch(session, batch);
    if (!sent) co_return false;
    batch.clear();
    if (!last) co_await tools_.clock.sleep_for(plan_.batch_pause);
  }
  if (!plan_.needs_ack) note_subscribed(*session);
  co_return true;
}

awaitable<bool> Stream::send_batch(std::shared_ptr<Session> session, std::vector<std::string> channels) {
  const auto id = next_request_id_++;
  const std::string text = venue_.description->subscribe_text(channels, id, tools_.clock.wall_now());
  if (plan_.needs_ack) {
    session->unacked.emplace(std::to_string(id), std::move(channels));
    session->unacked_since = tools_.clock.steady_now();
  }
  const auto written = co_await session->connection->write(text);
  session->last_sent = tools_.clock.steady_now();
  if (!written) tools_.observer.on_error(plan_.name, written.error());
  co_return written.has_value();
}

awaitable<void> Stream::read_all(std::shared_ptr<Session> session) {
  while (!session->abandoned) {
    const auto message = co_await session->connection->read();
    if (!message) {
      session->ended = message.error();
      break;
    }
    session->last_frame = tools_.clock.steady_now();
    const auto received = tools_.clock.wall_now();
    record(message.value().data, received);
    const auto frame = venue_.description->decode_frame(message.value().data, venue_.universe, received);
    if (!frame) {
      tools_.observer.on_error(plan_.name, frame.error());
      continue;  // one bad message is counted; a stream of them has no data and is judged by silence
    }
    on_frame(*session, frame.value());
  }
}

void Stream::record(std::string_view bytes, base::WallTime received) const {
  if (venue_.recorder == nullptr) return;
  venue_.recorder->add(frame_record(received, venue_.name, plan_.name, bytes));
}

void Stream::on_frame(Session& session, const exchange::Frame& frame) {
  using Kind = exchange::Frame::Kind;
  if (frame.reply) session.replies.push_back(*frame.reply);
  if (frame.reconnect) session.reconnect = true;
  if (frame.rows_skipped > 0) tools_.observer.on_rows_skipped(venue_.name, plan_.topic, frame.rows_skipped);
  if (frame.companion) session.last_companion = tools_.clock.steady_now();
  if (frame.kind == Kind::refused) on_refusal(session, frame);
  if (frame.kind == Kind::ack) {
    // OKX echoes no id: an ack without one answers the oldest request.
    const auto found = frame.request_id.empty() ? session.unacked.begin() : session.unacked.find(frame.request_id);
    if (found != session.unacked.end()) session.unacked.erase(found);
    ++session.acked;
    if (session.unacked.empty()) note_subscribed(session);
  }
  session.spoke = session.spoke || frame.kind == Kind::data || frame.kind == Kind::pong;
  note_live(session);
  if (frame.kind == Kind::data) deliver(session, frame);
}

void Stream::on_refusal(Session& session, const exchange::Frame& frame) {
  auto found = session.unacked.find(frame.request_id);
  if (found == session.unacked.end()) found = session.unacked.begin();
  base::Error refusal = error(ErrorKind::not_found, "subscription refused: " + frame.message);
  if (found != session.unacked.end()) {
    const auto channels = std::move(found->second);
    session.unacked.erase(found);
    if (channels.size() == 1) {
      refused_.insert(channels.front());
      refusal.cause = "subscription to " + channels.front() + " refused: " + frame.message;
    } else {
      // One bad topic fails a whole batch at Bybit: the others are asked for again, one by one.
      for (const auto& channel : channels) session.to_send.emplace_back(1, channel);
    }
    if (session.unacked.empty() && session.to_send.empty()) note_subscribed(session);
  }
  tools_.observer.on_error(plan_.name, refusal);
}

/// A wrong path or region acknowledges and stays silent. Where the plan has a companion, or the socket before said
/// nothing else either, only what comes afterwards shows that a socket lives.
void Stream::note_live(Session& session) {
  const bool believed = session.spoke || (!plan_.companion_silence_max && !mute_);
  if (session.live || !session.subscribed || !believed) return;
  session.live = true;
  mute_ = false;
  tools_.observer.on_live(venue_.name, plan_.topic);
}

void Stream::note_subscribed(Session& session) {
  if (session.subscribed) return;
  session.subscribed = true;
  note_live(session);
  if (!blind_since_) return;
  market::Gap gap;
  gap.exchange = venue_.name;
  gap.topic = plan_.topic;
  gap.from = *blind_since_;
  gap.to = tools_.clock.wall_now();
  blind_since_.reset();
  tools_.sink(gap);
}

void Stream::deliver(Session& session, const exchange::Frame& frame) {
  if (!frame.companion) tell_content(session, frame.events);
  std::size_t delivered = 0;
  std::optional<base::WallTime> newest;
  for (const auto& event : frame.events) {
    if (venue_.universe.find(market::symbol_of(event)) == nullptr) continue;  // COIN-M rows, unlisted contracts
    const auto* liquidation = std::get_if<market::Liquidation>(&event);
    if (liquidation != nullptr) {
      if (plan_.drop_before_connect && liquidation->at < session.opened_wall) continue;
      newest = newest ? std::max(*newest, liquidation->at) : liquidation->at;
    }
    ++delivered;
    tools_.sink(event);
  }
  if (delivered == 0) return;
  session.data_seen = true;
  session.last_data = tools_.clock.steady_now();
  if (!frame.companion) tools_.observer.on_data(venue_.name, plan_.topic, delivered, newest);
}

/// A snapshot of the past is no sign of life; a time that no snapshot has is a misread one, and the judge must see it.
void Stream::tell_content(const Session& session, const market::Events& events) {
  if (!plan_.drop_before_connect) return tools_.observer.on_content(venue_.name, plan_.topic, events);
  market::Events news;
  for (const auto& event : events) {
    const auto* liquidation = std::get_if<market::Liquidation>(&event);
    const bool past = liquidation != nullptr && liquidation->at < session.opened_wall;
    if (!past || liquidation->at < session.opened_wall - snapshot_age_max) news.push_back(event);
  }
  if (!news.empty()) tools_.observer.on_content(venue_.name, plan_.topic, news);
}

std::optional<base::Error> Stream::judge_silence(const Session& session) const {
  const auto now = tools_.clock.steady_now();
  if (session.ended) return session.ended;
  if (session.reconnect) return error(ErrorKind::network, "the server announced that it will close");
  if (now - session.last_frame > plan_.silence_max)
    return error(ErrorKind::timeout, "no frame for " + std::to_string(plan_.silence_max.count() / 1'000) + " s");
  if (plan_.companion_silence_max && now - session.last_companion > *plan_.companion_silence_max)
    return error(ErrorKind::timeout, "the companion channel is silent: the socket is dead");
  if (!session.unacked.empty() && now - session.unacked_since > ack_max)
    return error(ErrorKind::timeout, "a subscription was not acknowledged");
  return std::nullopt;
}

/// Sends what is due on a session: answers, smaller batches, the text ping. False: the connection is gone.
awaitable<bool> Stream::keep(std::shared_ptr<Session> session) {
  while (!session->replies.empty()) {
    const std::string text = std::move(session->replies.back());
    session->replies.pop_back();
    const auto written = co_await session->connection->write(text);
    if (!written) co_return false;
    session->last_sent = tools_.clock.steady_now();
  }
  if (!session->to_send.empty()) {  // one a tick: a refusal must not become a flood
    const auto batch = std::move(session->to_send.back());
    session->to_send.pop_back();
    const bool sent = co_await send_batch(session, batch);
    if (!sent) co_return false;
  }
  if (plan_.ping && tools_.clock.steady_now() - session->last_sent >= plan_.ping_every) {
    const auto written = co_await session->connection->write(*plan_.ping);
    if (!written) co_return false;
    session->last_sent = tools_.clock.steady_now();
  }
  co_return true;
}

/// What was missed since the last data, whatever became of it.
void Stream::tell_gap(const Session& session) {
  market::Gap gap;
  gap.exchange = venue_.name;
  gap.topic = plan_.topic;
  gap.to = tools_.clock.wall_now();
  gap.from = gap.to - std::chrono::duration_cast<Millis>(tools_.clock.steady_now() - session.last_data);
  tools_.sink(gap);
}

/// On the same socket. Some exchanges refuse what they believe to be subscribed: then it is, and nothing is lost.
awaitable<bool> Stream::subscribe_again(std::shared_ptr<Session> session) {
  tell_gap(*session);
  std::vector<std::string> wanted;
  for (const auto& channel : plan_.channels)
    if (!refused_.contains(channel)) wanted.push_back(channel);
  for (std::size_t at = 0; at < wanted.size(); at += plan_.batch_max) {
    const auto count = std::min(plan_.batch_max, wanted.size() - at);
    const auto batch = std::span<const std::string>(wanted).subspan(at, count);
    const std::string text = venue_.description->subscribe_text(batch, next_request_id_++, tools_.clock.wall_now());
    const auto written = co_await session->connection->write(text);
    if (!written) co_return false;
    session->last_sent = tools_.clock.steady_now();
    co_await tools_.clock.sleep_for(plan_.batch_pause);
  }
  co_return true;
}

awaitable<base::Error> Stream::drive(std::shared_ptr<Session> session) {
  struct Abandon {  // however this loop ends, the reader of the session that is current then must not go on
    std::shared_ptr<Session>& current;
    ~Abandon() { current->abandoned = true; }
  } abandon{session};
  for (;;) {
    co_await tools_.clock.sleep_for(tick);
    bool kept = co_await keep(session);
    auto problem = judge_silence(*session);
    const auto remedy = std::exchange(wanted_, std::nullopt);
    if (remedy == health::Remedy::resubscribe && kept) kept = co_await subscribe_again(session);
    if (remedy && remedy != health::Remedy::resubscribe && !problem) {
      if (remedy == health::Remedy::alternative) plan_.url.swap(alternative_url_);
      problem = error(ErrorKind::bad_data, "what it says is not believed: connecting anew");
      session->last_frame = session->last_data;
    }
    if (!kept && !problem) problem = error(ErrorKind::network, "could not write");
    if (problem) {
      const auto silent_for = tools_.clock.steady_now() - session->last_frame;
      if (!blind_since_) blind_since_ = tools_.clock.wall_now() - std::chrono::duration_cast<Millis>(silent_for);
      co_await session->connection->close(close_max);
      co_return *problem;
    }
    if (tools_.clock.steady_now() - session->opened_at < plan_.age_max) continue;
    // Renewal before the exchange's own cut: the new connection first, so that nothing is missed.
    auto successor = co_await connect();
    if (!successor) continue;
    session->abandoned = true;
    co_await session->connection->close(close_max);
    successor->data_seen = successor->data_seen || session->data_seen;
    session = successor;
  }
}

}  // namespace feed
