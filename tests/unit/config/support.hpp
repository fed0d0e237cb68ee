// A struct with one field of every kind, bound as a room binds its own.
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/config/document.hpp"

namespace config_tests {

using namespace std::chrono_literals;

enum class Mode { extreme, threshold };

struct Limit {
  std::int64_t units{1};
  base::Millis per{1'000};
  bool operator==(const Limit&) const = default;
};

struct Sample {
  bool on{true};
  int count{3};
  std::size_t rows{10};
  double share{0.5};
  std::string title{"plain"};
  std::filesystem::path state_dir{"/var/lib/perpwatch"};
  Mode mode{Mode::extreme};
  base::Millis every{60'000};
  std::chrono::minutes interval{480};
  std::size_t body_max{16U << 20U};
  std::string rest_url{"https://api.example.com"};
  std::string stream_url{"wss://stream.example.com/ws"};
  std::string proxy;
  std::vector<std::string> symbols{"BTC-USDT-SWAP"};
  std::vector<std::int64_t> ids;
  double inner{1.5};
  std::vector<double> tiers{3, 4, 5};
  std::optional<double> own_floor;
  std::vector<std::pair<std::string, Limit>> limits;
  bool operator==(const Sample&) const = default;
};

inline void bind(config::Section section, Sample& s) {
  section.read("on", s.on, "a switch");
  section.read("count", s.count, {1, 10}, "how many");
  section.read("rows", s.rows, {1, 1'000}, "rows of a page");
  section.read("share", s.share, {0, 1}, "part of the whole");
  section.read("title", s.title, "what people read");
  section.read("state_dir", s.state_dir, "where files live");
  section.read("mode", s.mode, {{"extreme", Mode::extreme}, {"threshold", Mode::threshold}}, "which rule");
  section.read("every", s.every, {1s, 24h}, "time between two");
  section.read("interval", s.interval, {1min, 24h}, "funding interval");
  section.read_size("body_max", s.body_max, {1'024, 64U << 20U}, "largest body");
  section.read_url("rest_url", s.rest_url, config::UrlKind::https, "host of the REST calls");
  section.read_url("stream_url", s.stream_url, config::UrlKind::wss, "host of the streams");
  section.read_url("proxy", s.proxy, config::UrlKind::proxy, "the way out");
  section.read("symbols", s.symbols, "what to watch");
  section.read("ids", s.ids, {1, 1'000'000}, "who may");
  section.sub("inner").read("value", s.inner, {0, 100}, "a value below");
  section.read("tiers", s.tiers, {0, 100}, "steps");
  section.read("own_floor", s.own_floor, {0, 1e12}, "a floor of its own");
  auto limits = section.sub("limits");
  for (const auto& name : limits.names()) {
    auto& limit = s.limits.emplace_back(name, Limit{}).second;
    auto one = limits.sub(name);
    one.read("units", limit.units, {1, 100'000}, "units allowed");
    one.read("per", limit.per, {1s, 1h}, "in this time");
  }
}

struct Read {
  Sample sample;
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
  std::string effective, fingerprint;
};

inline Read read(const std::vector<config::SourceText>& layers, const config::Environment& environment = {}) {
  auto document = config::Document::parse(layers, environment);
  Read out;
  bind(document.section("sample"), out.sample);
  for (const auto& problem : document.problems()) out.problems.push_back(problem.text());
  out.warnings = document.warnings();
  out.effective = document.effective();
  out.fingerprint = document.fingerprint();
  return out;
}

inline Read read(const std::string& text) { return read({{"a.toml", text}}); }

}  // namespace config_tests
