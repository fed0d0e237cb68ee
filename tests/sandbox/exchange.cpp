#include "tests/sandbox/exchange.hpp"

#include <algorithm>

#include "tests/sandbox/playback.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

/// How a recorded body of this path is named.
std::string file_name(std::string path) {
  std::ranges::replace(path, '/', '_');
  return path;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  if (what.empty()) return text;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

Response Exchange::http(const Request& request, Ms now) {
  const auto path = request.path.substr(1 + to_string(venue_).size());
  if (const auto* fault = faults_.fire(request.label, request.host, {"ban"}, now)) {
    limits_.ban(now + static_cast<Ms>(fault->settings.value("seconds", 120.0) * 1000));
  }
  const auto costs = charges(request, path);
  const auto verdict = limits_.charge(request.client, path, costs, now);
  Response out;
  if (verdict.kind != LimitVerdict::Kind::ok) {
    out = refusal(verdict, request, now);
  } else if (const auto file = payloads_.find(file_name(path)); file != payloads_.end()) {
    out.body = file->second;
  } else {
    auto recorded = recording_ == nullptr ? std::nullopt : recording_->answer(request, now);
    out = recorded ? std::move(*recorded) : answer(request, path, now);
  }
  decorate(out, verdict);
  return out;
}

void Exchange::ws_text(Peer& peer, const std::string& text, Ms now) {
  const auto found = sessions_.find(&peer);
  if (found == sessions_.end() || found->second.closing) return;
  if (found->second.gone) return;
  found->second.last_in = now;
  if (recording_ != nullptr && lower(text).find("sub") != std::string::npos) found->second.said += lower(text);
  on_text(found->second, text, now);
}

void Exchange::tick(Ms now) {
  if (last_tick_ == 0) last_tick_ = now;
  for (const auto& event : world_.liquidations()) {
    if (event.sequence <= seen_) continue;
    seen_ = event.sequence;
    if (event.contract->venue == venue_) on_liquidation(event);
  }
  for (auto& [peer, session] : sessions_) {
    const auto& request = peer->request();
    if (!session.closing && faults_.fire(request.label, request.host, {"ws_drop"}, now) != nullptr) {
      close(session, 1006, "dropped by a fault");
    }
    if (!session.gone && faults_.fire(request.label, request.host, {"ws_half_open"}, now) != nullptr) {
      session.gone = true;
      peer->vanish();
    }
  }
  push_due(now);
  if (recording_ != nullptr) play_due(now);
  last_tick_ = now;
}

void Exchange::play_back(PlayedBack& recording, Ms now) {
  recording_ = &recording;
  for (const auto& symbol : recording.symbols()) {
    const auto known = std::ranges::any_of(contracts(), [&](const auto& one) { return one->symbol == symbol; });
    if (!known) world_.add(venue_, symbol, now);
  }
}

void Exchange::play_due(Ms now) {
  constexpr std::string_view gzip_magic = "\x1f\x8b";
  std::vector<PlayedBack::Listener> listeners;
  for (auto& [peer, session] : sessions_) {
    if (session.said.empty() || session.closing || session.gone) continue;
    const auto send = [this, now, to = &session](const std::string& bytes) {
      send_data(*to, bytes, now, bytes.starts_with(gzip_magic));
    };
    listeners.push_back({session.said, send});
  }
  recording_->play(now, listeners);
}

Exchange::Session& Exchange::open_session(Peer& peer, Ms now) {
  auto& session = sessions_[&peer];
  session.peer = &peer;
  session.opened = now;
  session.last_in = now;
  session.last_out = now;
  session.number = ++connects_;
  session.mute = faults_.fire(peer.request().label, peer.request().host, {"ws_mute"}, now) != nullptr;
  return session;
}

void Exchange::push(Session& session, std::string text, Ms now) {
  if (recording_ == nullptr) send_data(session, std::move(text), now);
}

void Exchange::send_data(Session& session, std::string text, Ms now, bool packed) {
  if (session.mute || session.closing || session.gone) return;
  const auto& request = session.peer->request();
  if (faults_.fire(request.label, request.host, {"ws_silence"}, now, text) != nullptr) return;
  if (const auto* fault = faults_.fire(request.label, request.host, {"ws_repeat"}, now, text); fault != nullptr)
    text = session.frozen.try_emplace(fault->settings.value("match", ""), text).first->second;
  if (faults_.fire(request.label, request.host, {"ws_garbage"}, now) != nullptr)
    text = "{\"e\":\"forceOrder\",\"o\":[[";
  if (const auto* fault = faults_.fire(request.label, request.host, {"ws_replace"}, now, text); fault != nullptr)
    text = replaced(std::move(text), fault->settings.value("match", ""), fault->settings.value("with", ""));
  ++pushes_;
  if (packed) return session.peer->send_binary(std::move(text));  // as it was recorded
  transmit(session, std::move(text));
}

void Exchange::reply(Session& session, const Json& message, Ms now) {
  const auto& request = session.peer->request();
  if (session.closing || session.gone || faults_.fire(request.label, request.host, {"ws_no_ack"}, now) != nullptr)
    return;
  transmit(session, message.is_string() ? message.get<std::string>() : message.dump());
}

void Exchange::close(Session& session, std::uint16_t code, const std::string& reason) {
  session.closing = true;
  if (session.gone) return;  // half-open: nobody hears of it
  session.peer->close(code, reason);
}

std::optional<Bar> Exchange::due_bar(const Contract& contract, Ms length, Ms now) const {
  const bool closes = due(now, length);
  if (!closes && !due(now, 2 * second)) return std::nullopt;
  return world_.bar(contract, now / length * length - (closes ? length : 0), length, now);
}

bool Exchange::connection_allowed(const Request& request, int most, Ms window, Ms now) {
  auto& [index, count] = connections_[request.client];
  if (index != now / window) {
    index = now / window;
    count = 0;
  }
  if (++count <= most) return true;
  ++refused_connects_;
  return false;
}

Json Exchange::stats() const {
  auto out = limits_.stats();
  Json topics = Json::array();
  for (const auto& [peer, session] : sessions_) {
    topics.push_back(Json{{"path", peer->request().path}, {"host", peer->request().host}, {"topics", session.topics}});
  }
  out["websocket"] = Json{{"open", sessions_.size()},
                          {"connects", connects_},
                          {"refused", refused_connects_},
                          {"pushes", pushes_},
                          {"sessions", topics}};
  if (recording_ != nullptr) out["recording"] = recording_->stats();
  return out;
}

}  // namespace sandbox
