// What chance alone would have got: the placebos of trades that were closed, as soon as their day and the one after it
// are over.
#include "common/app/outcome_keeper.hpp"
#include "common/desk/trade_book.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;

namespace {

constexpr Millis bar{300'000};
constexpr Millis day{std::chrono::hours{24}};
constexpr Millis worth_for{7 * day};  ///< what could not be had by then is left
constexpr int rows_max = 100;

}  // namespace

awaitable<void> OutcomeKeeper::find_placebo() {
  const auto today = std::chrono::floor<std::chrono::days>(clock_.wall_now());
  const auto rows = rows_.without_placebo(today - day, rows_max);
  if (!rows) {
    hooks_.on_error(rows.error());
    co_return;
  }
  for (const auto& row : rows.value()) {
    if (row.decided_at < clock_.wall_now() - worth_for || !placebos_tried_.insert(row.id).second) continue;
    const auto trade = desk::outcome_from_json(row.body);
    if (!trade) continue;
    const auto from = std::chrono::floor<std::chrono::days>(row.decided_at);
    const feed::CandleQuestion question(row.symbol, bar, from, from + 2 * day);
    const Bars bars = co_await hooks_.look_up(row.exchange, question);
    if (!bars) {
      hooks_.on_error(bars.error());
      co_return;
    }
    std::vector<desk::BookedTrade> one(1);
    one.front().event_id = "outcome/" + std::to_string(row.signal_id);
    one.front().decided_at = row.decided_at;
    one.front().outcome = trade.value();
    desk::Placebos placebos(one, rules_);
    for (const auto& each : bars.value()) placebos.on_bar(each);
    placebos.tell(one);
    if (!one.front().placebo_r) co_return;
    if (auto set = rows_.set_placebo(row.id, *one.front().placebo_r); !set) hooks_.on_error(set.error());
    if (const auto record = records_.find(row.id); record != records_.end())
      record->second.placebo_r = one.front().placebo_r;
    co_return;  // one at a time: there is no hurry
  }
}

}  // namespace app
