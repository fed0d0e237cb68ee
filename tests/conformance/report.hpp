// A folder of cases, scored.
#pragma once
#include <iosfwd>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/case.hpp"

namespace conformance {

struct Score {
  int passed{}, failed{}, no_decoder{};
};

struct Report {
  std::map<std::pair<std::string, std::string>, Score> cells;  ///< exchange and kind
  Score total, apart;
  std::vector<std::string> failures;    ///< "binance/funding.3: record 0: …"
  std::vector<std::string> no_decoder;  ///< names
};

[[nodiscard]] Report score(const std::vector<Case>& cases);
void print(std::ostream& out, const Report& report);

/// Fewer than 95 % of the cases that have a decoder pass, for some exchange. Cases counted apart do not matter.
[[nodiscard]] bool below_the_bar(const Report& report);

}  // namespace conformance
