// What our decoders make of a case, in the words of the expected records.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/exchange/exchange.hpp"
#include "tests/conformance/case.hpp"

namespace conformance {

struct Actual {
  std::vector<nlohmann::json> records;
  std::string error;     ///< the decoder's refusal
  std::string disorder;  ///< what is not oldest first, where it must be
};

/// A description with addresses of no meaning: enough to decode. nullptr: unknown exchange.
[[nodiscard]] std::unique_ptr<exchange::Exchange> describe_exchange(const std::string& name);
[[nodiscard]] exchange::Settings test_settings();

/// The contracts whose sizes a case tells ("context.contract_multipliers": "1000 IOST", "100 USD", 0.0001).
[[nodiscard]] market::Universe universe_of(const Case& item, const exchange::Exchange& exchange);

/// The Ask whose answer a REST case is; nullopt: an endpoint that no decoder knows.
[[nodiscard]] std::optional<exchange::Ask> ask_of(const Case& item, const exchange::Exchange& exchange);

/// nullopt: without decoder.
[[nodiscard]] std::optional<Actual> decode_case(const Case& item);

/// "1m", "60", "Min1", "1H", "D": 0 for what is no fixed length (a month) or unknown.
[[nodiscard]] base::Millis interval_length(const std::string& words);

}  // namespace conformance
