// Posts the weekly report: once a week, whatever happens in between. What was told for which week is written in the
// transaction that puts the report into the outbox.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "common/app/settings.hpp"
#include "common/base/clock.hpp"
#include "common/desk/weekly_report.hpp"
#include "common/store/memory.hpp"
#include "common/store/outbox.hpp"

namespace app {

class ReportKeeper {
 public:
  using Made = std::optional<desk::WeeklyReport>;
  /// What the keeper works with; all of it outlives the keeper.
  struct Ports {
    Ports(store::Database& bot, store::Outbox& with_outbox, store::Facts& with_facts, base::Clock& with_clock)
        : database(bot), outbox(with_outbox), facts(with_facts), clock(with_clock) {}
    store::Database& database;
    store::Outbox& outbox;
    store::Facts& facts;
    base::Clock& clock;
    std::function<std::vector<desk::TradeRecord>()> records;
    std::function<base::Result<std::int64_t>()> configs_tried;
    /// The bootstrap of many trades takes its time: done elsewhere.
    std::function<boost::asio::awaitable<Made>(desk::WeeklyFacts)> make;
    std::function<void()> accepted;  ///< a row is in the outbox
    std::function<void(const base::Error&)> on_error;
    std::string sink, title;
    bool pictures{true};
  };
  ReportKeeper(Ports ports, ReportSettings settings) : ports_(std::move(ports)), settings_(std::move(settings)) {}

  void configure(const ReportSettings& settings) { settings_ = settings; }
  /// Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();

  /// After the hour, and after the start: what ended before is settled and, after downtime, caught up by then.
  static constexpr base::Millis settling{600'000};
  /// A day or hour that was changed brings no second report of the same days.
  static constexpr base::Millis apart_least{std::chrono::hours{84}};
  static constexpr std::string_view fact = "weekly report";  ///< the end of the newest week that was dealt with, in ms

 private:
  [[nodiscard]] base::Result<bool> is_due(const desk::ReportWeek& week);
  base::Result<void> commit(const desk::ReportWeek& week, const Made& report);
  base::Result<void> put(const desk::ReportWeek& week, const desk::WeeklyReport& report);

  Ports ports_;
  ReportSettings settings_;
};

}  // namespace app
