#include "charts/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "common/base/text.hpp"

namespace charts {

namespace {
using namespace std::chrono_literals;
using base::Millis;

constexpr std::array<Millis, 20> time_steps{1s, 5s, 15s, 30s, 1min, 5min, 10min, 15min, 30min, 1h,
                                            2h, 3h, 4h,  6h,  12h,  24h,  48h,   96h,   168h,  336h};
constexpr Millis day = 24h;

double nice_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::string time_label(base::WallTime at, Millis step) {
  if (step >= day || at == std::chrono::floor<std::chrono::days>(at)) return date_label(at);
  return base::utc_clock(at).substr(0, step < 1min ? 8 : 5);
}

}  // namespace

std::string date_label(base::WallTime at) {
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  return std::to_string(static_cast<unsigned>(date.day())) + " " + months[static_cast<unsigned>(date.month()) - 1];
}

std::vector<double> ticks(double low, double high, int most, double least_step) {
  if (!(high > low) || most < 1) return {};
  // One step more than asked for may fit: the ends of the range are seldom round.
  double step = nice_step(std::max((high - low) / (most + 1), least_step));
  for (;;) {
    const double first = std::ceil(low / step - 1e-9);
    const double last = std::floor(high / step + 1e-9);
    if (last - first + 1 <= most) {
      std::vector<double> out;
      for (double i = first; i <= last; ++i) out.push_back(i * step);
      return out;
    }
    step = nice_step(step * 1.5);
  }
}

int decimals_of(const std::vector<double>& ticks) {
  constexpr int most = 14;
  double largest = 0;
  for (const double tick : ticks) largest = std::max(largest, std::fabs(tick));
  const auto is_said = [&](double tick, double power) {
    return std::fabs(std::round(tick * power) / power - tick) <= largest * 1e-9;
  };
  for (int decimals = 0; decimals < most; ++decimals) {
    const double power = std::pow(10.0, decimals);
    if (std::all_of(ticks.begin(), ticks.end(), [&](double tick) { return is_said(tick, power); })) return decimals;
  }
  return most;
}

std::vector<TimeTick> time_ticks(base::WallTime from, base::WallTime to, int most) {
  if (to <= from || most < 1) return {};
  const auto count = [&](Millis step) {
    const auto first = (base::to_ms(from) + step.count() - 1) / step.count();
    return base::to_ms(to) / step.count() - first + 1;
  };
  const auto step = std::find_if(time_steps.begin(), time_steps.end(), [&](Millis one) { return count(one) <= most; });
  if (step == time_steps.end()) return {};
  std::vector<TimeTick> out;
  const auto first = (base::to_ms(from) + step->count() - 1) / step->count() * step->count();
  for (auto at = base::from_ms(first); at <= to; at += *step) out.push_back({at, time_label(at, *step)});
  return out;
}

Range range_with(double low, double high, std::vector<double> levels, double share_least) {
  const double middle = std::midpoint(low, high);
  std::sort(levels.begin(), levels.end(),
            [&](double a, double b) { return std::fabs(a - middle) < std::fabs(b - middle); });
  // Candles without any height still get some: a price that stood still is a line, not a point.
  const double height = std::max(high - low, middle * 1e-4);
  Range range{std::min(low, middle - height / 2), std::max(high, middle + height / 2)};
  for (const double level : levels) {
    const Range wider{std::min(range.low, level), std::max(range.high, level)};
    if (height < (wider.high - wider.low) * share_least) break;
    range = wider;
  }
  return range;
}

std::vector<double> spread(const std::vector<double>& middles, double height, double from, double to) {
  const std::size_t count = middles.size();
  if (count == 0) return {};
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return middles[a] < middles[b]; });
  const double room = std::min(height, (to - from) / static_cast<double>(count));
  // Blocks of labels that touch stand where their wishes average (pool adjacent violators).
  struct Block {
    double wish{};  ///< of its first label
    std::size_t size{};
  };
  std::vector<Block> blocks;
  for (const std::size_t i : order) {
    blocks.push_back({middles[i], 1});
    while (blocks.size() > 1) {
      const auto& last = blocks.back();
      auto& before = blocks[blocks.size() - 2];
      const auto ahead = static_cast<double>(before.size);
      if (before.wish + ahead * room <= last.wish) break;
      const auto mine = static_cast<double>(last.size);
      before.wish = (before.wish * ahead + (last.wish - ahead * room) * mine) / (ahead + mine);
      before.size += last.size;
      blocks.pop_back();
    }
  }
  std::vector<double> places;
  for (const auto& block : blocks)
    for (std::size_t i = 0; i < block.size; ++i) places.push_back(block.wish + static_cast<double>(i) * room);
  double floor = from + room / 2;  // what lies beyond an edge pushes its neighbours
  for (double& place : places) floor = (place = std::max(place, floor)) + room;
  double ceiling = to - room / 2;
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    ceiling = (*place = std::min(*place, ceiling)) - room;
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[order[i]] = places[i];
  return out;
}

}  // namespace charts
