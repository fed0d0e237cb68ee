#include "common/feed/stream.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/feed/stream_session.hpp"

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
}  // namespace

SteadyTime ConnectPacer::book(SteadyTime now) {
  const auto slot = std::max(now, next_);
  next_ = slot + connect_every;
  return slot;
}

Stream::Stream(StreamTools tools, Venue& venue, ConnectPacer& pacer, exchange::StreamPlan plan)
    : tools_(std::move(tools)), venue_(venue), pacer_(pacer), plan_(std::move(plan)), channels_(plan_.channels) {
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
      const bool lasted = session->last_frame - session->opened_at > proven_after;
      silent_ends_ = why.kind == ErrorKind::timeout && session->spoke && !lasted ? silent_ends_ + 1 : 0;
      tell_failed(why);
    } else {
      ++failures_;
    }
    co_await tools_.clock.sleep_for(backoff());
  }
}

/// What it tells is polled too: its loss is none, and its silence no gap.
bool Stream::beside_polls() const { return venue_.two_ways && plan_.topic == market::Topic::liquidations; }

void Stream::tell_failed(const base::Error& why) const {
  if (!beside_polls()) tools_.observer.on_lost(venue_.name, plan_.topic, why);
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
  session->asked_all = true;
  if (!plan_.needs_ack) note_subscribed(*session);
  if (session->acked > 0) note_acked(*session);
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

bool Stream::is_overdue(const Session& session) const {
  return !session.unacked.empty() && tools_.clock.steady_now() - session.unacked_since > ack_max;
}

/// What was not acknowledged is asked for once more, and that alone; then the connection is given up.
void Stream::ask_unacked_again(Session& session) const {
  if (session.asked_again || !is_overdue(session)) return;
  session.asked_again = true;
  for (auto& [id, channels] : session.unacked) session.to_send.push_back(std::move(channels));
  session.unacked.clear();
}

std::optional<base::Error> Stream::judge_silence(const Session& session) const {
  const auto now = tools_.clock.steady_now();
  if (session.ended) return session.ended;
  if (session.reconnect) return error(ErrorKind::network, "the server announced that it will close");
  if (now - session.last_frame > plan_.silence_max)
    return error(ErrorKind::timeout, "no frame for " + std::to_string(plan_.silence_max.count() / 1'000) + " s");
  if (plan_.companion_silence_max && now - session.last_companion > *plan_.companion_silence_max)
    return error(ErrorKind::timeout, "the companion channel is silent: the socket is dead");
  if (session.asked_again && is_overdue(session))
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
  ask_unacked_again(*session);
  if (!session->to_send.empty()) {  // one a tick: a refusal must not become a flood
    const auto batch = std::move(session->to_send.back());
    session->to_send.pop_back();
    const bool sent = co_await send_batch(session, batch);
    if (!sent) co_return false;
  }
  if (plan_.ping && tools_.clock.steady_now() - session->last_sent >= plan_.ping_every) {
    const auto written = co_await session->connection->write(plan_.ping_text(tools_.clock.wall_now()));
    if (!written) co_return false;
    session->last_sent = tools_.clock.steady_now();
  }
  co_return true;
}

/// What was missed since the last data, whatever became of it.
void Stream::tell_gap(const Session& session) {
  if (beside_polls()) return;
  market::Gap gap;
  gap.exchange = venue_.name;
  gap.topic = plan_.topic;
  gap.to = tools_.clock.wall_now();
  gap.from = gap.to - std::chrono::duration_cast<Millis>(tools_.clock.steady_now() - session.last_data);
  tools_.sink(gap);
}

/// On the same socket, what is in doubt. Some exchanges refuse what they believe to be subscribed: then it is, and
/// nothing is lost.
awaitable<bool> Stream::subscribe_again(std::shared_ptr<Session> session) {
  tell_gap(*session);
  auto wanted = channels_.in_doubt(tools_.clock.steady_now());
  std::erase_if(wanted, [this](const std::string& channel) { return refused_.contains(channel); });
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
