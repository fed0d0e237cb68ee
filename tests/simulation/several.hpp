// A bot as it is shipped, in virtual time, against the whole sandbox: as many exchanges as a test names and the strict
// Telegram, without a socket. For what needs several exchanges at once; a day of one exchange is `life`.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/app/program.hpp"
#include "tests/sandbox/app.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/net/scripted_ws.hpp"
#include "tests/support/temp_folder.hpp"

namespace simulation {

using sandbox::Ms;

/// Of all that the sandbox plays.
[[nodiscard]] const std::vector<std::string>& all_exchanges();

class Several {
 public:
  /// `layer`: TOML that is read after the shipped files.
  Several(const std::string& bot, const std::vector<std::string>& exchanges, std::uint64_t seed,
          const std::string& layer = {});
  ~Several();
  Several(const Several&) = delete;
  Several& operator=(const Several&) = delete;
  Several(Several&&) = delete;
  Several& operator=(Several&&) = delete;

  void run_for(base::Millis span);
  /// Runs until a feed is in this state; how long it took, nullopt: not within `most`.
  [[nodiscard]] std::optional<base::Millis> until(const std::string& exchange, market::Topic topic,
                                                  health::FeedState state, base::Millis most);
  /// As the sandbox's scenarios write it; its times count from now.
  void add_fault(const sandbox::Json& fault);
  void clear_faults();
  /// As the sandbox's scenarios write it, now.
  void act(const sandbox::Json& action) { (void)control("/control/action", action.dump()); }
  [[nodiscard]] std::map<std::string, int> fired() const;  ///< how often, of the faults that are planned now
  /// Deliveries whose text holds both parts: "send" or "edit".
  [[nodiscard]] std::size_t count(std::string_view action, std::string_view part, std::string_view other = {}) const;
  [[nodiscard]] std::string transcript() const;
  [[nodiscard]] health::FeedState state(const std::string& exchange, std::optional<market::Topic> topic) const;
  [[nodiscard]] std::string why(const std::string& exchange, market::Topic topic) const;
  [[nodiscard]] app::Program& program() { return *program_; }

  static constexpr base::Millis tick{500};

 private:
  class Http;
  class Ws;
  class Peer;
  [[nodiscard]] app::Settings settings(const std::string& bot, const std::vector<std::string>& exchanges,
                                       const std::string& layer, app::BotLogic& logic) const;
  [[nodiscard]] Ms now() const { return base::to_ms(clock_.wall_now()); }
  [[nodiscard]] sandbox::Json control(const std::string& path, const std::string& body) const;

  boost::asio::io_context io_{1};
  mutable test::FakeClock clock_;
  test::TempFolder folder_;
  std::unique_ptr<sandbox::App> sandbox_;
  std::vector<sandbox::Delivery> posts_;
  std::unique_ptr<Http> http_;
  std::unique_ptr<Ws> ws_;
  app::Log log_;
  std::uint64_t seed_, draws_{};
  std::optional<app::Stores> stores_;
  std::unique_ptr<app::Program> program_;
};

}  // namespace simulation
