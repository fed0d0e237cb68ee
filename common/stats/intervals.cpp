#include "common/stats/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stats {

namespace {

constexpr double z_95 = 1.959963984540054;
constexpr double ratio_max = 20;  ///< of a draw whose clusters are all alike: far off, but a number

struct Cluster {
  double sum{};
  double count{};
};

/// Sums over clusters, out of which the mean and its standard error come.
struct Sums {
  double sum{}, count{}, sum2{}, sum_count{}, count2{};
  void add(const Cluster& one) {
    sum += one.sum;
    count += one.count;
    sum2 += one.sum * one.sum;
    sum_count += one.sum * one.count;
    count2 += one.count * one.count;
  }
  [[nodiscard]] double mean() const { return sum / count; }
  /// Of the mean: the clusters' residuals count as wholes.
  [[nodiscard]] double error(double clusters) const {
    const double m = mean();
    const double squares = std::max(0.0, sum2 - 2 * m * sum_count + m * m * count2);
    return std::sqrt(squares * clusters / (clusters - 1)) / count;
  }
};

std::vector<Cluster> clusters_of(std::span<const Clustered> observations) {
  std::vector<Clustered> sorted(observations.begin(), observations.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Clustered& a, const Clustered& b) { return a.cluster < b.cluster; });
  std::vector<Cluster> out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i].cluster != sorted[i - 1].cluster) out.emplace_back();
    out.back().sum += sorted[i].value;
    out.back().count += 1;
  }
  return out;
}

/// Linear between the ranks; `sorted` is not empty.
double quantile(const std::vector<double>& sorted, double q) {
  const double rank = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const double part = rank - std::floor(rank);
  const double next = below + 1 < sorted.size() ? sorted[below + 1] : sorted[below];
  return part > 0 ? sorted[below] + part * (next - sorted[below]) : sorted[below];
}

}  // namespace

std::uint64_t Draws::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

std::uint32_t Draws::below(std::uint32_t count) {
  return static_cast<std::uint32_t>(((next() >> 32U) * std::uint64_t{count}) >> 32U);
}

double Draws::uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

std::optional<Interval> wilson_95(std::int64_t hits, std::int64_t trials) {
  if (trials <= 0 || hits < 0 || hits > trials) return std::nullopt;
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(hits) / n;
  const double z2 = z_95 * z_95;
  const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z_95 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return Interval{hits == 0 ? 0 : middle - half, hits == trials ? 1 : middle + half};
}

std::optional<MeanInterval> clustered_mean_95(std::span<const Clustered> observations, std::uint64_t seed,
                                              int resamples) {
  const auto finite = [](const Clustered& one) { return std::isfinite(one.value); };
  if (!std::all_of(observations.begin(), observations.end(), finite)) return std::nullopt;
  const auto clusters = clusters_of(observations);
  if (clusters.size() < clusters_min || resamples < 1) return std::nullopt;
  Sums all;
  for (const auto& cluster : clusters) all.add(cluster);
  const auto count = static_cast<double>(clusters.size());
  const double mean = all.mean(), error = all.error(count);
  const double nothing = 1e-12 * std::fabs(mean);  // what rounding leaves where all clusters are alike
  MeanInterval out{mean, {mean, mean}, clusters.size()};
  if (error <= nothing) return out;
  std::vector<double> ratios;
  ratios.reserve(static_cast<std::size_t>(resamples));
  Draws draws(seed);
  const auto many = static_cast<std::uint32_t>(clusters.size());
  for (int i = 0; i < resamples; ++i) {
    Sums drawn;
    for (std::uint32_t j = 0; j < many; ++j) drawn.add(clusters[draws.below(many)]);
    const double off = drawn.mean() - mean, spread = drawn.error(count);
    const double ratio = spread > nothing ? off / spread : off < 0 ? -ratio_max : ratio_max;
    ratios.push_back(std::clamp(ratio, -ratio_max, ratio_max));
  }
  std::sort(ratios.begin(), ratios.end());
  out.interval = {mean - quantile(ratios, 0.975) * error, mean - quantile(ratios, 0.025) * error};
  return out;
}

}  // namespace stats
