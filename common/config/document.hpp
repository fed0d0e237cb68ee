// The settings of one program: TOML files in layers, then the environment; the later wins.
//
// The environment's spelling: PERPWATCH_<SECTION>__<KEY>=value, two underscores between levels, upper case:
// PERPWATCH_HEARTBEAT__EVERY=15m, PERPWATCH_EXCHANGE__BINANCE__ENABLED=false. A list is written with commas. A name
// that no file has is taken in lower case, so symbols and other free names must stand in a file first. A PERPWATCH_
// variable without "__" is no setting; it is named in warnings().
//
// Use: load, let each room bind its sections, then ask problems(): everything wrong at once, keys that nobody asked for
// included. A document with problems must not be used.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/environment.hpp"
#include "common/config/problem.hpp"
#include "common/config/section.hpp"

namespace config {

struct SourceText {
  std::string name;  ///< as problems shall name it
  std::string text;
};

class Document {
 public:
  /// Never fails as a whole: what cannot be read or parsed is one of problems().
  [[nodiscard]] static Document load(const std::vector<std::filesystem::path>& files, const Environment& environment);
  [[nodiscard]] static Document parse(const std::vector<SourceText>& layers, const Environment& environment);

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document();

  /// A top-level section: "heartbeat". Absent from all layers, it reads as empty. Valid as long as the document.
  [[nodiscard]] Section section(std::string_view name);

  /// Sorted by place; empty: the settings may be used. Ask after the last room has bound its sections.
  [[nodiscard]] Problems problems() const;
  [[nodiscard]] const std::vector<std::string>& warnings() const;

  /// Every key that a room has read, with its value in force, as TOML that loads again to the same values; above each
  /// key its words, its range and where the value came from.
  [[nodiscard]] std::string effective() const;
  /// 16 hexadecimal digits over the values in force of one section and those below it; "" means all. Signals carry it.
  [[nodiscard]] std::string fingerprint(std::string_view section = {}) const;

 private:
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace config
