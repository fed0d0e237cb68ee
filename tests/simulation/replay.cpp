#include "tests/simulation/replay.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace simulation {

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double measured(const Heard& heard, std::string_view name) {
  const auto found = std::ranges::find(heard.evidence, name, &desk::Measured::name);
  return found == heard.evidence.end() ? std::nan("") : found->value;
}

double threshold(const Heard& heard, std::string_view name) {
  const auto found = std::ranges::find(heard.evidence, name, &desk::Measured::name);
  return found == heard.evidence.end() || !found->threshold ? std::nan("") : *found->threshold;
}

std::string words(const Heard& heard) {
  return heard.kind + " " + heard.symbol + " " + base::utc_stamp(base::from_ms(heard.at)) + " (" +
         std::string(desk::to_string(heard.reason)) + ")";
}

std::string Replay::summary() const {
  std::string out = std::to_string(signals) + " signals, " + std::to_string(posts.size()) + " posts, " +
                    std::to_string(clear_cases) + " clear cases in the file";
  for (const auto& reason : reasons) out += "; not told, " + reason;
  out += "; " + std::to_string(problems.size()) + " problems";
  return out;
}

void Replay::take(const Town& town) {
  transcript = town.transcript();
  posts = town.posts();
  idle_faults = town.idle_faults();
  signals = static_cast<std::size_t>(std::ranges::count_if(
      posts, [](const auto& post) { return post.chat_title == "signals" && post.action == "send"; }));
}

}  // namespace simulation
