// Events as records in the words of the fixtures.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/exchange/exchange.hpp"

namespace conformance {

[[nodiscard]] bool is_known_kind(std::string_view kind);

/// The records of a kind ("funding", "klines", …). A record also carries what the payload says of the same
/// contract in events of other kinds: a ticker its funding and open interest, an open interest its volumes.
[[nodiscard]] std::vector<nlohmann::json> records_of(std::string_view kind, const exchange::Exchange& exchange,
                                                     const market::Universe& universe, const market::Events& events,
                                                     const std::vector<market::Instrument>& instruments);
[[nodiscard]] nlohmann::json record_of(const market::Verdict& verdict);

}  // namespace conformance
