// An exchange's contracts with what they turn over in a day, as bytes for the store: an exchange that is down when a
// bot starts does not leave it blind, for streams may well be up.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/market/instrument.hpp"

namespace feed {

struct ContractList {
  static constexpr std::size_t contracts_max = 5'000;

  std::vector<market::Instrument> contracts;  ///< by the names of their coins: what prices say is found out again
  std::map<std::string, double, std::less<>> turnover_usd;  ///< of 24 h, where it is known
};
/// About 100 bytes a contract; those after the first contracts_max are left out.
[[nodiscard]] std::string encoded(const ContractList& list);
/// nullopt: damaged, or written by another version.
[[nodiscard]] std::optional<ContractList> decoded_list(std::string_view bytes);

}  // namespace feed
