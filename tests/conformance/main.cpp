// conformance DIR: reads recorded payloads with their expected values and says what our decoders make of them.
// Exit codes: 0, 1 when an exchange falls below the bar, 2 for a folder that cannot be read.
#include <exception>
#include <iostream>

#include "tests/conformance/report.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: conformance DIR\n";
    return 2;
  }
  try {
    const auto report = conformance::score(conformance::load_cases(argv[1]));
    conformance::print(std::cout, report);
    return conformance::below_the_bar(report) ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "conformance: " << error.what() << '\n';
    return 2;
  }
}
