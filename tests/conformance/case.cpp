#include "tests/conformance/case.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace conformance {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".expected.json";

std::string text_of(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Some error bodies are HTML or plain text.
fs::path payload_beside(const fs::path& expected) {
  auto stem = expected.string();
  stem.resize(stem.size() - suffix.size());
  for (const char* extension : {".json", ".html", ".txt"}) {
    if (fs::exists(stem + extension)) return stem + extension;
  }
  throw std::runtime_error("no payload beside " + expected.string());
}

Case load_case(const fs::path& path) {
  Case out;
  out.expected = nlohmann::json::parse(read_file(path));
  const auto file = path.filename().string();
  out.name = path.parent_path().filename().string() + "/" + file.substr(0, file.size() - suffix.size());
  out.exchange = text_of(out.expected, "exchange");
  out.kind = text_of(out.expected, "kind");
  out.transport = text_of(out.expected, "transport");
  out.endpoint = text_of(out.expected, "endpoint");
  out.payload = read_file(payload_beside(path));
  out.apart = text_of(out.expected, "fidelity") == "ccxt_quoted" || out.expected.value("legacy_api", false);
  return out;
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<Case> load_cases(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with(suffix)) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> out;
  for (const auto& path : paths) out.push_back(load_case(path));
  return out;
}

}  // namespace conformance
