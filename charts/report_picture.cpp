// The weekly picture: what each rule's hypothetical trades made, in R, beside what random entries would have made.
#include <algorithm>
#include <array>
#include <cmath>

#include "charts/parts.hpp"
#include "charts/pictures.hpp"
#include "charts/style.hpp"
#include "common/base/text.hpp"

namespace charts {
using desk::ReportSpec;

namespace {

constexpr double legend_y = 146;
constexpr double legend_step = 42;
constexpr double plot_bottom = 606;
constexpr double drawdown_height = 110;
constexpr double panel_gap = 18;
constexpr std::array<Color, desk::report_lines_max> line_colors{rgb(0xf2f4f8), rgb(0x7fb2ff), rgb(0xf5c451),
                                                                rgb(0xc79bf2), rgb(0x63d3d8)};
constexpr Color placebo_color = rgb(0x8791a7);

std::string in_r(double r, int decimals = 1) {
  if (std::fabs(r) >= 100) decimals = 0;
  return (r < -0.05 ? "−" : r > 0.05 ? "+" : "") + base::fixed(std::fabs(r), decimals) + " R";
}

/// How far below its highest point so far the line was, each time.
std::vector<ReportSpec::Point> drawdown_of(const std::vector<ReportSpec::Point>& line) {
  std::vector<ReportSpec::Point> out;
  double highest = 0;  // before the first trade
  for (const auto& point : line) {
    highest = std::max(highest, point.r);
    out.push_back({point.at, point.r - highest});
  }
  return out;
}

class ReportPicture {
 public:
  ReportPicture(const ReportSpec& spec, const Fonts& fonts)
      : spec_(spec),
        drawdown_(drawdown_of(spec.lines.front().points)),
        canvas_(style::width, style::height, fonts, style::ground) {}

  base::Result<std::string> draw() {
    const double total = spec_.lines.front().points.back().r;
    const Color color = total > 0.05 ? style::up : total < -0.05 ? style::down : style::soft;
    draw_head(canvas_, {spec_.title, spec_.subtitle, in_r(total), color, 0});
    const double below = draw_legend();
    lay_out(below);
    draw_time_axis(canvas_, whole_, x_, from_, to_, std::nullopt);
    draw_grid();
    draw_placebo();
    for (std::size_t i = spec_.lines.size(); i-- > 0;) draw_line(i);  // the total on top
    draw_drawdown();
    draw_ends();
    draw_footer(canvas_, spec_.footer);
    return canvas_.png();
  }

 private:
  struct Entry {
    std::string words;
    Color color;
    bool band{};
  };
  /// Returns where it ends.
  double draw_legend() {
    using namespace style;
    constexpr double swatch = 34, gap = 34;
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < spec_.lines.size(); ++i)
      entries.push_back({spec_.lines[i].name, line_colors[i], false});
    if (!spec_.placebo.empty()) entries.push_back({"95 % of random entries", placebo_color, true});
    double x = edge, y = legend_y;
    for (const auto& entry : entries) {
      const auto words = canvas_.fitted(entry.words, small_size, Weight::normal, 420);
      const double wide = swatch + 12 + canvas_.text_width(words, small_size, Weight::normal);
      if (x > edge && x + wide > width - edge) x = edge, y += legend_step;
      if (entry.band) {
        canvas_.rectangle({x, y - 12, x + swatch, y + 12}, entry.color.with(0.4));
      } else {
        canvas_.line({x, y}, {x + swatch, y}, 5, entry.color);
      }
      canvas_.text({x + swatch + 12, y}, words, {small_size, ink});
      x += wide + gap;
    }
    return y + legend_step * 0.7;
  }

  void lay_out(double below) {
    using namespace style;
    from_ = spec_.lines.front().points.front().at;
    to_ = from_;
    double low = 0, high = 0, right_room = 160;
    const auto see = [&](base::WallTime at, double least, double most) {
      from_ = std::min(from_, at);
      to_ = std::max(to_, at);
      low = std::min(low, least);
      high = std::max(high, most);
    };
    for (const auto& line : spec_.lines) {
      for (const auto& point : line.points) see(point.at, point.r, point.r);
      right_room = std::max(right_room, pill_width(canvas_, in_r(line.points.back().r)));
    }
    for (const auto& band : spec_.placebo) see(band.at, band.low_r, band.high_r);
    if (high - low < 1) high = low + 1;
    if (to_ == from_) from_ -= std::chrono::hours{12}, to_ += std::chrono::hours{12};
    double deepest = 0;
    for (const auto& point : drawdown_) deepest = std::min(deepest, point.r);
    right_room = std::max(right_room, canvas_.text_width("max " + in_r(deepest), small_size, Weight::normal) + 24);
    const double height = plot_bottom - below - drawdown_height - panel_gap;
    const auto values = ticks(low, high, axis_words_max(height));
    for (const double value : values) axis_.push_back({value, in_r(value, decimals_of(values))});
    whole_ = {edge + axis_room(canvas_, axis_), below, width - right_room - 14 - edge / 2, plot_bottom};
    equity_ = whole_;
    equity_.bottom -= drawdown_height + panel_gap;
    under_ = whole_;
    under_.top = under_.bottom - drawdown_height;
    const double air = equity_.height() * 0.06;
    y_ = {low, high, equity_.bottom - air, equity_.top + air};
    x_ = {static_cast<double>(base::to_ms(from_)), static_cast<double>(base::to_ms(to_)), whole_.left, whole_.right};
    deepest_ = deepest;
  }

  void draw_grid() {
    draw_axis(canvas_, equity_, y_, axis_);
    canvas_.line({equity_.left, y_(0)}, {equity_.right, y_(0)}, 2.5, style::frame);
    const double between = under_.top - panel_gap / 2;
    canvas_.line({under_.left, between}, {under_.right, between}, 1.5, style::frame);
    canvas_.line({under_.left, under_.bottom}, {under_.right, under_.bottom}, 1.5, style::frame);
  }

  void draw_placebo() {
    std::vector<Point> corners;
    for (const auto& band : spec_.placebo) corners.push_back({place(x_, band.at), y_(band.high_r)});
    for (auto band = spec_.placebo.rbegin(); band != spec_.placebo.rend(); ++band)
      corners.push_back({place(x_, band->at), y_(band->low_r)});
    if (corners.size() > 2) canvas_.area(corners, placebo_color.with(0.3));
  }

  /// A sum stands still from trade to trade, and steps at its end.
  std::vector<Point> steps(const std::vector<ReportSpec::Point>& line, const Scale& y) const {
    std::vector<Point> out;
    double before = 0;
    for (const auto& point : line) {
      const double x = place(x_, point.at);
      out.push_back({x, y(before)});
      out.push_back({x, y(point.r)});
      before = point.r;
    }
    out.push_back({whole_.right, y(before)});
    return out;
  }

  void draw_line(std::size_t which) {
    canvas_.path(steps(spec_.lines[which].points, y_), which == 0 ? 5 : 3, line_colors[which]);
  }

  void draw_drawdown() {
    const Scale depth{std::min(deepest_, -1e-9), 0, under_.bottom - 6, under_.top};
    auto corners = steps(drawdown_, depth);
    corners.push_back({under_.right, under_.top});
    canvas_.area(corners, style::down.with(0.55));
    canvas_.text({under_.right + 26, under_.top + 20}, "drawdown", {style::small_size, style::soft});
    if (deepest_ > -0.05) return;
    canvas_.text({under_.right + 26, under_.top + 56}, "max " + in_r(deepest_), {style::small_size, style::down});
  }

  void draw_ends() {
    std::vector<Pill> pills;
    for (std::size_t i = 0; i < spec_.lines.size(); ++i) {
      const auto& last = spec_.lines[i].points.back();
      pills.push_back({y_(last.r), in_r(last.r), line_colors[i]});
    }
    draw_pills(canvas_, equity_, pills);
  }

  const ReportSpec& spec_;
  std::vector<ReportSpec::Point> drawdown_;
  Canvas canvas_;
  std::vector<AxisWord> axis_;
  base::WallTime from_{}, to_{};
  double deepest_{};
  Box whole_, equity_, under_;
  Scale x_, y_;
};

}  // namespace

base::Result<std::string> draw(const ReportSpec& spec, const Fonts& fonts) { return ReportPicture(spec, fonts).draw(); }

}  // namespace charts
