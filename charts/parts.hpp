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

/// Pills along the right of `plot`, none over another, each with a line to where it belongs. Returns where they are.
std::vector<double> draw_pills(Canvas& canvas, const Box& plot, const std::vector<Pill>& pills);
[[nodiscard]] double pill_width(Canvas& canvas, const std::string& words);

/// Words of the vertical axis, but where a pill is.
void draw_axis_word(Canvas& canvas, const Box& plot, double y, const std::string& words,
                    const std::vector<double>& pills);

/// Round times below the plot, with lines up through it; `marked` gets a label of its own.
void draw_time_axis(Canvas& canvas, const Box& plot, const Scale& x, base::WallTime from, base::WallTime to,
                    std::optional<base::WallTime> marked);
[[nodiscard]] double place(const Scale& x, base::WallTime at);

}  // namespace charts
