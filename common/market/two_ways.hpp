// Forced orders that an exchange tells twice: pushed at once with a sign that nobody explains, polled some seconds
// later with a side that is known (Gate, EXCHANGES.md 5.4). Each is told once. What the sign means is learned by
// matching the two, since the documents do not say it. Pure.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "common/market/event.hpp"

namespace market {

class TwoWays {
 public:
  static constexpr std::size_t matches_min = 8;   ///< by chance all the same: under 1 %
  static constexpr std::size_t matches_max = 40;  ///< the newest count: what an exchange changes is learned anew
  static constexpr base::Millis same_time{2'000};
  static constexpr base::Millis remembered{std::chrono::hours{1}};  ///< no poll looks back further
  static constexpr base::Millis polls_alive{60'000};
  static constexpr std::size_t per_contract_max = 1'000;  ///< remembered: each one that comes is held against them

  /// Once the sign is learned they are told at once, with their side. Until then the polls tell them: what is pushed
  /// only teaches and is taken out of `events`; while no poll is answered it is told without a side.
  void pushed(Events& events, base::WallTime received);
  /// Of an answered poll, also of an empty one; each event is passed once. What was pushed and told is taken out.
  void polled(Events& events, base::WallTime received);
  /// The side of a size above 0; nullopt: not learned, or not one and the same.
  [[nodiscard]] std::optional<PositionSide> positive_is() const;

 private:
  struct Heard {
    base::WallTime at{};
    double quantity{};
    std::optional<double> order_quantity;
    int sign{};  ///< of one that was pushed
    std::optional<PositionSide> side;
    bool told{}, paired{};
  };
  using All = std::map<std::string, std::deque<Heard>, std::less<>>;  ///< by symbol
  [[nodiscard]] Heard* partner(All& among, const Liquidation& one, bool same_size) const;
  void remember(All& among, const Liquidation& one, bool told, bool paired);
  void learn(const Liquidation& one);
  [[nodiscard]] bool tell_pushed(Liquidation& one, base::WallTime received);
  [[nodiscard]] bool tell_polled(const Liquidation& one);

  All pushed_, polled_;
  std::deque<bool> positive_was_long_;
  std::optional<base::WallTime> answered_;
};

}  // namespace market
