// The liquidation bot's detector: liquidations of every exchange in, large prints and cascades out.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "bots/liquidation/asset.hpp"
#include "bots/liquidation/coverage.hpp"
#include "bots/liquidation/settings.hpp"
#include "common/desk/finding.hpp"
#include "common/market/instrument.hpp"
#include "common/market/seen.hpp"

namespace liquidation {

/// The instrument of an exchange's spelling; nullptr when it is not listed. Called for every event.
using Resolve = std::function<const market::Instrument*(const std::string& exchange, const std::string& symbol)>;

/// Measured: 450 KB for an asset with 20,000 events in 7 days, 14 KB for one with 60; 41 MB for 20 and 1,980 of them,
/// with the memory of repeats. An event costs O(log n), and O(its exchanges); a tick O(slots of open episodes).
class Detector final : public desk::Detector {
 public:
  Detector(Settings settings, Resolve resolve);

  /// Liquidations, gaps of liquidation feeds, candles and tickers for the price path, open interest, trades and depth:
  /// the sample of an open episode, and of one that has just closed.
  void on_event(const market::Event& event, desk::Findings& out) override;
  /// Ends episodes. Findings of a close carry `now`.
  void on_time(base::WallTime now, desk::Findings& out) override;
  [[nodiscard]] base::WallTime due() const override;
  /// Goes on with its totals; what happened meanwhile is not known, and the message says so.
  void resume(const std::string& key, std::string_view memo, base::WallTime now) override;
  /// Of an asset by its name.
  [[nodiscard]] std::vector<desk::Evaluation> last_evaluations(std::string_view symbol) const override;

  /// Thresholds from now on; open episodes keep the level they opened at.
  void configure(Settings settings) { settings_ = std::move(settings); }

  /// What health says of an exchange's liquidation feed. An exchange is part of the coverage once it was named here or
  /// heard; without a word it counts as live. An episode does not read the silence of a feed that is not live as calm.
  void feed_state(const std::string& exchange, FeedState state) { feeds_.set(exchange, state); }

  /// Sizes and minute sums of 7 days, as the store keeps them; absent when the asset was never seen.
  [[nodiscard]] std::optional<std::string> save(std::string_view asset) const;
  /// Before the first event of the asset. A bad blob changes nothing.
  [[nodiscard]] base::Result<void> restore(const std::string& asset, std::string_view blob);
  void for_each(const std::function<void(const std::string& asset)>& visit) const;

 private:
  struct Counted {
    Print print;
    market::Liquidation event;
    const market::Instrument* instrument{};  ///< may be null
    bool late{};
  };
  using Open = std::pair<std::string, market::PositionSide>;

  void on_liquidation(const market::Liquidation& event, desk::Findings& out);
  void on_gap(const market::Gap& gap);
  void judge_print(const std::string& name, Asset& asset, const Counted& counted, desk::Findings& out) const;
  void judge_cascade(const std::string& name, Asset& asset, const Counted& counted, desk::Findings& out);
  void go_on(const std::string& name, Asset& asset, const CascadeMeasure& measure, const Counted& counted,
             desk::Finding finding, desk::Findings& out);
  void close_if_calm(const Open& open, base::WallTime now, desk::Findings& out);
  void begin_aftermath(const Open& open, Side& side, const Episode& episode, base::WallTime now);
  void judge_reversal(const Open& open, base::WallTime now, desk::Findings& out);
  void sampled(const std::string& name, Asset& asset, const market::Event& event, const market::Instrument& instrument,
               desk::Findings& out);
  [[nodiscard]] bool blind(const Episode& episode) const;
  [[nodiscard]] CascadeDetails details(const std::string& name, const Asset& asset, const Episode& episode,
                                       const CascadeMeasure& measure, base::WallTime now) const;
  [[nodiscard]] Asset* asset_of(const std::string& name);

  Settings settings_;
  Resolve resolve_;
  std::map<std::string, Asset, std::less<>> assets_;
  Feeds feeds_;
  market::Seen seen_;
  std::set<Open> open_;     ///< those with an episode
  std::set<Open> waiting_;  ///< those whose reversal is judged soon
};

}  // namespace liquidation
