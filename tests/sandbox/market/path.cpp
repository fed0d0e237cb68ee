#include "tests/sandbox/market/path.hpp"

#include <cmath>
#include <limits>

namespace sandbox {

namespace {

constexpr int octaves = 15;
constexpr Ms shortest = 8 * second;   ///< the longest period is about 36 hours
constexpr std::size_t days_max = 40;  ///< of 69 KB: the weeks of hours that a bot asks for
constexpr double scale = 0.8;         ///< makes the one-minute standard deviation come out as asked (measured)

double lattice(std::uint64_t seed, int octave, Ms index) {
  return 2 * uniform(mix(seed, static_cast<std::uint64_t>(octave), static_cast<std::uint64_t>(index))) - 1;
}

double smooth(double x) { return x * x * (3 - 2 * x); }

}  // namespace

std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t x = a * 0x9E3779B97F4A7C15ULL ^ (b + 0x632BE59BD9B4E019ULL) * 0xC2B2AE3D27D4EB4FULL ^
                    (c + 0x165667B19E3779F9ULL) * 0xD6E8FEB86659FD93ULL;
  for (int round = 0; round < 2; ++round) {
    x ^= x >> 32U;
    x *= 0xD6E8FEB86659FD93ULL;
  }
  return x ^ (x >> 32U);
}

std::uint64_t key_of(std::string_view text) {
  std::uint64_t key = 0x84222325CBF29CE4ULL;
  for (const char c : text) key = mix(key, static_cast<unsigned char>(c));
  return key;
}

double uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1.0p-53; }

double normal(std::uint64_t bits) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 12; ++i) sum += uniform(mix(bits, i));
  return sum - 6;
}

double log_path(std::uint64_t seed, double minute_sigma, Ms time) {
  double sum = 0;
  Ms period = shortest;
  for (int octave = 0; octave < octaves; ++octave, period *= 2) {
    const Ms index = time / period;
    const double at = smooth(static_cast<double>(time % period) / static_cast<double>(period));
    const double height = std::sqrt(static_cast<double>(period) / static_cast<double>(minute));
    sum += height * std::lerp(lattice(seed, octave, index), lattice(seed, octave, index + 1), at);
  }
  return sum * minute_sigma * scale;
}

double KnownPath::at(Ms time) {
  if (time < 0 || time % step != 0) return log_path(seed_, minute_sigma_, time);
  auto known = days_.find(time / day);
  if (known == days_.end()) {
    if (days_.size() == days_max) days_.erase(days_.begin());
    known = days_.emplace(time / day, std::vector<double>(day / step, std::numeric_limits<double>::quiet_NaN())).first;
  }
  double& height = known->second[static_cast<std::size_t>(time % day / step)];
  if (std::isnan(height)) height = log_path(seed_, minute_sigma_, time);
  return height;
}

}  // namespace sandbox
