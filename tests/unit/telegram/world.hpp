// A bot's outbox, sender and clock with a Telegram of the test's own behind the HTTP interface.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "common/base/task_group.hpp"
#include "common/telegram/sender.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/store/support.hpp"

namespace test {
using namespace std::chrono_literals;

inline constexpr const char* token = "123456:very-secret-TOKEN";

/// Keeps what was asked; answers as told, else as Telegram does when all is well.
class FakeTelegram final : public net::HttpClient {
 public:
  using Reply = std::function<base::Result<net::Response>()>;
  struct Asked {
    std::string url;
    nlohmann::json body;  ///< of a form: its fields, but the picture
    base::WallTime at;
    std::string picture;
    [[nodiscard]] std::string text() const { return body.value("text", ""); }
    [[nodiscard]] std::string chat() const { return body.contains("chat_id") ? body["chat_id"].dump() : ""; }
    [[nodiscard]] std::string method() const { return url.substr(url.rfind('/') + 1); }
  };
  explicit FakeTelegram(FakeClock& clock) : clock_(clock) {}

  [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> send(const net::Request& request) override {
    Asked entry{request.url, nlohmann::json::parse(request.body, nullptr, false), clock_.wall_now(), {}};
    if (request.content_type.starts_with("multipart/form-data; boundary=")) read_form(request, entry);
    asked.push_back(entry);
    ++in_flight;
    in_flight_most = std::max(in_flight_most, in_flight);
    struct Leave {
      int& count;
      ~Leave() { --count; }
    } const leave{in_flight};
    co_await clock_.sleep_for(latency);
    if (!next.empty()) {
      const Reply reply = std::move(next.front());
      next.pop_front();
      co_return reply();
    }
    if (always) co_return always();
    ++last_message;
    co_return ok(last_message);
  }

  static void read_form(const net::Request& request, Asked& into) {
    const std::string edge = "--" + request.content_type.substr(request.content_type.find('=') + 1);
    into.body = nlohmann::json::object();
    std::size_t at = request.body.find(edge);
    while (at != std::string::npos) {
      const std::size_t from = at + edge.size() + 2;  // a line break follows, or the last "--"
      at = request.body.find("\r\n" + edge, from);
      if (at == std::string::npos) return;
      const std::string part = request.body.substr(from, at - from);
      at += 2;
      const auto name_at = part.find("name=\"") + 6;
      const std::string name = part.substr(name_at, part.find('"', name_at) - name_at);
      const std::string value = part.substr(part.find("\r\n\r\n") + 4);
      if (name == "photo") {
        into.picture = value;
      } else {
        into.body[name] = value;
      }
    }
  }
  static net::Response response(int status, std::string body) {
    net::Response out;
    out.status = status;
    out.body = std::move(body);
    return out;
  }
  static net::Response ok(std::int64_t message_id) {
    return response(200, R"({"ok":true,"result":{"message_id":)" + std::to_string(message_id) + "}}");
  }
  static Reply refusal(int code, const std::string& description, const std::string& parameters = "{}") {
    return [=] {
      return response(code, R"({"ok":false,"error_code":)" + std::to_string(code) + R"(,"description":")" +
                                description + R"(","parameters":)" + parameters + "}");
    };
  }
  static Reply broken(base::Delivery delivery) {
    return [=]() -> base::Result<net::Response> {
      base::Error error(base::ErrorKind::network, "telegram sendMessage", std::string("reset by ") + token);
      error.delivery = delivery;
      return error;
    };
  }

  std::vector<Asked> asked;
  std::deque<Reply> next;
  Reply always;
  base::Millis latency{50};
  int in_flight{0};
  int in_flight_most{0};
  std::int64_t last_message{1'000};

 private:
  FakeClock& clock_;
};

class FakeLease final : public telegram::Lease {
 public:
  [[nodiscard]] bool held() override {
    ++asked;
    return value;
  }
  bool value{true};
  int asked{0};
};

/// Draws what it is told to; takes its time.
class FakePainter final : public telegram::Painter {
 public:
  explicit FakePainter(FakeClock& clock) : clock_(clock) {}
  [[nodiscard]] boost::asio::awaitable<base::Result<std::string>> paint(const std::string& spec) override {
    asked.push_back(spec);
    co_await clock_.sleep_for(takes);
    if (broken) co_return base::Error(base::ErrorKind::internal, "perpwatch_chart", "it died of signal 11");
    co_return "\x89PNG of " + spec;
  }
  std::vector<std::string> asked;
  base::Millis takes{30};
  bool broken{false};

 private:
  FakeClock& clock_;
};

class Ears final : public telegram::SenderObserver {
 public:
  void sent(const store::OutboxRow& row, base::Millis waited, base::Millis took) override {
    said.push_back(row.draft.dedupe_key);
    last_waited = waited;
    last_took = took;
  }
  void failed(const store::OutboxRow&, const telegram::Answer& answer, store::RowState became) override {
    failures.push_back(std::string(to_string(answer.outcome)) + "/" + std::string(to_string(became)));
    texts += answer.text + "\n";
  }
  void store_failed(const base::Error& error) override { store_errors.push_back(error.text()); }
  std::vector<std::string> said;
  std::vector<std::string> failures;
  std::vector<std::string> store_errors;
  std::string texts;
  base::Millis last_waited{}, last_took{};
};

class World : public testing::Test {
 protected:
  using Addresses = std::map<store::Chat, telegram::Address>;

  ~World() override { stop(); }

  static telegram::Account account() {
    telegram::Account out;
    out.token = base::Secret(token);
    return out;
  }
  /// Starts a process: database, sender, lanes.
  void start(const Addresses& addresses = {{store::Chat::signals, {"-1001", std::nullopt}},
                                           {store::Chat::operators, {"77", std::nullopt}}}) {
    addresses_ = addresses;
    database_ = open_bot(folder_);
    outbox_ = std::make_unique<store::Outbox>(*database_);
    facts_ = std::make_unique<store::Facts>(*database_);
    tasks_ = std::make_unique<base::TaskGroup>(
        io_, [](const std::string& name, const std::exception_ptr& e) { ADD_FAILURE() << name << base::describe(e); });
    telegram::Sink& sink = use_terminal ? static_cast<telegram::Sink&>(terminal_) : telegram_;
    telegram::SenderPorts ports{*database_, *outbox_, *facts_, sink, lease_, clock_, ears_, [] { return 1.0; }};
    ports.painter = use_painter ? &painter_ : nullptr;
    sender_ = std::make_unique<telegram::Sender>(io_.get_executor(), std::move(ports), addresses);
    recovered_ = must(sender_->prepare());
    for (std::size_t i = 0; i < sender_->lanes(); ++i) tasks_->spawn(sender_->lane_name(i), sender_->run_lane(i));
    clock_.advance(0ms);
  }
  void stop() {
    if (!tasks_) return;
    tasks_->stop();
    clock_.advance(0ms);
    EXPECT_EQ(tasks_->running(), 0U);
    tasks_.reset();
    sender_.reset();
    facts_.reset();
    outbox_.reset();
    database_.reset();
  }
  void restart() {
    const auto addresses = addresses_;
    stop();
    start(addresses);
  }
  std::int64_t accept(const store::Draft& what) {
    const auto id = must(outbox_->accept(what, clock_.wall_now())).id;
    sender_->notice();
    return id;
  }
  std::int64_t say(const std::string& key, store::Priority priority = store::Priority::signal,
                   store::Chat chat = store::Chat::signals) {
    auto what = draft(key, priority);
    what.html = base::Html::text(key);
    what.chat = chat;
    return accept(what);
  }
  store::OutboxRow row(std::int64_t id) { return must(outbox_->find(id)).value(); }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& asked : http_.asked) out.push_back(asked.text());
    return out;
  }

  TempFolder folder_;
  boost::asio::io_context io_;
  FakeClock clock_{io_};
  FakeTelegram http_{clock_};
  telegram::TelegramSink telegram_{http_, clock_, account()};
  std::vector<std::string> printed_;
  telegram::TerminalSink terminal_{[this](const std::string& text) { printed_.push_back(text); }};
  bool use_terminal{false};
  FakePainter painter_{clock_};
  bool use_painter{true};
  FakeLease lease_;
  Ears ears_;
  Addresses addresses_;
  store::Outbox::Recovered recovered_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<store::Facts> facts_;
  std::unique_ptr<telegram::Sender> sender_;
  std::unique_ptr<base::TaskGroup> tasks_;
};

}  // namespace test
