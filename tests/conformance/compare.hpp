// Expected records against ours.
#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "tests/conformance/actual.hpp"

namespace conformance {

/// "" when every stated field of every expected record is met and no other record was made; else the first difference.
[[nodiscard]] std::string first_difference(const nlohmann::json& expected_case, const Actual& actual);

}  // namespace conformance
