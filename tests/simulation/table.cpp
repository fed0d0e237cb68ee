#include "tests/simulation/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace simulation {

namespace {

std::string unpacked(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw std::runtime_error("no such file: " + file.string());
  const std::string command = "xz -dc -- '" + file.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start xz");
  std::string out;
  std::array<char, 1U << 16U> chunk{};
  for (std::size_t got = 0; (got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) out.append(chunk.data(), got);
  if (::pclose(pipe) != 0) throw std::runtime_error("xz cannot unpack " + file.string());
  return out;
}

void cut(std::string_view line, Row& out) {
  out.clear();
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (;;) {
    const auto comma = line.find(',');
    out.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

Table::Table(const std::filesystem::path& file) : name_(file.filename().string()), text_(unpacked(file)) {
  const auto end = text_.find('\n');
  Row names;
  cut(std::string_view(text_).substr(0, end), names);
  columns_.assign(names.begin(), names.end());
  body_ = end == std::string::npos ? text_.size() : end + 1;
}

std::size_t Table::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) throw std::runtime_error(name_ + " has no column " + std::string(name));
  return static_cast<std::size_t>(found - columns_.begin());
}

void Table::for_each(const std::function<void(const Row&)>& visit) const {
  Row row;
  std::string_view rest = std::string_view(text_).substr(body_);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    cut(rest.substr(0, end), row);
    if (row.size() == columns_.size()) visit(row);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

double Table::number(std::string_view text) {
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{}) throw std::runtime_error("no number: " + std::string(text));
  return out;
}

std::int64_t Table::integer(std::string_view text) {
  std::int64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{}) throw std::runtime_error("no whole number: " + std::string(text));
  return out;
}

std::filesystem::path data_folder() {
  const char* set = std::getenv("PERPWATCH_DATA");  // NOLINT(concurrency-mt-unsafe): one thread
  return set != nullptr ? set : SIMULATION_DATA_FOLDER;
}

}  // namespace simulation
