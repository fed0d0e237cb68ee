// Binance USD-M futures (EXCHANGES.md 2). COIN-M rows, which its all-market streams mix in, are read as what they are:
// inverse contracts whose sizes count contracts.
// Limits it names: "weight", "fapi/v1/fundingRate" (shared with fundingInfo), "futures/data/openInterestHist".
// Stream door: "market".
// Exchanges that speak Binance's language share what is below, with what they do otherwise as data.
#pragma once
#include "common/exchange/described.hpp"

namespace exchange::binance {

extern const Description description;

/// In what an exchange of this family differs.
struct Dialect {
  std::string_view name;  ///< of the exchange
  std::string_view path;  ///< before "premiumIndex" and the like: "fapi/v1/"
  std::int64_t premium_weight{};
  std::int64_t trades_weight{};
  /// The limit that counts settled rates and funding intervals; empty: they weigh 1 like the rest.
  std::string_view funding_limit{};
  bool open_interest{};               ///< it has an address for open interest
  std::size_t candle_channels_max{};  ///< on one socket
  bool coin_margined{};               ///< "BTCUSD_PERP" and dated contracts are among its symbols
  std::span<const std::string_view> quotes;
};

inline constexpr int kline_rows_max = 1'500;

[[nodiscard]] std::vector<Ask> asks(const Dialect& dialect, const Settings& settings, Topic topic, const Want& want);
[[nodiscard]] market::Verdict judge(const net::Response& response, base::WallTime received_at);
[[nodiscard]] std::vector<StreamPlan> streams(const Dialect& dialect, const Settings& settings, Topic topic,
                                              std::span<const market::Instrument* const> instruments);
[[nodiscard]] std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id,
                                         base::WallTime now);
[[nodiscard]] Frame read_frame(Value root, const Scope& scope);
[[nodiscard]] std::optional<market::Instrument> describe(const Dialect& dialect, std::string_view symbol);

}  // namespace exchange::binance
