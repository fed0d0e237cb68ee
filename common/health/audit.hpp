// Does what a feed says agree with what else is known of the market? A decoder that reads a side, a size or a time
// wrong yields numbers that look like any other; here they are held against volume, price, open interest and each
// other. Pure; bounded. What cannot be held against anything is counted as not checked.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/health/moment.hpp"
#include "common/health/price_doubts.hpp"
#include "common/market/event.hpp"

namespace health {

enum class Check : std::uint8_t {
  volume,         ///< one liquidation above its contract's whole volume of 24 h
  price,          ///< more than 20 % from all the contract's own prices of that minute and the one before
  side,           ///< sides that run against the price, by a sign test
  size,           ///< a hundred times larger or smaller than the others' of the same assets
  open_interest,  ///< a sum far above the fall of open interest
  time,           ///< 1970, the future, yesterday
};
inline constexpr std::size_t check_count = 6;
[[nodiscard]] std::string_view to_string(Check check);  ///< "open interest"

struct AuditVerdict {
  Check check{};
  std::string why;  ///< with the numbers
  base::WallTime since{};
};

struct CheckView {
  Check check{};
  std::uint64_t looked_at{}, violations{};
  std::uint64_t not_checked{};  ///< for want of something to hold it against
};

/// At most one vote a minute: orders of one minute hang together.
class SignTest {
 public:
  void vote(bool agrees, std::int64_t minute);
  [[nodiscard]] int votes() const { return count_; }
  [[nodiscard]] int against() const;
  /// The chance that sides which tell nothing disagree so often; 1 before votes_min.
  [[nodiscard]] double p_value() const { return p_value_; }
  static constexpr int votes_max = 64, votes_min = 30;

 private:
  void close_minute();
  std::uint64_t bits_{};  ///< 1: against
  int count_{}, balance_{};
  std::int64_t minute_{-1};
  double p_value_{1};
};

class Audit {
 public:
  void on_ticker(const market::Ticker& ticker, Moment now);
  void on_candle(const market::Candle& candle, Moment now);
  void on_open_interest(const market::OpenInterest& interest, Moment now);
  void on_liquidation(const market::Liquidation& event, std::string_view asset, Moment now);

  /// Why this exchange's liquidations are not believed; nullopt: they are.
  [[nodiscard]] std::optional<AuditVerdict> verdict(std::string_view exchange) const;
  [[nodiscard]] std::vector<CheckView> views(std::string_view exchange) const;

  static constexpr double price_off_max = 0.20;
  static constexpr double size_ratio_max = 100;
  static constexpr double p_value_max = 1e-6;
  static constexpr int violations_min = 3;  ///< of the last 20 events
  static constexpr int clean_min = 50;      ///< events without a violation end a quarantine
  static constexpr base::Millis ahead_max{120'000}, behind_max{86'400'000};
  static constexpr base::Millis price_fresh{180'000}, volume_fresh{7'500'000};
  static constexpr std::size_t contracts_max = 10'000, assets_max = 64;

 private:
  struct Contract {
    float volume{}, price{}, before{}, open{};  ///< before: the open of the minute before the last one
    float interest{}, liquidated{};             ///< base units: at the start of the window, and since
    std::uint32_t volume_second{}, price_second{}, interest_second{};
    std::int64_t minute{};  ///< of the bar that `open` is of
  };
  struct Record {
    std::uint32_t recent{};  ///< bits of the last 20: violations
    std::uint64_t looked_at{}, violations{}, not_checked{};
    int clean{};
    std::optional<AuditVerdict> verdict;
  };
  struct Exchange {
    std::array<Record, check_count> records;
    SignTest sides;
    std::array<float, 31> ratios{};  ///< logarithms: its events over what the others' are
    std::size_t ratio_count{};
  };
  struct Asset {
    struct Size {
      float mean{};  ///< of the logarithms of USD
      std::uint16_t count{};
    };
    std::map<std::string, Size, std::less<>> by;
    std::uint32_t second{};
  };
  [[nodiscard]] Contract* contract(const std::string& exchange, const std::string& symbol, bool make);
  Exchange& exchange(const std::string& name) { return exchanges_[name]; }
  void note(Exchange& feed, Check check, bool violated, const std::string& why, Moment now);
  void skip(Exchange& feed, Check check);
  void judge(Exchange& feed, Check check, bool bad, const std::string& why, Moment now);
  void check_time(Exchange& feed, const market::Liquidation& event, Moment now);
  void check_price(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now);
  void settle_price(const std::string& exchange_name, const std::string& symbol, double low, double high,
                    std::int64_t through, Moment now);
  void check_volume(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now);
  void check_side(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now);
  void check_size(Exchange& feed, const market::Liquidation& event, std::string_view asset, Moment now);

  std::map<std::string, Exchange, std::less<>> exchanges_;
  std::unordered_map<std::uint64_t, Contract> contracts_;
  PriceDoubts far_orders_{price_off_max};
  std::map<std::string, Asset, std::less<>> assets_;
};

}  // namespace health
