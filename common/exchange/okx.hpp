// OKX v5 swaps (EXCHANGES.md 4). Sizes count contracts. Its endpoints and limits are named below /api/v5:
// "public/funding-rate". Stream doors: "public" (liquidations) and "business" (candles).
#pragma once
#include "common/exchange/exchange.hpp"

namespace exchange {

class Okx final : public Exchange {
 public:
  explicit Okx(Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] const Traits& traits() const override;
  [[nodiscard]] std::vector<Ask> asks(Topic topic, const Want& want) const override;
  [[nodiscard]] base::Result<Reply> decode(const Ask& ask, std::string_view body, const market::Universe& universe,
                                           base::WallTime received_at) const override;
  [[nodiscard]] market::Verdict judge(const net::Response& response, base::WallTime received_at) const override;
  [[nodiscard]] std::vector<StreamPlan> streams(Topic topic,
                                                std::span<const market::Instrument* const> instruments) const override;
  [[nodiscard]] std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id,
                                           base::WallTime now) const override;
  [[nodiscard]] base::Result<Frame> decode_frame(std::string_view payload, const market::Universe& universe,
                                                 base::WallTime received_at) const override;
  [[nodiscard]] std::optional<market::Instrument> describe(std::string_view symbol) const override;
  [[nodiscard]] std::string link(std::string_view symbol) const override;

 private:
  Settings settings_;
};

}  // namespace exchange
