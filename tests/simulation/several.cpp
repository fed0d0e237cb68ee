#include "tests/simulation/several.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "bots/funding/logic.hpp"
#include "bots/liquidation/logic.hpp"
#include "bots/volume/logic.hpp"
#include "common/base/text.hpp"
#include "common/config/file.hpp"
#include "tests/sandbox/market/path.hpp"
#include "tests/sandbox/text.hpp"
#include "tests/simulation/market.hpp"

namespace simulation {
using base::Millis;
using boost::asio::awaitable;

namespace {

constexpr const char* token = "700001:simulated";
constexpr const char* chat = "-1001000000001";
constexpr Ms start = 1'767'225'600'000;
const std::string host = "sandbox.example";

/// Where the sandbox plays an exchange's streams, and its REST API where that has a path of its own.
struct Played {
  std::string exchange;
  std::map<std::string, std::string> doors;
  std::string rest{};
};

const std::vector<Played>& all_played() {
  static const std::vector<Played> all{
      {"binance", {{"market", "/market/ws"}}},
      {"bybit", {{"public", "/v5/public/linear"}}},
      {"okx", {{"public", "/ws/v5/public"}, {"business", "/ws/v5/business"}}},
      {"mexc", {{"edge", "/edge"}}},
      {"gate", {{"public", "/v4/ws/usdt"}}},
      {"bitget", {{"public", "/v2/ws/public"}, {"uta", "/v3/ws/public"}}},
      {"htx", {{"market", "/linear-swap-ws"}, {"public", "/linear-swap-notification"}}},
      {"kucoin", {{"public", "/"}}},
      {"hyperliquid", {{"public", "/ws"}}},
      {"deribit", {{"public", "/ws/api/v2"}}, "/api/v2"},
      {"kraken", {{"public", "/ws/v1"}}},
      {"aster", {{"market", "/ws"}}},
  };
  return all;
}

/// The exchanges that take part behind one host, as the sandbox plays them behind one port; the others are off.
std::string addresses(const std::vector<std::string>& exchanges) {
  std::string out;
  for (const auto& [exchange, doors, rest] : all_played()) {
    out += "[exchange." + exchange + "]\n";
    if (std::ranges::find(exchanges, exchange) == exchanges.end()) {
      out += "enabled = false\n";
      continue;
    }
    out += "rest_url = \"https://" + host + "/" + exchange + rest + "\"\n";
    out += "[exchange." + exchange + ".stream_urls]\n";
    for (const auto& [name, path] : doors) out += name + " = \"wss://" + host + "/" + exchange + path + "\"\n";
  }
  return out;
}

std::unique_ptr<app::BotLogic> make_logic(const std::string& bot) {
  if (bot == "liquidation") return liquidation::make_logic();
  if (bot == "volume") return volume::make_logic();
  return funding::make_logic();
}

sandbox::Request request_to(const std::string& address, const std::string& method) {
  sandbox::Request out;
  const auto url = net::parse_url(address);
  if (!url) return out;
  const auto mark = url->target.find('?');
  out.method = method;
  out.path = (url->host == "api.telegram.org" ? "/telegram" : "") + url->target.substr(0, mark);
  if (mark != std::string::npos) out.query = sandbox::parse_form(std::string_view(url->target).substr(mark + 1));
  out.label = out.path;
  out.client = "10.0.0.1";
  out.host = url->host;
  out.headers["host"] = url->host;
  return out;
}

sandbox::Settings sandbox_settings(std::uint64_t seed) {
  sandbox::Settings out;
  out.seed = seed;
  out.tokens = {token};
  out.bot_names = {"Perpwatch"};
  return out;
}

}  // namespace

/// The server's view of one scripted socket.
class Several::Peer final : public sandbox::Peer {
 public:
  Peer(std::shared_ptr<test::ScriptedSocket> socket, sandbox::Request request)
      : socket_(std::move(socket)), request_(std::move(request)) {}
  void send(std::string text) override { socket_->push(text); }
  void ping() override {}
  void close(std::uint16_t code, std::string reason) override { socket_->close(code, reason); }
  void vanish() override { socket_->vanish(); }
  [[nodiscard]] const sandbox::Request& request() const override { return request_; }
  [[nodiscard]] const test::ScriptedSocket* socket() const { return socket_.get(); }
  sandbox::Service* service{};

 private:
  std::shared_ptr<test::ScriptedSocket> socket_;
  sandbox::Request request_;
};

class Several::Http final : public net::HttpClient {
 public:
  Http(base::Clock& clock, sandbox::App& app) : clock_(clock), app_(app) {}
  [[nodiscard]] awaitable<base::Result<net::Response>> send(const net::Request& request) override {
    co_await clock_.sleep_for(Millis{40});
    auto asked = request_to(request.url, request.method);
    for (const auto& [name, value] : request.headers) asked.headers[sandbox::lower(name)] = value;
    asked.headers["content-type"] = request.content_type;
    asked.body = request.body;
    auto answer = app_.http(asked, base::to_ms(clock_.wall_now()));
    if (answer.wire.never) {
      co_await clock_.sleep_for(request.total_timeout);
      co_return base::Error(base::ErrorKind::timeout, request.label, "no answer");
    }
    if (answer.wire.close || answer.wire.reset)
      co_return base::Error(base::ErrorKind::network, request.label, "connection reset");
    net::Response out;
    out.status = answer.status;
    for (const auto& [name, value] : answer.headers) out.headers.emplace_back(sandbox::lower(name), value);
    out.elapsed = Millis{40};
    out.body = std::move(answer.body);
    co_return out;
  }

 private:
  base::Clock& clock_;
  sandbox::App& app_;
};

class Several::Ws final : public net::WsClient {
 public:
  Ws(base::Clock& clock, sandbox::App& app) : clock_(clock), app_(app), scripted_(clock) {
    scripted_.latency = Millis{60};
    scripted_.on_write = [this](test::ScriptedSocket& socket, const std::string& text) {
      for (auto& peer : peers_)
        if (peer->socket() == &socket) peer->service->ws_text(*peer, text, now());
    };
  }
  [[nodiscard]] awaitable<base::Result<std::unique_ptr<net::WsConnection>>> open(
      const net::WsEndpoint& endpoint) override {
    auto upgrade = request_to(endpoint.url, "GET");
    for (const auto& [name, value] : endpoint.headers) upgrade.headers[sandbox::lower(name)] = value;
    sandbox::Response refusal;
    auto* service = app_.upgrade(upgrade, refusal, now());
    auto opened = co_await scripted_.open(endpoint);
    if (!opened) co_return opened.error();
    auto peer = std::make_unique<Peer>(scripted_.sockets().back(), upgrade);
    peer->service = service;
    if (service == nullptr || !service->ws_open(*peer, now()))
      co_return base::Error(base::ErrorKind::network, endpoint.label, "the upgrade was refused");
    peers_.push_back(std::move(peer));
    co_return opened;
  }
  void forget_closed() {
    std::erase_if(peers_, [](const std::unique_ptr<Peer>& peer) {
      if (peer->socket()->open()) return false;
      peer->service->ws_closed(*peer);
      return true;
    });
  }

 private:
  [[nodiscard]] Ms now() const { return base::to_ms(clock_.wall_now()); }
  base::Clock& clock_;
  sandbox::App& app_;
  test::ScriptedWs scripted_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

const std::vector<std::string>& all_exchanges() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const auto& played : all_played()) out.push_back(played.exchange);
    return out;
  }();
  return names;
}

Several::Several(const std::string& bot, const std::vector<std::string>& exchanges, std::uint64_t seed,
                 const std::string& layer)
    : clock_(io_, base::from_ms(start)),
      sandbox_(std::make_unique<sandbox::App>(sandbox_settings(seed), start)),
      http_(std::make_unique<Http>(clock_, *sandbox_)),
      ws_(std::make_unique<Ws>(clock_, *sandbox_)),
      log_({bot, std::getenv("SIMULATION_LOG") != nullptr ? "debug" : "off", false, true}),  // NOLINT: one thread
      seed_(seed) {
  sandbox_->chat_log().on_delivery([this](const sandbox::Delivery& post) { posts_.push_back(post); });
  auto opened = app::open_stores(folder_.path(), folder_.path() / "shared", bot, clock_.wall_now());
  if (!opened) throw std::runtime_error(opened.error().text());
  stores_.emplace(std::move(opened.value()));
  auto logic = make_logic(bot);
  app::ProgramOptions options;
  options.settings = settings(bot, exchanges, layer, *logic);
  options.destination.account.emplace();
  options.destination.account->token = base::Secret(token);
  options.destination.signals_chat = options.destination.operators_chat = chat;
  const auto random = [this] { return sandbox::uniform(sandbox::mix(seed_, 77, draws_++)); };
  app::World world(io_, clock_, *http_, *ws_, random, [](const std::string&) {});
  app::BotSpec spec;
  spec.name = bot;
  spec.title = "Bot";
  program_ = std::make_unique<app::Program>(world, spec, std::move(options), std::move(logic), *stores_, log_);
  if (auto started = program_->start(); !started) throw std::runtime_error(started.error().text());
}

Several::~Several() {
  program_->request_stop("the test is over");
  clock_.advance(Millis{20'000});
  io_.restart();
  io_.poll();
  program_.reset();
}

app::Settings Several::settings(const std::string& bot, const std::vector<std::string>& exchanges,
                                const std::string& layer, app::BotLogic& logic) const {
  std::vector<config::SourceText> layers;
  for (const auto& name : {std::string("common"), bot}) {
    const auto text = config::read_small_file(std::filesystem::path(SIMULATION_CONFIG_FOLDER) / (name + ".toml"));
    if (!text) throw std::runtime_error(text.error().text());
    layers.push_back({name + ".toml", text.value().text});
  }
  layers.push_back({"the sandbox's", addresses(exchanges)});
  if (!layer.empty()) layers.push_back({"the test's", layer});
  auto document = config::Document::parse(layers, {});
  app::Settings out;
  app::bind(document, out);
  logic.bind(document);
  if (const auto problems = document.problems(); !problems.empty()) throw std::runtime_error(config::text_of(problems));
  return out;
}

void Several::run_for(Millis span) {
  for (Millis done{0}; done < span; done += tick) {
    clock_.advance(tick);
    ws_->forget_closed();
    sandbox_->tick(now());
  }
}

std::optional<Millis> Several::until(const std::string& exchange, market::Topic topic, health::FeedState wanted,
                                     Millis most) {
  const auto began = now();
  while (state(exchange, topic) != wanted) {
    if (Millis{now() - began} >= most) return std::nullopt;
    run_for(Millis{1'000});
  }
  return Millis{now() - began};
}

sandbox::Json Several::control(const std::string& path, const std::string& body) const {
  sandbox::Request request;
  request.method = path.ends_with("faults") ? "GET" : body.empty() ? "DELETE" : "POST";
  request.path = path;
  request.body = body;
  const auto answer = sandbox_->http(request, now());
  if (answer.status != 200) throw std::runtime_error(answer.body);
  return sandbox::Json::parse(answer.body, nullptr, false);
}

void Several::add_fault(const sandbox::Json& fault) { (void)control("/control/fault", fault.dump()); }
void Several::clear_faults() { (void)control("/control/fault", ""); }

std::map<std::string, int> Several::fired() const {
  std::map<std::string, int> out;
  for (const auto& fault : control("/control/faults", ""))
    out[fault.value("name", "") + " " + fault.value("path", "")] = fault.value("fired", 0);
  return out;
}

std::size_t Several::count(std::string_view action, std::string_view part, std::string_view other) const {
  return static_cast<std::size_t>(std::ranges::count_if(posts_, [&](const sandbox::Delivery& post) {
    return post.action == action && post.text.find(part) != std::string::npos &&
           post.text.find(other) != std::string::npos;
  }));
}

std::string Several::transcript() const {
  std::string out;
  for (const auto& post : posts_)
    out += base::utc_stamp(base::from_ms(post.time)) + " " + post.action + (post.silent ? " (silent)" : "") + "\n" +
           post.text + "\n\n";
  return out;
}

health::FeedState Several::state(const std::string& exchange, std::optional<market::Topic> topic) const {
  return program_->monitor().feeds().state(exchange, topic, health::moment(clock_));
}

std::string Several::why(const std::string& exchange, market::Topic topic) const {
  for (const auto& view : program_->monitor().feeds().views(health::moment(clock_)))
    if (view.key.exchange == exchange && view.key.topic == topic) return view.why;
  return {};
}

}  // namespace simulation
