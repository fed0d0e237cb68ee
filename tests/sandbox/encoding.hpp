// What lies between an answer and the wire: gzip, for callers that accept it.
#pragma once
#include "tests/sandbox/types.hpp"

namespace sandbox {

[[nodiscard]] std::string gzipped(const std::string& bytes);

/// Packs an answer's body as real exchanges do; small ones and those that are encoded already stay as they are.
void encode(const Request& request, Response& response);

}  // namespace sandbox
