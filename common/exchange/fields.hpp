// Fields that several exchanges spell alike.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "common/exchange/envelope.hpp"

namespace exchange {

/// 0 is no price but the lack of one.
[[nodiscard]] inline std::optional<double> price_of(Row& row, Value value) { return row.price(value); }
/// "buy", "sell", in small or capital letters; nullopt for anything else.
[[nodiscard]] std::optional<market::TakerSide> taker_side(std::string_view word);
/// [[price, size], …], best first.
void read_levels(Row& row, Value levels, std::vector<market::Depth::Level>& into);
/// The time from one settlement to the next, up to a day; nullopt where it is none.
[[nodiscard]] std::optional<std::chrono::minutes> interval_between(const std::optional<base::WallTime>& settlement,
                                                                   const std::optional<base::WallTime>& next);

}  // namespace exchange
