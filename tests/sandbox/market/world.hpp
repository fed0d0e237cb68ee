// The market behind all played exchanges: one price path per coin, everything else derived from it, and what a
// scenario lays over it (moves, bursts, liquidations, funding). Given the same seed and times it says the same.
#pragma once
#include <deque>
#include <map>

#include "tests/sandbox/market/contracts.hpp"
#include "tests/sandbox/market/path.hpp"

namespace sandbox {

/// One liquidation, in the words of the position that was closed.
struct Liquidation {
  std::uint64_t sequence{};
  Ms time{};
  const Contract* contract{};
  bool long_closed{};
  double size{};  ///< units of the contract (coins, or thousands of them), not contracts
  double price{};
  Json frame;  ///< a played Binance frame, sent as it stands; null otherwise
};

struct Funding {
  double rate{};          ///< runs towards the next settlement
  Ms next{};              ///< the next settlement
  double settled_rate{};  ///< the one before
  int interval_hours{};
};

struct DayStats {
  double open{}, high{}, low{}, last{};
  double base{}, quote{};
  std::int64_t trades{};
};

class World {
 public:
  World(std::uint64_t seed, Ms start);

  [[nodiscard]] const std::vector<std::unique_ptr<Contract>>& contracts(Venue venue) const;
  /// By symbol, or by coin ("BTC") for the perpetual of that coin; null when there is none.
  [[nodiscard]] Contract* find(Venue venue, const std::string& name) const;
  Contract& add(Venue venue, const std::string& symbol, Ms now, const std::string& like = {});

  [[nodiscard]] double last(const Contract& contract, Ms now) const;
  [[nodiscard]] double mark(const Contract& contract, Ms now) const;
  [[nodiscard]] double index(const Contract& contract, Ms now) const;
  /// The bar that opens at `open_time` as it stands at `now`; none before the listing or outside a recording.
  [[nodiscard]] std::optional<Bar> bar(const Contract& contract, Ms open_time, Ms length, Ms now) const;
  /// Oldest first, the open bar included, at most `limit` newest bars that open within [from, to].
  [[nodiscard]] std::vector<Bar> bars(const Contract& contract, Ms length, Ms from, Ms to, std::size_t limit,
                                      Ms now) const;
  [[nodiscard]] DayStats day_stats(const Contract& contract, Ms now) const;
  [[nodiscard]] double open_interest(const Contract& contract, Ms now) const;  ///< units of the contract, one side

  [[nodiscard]] Funding funding(const Contract& contract, Ms now) const;
  /// Settled rates within [from, to], oldest first.
  [[nodiscard]] std::vector<Settlement> settlements(const Contract& contract, Ms from, Ms to, Ms now) const;
  void settle_due(Ms now);  ///< what a scenario set or moved is paid when its time has come

  void move_price(const std::string& coin, double change, Ms from, Ms to);
  void burst(const Contract& contract, double factor, Ms from, Ms to);  ///< volume of the minutes in [from, to)
  void set_rate(Contract& contract, double rate) { contract.rate_set = rate; }
  void flip(Contract& contract, double rate, Ms at, Ms now);  ///< pays `rate` at `at`, then the schedule goes on

  void liquidate(const Contract& contract, bool long_closed, double size, Ms now, Json frame = nullptr);
  [[nodiscard]] const std::deque<Liquidation>& liquidations() const { return liquidations_; }
  void background(Ms now);  ///< the small liquidations of a quiet market

 private:
  struct Move {
    double change;
    Ms from, to;
  };
  struct Burst {
    double factor;
    Ms from, to;
  };
  struct CachedDay {
    Ms minute{-1};
    DayStats stats;
    std::map<Ms, Bar> hours;  ///< that are over
  };

  [[nodiscard]] double coin_price(std::size_t coin, Ms time) const;
  [[nodiscard]] double basis(const Contract& contract) const;  ///< how far it trades from its coin's price
  [[nodiscard]] double price(const Contract& contract, double basis, Ms now) const;
  [[nodiscard]] Bar minute_bar(const Contract& contract, Ms open_time, Ms now) const;
  [[nodiscard]] Bar merged(const Contract& contract, Ms open_time, Ms length, Ms now) const;
  [[nodiscard]] std::vector<Bar> bars_of_day(const Contract& contract, CachedDay& cached, Ms now) const;
  [[nodiscard]] double minute_quote(const Contract& contract, Ms open_time) const;
  [[nodiscard]] double natural_rate(const Contract& contract, Ms settlement) const;
  [[nodiscard]] Ms next_natural(const Contract& contract, Ms now) const;

  std::uint64_t seed_;
  std::map<Venue, std::vector<std::unique_ptr<Contract>>> contracts_;
  std::map<std::string, std::vector<Move>> moves_;
  std::map<const Contract*, std::vector<Burst>> bursts_;
  std::deque<Liquidation> liquidations_;
  std::uint64_t sequence_{};
  Ms background_until_;
  mutable std::vector<KnownPath> paths_;  ///< a coin each
  mutable std::map<const Contract*, CachedDay> days_;
};

}  // namespace sandbox
