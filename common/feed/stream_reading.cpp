// What comes over a stream's connection. Split from stream.cpp, which opens, keeps and renews it.
#include "common/feed/beside.hpp"
#include "common/feed/recorder.hpp"
#include "common/feed/stream_session.hpp"

namespace feed {
using base::ErrorKind;
using base::Millis;
using boost::asio::awaitable;

namespace {
constexpr Millis snapshot_age_max{std::chrono::hours{24 * 365}};
}  // namespace

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
    auto frame = venue_.description->decode_frame(message.value().data, venue_.universe, received);
    if (!frame) {
      tools_.observer.on_error(plan_.name, frame.error());
      continue;  // one bad message is counted; a stream of them has no data and is judged by silence
    }
    if (beside_polls()) venue_.two_ways->pushed(frame.value().events, received);
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
    note_acked(session);
  }
  const bool pong = frame.kind == Kind::pong && !plan_.companion_silence_max;  // where there is better evidence, none
  session.spoke = session.spoke || frame.kind == Kind::data || pong;
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
    note_acked(session);
  }
  tools_.observer.on_error(plan_.name, refusal);
}

/// A wrong path or region acknowledges and stays silent. Where the plan has a companion, or the socket before said
/// nothing else either, only what comes afterwards shows that a socket lives.
void Stream::note_live(Session& session) {
  const bool spoke = session.spoke || (!plan_.companion_silence_max && !mute_);
  // Some say a snapshot when they are subscribed to, and then nothing: after two such sockets one must live for longer.
  const bool lasts = silent_ends_ < silent_ends_max || session.last_frame - session.opened_at > proven_after;
  const bool believed = spoke && lasts;
  if (session.live || !session.subscribed || !believed) return;
  session.live = true;
  mute_ = false;
  if (!beside_polls()) tools_.observer.on_live(venue_.name, plan_.topic);
}

void Stream::note_acked(Session& session) {
  if (session.asked_all && session.unacked.empty() && session.to_send.empty()) note_subscribed(session);
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
  if (!beside_polls()) tools_.sink(gap);
}

void Stream::deliver(Session& session, const exchange::Frame& frame) {
  if (!frame.companion) tell_content(session, frame.events);
  std::size_t delivered = 0;
  std::optional<base::WallTime> newest;
  for (const auto& event : frame.events) {
    if (venue_.universe.find(market::symbol_of(event)) == nullptr) continue;  // COIN-M rows, unlisted contracts
    channels_.heard(market::symbol_of(event), tools_.clock.steady_now());
    const auto* liquidation = std::get_if<market::Liquidation>(&event);
    if (liquidation != nullptr) {
      if (plan_.drop_before_connect && liquidation->at < session.opened_wall) continue;
      newest = newest ? std::max(*newest, liquidation->at) : liquidation->at;
    }
    ++delivered;
    if (!only_shows_life(plan_.topic, event)) tools_.sink(event);
  }
  if (delivered == 0) return;
  session.data_seen = true;
  session.last_data = tools_.clock.steady_now();
  if (!frame.companion && (session.live || silent_ends_ < silent_ends_max))
    tools_.observer.on_data(venue_.name, plan_.topic, delivered, newest);
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

}  // namespace feed
