// What becomes of the trades: led by bars, caught up, ended and told.
#include <algorithm>
#include <set>

#include "common/app/outcome_keeper.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;
using desk::OutcomeState;

namespace {

constexpr Millis outcomes_every{5'000};
constexpr Millis again_after{300'000};
constexpr Millis settle_again_after{60'000};
constexpr Millis minute{60'000};
constexpr Millis save_every{900'000};
constexpr Millis stretch_max{std::chrono::hours{36}};  ///< no trade lasts longer
constexpr int settle_failures_max = 3;

/// Funding is settled at whole hours at the most often; between two of them there is none.
bool spans_settlement(const desk::Outcome& trade) {
  return std::chrono::floor<std::chrono::hours>(*trade.ended_in) > *trade.entered_at;
}

}  // namespace

void OutcomeKeeper::on_event(const market::Event& event) {
  const auto* bar = std::get_if<market::Candle>(&event);
  if (bar == nullptr || running_.empty() || bar->length != minute || !desk::has_closed(*bar)) return;
  for (auto& [id, one] : running_) {
    if (one.row.symbol != bar->symbol || one.row.exchange != bar->exchange) continue;
    // What is missing before it is looked up first: then it is known whether nobody traded or nobody saw it.
    const bool follows = bar->opened_at <= one.trade.seen_until + bar->length;
    if (follows) desk::advance(one.trade, *bar);
  }
}

awaitable<void> OutcomeKeeper::run() {
  runs_ = true;
  note_config();
  auto saved = clock_.steady_now();
  for (;;) {
    co_await clock_.sleep_for(outcomes_every);
    co_await catch_up();
    co_await finish_ended();
    if (clock_.steady_now() - saved < save_every) continue;
    saved = clock_.steady_now();
    save_progress();
    co_await find_placebo();
  }
}

awaitable<void> OutcomeKeeper::catch_up() {
  std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>> behind;
  for (const auto& [id, one] : running_) {
    const bool due = !one.not_before || *one.not_before <= clock_.steady_now();
    if (one.trade.is_running() && due && clock_.wall_now() - one.trade.seen_until > behind_max)
      behind[{one.row.exchange, one.row.symbol}].push_back(id);
  }
  for (auto& [contract, ids] : behind) {
    auto look = catch_up(contract.first, contract.second, std::move(ids));
    co_await std::move(look);
  }
}

awaitable<void> OutcomeKeeper::catch_up(std::string exchange, std::string symbol, std::vector<std::int64_t> ids) {
  base::WallTime from = clock_.wall_now();
  for (const auto id : ids)
    if (const auto at = running_.find(id); at != running_.end()) from = std::min(from, at->second.trade.seen_until);
  from = std::chrono::floor<std::chrono::minutes>(from);
  const feed::CandleQuestion question(symbol, minute, from, std::min(clock_.wall_now(), from + stretch_max));
  const Bars bars = co_await hooks_.look_up(exchange, question);
  for (const auto id : ids)
    if (const auto at = running_.find(id); at != running_.end()) after_look(at->second, bars);
}

void OutcomeKeeper::after_look(Running& one, const Bars& bars) {
  const auto now = clock_.wall_now();
  one.not_before = clock_.steady_now() + again_after;
  if (bars) {
    for (const auto& bar : bars.value()) desk::advance(one.trade, bar);
    one.gone_since.reset();
  } else if (bars.error().kind == base::ErrorKind::not_found) {
    one.gone_since = one.gone_since.value_or(now);
    if (now - *one.gone_since >= gone_after) desk::end_delisted(one.trade, *one.gone_since);
  } else {
    hooks_.on_error(bars.error());
  }
  const auto* instrument = hooks_.find(one.row.exchange, one.row.symbol);
  if (instrument != nullptr && instrument->status == market::Status::delisted) desk::end_delisted(one.trade, now);
  if (now - one.trade.seen_until > unseen_max) desk::end_unobserved(one.trade, now);
}

awaitable<void> OutcomeKeeper::finish_ended() {
  std::vector<std::int64_t> ended;
  for (const auto& [id, one] : running_) {
    const bool due = !one.not_before || *one.not_before <= clock_.steady_now() || one.settle_failures == 0;
    if (!one.trade.is_running() && due) ended.push_back(id);
  }
  for (const auto id : ended) {
    const bool settled = co_await settle(id);
    if (settled) commit(id);
  }
}

/// False: the settlements are asked for again later.
awaitable<bool> OutcomeKeeper::settle(std::int64_t id) {
  {
    auto& trade = running_.at(id).trade;
    if (trade.state != OutcomeState::closed) co_return true;
    if (!spans_settlement(trade)) {
      desk::settle(trade, {}, true);
      co_return true;
    }
  }
  const auto before = running_.at(id).trade;
  const Settlements told =
      co_await hooks_.settlements(before.plan.exchange, before.plan.symbol, *before.entered_at, *before.ended_at);
  const auto at = running_.find(id);
  if (at == running_.end()) co_return false;
  auto& one = at->second;
  if (!told && ++one.settle_failures < settle_failures_max) {
    one.not_before = clock_.steady_now() + settle_again_after;
    co_return false;
  }
  std::vector<desk::Settlement> settlements;
  if (told)
    for (const auto& funding : told.value()) settlements.push_back({*funding.settles_at, *funding.rate, funding.mark});
  desk::settle(one.trade, settlements, told.has_value());
  co_return true;
}

/// The end and its reply are one transaction: what was told is kept, and told once.
void OutcomeKeeper::commit(std::int64_t id) {
  auto& one = running_.at(id);
  auto row = one.row;
  row.state = desk::to_string(one.trade.state);
  row.running = false;
  row.ended_at = one.trade.ended_at;
  row.result_r = one.trade.state == OutcomeState::closed ? one.trade.result_r() : 0;
  row.ambiguous = one.trade.ambiguous;
  row.body = desk::outcome_json(one.trade);
  remember(row, row.ended_at);
  const auto now = clock_.wall_now();
  const auto done = database_.transact([&]() -> base::Result<void> {
    if (auto updated = rows_.update(row); !updated) return updated.error();
    if (!row.post) return {};
    store::Draft reply;
    reply.dedupe_key = "outcome/" + std::to_string(id);
    reply.sink = sink_;
    reply.op = store::Op::reply;
    reply.refers_to = row.post;
    reply.silent = true;
    reply.priority = store::Priority::reply;
    reply.html = desk::outcome_words(one.trade, words_for(row.rule, one.trade.plan));
    if (auto accepted = outbox_.accept(reply, now); !accepted) return accepted.error();
    return {};
  });
  if (!done) {
    remember(one.row, std::nullopt);
    one.not_before = clock_.steady_now() + settle_again_after;
    one.settle_failures = std::max(one.settle_failures, 1);
    return hooks_.on_error(done.error());
  }
  running_.erase(id);
  hooks_.on_accepted();
}

void OutcomeKeeper::save_progress() {
  const auto saved = database_.transact([&]() -> base::Result<void> {
    for (auto& [id, one] : running_) {
      if (!one.trade.is_running() || one.trade.seen_until == one.saved_until) continue;
      one.row.state = desk::to_string(one.trade.state);
      one.row.body = desk::outcome_json(one.trade);
      if (auto updated = rows_.update(one.row); !updated) return updated.error();
    }
    return {};
  });
  if (!saved) return hooks_.on_error(saved.error());
  for (auto& [id, one] : running_) one.saved_until = one.trade.seen_until;
}

}  // namespace app
