// Runs a scenario: timed actions on the market, and recordings that are played into it.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "tests/sandbox/market/world.hpp"

namespace sandbox {

/// A scenario file (TOML, or JSON by its ending) as JSON. Throws std::runtime_error with file and line.
[[nodiscard]] Json read_scenario(const std::filesystem::path& file);

class Director {
 public:
  Director(World& world, std::filesystem::path data) : world_(world), data_(std::move(data)) {}

  /// The scenario's actions; their `at` counts seconds from `start`. Throws std::runtime_error when one makes no sense.
  void load(const Json& actions, Ms start);
  /// One action, now (its `at`, if any, counts from now). Throws std::runtime_error when it makes no sense.
  void perform(const Json& action, Ms now);
  void tick(Ms now);
  [[nodiscard]] Json report() const { return report_; }

 private:
  using Step = std::function<void(Ms now)>;

  void schedule(Ms at, Step step) { steps_.emplace(at, std::move(step)); }
  void run(const Json& action, Ms now);
  [[nodiscard]] Contract& contract_of(const Json& action) const;
  void list(const Json& action, Ms now);
  void burst(const Json& action, Ms now);
  void cascade(const Json& action, Ms now);
  void print(const Json& action, Ms now);
  void flip(const Json& action, Ms now);
  void play(const Json& action, Ms now);
  void play_forced(const std::vector<Json>& lines, Ms shift, Ms now);
  void play_klines(const std::vector<Json>& lines, Ms shift);
  void play_funding(const std::vector<Json>& lines, Ms shift, const std::string& venue);

  World& world_;
  std::filesystem::path data_;
  std::multimap<Ms, Step> steps_;
  Json report_ = Json::array();  ///< what was performed, and when
};

}  // namespace sandbox
