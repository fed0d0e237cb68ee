#include "tests/sandbox/app.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/sandbox/aster.hpp"
#include "tests/sandbox/binance.hpp"
#include "tests/sandbox/bitget.hpp"
#include "tests/sandbox/bybit.hpp"
#include "tests/sandbox/deribit.hpp"
#include "tests/sandbox/gate.hpp"
#include "tests/sandbox/htx.hpp"
#include "tests/sandbox/hyperliquid.hpp"
#include "tests/sandbox/kraken.hpp"
#include "tests/sandbox/kucoin.hpp"
#include "tests/sandbox/mexc.hpp"
#include "tests/sandbox/okx.hpp"
#include "tests/sandbox/playback.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

Response plain(int status, std::string body, std::string type = "text/plain; charset=utf-8") {
  Response out;
  out.status = status;
  out.body = std::move(body);
  out.type = std::move(type);
  return out;
}

FloodPolicy flood_policy(const Json& settings) {
  FloodPolicy out;
  out.chat_burst = settings.value("chat_burst", out.chat_burst);
  out.chat_per_second = settings.value("chat_per_second", out.chat_per_second);
  out.group_per_minute = settings.value("group_per_minute", out.group_per_minute);
  out.bot_per_second = settings.value("bot_per_second", out.bot_per_second);
  return out;
}

LimitPolicy limit_policy(const Json& settings, LimitPolicy out) {
  out.ban_after = settings.value("ban_after", out.ban_after);
  out.ban_first = static_cast<Ms>(settings.value("ban_seconds", static_cast<double>(out.ban_first) / 1000) * 1000);
  out.ban_extends = settings.value("ban_extends", out.ban_extends);
  return out;
}

}  // namespace

App::App(const Settings& settings, Ms start)
    : start_(start),
      world_(settings.scenario.value("seed", settings.seed), start),
      faults_(start),
      telegram_(faults_, log_),
      director_(world_, settings.data) {
  exchanges_["binance"] = std::make_unique<Binance>(world_, faults_);
  exchanges_["bybit"] = std::make_unique<Bybit>(world_, faults_);
  exchanges_["okx"] = std::make_unique<Okx>(world_, faults_);
  exchanges_["mexc"] = std::make_unique<Mexc>(world_, faults_);
  exchanges_["gate"] = std::make_unique<Gate>(world_, faults_);
  exchanges_["bitget"] = std::make_unique<Bitget>(world_, faults_);
  exchanges_["kraken"] = std::make_unique<Kraken>(world_, faults_);
  exchanges_["kucoin"] = std::make_unique<Kucoin>(world_, faults_);
  exchanges_["htx"] = std::make_unique<Htx>(world_, faults_);
  exchanges_["hyperliquid"] = std::make_unique<Hyperliquid>(world_, faults_);
  exchanges_["deribit"] = std::make_unique<Deribit>(world_, faults_);
  exchanges_["aster"] = std::make_unique<Aster>(world_, faults_);
  const auto& scenario = settings.scenario;
  for (auto& [name, exchange] : exchanges_) {
    const auto limits = scenario.value("limits", Json::object()).value(name, Json::object());
    exchange->limits().set_policy(limit_policy(limits, exchange->limits().policy()));
  }
  const auto chats = scenario.value("telegram", Json::object());
  telegram_.set_flood(flood_policy(chats.value("flood", Json::object())));
  auto tokens = settings.tokens;
  auto names = settings.bot_names;
  for (const auto& bot : chats.value("bots", Json::array())) {
    if (bot.contains("token")) tokens.push_back(bot["token"]);
    names.push_back(bot.value("name", ""));
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool named = i < names.size() && !names[i].empty();
    telegram_.add_bot(tokens[i], named ? names[i] : "bot " + std::to_string(i + 1));
  }
  for (const auto& chat : chats.value("chats", Json::array())) {
    telegram_.add_chat(chat.at("id").get<Ms>(), chat.value("title", "chat"),
                       chat.value("threads", std::set<std::int64_t>{}));
  }
  if (!settings.payloads.empty()) read_payloads(settings.payloads);
  if (!settings.play.empty()) {
    playback_ = std::make_unique<Playback>(settings.play);
    for (auto& [name, exchange] : exchanges_)
      if (auto* recording = playback_->of(name)) exchange->play_back(*recording, start);
  }
  if (!settings.log.empty()) request_log_.open(settings.log, std::ios::app);
  for (const auto& fault : scenario.value("fault", Json::array())) faults_.add(fault, false, start);
  director_.load(scenario.value("action", Json::array()), start);
}

App::~App() = default;

void App::read_payloads(const std::filesystem::path& folder) {
  for (auto& [name, exchange] : exchanges_) {
    if (!std::filesystem::is_directory(folder / name)) continue;
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / name)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream in(entry.path());
      // A file name holds '_' for '/': both forms of the path are looked up.
      const auto stem = entry.path().stem().string();
      files[stem.starts_with("_") ? stem : "_" + stem] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    exchange->set_payloads(std::move(files));
  }
}

Exchange* App::exchange_of(const std::string& path) {
  const auto parts = split(path, '/');
  const auto found = parts.size() < 3 ? exchanges_.end() : exchanges_.find(parts[1]);
  return found == exchanges_.end() ? nullptr : found->second.get();
}

void App::label(Request& request) const {
  request.label = request.path.starts_with("/telegram/") ? telegram_.label(request.path) : request.path;
}

Response App::http(Request& request, Ms now) {
  label(request);
  if (request.path == "/") return plain(200, std::string(chat_page()), "text/html; charset=utf-8");
  if (request.path.starts_with("/control/")) return control(request, now);
  const auto* fault = faults_.fire_http(request, now);
  Response out;
  // An exchange counts a request that a fault spoils; Telegram must not deliver what it refuses.
  if (fault == nullptr || needs_answer(*fault) || exchange_of(request.path) != nullptr) out = route(request, now);
  if (fault != nullptr && fault->kind == "repeat") out = faults_.repeated(fault->id, request, out);
  if (fault != nullptr) out = apply_fault(*fault, std::move(out));
  note(request, out, fault, now);
  return out;
}

Response App::route(const Request& request, Ms now) {
  if (request.path.starts_with("/telegram/")) return telegram_.http(request, now);
  if (auto* exchange = exchange_of(request.path)) return exchange->http(request, now);
  return plain(404, "nothing is played here\n");
}

Service* App::upgrade(Request& request, Response& refusal, Ms now) {
  label(request);
  const auto* fault = faults_.fire_http(request, now);
  if (fault != nullptr) {
    refusal = apply_fault(*fault, plain(503, ""));
    note(request, refusal, fault, now);
    return nullptr;
  }
  auto* exchange = exchange_of(request.path);
  refusal = plain(404, "no WebSocket here\n");
  note(request, exchange == nullptr ? refusal : plain(101, ""), nullptr, now);
  return exchange;
}

void App::tick(Ms now) {
  director_.tick(now);
  for (auto& [name, exchange] : exchanges_) exchange->tick(now);
}

void App::note(const Request& request, const Response& response, const Fault* fault, Ms now) {
  if (!request_log_.is_open()) return;
  Json line{{"t", now},
            {"client", request.client},
            {"host", request.host},
            {"method", request.method},
            {"path", request.label},
            {"status", response.status}};
  if (fault != nullptr) line["fault"] = fault->name;
  request_log_ << line.dump() << '\n' << std::flush;
}

Json App::stats(Ms now) const {
  Json out{
      {"now", now}, {"uptime_s", (now - start_) / 1000}, {"messages", log_.last()}, {"telegram", telegram_.stats()}};
  for (const auto& [name, exchange] : exchanges_) out["exchanges"][name] = exchange->stats();
  return out;
}

Response App::control(const Request& request, Ms now) {
  if (request.method != "GET") return change(request, now);
  if (request.path == "/control/stats") return json_response(stats(now));
  if (request.path == "/control/faults") return json_response(faults_.report());
  if (request.path == "/control/actions") return json_response(director_.report());
  if (request.path == "/control/transcript") return plain(200, log_.transcript());
  if (request.path == "/control/messages") return messages(request, now);
  if (request.path == "/control/photo") return photo(request);
  return plain(404, "unknown control path\n");
}

Response App::photo(const Request& request) const {
  Response out;
  out.body = log_.photo(int_param(request.query, "n", 0));
  if (out.body.empty()) return plain(404, "no such picture\n");
  out.type = "image/png";
  return out;
}

Response App::change(const Request& request, Ms now) {
  if (request.method == "DELETE" && request.path.starts_with("/control/fault")) {
    faults_.clear();
    return json_response(Json{{"cleared", true}});
  }
  if (request.method == "POST" && request.path == "/control/reset") {
    for (auto& [name, exchange] : exchanges_) exchange->limits().reset();
    return json_response(Json{{"reset", true}});
  }
  const auto body = Json::parse(request.body, nullptr, false);
  if (request.method != "POST" || !body.is_object()) return plain(400, "POST a JSON object\n");
  try {
    if (request.path == "/control/fault") return json_response(Json{{"id", faults_.add(body, true, now)}});
    if (request.path == "/control/storm") return storm(body, now);
    if (request.path == "/control/update") return json_response(telegram_.inject(body, now));
    if (request.path == "/control/action") {
      director_.perform(body, now);
      return json_response(Json{{"done", true}});
    }
  } catch (const std::exception& error) {  // nlohmann-json's, or ours: the caller's mistake either way
    return plain(400, std::string(error.what()) + "\n");
  }
  return plain(404, "unknown control path\n");
}

Response App::storm(const Json& body, Ms now) {
  const auto found = exchanges_.find(body.at("exchange").get<std::string>());
  if (found == exchanges_.end()) return plain(400, "unknown exchange\n");
  const auto subscribers = found->second->storm(body.at("events").get<std::int64_t>(), now);
  return json_response(Json{{"subscribers", subscribers}, {"at", now}});
}

Response App::messages(const Request& request, Ms now) {
  const auto after = int_param(request.query, "after", 0);
  const auto wait = std::clamp<Ms>(int_param(request.query, "wait", 0), 0, 20) * second;
  if (wait == 0 || log_.last() > after) return json_response(log_.after(after));
  Response out;
  out.again_until = now + wait;
  out.again = [this, after, until = out.again_until](Ms at) -> std::optional<Response> {
    if (log_.last() <= after && at < until) return std::nullopt;
    return json_response(log_.after(after));
  };
  return out;
}

}  // namespace sandbox
