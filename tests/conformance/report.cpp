#include "tests/conformance/report.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "tests/conformance/actual.hpp"
#include "tests/conformance/compare.hpp"

namespace conformance {

namespace {

constexpr double bar = 0.95;

std::string counts(const Score& score) {
  return std::to_string(score.passed) + " passed, " + std::to_string(score.failed) + " failed, " +
         std::to_string(score.no_decoder) + " without decoder";
}

void print_list(std::ostream& out, const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out << title << '\n';
  for (const auto& line : lines) out << "  " << line << '\n';
}

}  // namespace

Report score(const std::vector<Case>& cases) {
  Report report;
  for (const auto& item : cases) {
    Score unused;
    Score& cell = item.apart ? unused : report.cells[{item.exchange, item.kind}];
    Score& total = item.apart ? report.apart : report.total;
    const std::string remark = item.apart ? " (counted apart)" : "";
    const auto actual = decode_case(item);
    if (!actual) {
      ++cell.no_decoder;
      ++total.no_decoder;
      report.no_decoder.push_back(item.name + remark);
      continue;
    }
    const auto difference = first_difference(item.expected, *actual);
    if (difference.empty()) {
      ++cell.passed;
      ++total.passed;
      continue;
    }
    ++cell.failed;
    ++total.failed;
    report.failures.push_back(item.name + remark + ": " + difference);
  }
  return report;
}

void print(std::ostream& out, const Report& report) {
  constexpr int exchange_width = 13;
  constexpr int kind_width = 18;
  constexpr int number_width = 12;
  out << std::left << std::setw(exchange_width) << "exchange" << std::setw(kind_width) << "kind" << std::right
      << std::setw(number_width) << "passed" << std::setw(number_width) << "failed" << std::setw(number_width)
      << "no decoder" << '\n';
  for (const auto& [key, cell] : report.cells) {
    out << std::left << std::setw(exchange_width) << key.first << std::setw(kind_width) << key.second << std::right
        << std::setw(number_width) << cell.passed << std::setw(number_width) << cell.failed << std::setw(number_width)
        << cell.no_decoder << '\n';
  }
  print_list(out, "failed:", report.failures);
  print_list(out, "without decoder:", report.no_decoder);
  out << "counted apart (quoted by the recorder, or of an API that is gone): " << counts(report.apart) << '\n';
  out << counts(report.total) << '\n';
}

bool below_the_bar(const Report& report) {
  std::map<std::string, Score> by_exchange;
  for (const auto& [key, cell] : report.cells) {
    by_exchange[key.first].passed += cell.passed;
    by_exchange[key.first].failed += cell.failed;
    // What nobody decodes has not passed either, unless it is of an exchange that Perpwatch does not know.
    if (describe_exchange(key.first)) by_exchange[key.first].failed += cell.no_decoder;
  }
  return std::any_of(by_exchange.begin(), by_exchange.end(), [](const auto& line) {
    const auto& [passed, failed, none] = line.second;
    return passed < bar * (passed + failed);
  });
}

}  // namespace conformance
