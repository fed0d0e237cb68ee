// Recorded tables: FILE.csv.xz with a line of column names. Read through xz, which every Debian has.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

/// One row; a column is asked by its place, which Table::column() tells.
using Row = std::vector<std::string_view>;

class Table {
 public:
  /// Throws std::runtime_error: no such file, or xz fails.
  explicit Table(const std::filesystem::path& file);
  [[nodiscard]] std::size_t column(std::string_view name) const;  ///< throws when there is none
  void for_each(const std::function<void(const Row&)>& visit) const;

  [[nodiscard]] static double number(std::string_view text);
  [[nodiscard]] static std::int64_t integer(std::string_view text);

 private:
  std::string name_, text_;
  std::vector<std::string> columns_;
  std::size_t body_{};
};

/// $PERPWATCH_DATA, else shared/data beside the source tree. May not exist.
[[nodiscard]] std::filesystem::path data_folder();

}  // namespace simulation
