// The volume bot's detector: closed bars in, findings out. One baseline and at most one episode an instrument.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "bots/volume/baseline.hpp"
#include "bots/volume/direction.hpp"
#include "bots/volume/hour_atr.hpp"
#include "bots/volume/message.hpp"
#include "bots/volume/profile.hpp"
#include "bots/volume/settings.hpp"
#include "bots/volume/spike.hpp"
#include "bots/volume/surprise.hpp"
#include "common/desk/finding.hpp"
#include "common/stats/atr.hpp"

namespace volume {

/// At most 5.8 KB an instrument and its strings, half of it the profile: 36 MB for 6,000. A bar costs one median of 120
/// values and at most 24 cells of the profile; the profile is read only when the volume is high.
class Detector final : public desk::Detector {
 public:
  explicit Detector(Settings settings);

  /// Candles of the settings' length are judged and learned from; 1 h candles teach the hour of the week; gaps of
  /// candles end episodes. History is fed the same way: a bar received late only teaches.
  void on_event(const market::Event& event, desk::Findings& out) override;
  void on_time(base::WallTime now, desk::Findings& out) override;
  [[nodiscard]] base::WallTime due() const override;
  /// Goes on with its totals at the next bar that is not late; else it ends.
  void resume(const std::string& key, std::string_view memo, base::WallTime now) override;

  /// Closed bars still needed before this instrument can fire; absent when it was never seen.
  [[nodiscard]] std::optional<std::uint32_t> bars_until_ready(std::string_view exchange, std::string_view symbol) const;

  /// Thresholds from now on; what was learnt and what is open stays.
  void configure(Settings settings) { settings_ = std::move(settings); }

  /// The newest bar that the baseline has learned; absent before the first.
  [[nodiscard]] std::optional<base::WallTime> newest_bar(std::string_view exchange, std::string_view symbol) const;
  /// After which bar to ask the history: the newest one seen, or some bars before what a restored baseline holds, so
  /// that ATR and the sums of bars are whole again.
  [[nodiscard]] std::optional<base::WallTime> resume_after(std::string_view exchange, std::string_view symbol) const;

  /// Have 1 h bars of the past been learned? They are asked for once.
  [[nodiscard]] bool knows_hours(std::string_view exchange, std::string_view symbol) const;

  /// Why this instrument cannot fire yet: "warm-up: 61 of 120 closed bars, …". Empty: it can. Absent: never seen.
  [[nodiscard]] std::optional<std::string> warm_up_words(std::string_view exchange, std::string_view symbol) const;
  /// Of a symbol on every exchange.
  [[nodiscard]] std::vector<desk::Evaluation> last_evaluations(std::string_view symbol) const override;

  /// Baseline, profile, hourly range and surprise as the store keeps them (3 KB, of which the baseline is below 2);
  /// absent when never seen.
  [[nodiscard]] std::optional<std::string> save(std::string_view exchange, std::string_view symbol) const;
  /// Before the first event of the instrument. A bad blob changes nothing.
  [[nodiscard]] base::Result<void> restore(const std::string& exchange, const std::string& symbol,
                                           std::string_view blob);
  void for_each(const std::function<void(const std::string& exchange, const std::string& symbol)>& visit) const;
  [[nodiscard]] std::size_t instruments() const { return states_.size(); }

 private:
  struct Bar {
    base::WallTime opened_at{};
    double volume_usd{}, expected_usd{};
    double taker_buy_usd{-1};  ///< negative: not published
    double open{}, high{}, low{}, close{};
  };
  struct Episode {
    SpikeDetails details;
    desk::Direction direction{};  ///< it opened with
  };
  /// The newest bars of a window together.
  struct Sum {
    double volume_usd{}, expected_usd{};
    double excess{};  ///< ln((1 + volume) / (1 + expected)): what judging and learning both take
    double taker_buy_usd{};
    bool taker_known{true};
  };
  using Sums = std::array<Sum, window_bars.size()>;  ///< of those that `run` fills
  struct Judged {
    Measure measure;
    Decision decision;
  };
  struct Looked {
    base::WallTime at{};
    Judged judged;
    bool late{};
  };
  struct State {
    Baseline baseline;
    stats::Atr atr{30};
    Surprise surprise;
    Profile profile;
    HourAtr hour_atr;
    std::optional<Looked> looked;
    double strength{};                             ///< of the newest bar
    std::array<Bar, window_bars.back()> recent{};  ///< newest last; only the last `run` follow each other
    std::uint32_t run{};
    base::WallTime last_opened_at{base::WallTime::min()};
    std::optional<Episode> episode;
  };
  static_assert(sizeof(State) <= 6'016, "what 6,000 instruments can afford: 36 MB");
  using Key = std::pair<std::string, std::string>;  ///< exchange, symbol
  struct KeyOrder {
    using is_transparent = void;  ///< a bar is looked up by what it holds
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return std::tie(a.first, a.second) < std::tie(b.first, b.second);
    }
  };
  using States = std::map<Key, State, KeyOrder>;

  void on_candle(const market::Candle& candle, desk::Findings& out);
  void on_gap(const market::Gap& gap, desk::Findings& out);
  void judge(const Key& key, State& state, const market::Candle& candle, double volume_usd, desk::Findings& out);
  void say(const Key& key, State& state, const market::Candle& candle, const Sums& sums, desk::Findings& out);
  [[nodiscard]] static Sums sums_of(const State& state);
  [[nodiscard]] static std::optional<Judged> strongest(const State& state, const Sums& sums,
                                                       const Thresholds& thresholds);
  [[nodiscard]] static stats::Spread spread_of(const State& state, std::size_t window);  ///< of its excess
  [[nodiscard]] static Measure measure(const State& state, std::size_t window, const Sum& sum, double z);
  void open_or_continue(const Key& key, State& state, const Judged& judged, desk::Finding finding, desk::Findings& out);
  void close(const Key& key, State& state, base::WallTime at, std::string note, desk::Findings& out);
  void learn(State& state, const market::Candle& candle, double expected, const Sums& sums) const;
  void add_setup(const Key& key, const State& state, const SpikeDetails& details, desk::Finding& finding) const;
  [[nodiscard]] std::string warm_up_words(const State& state) const;
  [[nodiscard]] static desk::Finding candidate_of(const Key& key, base::WallTime at);
  static void name(const Key& key, desk::Finding& finding);  ///< as a signal is told apart: nine of ten bars need none
  /// nullptr: as many contracts as there is memory for are known.
  [[nodiscard]] States::value_type* state_of(std::string_view exchange, std::string_view symbol);

  Settings settings_;
  States states_;
  std::set<Key> open_;  ///< those with an episode
};

}  // namespace volume
