// The settings every bot has, each section a struct bound in one function: key, default, range and words in one place.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "common/config/document.hpp"
#include "common/desk/gates.hpp"
#include "common/desk/report_times.hpp"
#include "common/desk/trade.hpp"
#include "common/exchange/exchange.hpp"
#include "common/feed/recorder.hpp"
#include "common/feed/watchlist.hpp"
#include "common/guard/breaker_policy.hpp"

namespace app {

struct RunSettings {
  base::Millis cycle_every{60'000};
  base::Millis cycle_limit{50'000};  ///< an exchange that is not done by then does not hold up the others
  base::Millis heartbeat_every{3'600'000};
  std::string log_level{"info"};
};

struct TelegramSettings {
  std::string base_url{"https://api.telegram.org"};
  std::string proxy;
  bool announce_start_stop{true};
  bool charts{true};
  std::int64_t signals_topic{};  ///< message_thread_id of a forum topic; 0: none
  std::int64_t operators_topic{};
};

struct GuardSettings {
  double headroom{0.7};
  std::map<std::string, double> shares{{"liquidation", 0.2}, {"funding", 0.4}, {"volume", 0.4}};
  guard::BreakerPolicy breaker;
};

struct AlertSettings {
  base::Millis stale_after{180'000};  ///< no cycle finished for so long
  double errors_per_minute_max{30};
  base::Millis exchange_down_after{20'000};
  base::Millis start_grace{60'000};  ///< after the start nothing is missing yet
};

/// The weekly report in the signals' chat.
struct ReportSettings {
  bool enabled{true};
  desk::ReportTimes times;
};

struct Settings {
  RunSettings run;
  TelegramSettings telegram;
  GuardSettings guard;
  AlertSettings alerts;
  desk::GatePolicy gates;
  desk::TradeRules trade;
  ReportSettings report;
  feed::WatchSettings watch;
  std::map<std::string, base::Millis, std::less<>> cooldown_by_symbol;
  feed::RecorderSettings record;                        ///< folder and bot are set by the program
  std::map<std::string, exchange::Settings> exchanges;  ///< those that are enabled and known
};

/// Binds every shared section. What is wrong goes to the document's problems.
void bind(config::Document& document, Settings& settings);

}  // namespace app
