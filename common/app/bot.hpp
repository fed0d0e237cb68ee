// What makes one bot differ from another. Everything else of a program is the app's.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/config/document.hpp"
#include "common/desk/finding.hpp"
#include "common/feed/market_feed.hpp"
#include "common/health/feed_board.hpp"

namespace app {

/// Finds an instrument among those that are listed now; nullptr: not listed.
using Resolve = std::function<const market::Instrument*(const std::string& exchange, const std::string& symbol)>;

/// "okx" -> "OKX": how people read them.
using ExchangeTitles = std::map<std::string, std::string, std::less<>>;

/// State of a detector that is worth keeping over a restart: one blob an instrument.
struct SavedState {
  std::string exchange, symbol, body;
};

class BotLogic {
 public:
  BotLogic() = default;
  virtual ~BotLogic() = default;
  BotLogic(const BotLogic&) = delete;
  BotLogic& operator=(const BotLogic&) = delete;
  BotLogic(BotLogic&&) = delete;
  BotLogic& operator=(BotLogic&&) = delete;

  /// Binds the bot's own sections; problems go to the document.
  virtual void bind(config::Document& document) = 0;
  [[nodiscard]] virtual feed::FeedNeeds needs() const = 0;
  /// Builds the detector, by what bind() read. Called once before anything else below.
  virtual desk::Detector& make_detector(Resolve resolve, ExchangeTitles titles) = 0;

  /// Takes over the settings of another one of the same bot, bound from a configuration without problems. What was
  /// learnt stays.
  virtual void adopt(const BotLogic& fresh) = 0;

  /// What to keep, of instruments that changed since the last call. Asked once a minute, and with `all` at a clean
  /// stop: what can be learned again after a crash may wait for its turn till then.
  [[nodiscard]] virtual std::vector<SavedState> save_changed(bool /*all*/) { return {}; }
  virtual base::Result<void> restore(const SavedState&) { return {}; }
  /// The newest bar or settlement that the restored state already holds.
  [[nodiscard]] virtual std::optional<base::WallTime> known_until(const std::string&, const std::string&) const {
    return std::nullopt;
  }
  /// Does the state hold the hours of past weeks (FeedNeeds::hour_history) of a contract?
  [[nodiscard]] virtual bool knows_hours(const std::string&, const std::string&) const { return false; }
  /// What health says of an exchange's feed of the bot's main topic; told about once a second.
  virtual void on_feed_state(const std::string&, health::FeedState) {}
  /// The topic that on_feed_state() is about; nullopt: the bot does not ask.
  [[nodiscard]] virtual std::optional<market::Topic> main_topic() const { return std::nullopt; }
  /// One line about what the detector watches, for `check` and the log.
  [[nodiscard]] virtual std::string summary() const { return {}; }
};

/// A command that one bot has beside those of all: works on a file ("-": standard input), needs no configuration.
struct OwnCommand {
  std::string_view name, help;
  std::function<int(const std::string& file)> run;  ///< returns the exit code
};

struct BotSpec {
  std::string_view name;   ///< "funding"
  std::string_view title;  ///< "Funding Bot"
  std::function<std::unique_ptr<BotLogic>()> make_logic;
  std::vector<OwnCommand> own_commands;
};

/// main() of all three bots. Exit codes: 0 after SIGTERM, 78 for what an operator must mend first (configuration,
/// credentials, an instance that runs already), 1 for the supervisor to start again.
[[nodiscard]] int run_bot(int argc, char** argv, const BotSpec& spec);

}  // namespace app
