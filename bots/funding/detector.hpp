// The funding bot's detector: running and settled rates in, findings out.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bots/funding/contract.hpp"
#include "bots/funding/extreme.hpp"
#include "bots/funding/flip.hpp"
#include "bots/funding/message.hpp"
#include "bots/funding/settings.hpp"
#include "bots/funding/spread.hpp"
#include "common/desk/finding.hpp"
#include "common/market/event.hpp"
#include "common/market/instrument.hpp"

namespace funding {

/// The instrument of an exchange's spelling; nullptr when it is not listed.
using Resolve = std::function<const market::Instrument*(const std::string& exchange, const std::string& symbol)>;

/// 16 bytes a settlement of 30 days: 1.4 KB a contract at 8 h, 12 KB at 1 h; 36 MB measured for 6,000 with a full
/// month, a fifth of them hourly. A running rate costs a look-up and one insertion into its exchange's ranking.
class Detector final : public desk::Detector {
 public:
  /// Without `resolve`, contracts are compared whose symbols are the same.
  explicit Detector(Settings settings, Resolve resolve = {});

  /// Funding, and open interest for the spreads. History is fed the same way (`settled`), in any order; what was
  /// settled long before it was received only teaches. An event without a rate may still state the interval.
  void on_event(const market::Event& event, desk::Findings& out) override;
  /// Contracts not heard of for a quarter of an hour leave their exchange's ranking; those that only settlements are
  /// told of, as in a table, after two intervals. Spreads are judged once a minute,
  /// in mode threshold once an hour, some seconds after it was struck: settlements are stamped a little late.
  void on_time(base::WallTime now, desk::Findings& out) override;
  [[nodiscard]] base::WallTime due() const override;

  /// Thresholds from now on; contracts known already keep their span of history.
  void configure(Settings settings) { settings_ = std::move(settings); }

  /// Settled rates known of this contract: how far its warm-up is.
  [[nodiscard]] std::size_t settlements(const std::string& exchange, const std::string& symbol) const;
  [[nodiscard]] std::size_t contracts() const { return contracts_.size(); }

  /// The settled rates, as the store keeps them; absent for a contract without any.
  [[nodiscard]] std::optional<std::string> save(const std::string& exchange, const std::string& symbol) const;
  /// Before the first event of the contract. A bad blob changes nothing.
  [[nodiscard]] base::Result<void> restore(const std::string& exchange, const std::string& symbol,
                                           std::string_view blob);
  /// What may not be said again yet, of every contract and, with an empty exchange, asset of which something was said.
  using Memory = std::map<std::pair<std::string, std::string>, Said>;
  [[nodiscard]] Memory said() const;
  /// Before the first event.
  void restore_said(const std::string& exchange, const std::string& symbol, const Said& said);
  [[nodiscard]] std::vector<desk::Evaluation> last_evaluations(std::string_view symbol) const override;
  [[nodiscard]] std::optional<base::WallTime> newest_settlement(const std::string& exchange,
                                                                const std::string& symbol) const;
  void for_each(const std::function<void(const std::string& exchange, const std::string& symbol)>& visit) const;

 private:
  struct Exchange {
    Ranking ranking;
    bool complete{};  ///< a contract came round a second time: all were heard once
  };
  using Key = std::pair<std::string, std::string>;  ///< exchange, symbol

  void on_running(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out);
  void on_settled(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out);
  void judge_extreme(const Key& key, Contract& contract, const market::Funding& event, std::chrono::minutes interval,
                     desk::Findings& out);
  void judge_flip(const Key& key, Contract& contract, const market::Funding& event, std::chrono::minutes interval,
                  desk::Findings& out);
  static void learn_interval(Contract& contract, const market::Funding& event);
  [[nodiscard]] bool is_stale(const market::Funding& event) const;
  void tell_stale(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out);
  void tell_interval(const Key& key, const market::Funding& event, std::chrono::minutes before,
                     std::chrono::minutes now, desk::Findings& out) const;
  void judge_limit(const Key& key, Contract& contract, const market::Funding& event, std::chrono::minutes interval,
                   desk::Findings& out) const;
  void judge_calm(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out) const;
  [[nodiscard]] RateDetails rate_details(const market::Funding& event, std::chrono::minutes interval) const;
  void evaluations_of(const Key& key, const Contract& contract, std::vector<desk::Evaluation>& out) const;
  void hear_spread(const Key& key, const market::Funding& event, std::chrono::minutes interval);
  [[nodiscard]] base::Millis compare_every() const;
  void judge_spreads(base::WallTime now, desk::Findings& out);
  [[nodiscard]] std::string asset_of(const std::string& exchange, const std::string& symbol) const;
  void rank(const std::string& exchange, Contract& contract, double size, base::WallTime at, base::Millis counts_for);
  void unrank(const std::string& exchange, Contract& contract);
  [[nodiscard]] desk::Finding finding_of(const Key& key, const std::string& kind, const market::Funding& event) const;

  Settings settings_;
  Resolve resolve_;
  std::map<Key, Contract> contracts_;
  std::map<std::string, Exchange> exchanges_;
  std::map<std::string, AssetRates> assets_;
  base::WallTime swept_at_{}, compared_at_{};
};

}  // namespace funding
