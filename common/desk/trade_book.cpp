#include "common/desk/trade_book.hpp"

#include <algorithm>

#include "common/stats/blob.hpp"

namespace desk {

namespace {

constexpr std::size_t settlements_max = 100;  // of a contract: more than four days of hourly ones
constexpr base::Millis day{std::chrono::hours{24}};

}  // namespace

void HourlyAtr::add(const market::Candle& bar) {
  const auto hour = std::chrono::floor<std::chrono::hours>(bar.opened_at);
  if (hour_ && *hour_ != hour) {
    atr_.add(high_, low_, close_);
    hour_.reset();
  }
  high_ = hour_ ? std::max(high_, bar.high) : bar.high;
  low_ = hour_ ? std::min(low_, bar.low) : bar.low;
  close_ = bar.close;
  hour_ = hour;
  if (bar.opened_at + bar.length < hour + std::chrono::hours{1}) return;
  atr_.add(high_, low_, close_);
  hour_.reset();
}

void TradeBook::on_event(const market::Event& event) {
  if (const auto* funding = std::get_if<market::Funding>(&event)) {
    if (!funding->settled || !funding->rate || !funding->settles_at) return;
    auto& settlements = contracts_[{funding->exchange, funding->symbol}].settlements;
    settlements.push_back({*funding->settles_at, *funding->rate, funding->mark});
    if (settlements.size() > settlements_max) settlements.pop_front();
  }
  const auto* bar = std::get_if<market::Candle>(&event);
  if (bar == nullptr || !has_closed(*bar)) return;
  auto& contract = contracts_[{bar->exchange, bar->symbol}];
  contract.atr.add(*bar);
  contract.close = bar->close;
  for (const auto number : contract.running) {
    auto& outcome = trades_[number].outcome;
    advance(outcome, *bar);
    const std::vector<Settlement> settled(contract.settlements.begin(), contract.settlements.end());
    if (!outcome.is_running()) settle(outcome, settled, !settled.empty());
  }
  std::erase_if(contract.running, [&](std::size_t number) { return !trades_[number].outcome.is_running(); });
}

Surroundings TradeBook::surroundings(const Finding& finding, const std::optional<TradePlan>& plan) const {
  Surroundings out;
  const auto said = said_.find(finding.key);
  if (said != said_.end()) out.said = &said->second;
  out.now = finding.at;
  out.cooldown = policy_.cooldown;
  out.score = 100;  // no alert budget: every signal counts
  if (plan) out.cost_r = plan->cost_r;
  for (const auto& [name, contract] : contracts_)
    for (const auto number : contract.running)
      ++(trades_[number].outcome.plan.direction == Direction::long_side ? out.open_long : out.open_short);
  const auto today = base::utc_day(finding.at);
  for (auto trade = trades_.rbegin(); trade != trades_.rend(); ++trade) {
    if (trade->decided_at < finding.at - 8 * day) break;  // no trade lasts so long
    const auto& outcome = trade->outcome;
    if (outcome.state == OutcomeState::closed && base::utc_day(*outcome.ended_at) == today)
      out.today_r += outcome.result_r();
  }
  return out;
}

void TradeBook::take(const Finding& finding) {
  if (!finding.fires) return;
  // A table of rates tells no price: the newest close is the one that was known.
  if (finding.direction != Direction::none && !finding.setup) {
    const auto known = contracts_.find({finding.exchange, finding.symbol});
    if (known != contracts_.end() && known->second.close) {
      auto priced = finding;
      priced.setup.emplace();
      priced.setup->exchange = finding.exchange;
      priced.setup->symbol = finding.symbol;
      priced.setup->price = *known->second.close;
      return take(priced);
    }
  }
  Planned planned;
  Contract* contract = nullptr;
  if (finding.setup) {
    contract = &contracts_[{finding.setup->exchange, finding.setup->symbol}];
    planned = plan_trade(finding, contract->atr.value(), rules_, base::Millis{0}, policy_.late_after);
  }
  const auto decision = decide(finding, surroundings(finding, planned.plan), gates_, policy_);
  if (!is_said(decision.reason)) return;
  auto& said = said_[finding.key];
  said.tier = decision.reason == Reason::published ? finding.tier : std::max(said.tier, finding.tier);
  said.at = finding.at;
  said.strength = finding.strength;
  said.event_id = finding.event_id;
  said.open = finding.phase == Phase::open || finding.phase == Phase::update;
  if (decision.reason != Reason::published || finding.direction == Direction::none) return;
  if (decision.undirected || !planned.plan) {
    ++left_out_[std::string(decision.undirected ? to_string(*decision.undirected) : to_string(planned.reason))];
    return;
  }
  BookedTrade trade;
  trade.rule = finding.kind;
  trade.event_id = finding.key + "|" + finding.event_id;
  trade.decided_at = finding.at;
  trade.outcome = open_outcome(*planned.plan, rules_, finding.at);
  contract->running.push_back(trades_.size());
  trades_.push_back(std::move(trade));
}

std::vector<TradeRecord> TradeBook::records(const std::string& config) const {
  std::vector<TradeRecord> out;
  for (const auto& trade : trades_) {
    TradeRecord record;
    record.rule = trade.rule;
    record.config = config;
    record.decided_at = trade.decided_at;
    record.ended_at = trade.outcome.ended_at;
    record.state = trade.outcome.state;
    record.ambiguous = trade.outcome.ambiguous;
    record.result_r = trade.outcome.result_r();
    record.placebo_r = trade.placebo_r;
    out.push_back(std::move(record));
  }
  return out;
}

Placebos::Placebos(const std::vector<BookedTrade>& trades, const TradeRules& rules, int of_each) : rules_(rules) {
  for (std::size_t number = 0; number < trades.size(); ++number) {
    const auto& trade = trades[number];
    plans_.push_back(trade.outcome.plan);
    if (trade.outcome.state != OutcomeState::closed) continue;
    auto& contract = contracts_[{trade.outcome.plan.exchange, trade.outcome.plan.symbol}];
    stats::Draws draws(stats::fnv1a(trade.event_id));
    const auto midnight = std::chrono::floor<std::chrono::days>(trade.decided_at);
    for (int i = 0; i < of_each; ++i)
      contract.all.push_back({number, midnight + base::Millis{draws.below(86'400) * std::int64_t{1'000}}, {}});
  }
  for (auto& [name, contract] : contracts_)
    std::stable_sort(contract.all.begin(), contract.all.end(),
                     [](const One& a, const One& b) { return a.decided_at < b.decided_at; });
}

void Placebos::on_bar(const market::Candle& bar) {
  const auto found = contracts_.find({bar.exchange, bar.symbol});
  if (found == contracts_.end()) return;
  auto& contract = found->second;
  while (contract.next < contract.all.size()) {
    auto& one = contract.all[contract.next];
    if (one.decided_at + rules_.decision_delay > bar.opened_at) break;
    auto plan = plans_[one.of];
    const double by = bar.open / plan.entry;
    for (double* level : {&plan.entry, &plan.stop, &plan.tp1, &plan.tp2, &plan.risk}) *level *= by;
    one.outcome = open_outcome(plan, rules_, one.decided_at);
    contract.running.push_back(contract.next++);
  }
  for (const auto number : contract.running) advance(*contract.all[number].outcome, bar);
  std::erase_if(contract.running, [&](std::size_t number) { return !contract.all[number].outcome->is_running(); });
}

void Placebos::tell(std::vector<BookedTrade>& trades) const {
  std::vector<double> sums(trades.size());
  std::vector<int> counts(trades.size());
  for (const auto& [name, contract] : contracts_)
    for (const auto& one : contract.all) {
      if (!one.outcome || one.outcome->state != OutcomeState::closed) continue;
      sums[one.of] += one.outcome->result_r();
      ++counts[one.of];
    }
  for (std::size_t i = 0; i < trades.size(); ++i)
    if (counts[i] > 0) trades[i].placebo_r = sums[i] / counts[i];
}

}  // namespace desk
