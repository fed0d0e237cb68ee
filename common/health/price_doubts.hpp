// Orders far from the last known price. In a crash a coin loses half between two bars, and what the last one said is no
// measure of the orders after it: such an order waits for the prices of its own minute. Pure; bounded.
#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace health {

class PriceDoubts {
 public:
  struct Settled {
    int orders{};
    bool checked{};  ///< false: no price came in time
    bool bad{};      ///< further from all prices of that time than they may be
    float price{};   ///< of the order that was furthest, if bad
    float low{}, high{};
  };

  /// `off_max`: a share, of how far an order may be from the prices that were seen.
  explicit PriceDoubts(double off_max) : off_max_(off_max) {}

  /// Keeps an order. False: it is left unchecked, because orders of another minute of this contract wait, or too many
  /// contracts. `minute`: of the wall clock.
  [[nodiscard]] bool keep(std::uint64_t contract, double price, double known_price, std::int64_t minute);
  /// Prices of a contract. `through`: the last minute all of whose prices were heard; its orders come out, once.
  [[nodiscard]] std::optional<Settled> hear(std::uint64_t contract, double low, double high, std::int64_t through,
                                            std::int64_t minute);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }

  static constexpr std::int64_t minutes_max = 3;  ///< a price that comes later says nothing
  static constexpr std::size_t contracts_max = 256;

 private:
  struct Waiting {
    std::int64_t minute{};
    int orders{};
    float low{}, high{};            ///< of the orders
    float seen_low{}, seen_high{};  ///< of the prices, with the one before
  };
  double off_max_;
  std::unordered_map<std::uint64_t, Waiting> waiting_;
};

}  // namespace health
