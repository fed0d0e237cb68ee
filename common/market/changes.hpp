// What became different between two lists of an exchange's contracts.
#pragma once
#include <string>
#include <vector>

#include "common/market/instrument.hpp"

namespace market {

struct ContractChange {
  enum class Kind : std::uint8_t {
    listed,      ///< new in the list, or after the pre-launch: trades now
    gone,        ///< delisted, or no longer in the list
    halted,      ///< still listed, does not trade
    resumed,     ///< trades again
    multiplier,  ///< another contract size: sizes in contracts mean something else from now on
    tick,        ///< another price step
    interval,    ///< another funding interval
    other_coin,  ///< its price says that it is not the coin of its name: counts as another asset (AssetPrices)
    same_coin,   ///< its price agrees again
  };
  Kind kind{};
  std::string symbol;
  std::string before, after;  ///< of what changed, for people: "8 h", "4 h"; empty where there is nothing to say
};
[[nodiscard]] std::string_view to_string(ContractChange::Kind kind);  ///< "listed"

/// By symbol, then kind. Contracts that were announced and do not trade yet are no news. What only one of the two lists
/// states is no change.
[[nodiscard]] std::vector<ContractChange> changes(const Universe& before, const Universe& after);

}  // namespace market
