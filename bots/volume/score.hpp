// `volume_bot score FILE`: rows `i,unix_seconds,value` in, one anomaly score in [0, 1] a line out, as they come.
#pragma once
#include <iosfwd>
#include <string>

namespace volume {

/// Reads rows until the end. Exit code 0; 78, naming the line, when one is no row.
[[nodiscard]] int score_rows(std::istream& in, const std::string& place, std::ostream& out, std::ostream& errors);
/// The command; "-": standard input.
[[nodiscard]] int score_file(const std::string& file);

}  // namespace volume
