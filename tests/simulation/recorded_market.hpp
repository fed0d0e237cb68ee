// Markets read from recordings, at their own times: 1 m candles, settled funding rates, forced orders.
#pragma once
#include <filesystem>
#include <functional>

#include "tests/simulation/market.hpp"

namespace simulation {

/// Files named SYMBOL-…csv.xz with time_ms, open, high, low, close, quote_volume, trades, taker_buy_quote.
class RecordedCandles final : public Market {
 public:
  explicit RecordedCandles(const std::vector<std::filesystem::path>& files);
  [[nodiscard]] const std::vector<Contract>& contracts() const override { return contracts_; }
  [[nodiscard]] std::optional<Bar> bar(std::size_t contract, Ms opens_at) const override;
  [[nodiscard]] double last_price(std::size_t contract, Ms now) const override;
  [[nodiscard]] double turnover_24h(std::size_t contract, Ms now) const override;
  [[nodiscard]] Ms begin() const { return begin_; }  ///< of the latest that begins
  [[nodiscard]] Ms end() const { return end_; }      ///< of the first that ends
  [[nodiscard]] std::optional<std::size_t> find(const std::string& symbol) const;

 private:
  struct Series {
    Ms first{};
    std::vector<std::optional<Bar>> bars;
  };
  std::vector<Contract> contracts_;
  std::vector<Series> series_;
  Ms begin_{}, end_{};
};

/// time_ms, symbol, funding_rate. A contract is listed from its first settlement on. Between two settlements the
/// running rate is the one that will be settled: the recording says nothing else, and the exchange's estimate ends
/// there.
class RecordedFunding final : public Market {
 public:
  using Wanted = std::function<bool(const std::string& symbol)>;
  explicit RecordedFunding(const std::filesystem::path& file, const Wanted& wanted = {});
  [[nodiscard]] const std::vector<Contract>& contracts() const override { return contracts_; }
  [[nodiscard]] std::optional<Running> running(std::size_t contract, Ms now) const override;
  [[nodiscard]] std::vector<Settlement> settlements(std::size_t contract, Ms from, Ms to) const override;
  [[nodiscard]] const std::vector<Settlement>& all(std::size_t contract) const { return settled_[contract]; }
  [[nodiscard]] std::optional<std::size_t> find(const std::string& symbol) const;
  [[nodiscard]] Ms begin() const { return begin_; }
  [[nodiscard]] Ms end() const { return end_; }
  /// Hours between this settlement and the one before, as intervals in use go.
  [[nodiscard]] int interval_hours(std::size_t contract, std::size_t settlement) const;

 private:
  std::vector<Contract> contracts_;
  std::vector<std::vector<Settlement>> settled_;
  Ms begin_{}, end_{};
};

/// time_ms, session, symbol, side, avg_price, filled_qty: one session of a recorded !forceOrder@arr.
class RecordedForced final : public Market {
 public:
  RecordedForced(const std::filesystem::path& file, const std::string& session);
  [[nodiscard]] const std::vector<Contract>& contracts() const override { return contracts_; }
  [[nodiscard]] const std::vector<ForcedOrder>& forced_orders() const override { return orders_; }
  [[nodiscard]] double last_price(std::size_t contract, Ms now) const override;
  [[nodiscard]] Ms begin() const { return orders_.front().at; }
  [[nodiscard]] Ms end() const { return orders_.back().at; }

 private:
  std::vector<Contract> contracts_;  ///< of all sessions
  std::vector<ForcedOrder> orders_;
};

/// The recorded files of one kind, sorted: "klines_1m_um", "2023-02".
[[nodiscard]] std::vector<std::filesystem::path> recorded_files(const std::string& folder, const std::string& part);

}  // namespace simulation
