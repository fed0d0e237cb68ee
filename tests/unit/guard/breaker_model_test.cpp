// The breaker against a model written another way: it keeps the whole history and counts it anew at each step.
#include <cmath>
#include <random>

#include "tests/unit/guard/breaker_harness.hpp"

namespace test {
namespace breaker_model_test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int steps = 200'000;
#else
constexpr int steps = 1'000'000;
#endif

using base::Millis;
using base::SteadyTime;

struct Model {
  enum class Mode { closed, open, probing, shut, off };
  struct Ticket {
    int era;
    bool probe;
  };

  Mode mode{Mode::closed};
  int era{};
  int level{};
  SteadyTime calm_from{}, opens_at{}, server_says{}, probe_ends{};
  bool probe_away{};
  int good_probes{};
  std::vector<std::pair<SteadyTime, char>> history;  // of this era: g, s, b
  double dice{0.5};

  void change(Mode to) {
    mode = to;
    ++era;
    history.clear();
    probe_away = false;
    good_probes = 0;
  }
  int level_at(SteadyTime now) const {
    int out = level;
    if (mode == Mode::closed)
      for (auto t = calm_from + 10min; t <= now && out > 0; t += 10min) --out;
    return out;
  }
  void trip(SteadyTime now) {
    level = level_at(now) + 1;
    const double plain = 15'000.0 * std::pow(2.0, std::min(level, 40) - 1) * (0.9 + 0.2 * dice);
    opens_at = now + Millis{static_cast<std::int64_t>(std::floor(std::min(plain, 300'000.0) + 0.5))};
    if (opens_at < server_says) opens_at = server_says;
    change(Mode::open);
  }
  void pass_time(SteadyTime now) {
    if (mode == Mode::probing && probe_away && probe_ends <= now) trip(probe_ends);
    if (mode == Mode::open && opens_at <= now) change(Mode::probing);
  }
  std::optional<Ticket> ask(SteadyTime now) {
    pass_time(now);
    if (mode == Mode::open || mode == Mode::shut) return std::nullopt;
    if (mode != Mode::probing) return Ticket{era, false};
    if (probe_away) return std::nullopt;
    probe_away = true;
    probe_ends = now + 17s;
    return Ticket{era, true};
  }
  void give_back(Ticket ticket) {
    if (ticket.era == era && ticket.probe) probe_away = false;
  }
  void tell(Ticket ticket, char what, SteadyTime now) {
    pass_time(now);
    if (ticket.era != era) return;
    if (mode == Mode::probing) {
      probe_away = false;
      if (what == 'b') return trip(now);
      if (++good_probes == 2) {
        calm_from = now;
        change(Mode::closed);
      }
      return;
    }
    history.emplace_back(now, what);
    if (mode == Mode::closed && must_trip(now)) trip(now);
  }
  bool must_trip(SteadyTime now) const {
    int row = 0;
    for (auto at = history.rbegin(); at != history.rend() && at->second == 'b'; ++at) ++row;
    if (row >= 5) return true;
    int calls = 0, bad = 0, slow = 0;
    for (auto at = history.rbegin(); at != history.rend() && calls < 20 && now - at->first <= 10min; ++at) {
      ++calls;
      bad += at->second == 'b' ? 1 : 0;
      slow += at->second == 's' ? 1 : 0;
    }
    return calls >= 10 && (2 * bad >= calls || 10 * slow >= 8 * calls);
  }
};

BreakerState as_state(Model::Mode mode) {
  switch (mode) {
    case Model::Mode::closed: return BreakerState::closed;
    case Model::Mode::open: return BreakerState::open;
    case Model::Mode::probing: return BreakerState::half_open;
    case Model::Mode::shut: return BreakerState::forced_open;
    case Model::Mode::off: return BreakerState::disabled;
  }
  return BreakerState::closed;
}

class Race {
 public:
  explicit Race(std::uint64_t seed) : rng_(seed) {}

  void step() {
    const auto dice = roll(1000);
    if (dice < 200) move_time();
    if (roll(20) == 0) h_.random = model_.dice = static_cast<double>(roll(1001)) / 1000.0;
    if (roll(2000) == 0) mood_ = static_cast<int>(roll(4));  // mostly good, mostly slow, mostly bad, mixed
    if (dice < 600 && out_.size() < 30) {
      ask();
    } else if (!out_.empty()) {
      report();
    }
    if (roll(3000) == 0) by_hand();
  }
  void drain() {
    while (!out_.empty()) report();
  }

  /// Equal in all that can be seen; false ends the test.
  bool agrees() {
    h_.breaker.tick(now_);
    model_.pass_time(now_);
    return h_.breaker.state() == as_state(model_.mode) && h_.breaker.openings(now_) == model_.level_at(now_) &&
           (model_.mode != Model::Mode::open || h_.breaker.open_until() == model_.opens_at) &&
           h_.breaker.held_until() == model_.server_says && same_permission_;
  }
  const guard::BreakerTotals& totals() const { return h_.breaker.totals(); }
  std::size_t changes() const { return h_.changes.size(); }
  std::uint64_t asked() const { return asked_; }

 private:
  struct Call {
    Breaker::Permit permit;
    Model::Ticket ticket;
  };

  std::uint64_t roll(std::uint64_t sides) { return rng_() % sides; }

  void move_time() {
    const auto kind = roll(10);
    if (kind < 5) now_ += Millis{roll(300)};
    if (kind >= 5 && kind < 9) now_ += Millis{roll(20'000)};
    if (kind == 9 && roll(20) == 0) now_ += Millis{roll(1'500'000)};
    if (kind == 8 && model_.mode == Model::Mode::open) now_ = std::max(now_, model_.opens_at);  // the very edge
  }
  void ask() {
    ++asked_;
    auto permit = h_.acquire(now_);
    const auto ticket = model_.ask(now_);
    same_permission_ = same_permission_ && permit.has_value() == ticket.has_value();
    if (permit && ticket) {
      same_permission_ = same_permission_ && permit->is_probe() == ticket->probe;
      out_.push_back(Call{std::move(*permit), *ticket});
    }
  }
  void report() {
    std::swap(out_[roll(out_.size())], out_.back());
    auto call = std::move(out_.back());
    out_.pop_back();
    const auto dice = roll(100);
    if (dice < 5) {
      model_.give_back(call.ticket);
      return;
    }
    if (dice < 8) {
      const Millis asked{roll(100'000)};
      call.permit.exclude(now_, asked);
      model_.server_says = std::max(model_.server_says, now_ + std::max<Millis>(asked, 1s) + 500ms);
      model_.give_back(call.ticket);
      return;
    }
    static constexpr int bad_percent[] = {3, 5, 90, 45};
    static constexpr int slow_percent[] = {3, 88, 5, 30};
    const auto what = roll(100);
    const auto bad = static_cast<std::uint64_t>(bad_percent[mood_]);
    if (what < bad) {
      call.permit.fail(now_);
      model_.tell(call.ticket, 'b', now_);
    } else {
      const bool slow = what < bad + static_cast<std::uint64_t>(slow_percent[mood_]);
      call.permit.succeed(now_, slow ? Millis{5'001 + roll(9'000)} : Millis{roll(5'001)});
      model_.tell(call.ticket, slow ? 's' : 'g', now_);
    }
  }
  void by_hand() {
    switch (roll(5)) {
      case 0:
        h_.breaker.isolate("anna", "why");
        model_.change(Model::Mode::shut);
        break;
      case 1:
        h_.breaker.disable("anna", "why");
        model_.change(Model::Mode::off);
        break;
      case 2:
        h_.breaker.reset(now_, "anna", "why");
        model_.level = 0;
        model_.calm_from = now_;
        model_.change(Model::Mode::closed);
        break;
      default:
        h_.breaker.close(now_, "anna", "why");
        model_.level = model_.level_at(now_);
        model_.calm_from = now_;
        model_.change(Model::Mode::closed);
    }
  }

  BreakerHarness h_;  // outlives the permits in out_
  Model model_;
  std::mt19937_64 rng_;
  SteadyTime now_{t0};
  std::vector<Call> out_;
  int mood_{};
  bool same_permission_{true};
  std::uint64_t asked_{};
};

TEST(CircuitBreaker, CB10_AMillionRandomInterleavingsAgreeWithTheModelAndNoPermitIsLost) {
  Race race(15);
  for (int i = 0; i < steps; ++i) {
    race.step();
    ASSERT_TRUE(race.agrees()) << "at step " << i;
  }
  race.drain();
  const auto& totals = race.totals();
  EXPECT_EQ(totals.permits, totals.succeeded + totals.failed + totals.excluded);
  EXPECT_EQ(race.asked(), totals.permits + totals.not_permitted);
  EXPECT_GT(race.changes(), static_cast<std::size_t>(steps / 2000)) << "the walk must see many states";
  EXPECT_GT(totals.lost, 10U);
  EXPECT_GT(totals.late, 100U);
}

}  // namespace breaker_model_test
}  // namespace test
