// What the pictures have in common: title, time axis, labels on the right, footer.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "charts/canvas.hpp"
#include "charts/scale.hpp"

namespace charts {

/// A small filled label.
struct Pill {
  double y{};  ///< where it belongs
  std::string words;
  Color color;
};

/// Title and subtitle; on the right what is said in colour ("LONG"), with its arrow.
struct Head {
  std::string title, subtitle, word;
  Color color;
  int arrow{};  ///< 1 up, -1 down, 0 none
};
void draw_head(Canvas& canvas, const Head& head);
void draw_footer(Canvas& canvas, const std::string& words);

/// Pills along the right of `plot`, none over another, each with a line to where it belongs.
void draw_pills(Canvas& canvas, const Box& plot, const std::vector<Pill>& pills);
[[nodiscard]] double pill_width(Canvas& canvas, const std::string& words);

/// The vertical axis stands on the left: the right belongs to the pills, which would cover it.
struct AxisWord {
  double value{};
  std::string words;
};
[[nodiscard]] double axis_room(Canvas& canvas, const std::vector<AxisWord>& axis);
/// Each with its line across the plot.
void draw_axis(Canvas& canvas, const Box& plot, const Scale& y, const std::vector<AxisWord>& axis);
/// As many as can be told apart at this height.
[[nodiscard]] int axis_words_max(double height);

/// Round times below the plot, with lines up through it; `marked` gets a label of its own.
void draw_time_axis(Canvas& canvas, const Box& plot, const Scale& x, base::WallTime from, base::WallTime to,
                    std::optional<base::WallTime> marked);
[[nodiscard]] double place(const Scale& x, base::WallTime at);

}  // namespace charts
