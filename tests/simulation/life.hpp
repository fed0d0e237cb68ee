// One bot as it is shipped (app::Program, the files of config/, real stores) living in virtual time: it asks the fake
// exchange, posts to the strict Telegram, and everything it posts is kept for a reader.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/app/program.hpp"
#include "tests/simulation/transport.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace simulation {

/// What outlives a bot's restart: the chat, the planned faults, the files.
class Town {
 public:
  /// `faults`: as the sandbox's scenarios write them (tests/sandbox/README.md), times in seconds since `start`.
  Town(Ms start, const sandbox::Json& faults);

  [[nodiscard]] const std::vector<sandbox::Delivery>& posts() const { return posts_; }
  [[nodiscard]] std::string transcript() const;
  /// Names of faults that never fired, and how often each did.
  [[nodiscard]] std::vector<std::string> idle_faults() const;
  [[nodiscard]] std::string fault_report() const;
  /// New messages (no edits) whose text holds `part`.
  [[nodiscard]] std::size_t count(std::string_view part) const;
  [[nodiscard]] std::size_t count_edits(std::string_view part) const;

  sandbox::Faults faults;
  sandbox::ChatLog log;
  sandbox::Telegram telegram;
  test::TempFolder folder;

  static constexpr const char* token = "700001:simulated";
  static constexpr const char* signals_chat = "-1001000000001";
  static constexpr const char* operators_chat = "-1001000000002";

 private:
  std::vector<sandbox::Delivery> posts_;
};

/// A finding that fired, and what the desk made of it.
struct Heard {
  std::string kind, symbol, key;
  desk::Phase phase{};
  int tier{};
  double strength{};
  Ms at{};
  desk::Reason reason{};
  std::vector<desk::Measured> evidence;
};

struct LifeOptions {
  std::string bot;  ///< "volume"
  std::uint64_t seed{1};
  std::string layer;  ///< TOML that is read after the shipped files
  /// Hears every finding, also those that do not fire; Life::heard() keeps only those that do.
  std::function<void(const desk::Finding&, const desk::Handled&)> hear;
  base::Millis settle{20'000};
  std::function<void(const std::string&)> candidate_line;  ///< as --jsonl: nothing is said
  std::filesystem::path record_folder;                     ///< not empty: all that comes is recorded
  std::shared_ptr<telegram::Painter> painter;              ///< null: no picture is made
};

/// As the shipped files say, with one exchange and the test's own layer.
[[nodiscard]] app::Settings settings_of(const std::string& bot, const std::string& layer, app::BotLogic& logic);
[[nodiscard]] std::unique_ptr<app::BotLogic> make_logic(const std::string& bot);

class Life {
 public:
  Life(Town& town, const Market& market, Ms now, LifeOptions options);
  ~Life();
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;
  Life(Life&&) = delete;
  Life& operator=(Life&&) = delete;

  void run_until(Ms until);
  void run_for(Ms span) { run_until(now() + span); }
  /// SIGTERM, as the supervisor sends it. False: it did not end in order.
  [[nodiscard]] bool stop();
  [[nodiscard]] Ms now() const { return base::to_ms(clock_.wall_now()); }
  [[nodiscard]] const std::vector<Heard>& heard() const { return heard_; }
  [[nodiscard]] FakeBinance& binance() { return binance_; }
  [[nodiscard]] const Http& http() const { return http_; }
  [[nodiscard]] app::Program& program() { return *program_; }

 private:
  void hear(const desk::Finding& finding, const desk::Handled& handled);

  Town& town_;
  LifeOptions options_;
  boost::asio::io_context io_{1};
  test::FakeClock clock_;
  FakeBinance binance_;
  Http http_;
  Ws ws_;
  app::Log log_;
  std::uint64_t draws_{};
  std::optional<app::Stores> stores_;
  std::unique_ptr<app::Program> program_;
  std::vector<Heard> heard_;
};

}  // namespace simulation
