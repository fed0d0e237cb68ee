#include "common/app/outcome_keeper.hpp"

#include <algorithm>

#include "common/desk/finding_json.hpp"

namespace app {
using base::Millis;
using boost::asio::awaitable;
using desk::Direction;
using desk::Phase;

namespace {

constexpr Millis hour{3'600'000};
constexpr int atr_bars_asked = 40;        // of 1 h; 14 are needed
constexpr std::size_t later_max = 1'000;  // findings of one key within 20 s

std::int64_t day_of(base::WallTime time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

desk::OutcomeState state_of(const std::string& word) {
  using desk::OutcomeState;
  for (const auto state :
       {OutcomeState::waiting, OutcomeState::open, OutcomeState::half, OutcomeState::closed, OutcomeState::voided})
    if (word == desk::to_string(state)) return state;
  return OutcomeState::unobserved;
}

}  // namespace

void OutcomeKeeper::configure(const desk::TradeRules& rules, Millis late_after, std::string config_hash) {
  rules_ = rules;
  late_after_ = late_after;
  config_hash_ = std::move(config_hash);
  lines_.clear();
  if (runs_) note_config();
}

void OutcomeKeeper::note_config() {
  if (auto noted = rows_.note_config(config_hash_, clock_.wall_now()); !noted) hooks_.on_error(noted.error());
}

base::Result<void> OutcomeKeeper::load() {
  const auto all = rows_.since(base::from_ms(0));
  if (!all) return all.error();
  for (const auto& row : all.value()) {
    remember(row, row.ended_at);
    if (!row.running) continue;
    Running one;
    one.row = row;
    auto trade = desk::outcome_from_json(row.body);
    if (trade) {
      one.trade = trade.value();
    } else {
      hooks_.on_error(trade.error());
      one.trade.plan.symbol = row.symbol;
      desk::end_unobserved(one.trade, clock_.wall_now());  // said so, and told in a reply
    }
    one.saved_until = one.trade.seen_until;
    if (trade) told_[row.key] = desk::plan_words(one.trade.plan, {}, rules_, words_for(row.rule, one.trade.plan));
    running_.emplace(row.id, std::move(one));
  }
  return {};
}

void OutcomeKeeper::remember(const store::OutcomeRow& row, std::optional<base::WallTime> ended_at) {
  desk::TradeRecord record;
  record.rule = row.rule;
  record.config = row.config;
  record.decided_at = row.decided_at;
  record.ended_at = ended_at;
  record.state = state_of(row.state);
  record.ambiguous = row.ambiguous;
  record.result_r = row.result_r;
  record.placebo_r = row.placebo_r;
  records_[row.id] = record;
  lines_.erase(row.rule);
}

std::vector<desk::TradeRecord> OutcomeKeeper::records() const {
  std::vector<desk::TradeRecord> out;
  for (const auto& [id, record] : records_) out.push_back(record);
  return out;
}

std::string OutcomeKeeper::record_of(const std::string& rule) {
  const auto [at, fresh] = lines_.try_emplace(rule);
  if (!fresh) return at->second;
  std::vector<desk::TradeRecord> mine;
  for (const auto& [id, record] : records_)
    if (record.rule == rule && record.config == config_hash_) mine.push_back(record);
  return at->second = desk::record_line(desk::score_together(mine));
}

desk::TradeWords OutcomeKeeper::words_for(const std::string& rule, const desk::TradePlan& plan) {
  desk::TradeWords out;
  const auto* instrument = hooks_.find(plan.exchange, plan.symbol);
  if (instrument != nullptr) out.tick_size = instrument->tick_size;
  std::tie(out.exchange_title, out.link) = hooks_.names(plan.exchange, plan.symbol);
  out.record = record_of(rule);
  return out;
}

bool OutcomeKeeper::hold(desk::Finding& finding) {
  if (!finding.fires) return false;
  if (const auto parked = parked_.find(finding.key); parked != parked_.end()) {
    auto& later = parked->second.later;
    if (later.size() < later_max) later.push_back(finding);
    return true;
  }
  if (finding.direction == Direction::none || !finding.setup) return false;
  const bool begins = finding.phase == Phase::single || finding.phase == Phase::open;
  if (!begins || !hooks_.would_publish(finding)) {
    // An edit of a message that told a plan: the words stay below it.
    if (const auto told = told_.find(finding.key); told != told_.end() && finding.phase != Phase::single)
      finding.trade = [words = told->second] { return words; };
    return false;
  }
  const auto& setup = *finding.setup;
  if (setup.atr_1h || !(setup.price > 0)) {
    attach(finding, std::nullopt);
    return false;
  }
  const auto now = clock_.wall_now();
  feed::CandleQuestion question(setup.symbol, hour, std::chrono::floor<std::chrono::hours>(now) - atr_bars_asked * hour,
                                now);
  question.urgent = true;
  question.not_after = clock_.steady_now() + patience;
  parked_.emplace(finding.key, Parked{finding, {}, *question.not_after});
  hooks_.spawn("ATR for " + finding.key, find_atr(finding.key, setup.exchange, question));
  return true;
}

awaitable<void> OutcomeKeeper::find_atr(std::string key, std::string exchange, feed::CandleQuestion question) {
  const auto until = question.not_after;
  const Bars bars = co_await hooks_.look_up(std::move(exchange), std::move(question));
  const auto parked = parked_.find(key);
  if (parked == parked_.end() || parked->second.until != until) co_return;  // it went without
  go_on(key, bars ? desk::atr_14(bars.value()) : std::nullopt);
}

void OutcomeKeeper::go_on(const std::string& key, std::optional<double> atr_1h) {
  auto node = parked_.extract(key);
  if (node.empty()) return;
  auto& parked = node.mapped();
  attach(parked.finding, atr_1h);
  hooks_.release(parked.finding);
  for (auto& later : parked.later)
    if (!hold(later)) hooks_.release(later);
}

void OutcomeKeeper::on_time() {
  const auto now = clock_.steady_now();
  std::vector<std::string> due;
  for (const auto& [key, parked] : parked_)
    if (parked.until <= now) due.push_back(key);
  for (const auto& key : due) go_on(key, std::nullopt);
}

void OutcomeKeeper::release_all() {
  while (!parked_.empty()) go_on(std::string(parked_.begin()->first), std::nullopt);
}

void OutcomeKeeper::attach(desk::Finding& finding, std::optional<double> atr_1h) {
  const auto age = clock_.wall_now() - finding.at;
  const auto planned = desk::plan_trade(finding, atr_1h, rules_, age, late_after_);
  plans_.erase(finding.key);
  base::Html words;
  if (planned.plan) {
    plans_[finding.key] = *planned.plan;
    words = desk::plan_words(*planned.plan, finding.setup->factors, rules_, words_for(finding.kind, *planned.plan));
  } else {
    words = desk::no_plan_words(planned.reason, finding.setup->factors);
  }
  finding.trade = [words] { return words; };
}

base::Result<void> OutcomeKeeper::on_published(const desk::Finding& finding, const desk::Handled& handled,
                                               base::WallTime now) {
  fresh_.reset();
  const auto plan = plans_.find(finding.key);
  const bool tradable = finding.direction != Direction::none && now - finding.at <= late_after_;
  // Without a message of its own it is told too late to enter.
  if (plan == plans_.end() || !tradable || !handled.outbox_id || !handled.signal_id) return {};
  Running one;
  const auto decided_at = std::max(finding.at, now);
  one.trade = desk::open_outcome(plan->second, rules_, decided_at);
  one.saved_until = one.trade.seen_until;
  one.row.signal_id = *handled.signal_id;
  one.row.rule = finding.kind;
  one.row.key = finding.key;
  one.row.config = config_hash_;
  one.row.exchange = plan->second.exchange;
  one.row.symbol = plan->second.symbol;
  one.row.direction = desk::to_string(finding.direction);
  one.row.decided_at = decided_at;
  one.row.state = desk::to_string(one.trade.state);
  one.row.body = desk::outcome_json(one.trade);
  one.row.post = handled.outbox_id;
  const auto added = rows_.add(one.row);
  if (!added) return added.error();
  one.row.id = added.value();
  if (auto told = tell_replaced(one, now); !told) return told;
  fresh_ = std::move(one);
  return {};
}

/// An open signal that points the other way is not left beside the new one as if both were true. Its trade goes on by
/// its own rules: the record does not choose its ends.
base::Result<void> OutcomeKeeper::tell_replaced(const Running& fresh, base::WallTime now) {
  const auto asset_of = [this](const Running& one) {
    const auto* instrument = hooks_.find(one.row.exchange, one.row.symbol);
    return instrument == nullptr ? one.row.symbol : instrument->asset;
  };
  for (const auto& [id, one] : running_) {
    const bool opposite = one.trade.is_running() && one.row.direction != fresh.row.direction;
    if (!opposite || !one.row.post || asset_of(one) != asset_of(fresh)) continue;
    store::Draft reply;
    reply.dedupe_key = "replaced/" + std::to_string(id) + "/" + std::to_string(fresh.row.signal_id);
    reply.sink = sink_;
    reply.op = store::Op::reply;
    reply.refers_to = one.row.post;
    reply.silent = true;
    reply.priority = store::Priority::reply;
    reply.html = desk::replaced_words(one.row.signal_id, fresh.row.signal_id, fresh.trade.plan.direction);
    if (auto accepted = outbox_.accept(reply, now); !accepted) return accepted.error();
  }
  return {};
}

void OutcomeKeeper::on_handled(const desk::Finding& finding, const desk::Handled& handled) {
  if (fresh_ && handled.signal_id && fresh_->row.signal_id == *handled.signal_id) {
    remember(fresh_->row, std::nullopt);
    running_.emplace(fresh_->row.id, std::move(*fresh_));
    if (finding.phase == Phase::open && finding.trade) told_[finding.key] = finding.trade();
  }
  fresh_.reset();
  plans_.erase(finding.key);
  if (finding.phase == Phase::close && finding.fires) told_.erase(finding.key);
}

void OutcomeKeeper::survey(const desk::Finding& finding, desk::Surroundings& around) const {
  if (const auto plan = plans_.find(finding.key); plan != plans_.end()) around.cost_r = plan->second.cost_r;
  for (const auto& [id, one] : running_) {
    if (!one.trade.is_running()) continue;
    ++(one.trade.plan.direction == Direction::long_side ? around.open_long : around.open_short);
  }
  const auto today = day_of(clock_.wall_now());
  for (const auto& [id, record] : records_)
    if (record.state == desk::OutcomeState::closed && record.ended_at && day_of(*record.ended_at) == today)
      around.today_r += record.result_r;
}

const desk::TradePlan* OutcomeKeeper::plan_of(const std::string& key) const {
  if (const auto plan = plans_.find(key); plan != plans_.end()) return &plan->second;
  for (const auto& [id, one] : running_)
    if (one.row.key == key && one.trade.is_running()) return &one.trade.plan;
  return nullptr;
}

}  // namespace app
