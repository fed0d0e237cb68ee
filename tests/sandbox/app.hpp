// The whole sandbox without its sockets: routes a request to the service that plays it, past the planned faults.
#pragma once
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "tests/sandbox/director.hpp"
#include "tests/sandbox/exchange.hpp"
#include "tests/sandbox/telegram.hpp"

namespace sandbox {

struct Settings {
  std::uint64_t seed{1};
  std::vector<std::string> tokens;          ///< of the bots, in order
  std::vector<std::string> bot_names;       ///< may be shorter
  std::filesystem::path data{"."};          ///< recordings are looked up here
  std::filesystem::path payloads;           ///< recorded REST bodies; empty: none
  std::vector<std::filesystem::path> play;  ///< recordings of bots; their exchanges say nothing else
  std::filesystem::path log;                ///< one JSON line a request; empty: none
  Json scenario = Json::object();
};

class Playback;

class App {
 public:
  /// Throws std::runtime_error when the settings or the scenario make no sense.
  App(const Settings& settings, Ms start);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  App(App&&) = delete;
  App& operator=(App&&) = delete;

  [[nodiscard]] Response http(Request& request, Ms now);
  /// Where a WebSocket may be opened: the service, or null and the answer that refuses it.
  [[nodiscard]] Service* upgrade(Request& request, Response& refusal, Ms now);
  void tick(Ms now);

  [[nodiscard]] ChatLog& chat_log() { return log_; }
  [[nodiscard]] Telegram& telegram() { return telegram_; }
  [[nodiscard]] World& world() { return world_; }

 private:
  [[nodiscard]] Exchange* exchange_of(const std::string& path);
  [[nodiscard]] Response route(const Request& request, Ms now);
  [[nodiscard]] Response control(const Request& request, Ms now);
  [[nodiscard]] Response change(const Request& request, Ms now);
  [[nodiscard]] Response storm(const Json& body, Ms now);
  [[nodiscard]] Response messages(const Request& request, Ms now);
  [[nodiscard]] Response photo(const Request& request) const;
  [[nodiscard]] Json stats(Ms now) const;
  void label(Request& request) const;
  void read_payloads(const std::filesystem::path& folder);
  void note(const Request& request, const Response& response, const Fault* fault, Ms now);

  Ms start_;
  World world_;
  Faults faults_;
  ChatLog log_;
  Telegram telegram_;
  Director director_;
  std::map<std::string, std::unique_ptr<Exchange>> exchanges_;
  std::unique_ptr<Playback> playback_;
  std::ofstream request_log_;
};

/// The chat page: one self-contained document.
[[nodiscard]] std::string_view chat_page();

}  // namespace sandbox
