// Where the cases of the tests are.
#pragma once
#include <cstdlib>
#include <filesystem>

namespace conformance {

/// The payloads of our own, written by hand from the exchanges' documentation.
inline std::filesystem::path own_folder() { return CONFORMANCE_OWN_FOLDER; }

/// $PERPWATCH_FIXTURES, else shared/fixtures beside the source tree. May not exist.
inline std::filesystem::path recorded_folder() {
  const char* set = std::getenv("PERPWATCH_FIXTURES");  // NOLINT(concurrency-mt-unsafe): one thread
  return set != nullptr ? set : CONFORMANCE_RECORDED_FOLDER;
}

/// What the recorded folder held when this was written: how many cases a skip leaves out.
inline constexpr int recorded_cases = 129;

}  // namespace conformance
