#include "common/exchange/fields.hpp"

namespace exchange {

std::optional<market::TakerSide> taker_side(std::string_view word) {
  if (word == "buy" || word == "BUY" || word == "Buy") return market::TakerSide::buy;
  if (word == "sell" || word == "SELL" || word == "Sell") return market::TakerSide::sell;
  return std::nullopt;
}

void read_levels(Row& row, Value levels, std::vector<market::Depth::Level>& into) {
  for (const Value level : levels) {
    into.push_back({row.needed_price(level.at(0)), row.needed_amount(level.at(1))});
  }
}

std::optional<std::chrono::minutes> interval_between(const std::optional<base::WallTime>& settlement,
                                                     const std::optional<base::WallTime>& next) {
  if (!settlement || !next || *next <= *settlement || *next - *settlement > std::chrono::hours{24}) {
    return std::nullopt;
  }
  return std::chrono::duration_cast<std::chrono::minutes>(*next - *settlement);
}

}  // namespace exchange
