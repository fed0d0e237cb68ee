#include "common/guard/breaker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/guard/retry_after.hpp"

namespace guard {

namespace {

constexpr int openings_max = 1'000'000;

}  // namespace

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::open: return "open";
    case BreakerState::half_open: return "half open";
    case BreakerState::forced_open: return "forced open";
    case BreakerState::disabled: return "disabled";
  }
  return "?";
}

std::string_view to_string(BreakerReason reason) {
  switch (reason) {
    case BreakerReason::consecutive_failures: return "failures in a row";
    case BreakerReason::failure_rate: return "failure rate";
    case BreakerReason::slow_rate: return "slow answers";
    case BreakerReason::probe_failed: return "the probe failed";
    case BreakerReason::probe_lost: return "the probe never came back";
    case BreakerReason::wait_over: return "the wait is over";
    case BreakerReason::probes_succeeded: return "the probes succeeded";
    case BreakerReason::isolated: return "isolated by an operator";
    case BreakerReason::disabled: return "disabled by an operator";
    case BreakerReason::closed_by_hand: return "closed by an operator";
    case BreakerReason::reset: return "reset by an operator";
  }
  return "?";
}

Breaker::Breaker(BreakerKey key, const BreakerPolicy& policy, Random random, OnChange on_change)
    : window_(static_cast<std::size_t>(policy.window_calls)),
      policy_(policy),
      key_(std::move(key)),
      random_(std::move(random)),
      on_change_(std::move(on_change)) {}

std::variant<Breaker::Permit, Rejection> Breaker::acquire(base::SteadyTime now,
                                                          std::optional<base::SteadyTime> queued_until) {
  tick(now);
  const bool probe = state_ == BreakerState::half_open;
  if (state_ == BreakerState::open || state_ == BreakerState::forced_open || (probe && probe_out_)) return reject(now);
  if (probe) {
    probe_out_ = true;
    probe_due_ = std::max(now, queued_until.value_or(now)) + policy_.request_timeout + policy_.probe_grace;
  }
  ++totals_.permits;
  return Permit(*this, probe);
}

Rejection Breaker::reject(base::SteadyTime now) {
  ++totals_.not_permitted;
  Rejection out{key_, state_, std::nullopt};
  if (state_ == BreakerState::open) out.retry_after = std::chrono::ceil<base::Millis>(open_until_ - now);
  if (state_ == BreakerState::half_open) out.retry_after = std::chrono::ceil<base::Millis>(probe_due_ - now);
  return out;
}

void Breaker::tick(base::SteadyTime now) {
  if (state_ == BreakerState::half_open && probe_out_ && now >= probe_due_) {
    ++totals_.lost;
    open(BreakerReason::probe_lost, probe_due_);  // it was lost then, whenever anybody looks
  }
  if (state_ == BreakerState::open && now >= open_until_) {
    probes_good_ = 0;
    move_to(BreakerState::half_open, BreakerReason::wait_over);
  }
}

void Breaker::isolate(std::string who, std::string why) {
  move_to(BreakerState::forced_open, BreakerReason::isolated, std::move(who), std::move(why));
}

void Breaker::disable(std::string who, std::string why) {
  move_to(BreakerState::disabled, BreakerReason::disabled, std::move(who), std::move(why));
}

void Breaker::close(base::SteadyTime now, std::string who, std::string why) {
  openings_ = openings(now);
  enter_closed(BreakerReason::closed_by_hand, now, std::move(who), std::move(why));
}

void Breaker::reset(base::SteadyTime now, std::string who, std::string why) {
  openings_ = 0;
  enter_closed(BreakerReason::reset, now, std::move(who), std::move(why));
}

void Breaker::take_back(const Permit& permit) {
  if (permit.generation_ != generation_) {
    ++totals_.late;
  } else if (permit.probe_) {
    probe_out_ = false;
  }
}

void Breaker::record(const Permit& permit, Mark mark, base::SteadyTime now) {
  tick(now);  // a probe that reports after its time is lost all the same
  const bool current = permit.generation_ == generation_;
  take_back(permit);
  if (!current) return;
  if (state_ == BreakerState::half_open) {
    judge_probe(mark, now);
  } else {
    count(mark, now);
    if (state_ == BreakerState::closed) judge_window(now);
  }
}

void Breaker::count(Mark mark, base::SteadyTime now) {
  if (window_.full()) forget_oldest();
  window_.push_back(Outcome{now, mark});
  ++in_window(mark);
  while (now - window_.front().at > policy_.window_age) forget_oldest();
  failures_in_row_ = mark == Mark::bad ? failures_in_row_ + 1 : 0;
}

void Breaker::forget_oldest() {
  --in_window(window_.front().mark);
  window_.pop_front();
}

void Breaker::judge_window(base::SteadyTime now) {
  if (failures_in_row_ >= policy_.consecutive_failures) return open(BreakerReason::consecutive_failures, now);
  const auto share_of = [this](Mark mark) {
    return static_cast<double>(in_window(mark)) / static_cast<double>(window_.size());
  };
  if (window_.size() < static_cast<std::size_t>(policy_.calls_min)) return;
  if (share_of(Mark::bad) >= policy_.failure_rate) return open(BreakerReason::failure_rate, now);
  if (share_of(Mark::slow) >= policy_.slow_rate) return open(BreakerReason::slow_rate, now);
}

void Breaker::judge_probe(Mark mark, base::SteadyTime now) {
  if (mark == Mark::bad) return open(BreakerReason::probe_failed, now);
  if (++probes_good_ >= policy_.probes_to_close) enter_closed(BreakerReason::probes_succeeded, now, {}, {});
}

void Breaker::open(BreakerReason reason, base::SteadyTime now) {
  openings_ = std::min(openings(now) + 1, openings_max);
  open_until_ = std::max(now + open_time(), held_until_);
  move_to(BreakerState::open, reason);
}

base::Millis Breaker::open_time() {
  const auto plain = static_cast<double>(doubled(policy_.open_first, openings_ - 1, policy_.open_max * 2).count());
  const double jittered = plain * (1 + policy_.jitter * (2 * random_() - 1));
  return std::min(base::Millis{std::llround(jittered)}, policy_.open_max);
}

int Breaker::openings(base::SteadyTime now) const {
  if (state_ != BreakerState::closed) return openings_;
  const auto calm_times = (now - closed_since_) / policy_.calm;
  return calm_times >= openings_ ? 0 : openings_ - static_cast<int>(calm_times);
}

std::optional<base::SteadyTime> Breaker::open_until() const {
  if (state_ != BreakerState::open) return std::nullopt;
  return open_until_;
}

void Breaker::enter_closed(BreakerReason reason, base::SteadyTime now, std::string who, std::string why) {
  closed_since_ = now;
  move_to(BreakerState::closed, reason, std::move(who), std::move(why));
}

void Breaker::move_to(BreakerState to, BreakerReason reason, std::string who, std::string why) {
  BreakerChange change{std::exchange(state_, to), to, reason, openings_, open_until(), std::move(who), std::move(why)};
  ++generation_;
  probe_out_ = false;
  window_.clear();
  in_window_.fill(0);
  failures_in_row_ = 0;
  who_ = change.who;
  why_ = change.why;
  on_change_(change);
}

void Breaker::hold(std::optional<base::Millis> asked, base::SteadyTime now) {
  if (asked) held_until_ = std::max(held_until_, now + server_wait(*asked));
}

BreakerRow Breaker::save(base::SteadyTime now, base::WallTime wall, const base::BootTime& boot) const {
  const auto until = state_ == BreakerState::open ? std::max(open_until_, held_until_) : held_until_;
  const auto left = std::max(base::Millis{0}, std::chrono::ceil<base::Millis>(until - now));
  const bool server_imposed = left > base::Millis{0} && until == held_until_;
  return BreakerRow{key_, state_, openings(now), save_wait(left, wall, boot), server_imposed, who_, why_};
}

void Breaker::restore(const BreakerRow& row, base::SteadyTime now, base::WallTime wall, const base::BootTime& boot) {
  const auto most = row.server_imposed ? server_wait_max + server_wait_margin : policy_.open_max;
  const auto until = now + remaining(row.wait, wall, boot, most);
  const bool by_hand = row.state == BreakerState::forced_open || row.state == BreakerState::disabled;
  if (by_hand || row.state == BreakerState::closed) {
    state_ = row.state;
  } else {  // half open, and what no version ever wrote: one probe decides
    state_ = BreakerState::open;
  }
  ++generation_;
  openings_ = std::clamp(row.openings, state_ == BreakerState::open ? 1 : 0, openings_max);
  open_until_ = until;
  closed_since_ = now;
  if (row.server_imposed) held_until_ = until;
  who_ = row.who;
  why_ = row.why;
}

Breaker::Permit::Permit(Permit&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), generation_(other.generation_), probe_(other.probe_) {}

Breaker::Permit& Breaker::Permit::operator=(Permit&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  owner_ = std::exchange(other.owner_, nullptr);
  generation_ = other.generation_;
  probe_ = other.probe_;
  return *this;
}

void Breaker::Permit::begin(base::SteadyTime now) {
  if (owner_ == nullptr || !probe_ || generation_ != owner_->generation_) return;
  owner_->probe_due_ = now + owner_->policy_.request_timeout + owner_->policy_.probe_grace;
}

void Breaker::Permit::succeed(base::SteadyTime now, base::Millis elapsed) {
  if (owner_ == nullptr) return;
  auto& breaker = *std::exchange(owner_, nullptr);
  const bool slow = elapsed > breaker.policy_.slow_call;
  ++breaker.totals_.succeeded;
  if (slow) ++breaker.totals_.slow;
  breaker.record(*this, slow ? Mark::slow : Mark::good, now);
}

void Breaker::Permit::fail(base::SteadyTime now, std::optional<base::Millis> asked) {
  if (owner_ == nullptr) return;
  auto& breaker = *std::exchange(owner_, nullptr);
  ++breaker.totals_.failed;
  breaker.hold(asked, now);
  breaker.record(*this, Mark::bad, now);
}

void Breaker::Permit::exclude(base::SteadyTime now, std::optional<base::Millis> asked) {
  if (owner_ == nullptr) return;
  owner_->hold(asked, now);
  abandon();
}

void Breaker::Permit::abandon() noexcept {
  if (owner_ == nullptr) return;
  auto& breaker = *std::exchange(owner_, nullptr);
  ++breaker.totals_.excluded;
  breaker.take_back(*this);
}

}  // namespace guard
