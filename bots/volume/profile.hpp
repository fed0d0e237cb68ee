// The volume profile of the last 24 h (SIGNALS.md 4.3): at which prices an instrument traded how much. Bars of 1 m
// spread their volume evenly between low and high over bins of 0.1 % of the price; an hour that runs far has coarser
// ones. An hour at a time leaves. 2.4 KB, whatever the price does; a bar costs at most 24 cells, a look O(hours x
// cells).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/time.hpp"
#include "common/stats/blob.hpp"

namespace volume {

/// What the profile says of one day.
struct ProfileView {
  struct Range {
    double low{}, high{};
    [[nodiscard]] bool holds(double price) const { return low <= price && price <= high; }
  };
  double busiest{};               ///< point of control: the middle of the bin with the most volume
  Range value;                    ///< the smallest area around it that holds 70 %
  std::vector<Range> high_nodes;  ///< much traded, rising
  std::vector<Range> low_nodes;   ///< little traded between two of them, rising
};

/// How a move stands to the value area.
enum class Step : std::uint8_t { inside, breaks_up, breaks_down, returns, outside };
[[nodiscard]] std::string_view to_string(Step step);  ///< "breaks up"
[[nodiscard]] Step step_of(const ProfileView& view, double open, double close);

class Profile {
 public:
  static constexpr std::size_t hours = 24, cells = 24;
  static constexpr stats::BlobKind blob_kind{"PWVP", 1};

  /// A closed bar. One of an hour before the newest 24 changes nothing; neither does one with prices that cannot be.
  void add(base::WallTime opened_at, double low, double high, double quote_volume);
  /// Absent before two hours have volume.
  [[nodiscard]] std::optional<ProfileView> view(base::WallTime now) const;

  [[nodiscard]] std::string save() const;
  [[nodiscard]] static base::Result<Profile> load(std::string_view blob);

 private:
  /// Volume of one hour in neighbouring bins, each 2^shift times 0.1 % wide.
  struct Slice {
    std::int32_t hour{-1};  ///< since 1970
    std::int32_t first{};   ///< bin of the first cell, in units of its width
    std::uint8_t shift{};
    std::array<float, cells> usd{};

    [[nodiscard]] bool empty() const;
    void make_room(std::int32_t low_bin, std::int32_t high_bin);
  };
  std::array<Slice, hours> slices_{};  ///< by hour since 1970, modulo
};
static_assert(sizeof(Profile) <= 2'600, "what 6,000 instruments can afford");

}  // namespace volume
