#include "bots/volume/score.hpp"

#include <charconv>
#include <fstream>
#include <iostream>

#include "bots/volume/anomaly.hpp"
#include "common/app/exit_codes.hpp"
#include "common/base/text.hpp"

namespace volume {

namespace {

template <class T>
bool read(std::string_view text, T& value) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

int score_rows(std::istream& in, const std::string& place, std::ostream& out, std::ostream& errors) {
  Anomaly anomaly;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string_view text = line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) continue;
    const auto first = text.find(','), second = text.find(',', first == text.npos ? first : first + 1);
    std::int64_t seconds{};
    double value{};
    if (second == text.npos || !read(text.substr(first + 1, second - first - 1), seconds) ||
        !read(text.substr(second + 1), value)) {
      errors << place << ':' << number << ": \"" << text << "\" is no row; a row is i,unix_seconds,value\n";
      return app::exit_config;
    }
    out << base::plain_number(anomaly.score(seconds, value)) << '\n';
  }
  out << std::flush;
  return out ? 0 : 1;
}

int score_file(const std::string& file) {
  if (file == "-") return score_rows(std::cin, "standard input", std::cout, std::cerr);
  std::ifstream in(file);
  if (!in) {
    std::cerr << file << ": it cannot be opened; is the path right?\n";
    return app::exit_config;
  }
  return score_rows(in, file, std::cout, std::cerr);
}

}  // namespace volume
