// Short ways to say what is meant.
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "common/store/database.hpp"
#include "common/store/outbox.hpp"
#include "common/store/schema.hpp"
#include "tests/support/temp_folder.hpp"

namespace test {

inline constexpr base::WallTime start_time = base::from_ms(1'767'225'600'000);  // 2026-01-01 00:00:00 UTC

inline std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

template <class T>
std::string error_text(const base::Result<T>& result) {
  return result ? std::string("no error") : result.error().text();
}

/// The value, or a failed test that says the error.
template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error("unexpected error: " + result.error().text());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

inline std::unique_ptr<store::Database> open_bot(const TempFolder& folder, std::string_view bot = "volume") {
  return must(store::open_bot(folder.path(), bot, start_time)).database;
}

inline store::Draft draft(std::string key, store::Priority priority = store::Priority::signal) {
  store::Draft out;
  out.dedupe_key = std::move(key);
  out.sink = "telegram";
  out.priority = priority;
  out.html = base::Html::text("text of " + out.dedupe_key);
  out.repeatable = priority <= store::Priority::signal;
  return out;
}

}  // namespace test
