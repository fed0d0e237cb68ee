// One recorded payload with the values that a correct client makes of it, as the fixtures' README defines them.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace conformance {

struct Case {
  std::string name;  ///< "binance/funding.3"
  std::string exchange, kind;
  std::string transport;  ///< "rest", "ws"
  std::string endpoint;   ///< "GET https://…", "WS …"
  std::string payload;
  nlohmann::json expected;
  bool apart{};  ///< quoted by the recorder, or of an API that is gone: shown, not scored
};

/// Every "<exchange>/<kind>.<n>.expected.json" below `folder` with its payload, sorted by name.
[[nodiscard]] std::vector<Case> load_cases(const std::filesystem::path& folder);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace conformance
