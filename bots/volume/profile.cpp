#include "bots/volume/profile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bots/volume/hour_of_week.hpp"

namespace volume {

namespace {

constexpr double bin_width = 0.001;     // of ln(price)
constexpr std::int32_t bins_max = 256;  // of a look
constexpr std::int32_t bin_limit = 1 << 20;
constexpr std::uint8_t shift_max = 15;
constexpr double value_share = 0.70;
constexpr double high_node_min = 1.5, low_node_max = 0.5;  // of the mean bin
constexpr double node_share = 0.6;                         // of its peak: how far a node reaches
constexpr std::size_t nodes_max = 8;

std::int32_t bin_of(double price) { return static_cast<std::int32_t>(std::floor(std::log(price) / bin_width)); }

using Bins = std::vector<double>;

/// From the busiest bin outwards, always to the neighbour with more.
std::pair<std::size_t, std::size_t> value_area(const Bins& bins, std::size_t busiest, double total) {
  std::size_t low = busiest, high = busiest;
  double held = bins[busiest];
  while (held < value_share * total) {
    const double below = low > 0 ? bins[low - 1] : -1, above = high + 1 < bins.size() ? bins[high + 1] : -1;
    if (below < 0 && above < 0) break;
    const bool nearer = high - busiest <= busiest - low;  // of two with as much
    if (above > below || (above == below && nearer)) {
      held += bins[++high];
    } else {
      held += bins[--low];
    }
  }
  return {low, high};
}

/// Mean of three; beyond the ends there is nothing.
Bins smoothed(const Bins& bins) {
  Bins out(bins.size());
  for (std::size_t at = 0; at < bins.size(); ++at) {
    const double before = at > 0 ? bins[at - 1] : 0, after = at + 1 < bins.size() ? bins[at + 1] : 0;
    out[at] = (before + bins[at] + after) / 3;
  }
  return out;
}

using Stretch = std::pair<std::size_t, std::size_t>;

/// Peaks with all around them that is nearly as high; of two that touch, one.
std::vector<Stretch> high_nodes(const Bins& smooth, double mean) {
  std::vector<Stretch> out;
  for (std::size_t at = 0; at < smooth.size() && out.size() < nodes_max; ++at) {
    const bool peak = smooth[at] >= high_node_min * mean && (at == 0 || smooth[at] >= smooth[at - 1]) &&
                      (at + 1 == smooth.size() || smooth[at] >= smooth[at + 1]);
    if (!peak || (!out.empty() && at <= out.back().second)) continue;
    std::size_t low = at, high = at;
    while (low > 0 && smooth[low - 1] >= node_share * smooth[at]) --low;
    while (high + 1 < smooth.size() && smooth[high + 1] >= node_share * smooth[at]) ++high;
    if (!out.empty() && low <= out.back().second) low = out.back().second + 1;
    out.emplace_back(low, high);
  }
  return out;
}

std::vector<Stretch> low_nodes(const Bins& smooth, const std::vector<Stretch>& high, double mean) {
  std::vector<Stretch> out;
  for (std::size_t between = 1; between < high.size(); ++between) {
    for (std::size_t at = high[between - 1].second + 1; at < high[between].first; ++at) {
      if (smooth[at] > low_node_max * mean) continue;
      if (!out.empty() && out.back().second + 1 == at) {
        out.back().second = at;
      } else if (out.size() < nodes_max) {
        out.emplace_back(at, at);
      }
    }
  }
  return out;
}

}  // namespace

std::string_view to_string(Step step) {
  switch (step) {
    case Step::inside: return "inside";
    case Step::breaks_up: return "breaks up";
    case Step::breaks_down: return "breaks down";
    case Step::returns: return "returns";
    case Step::outside: return "outside";
  }
  return "?";
}

Step step_of(const ProfileView& view, double open, double close) {
  if (view.value.holds(close)) return view.value.holds(open) ? Step::inside : Step::returns;
  if (close > view.value.high) return open <= view.value.high ? Step::breaks_up : Step::outside;
  return open >= view.value.low ? Step::breaks_down : Step::outside;
}

bool Profile::Slice::empty() const {
  return std::all_of(usd.begin(), usd.end(), [](float one) { return one == 0; });
}

void Profile::Slice::make_room(std::int32_t low_bin, std::int32_t high_bin) {
  if (empty()) {
    shift = 0;
    first = low_bin;
  } else {
    if ((low_bin >> shift) >= first && (high_bin >> shift) < first + static_cast<std::int32_t>(cells)) return;
    std::int32_t held_from = first, held_to = first;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(cells); ++at)
      if (usd.at(static_cast<std::size_t>(at)) > 0) held_to = first + at;
    while (usd.at(static_cast<std::size_t>(held_from - first)) == 0) ++held_from;
    low_bin = std::min(low_bin, held_from * (1 << shift));
    high_bin = std::max(high_bin, held_to * (1 << shift));
  }
  std::uint8_t wide = shift;
  while ((high_bin >> wide) - (low_bin >> wide) >= static_cast<std::int32_t>(cells) && wide < shift_max) ++wide;
  const std::int32_t from = low_bin >> wide;
  if (wide == shift && from >= first && (high_bin >> wide) < first + static_cast<std::int32_t>(cells)) return;
  const auto before = usd;
  usd = {};
  for (std::size_t at = 0; at < cells; ++at) {
    if (before.at(at) == 0) continue;
    const std::int32_t bin = (first + static_cast<std::int32_t>(at)) * (1 << shift);
    usd.at(static_cast<std::size_t>((bin >> wide) - from)) += before.at(at);
  }
  first = from;
  shift = wide;
}

void Profile::add(base::WallTime opened_at, double low, double high, double quote_volume) {
  if (!(low > 0) || !(high >= low) || !(quote_volume > 0) || !std::isfinite(quote_volume) || !std::isfinite(high))
    return;
  const std::int32_t hour = hour_of(opened_at);
  Slice& slice = slices_.at(static_cast<std::size_t>(hour) % hours);
  if (hour < slice.hour) return;
  if (hour > slice.hour) slice = {.hour = hour};
  const std::int32_t low_bin = bin_of(low), high_bin = bin_of(high);
  if ((high_bin - low_bin) >> shift_max >= static_cast<std::int32_t>(cells)) return;
  slice.make_room(low_bin, high_bin);
  const std::int32_t from = (low_bin >> slice.shift) - slice.first, to = (high_bin >> slice.shift) - slice.first;
  const auto each = static_cast<float>(quote_volume / (to - from + 1));
  for (std::int32_t at = from; at <= to; ++at) slice.usd.at(static_cast<std::size_t>(at)) += each;
}

std::optional<ProfileView> Profile::view(base::WallTime now) const {
  const std::int32_t oldest = hour_of(now) - static_cast<std::int32_t>(hours) + 1;
  std::vector<const Slice*> known;
  std::int32_t low = bin_limit, high = -bin_limit;
  for (const Slice& slice : slices_) {
    if (slice.hour < oldest || slice.empty()) continue;
    known.push_back(&slice);
    for (std::size_t at = 0; at < cells; ++at) {
      if (slice.usd.at(at) == 0) continue;
      const std::int32_t bin = (slice.first + static_cast<std::int32_t>(at)) * (1 << slice.shift);
      low = std::min(low, bin);
      high = std::max(high, bin + (1 << slice.shift) - 1);
    }
  }
  if (known.size() < 2) return std::nullopt;
  std::uint8_t wide = 0;
  while ((high >> wide) - (low >> wide) >= bins_max) ++wide;
  const std::int32_t from = low >> wide;
  Bins bins(static_cast<std::size_t>((high >> wide) - from + 1));
  for (const Slice* slice : known) {
    for (std::size_t at = 0; at < cells; ++at) {
      const std::int32_t bin = (slice->first + static_cast<std::int32_t>(at)) * (1 << slice->shift);
      const std::int32_t parts = 1 << std::max(0, slice->shift - wide);
      for (std::int32_t part = 0; part < parts && slice->usd.at(at) > 0; ++part)
        bins.at(static_cast<std::size_t>((bin >> wide) - from + part)) +=
            static_cast<double>(slice->usd.at(at)) / parts;
    }
  }
  const double total = std::accumulate(bins.begin(), bins.end(), 0.0);
  const auto busiest = static_cast<std::size_t>(std::max_element(bins.begin(), bins.end()) - bins.begin());
  const auto edge = [&](std::size_t bin) {
    return std::exp((static_cast<double>(from) + static_cast<double>(bin)) * bin_width * (1 << wide));
  };
  const auto range = [&](const Stretch& of) { return ProfileView::Range{edge(of.first), edge(of.second + 1)}; };
  ProfileView out;
  out.busiest = std::sqrt(edge(busiest) * edge(busiest + 1));
  out.value = range(value_area(bins, busiest, total));
  const auto smooth = smoothed(bins);
  const double mean = total / static_cast<double>(bins.size());
  const auto high_ones = high_nodes(smooth, mean);
  for (const auto& node : high_ones) out.high_nodes.push_back(range(node));
  for (const auto& node : low_nodes(smooth, high_ones, mean)) out.low_nodes.push_back(range(node));
  return out;
}

/// A cell as a part of its hour's largest in 255: what a look tells apart needs no more.
std::string Profile::save() const {
  stats::BlobWriter out;
  for (const Slice& slice : slices_) {
    const float most = *std::max_element(slice.usd.begin(), slice.usd.end());
    out.put(slice.hour);
    out.put(most);
    if (!(most > 0)) continue;
    out.put(slice.first);
    out.put(slice.shift);
    for (const float one : slice.usd) out.put(static_cast<std::uint8_t>(std::lround(one / most * 255)));
  }
  return std::move(out).seal(blob_kind);
}

base::Result<Profile> Profile::load(std::string_view blob) {
  auto opened = stats::BlobReader::open(blob, blob_kind);
  if (!opened) return opened.error();
  stats::BlobReader& in = *opened;
  Profile out;
  for (std::size_t at = 0; at < hours; ++at) {
    Slice& slice = out.slices_.at(at);
    slice.hour = in.get<std::int32_t>();
    if (slice.hour < -1 || (slice.hour >= 0 && static_cast<std::size_t>(slice.hour) % hours != at)) in.fail();
    const float most = in.finite();
    if (most < 0) in.fail();
    if (!(most > 0)) continue;
    slice.first = in.get<std::int32_t>();
    slice.shift = in.get<std::uint8_t>();
    if (slice.shift > shift_max || std::abs(slice.first) > bin_limit >> slice.shift) in.fail();
    for (float& one : slice.usd) one = static_cast<float>(in.get<std::uint8_t>()) / 255 * most;
    if (!in.ok()) break;
  }
  if (!in.finished())
    return base::Error(base::ErrorKind::bad_data, "stored volume profile", "a value is out of its range",
                       "it is dropped and learned anew");
  return out;
}

}  // namespace volume
