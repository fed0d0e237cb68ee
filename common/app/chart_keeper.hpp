// Gives each published finding with a direction its picture: asks for the contract's candles when the text is on its
// way, and puts the spec into the outbox as a silent reply. What is lost in between by a crash is a picture, never a
// signal.
#pragma once
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "common/app/bot.hpp"
#include "common/base/clock.hpp"
#include "common/desk/liquidation_bars.hpp"
#include "common/desk/signal_chart.hpp"
#include "common/feed/candle_lookup.hpp"
#include "common/store/outbox.hpp"

namespace app {

/// What the keeper works with; all of it outlives the keeper.
struct ChartPorts {
  using Candles = base::Result<std::vector<market::Candle>>;
  ChartPorts(base::Clock& with_clock, store::Outbox& with_outbox) : clock(with_clock), outbox(with_outbox) {}
  base::Clock& clock;
  store::Outbox& outbox;
  std::function<boost::asio::awaitable<Candles>(std::string exchange, feed::CandleQuestion question)> look_up;
  Resolve resolve;
  std::function<std::string(const std::string& exchange)> title_of;
  std::function<void()> accepted;  ///< a row is in the outbox
  std::function<void(const base::Error&)> on_error;
  std::string sink;
};

class ChartKeeper {
 public:
  explicit ChartKeeper(ChartPorts ports) : ports_(std::move(ports)), liquidations_(liquidations_kept) {}

  /// Remembers the liquidations that the bot sees.
  void on_event(const market::Event& event);
  /// `outbox_id`: of the message that the picture belongs below.
  void on_published(const desk::Finding& finding, std::int64_t outbox_id, const desk::ChartLevels& levels);
  /// Makes the pictures' rows, one after the other. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();
  [[nodiscard]] std::size_t waiting() const { return jobs_.size(); }

  static constexpr std::size_t waiting_max = 8;      ///< in a storm the first ones get their picture
  static constexpr base::Millis settling{3'000};     ///< until the bar that decided counts as closed everywhere
  static constexpr base::Millis lookup_max{60'000};  ///< waits so long for its turn
  static constexpr base::Millis worth_for{300'000};  ///< a later one shows an entry that nobody has any more
  static constexpr base::Millis liquidations_kept{100 * 60'000};

 private:
  struct Job {
    desk::Finding finding;
    desk::ChartLevels levels;
    std::int64_t outbox_id{};
    base::SteadyTime not_before;
  };
  void finish(const Job& job, std::vector<market::Candle> candles);
  ChartPorts ports_;
  desk::LiquidationBars liquidations_;
  std::deque<Job> jobs_;
};

}  // namespace app
