#include "charts/parts.hpp"

#include <algorithm>
#include <cmath>

#include "charts/style.hpp"
#include "common/base/text.hpp"

namespace charts {

namespace {

constexpr double pill_gap = 14;  ///< between the plot and its pills
constexpr double pill_inset = 12;
constexpr double corner = 8;
constexpr base::Millis days_shown{std::chrono::hours{36}};  ///< a longer axis is one of days
constexpr double axis_drop = 28;                            ///< from the plot to the middle of the times below it
constexpr double axis_gap = 14;                             ///< between the plot and the words on its left
constexpr double axis_step = 46;                            ///< words closer than this run into each other

/// A triangle as high as capital letters.
void draw_arrow(Canvas& canvas, Point middle, double size, int direction, Color color) {
  const double tip = middle.y - direction * size / 2;
  const double foot = middle.y + direction * size / 2;
  canvas.area({{middle.x, tip}, {middle.x - size * 0.6, foot}, {middle.x + size * 0.6, foot}}, color);
}

}  // namespace

void draw_head(Canvas& canvas, const Head& head) {
  using namespace style;
  constexpr double title_y = 50, subtitle_y = 100, word_size = 32, chip_height = 56;
  double right = width - edge;
  if (!head.word.empty()) {
    const double arrow_room = head.arrow == 0 ? 0 : 36;
    const double chip = canvas.text_width(head.word, word_size, Weight::bold) + arrow_room + 36;
    const Box box{right - chip, title_y - chip_height / 2, right, title_y + chip_height / 2};
    canvas.rounded(box, 12, head.color);
    if (head.arrow != 0) draw_arrow(canvas, {box.left + 32, title_y}, 22, head.arrow, dark);
    canvas.text({box.left + 18 + arrow_room, title_y}, head.word, {word_size, dark, Anchor::left, Weight::bold});
    right = box.left - 24;
  }
  const auto title = canvas.fitted(head.title, title_size, Weight::bold, right - edge);
  canvas.text({edge, title_y}, title, {title_size, ink, Anchor::left, Weight::bold});
  const auto subtitle = canvas.fitted(head.subtitle, text_size, Weight::normal, width - 2 * edge);
  canvas.text({edge, subtitle_y}, subtitle, {text_size, soft});
}

void draw_footer(Canvas& canvas, const std::string& words) {
  using namespace style;
  const auto fitted = canvas.fitted(words, small_size, Weight::normal, width - 2 * edge);
  canvas.text({edge, height - 28.0}, fitted, {small_size, soft});
}

double pill_width(Canvas& canvas, const std::string& words) {
  return canvas.text_width(words, style::text_size, Weight::bold) + 2 * pill_inset;
}

void draw_pills(Canvas& canvas, const Box& plot, const std::vector<Pill>& pills) {
  using namespace style;
  std::vector<double> wishes;
  for (const auto& pill : pills) wishes.push_back(pill.y);
  const auto places = spread(wishes, pill_height + 4, plot.top - pill_height / 2, plot.bottom + pill_height / 2 - 8);
  double wide = 0;  // all alike: a ragged column is hard to read down
  for (const auto& pill : pills) wide = std::max(wide, pill_width(canvas, pill.words));
  for (std::size_t i = 0; i < pills.size(); ++i) {
    const auto& pill = pills[i];
    const double left = plot.right + pill_gap;
    canvas.line({plot.right, pill.y}, {left + 2, places[i]}, 3, pill.color);
    canvas.rounded({left, places[i] - pill_height / 2, left + wide, places[i] + pill_height / 2}, corner, pill.color);
    canvas.text({left + pill_inset, places[i]}, pill.words, {text_size, dark, Anchor::left, Weight::bold});
  }
}

double axis_room(Canvas& canvas, const std::vector<AxisWord>& axis) {
  double wide = 0;
  for (const auto& one : axis) wide = std::max(wide, canvas.text_width(one.words, style::small_size, Weight::normal));
  return wide > 0 ? wide + axis_gap : 0;
}

void draw_axis(Canvas& canvas, const Box& plot, const Scale& y, const std::vector<AxisWord>& axis) {
  using namespace style;
  for (const auto& one : axis) {
    canvas.line({plot.left, y(one.value)}, {plot.right, y(one.value)}, 1.5, grid);
    canvas.text({plot.left - axis_gap, y(one.value)}, one.words, {small_size, soft, Anchor::right});
  }
}

int axis_words_max(double height) { return std::max(2, static_cast<int>(height / axis_step)); }

double place(const Scale& x, base::WallTime at) { return x(static_cast<double>(base::to_ms(at))); }

void draw_time_axis(Canvas& canvas, const Box& plot, const Scale& x, base::WallTime from, base::WallTime to,
                    std::optional<base::WallTime> marked) {
  using namespace style;
  const double y = plot.bottom + axis_drop;
  Box taken{0, 0, -1e9, 0};
  std::string mark;
  if (marked && *marked >= from && *marked <= to) {
    const auto words = base::utc_stamp(*marked);
    mark = to - from > days_shown ? date_label(*marked) + " " + words.substr(11, 5) : words.substr(11, 5);
    const double half = pill_width(canvas, mark) / 2;
    const double middle = std::clamp(place(x, *marked), plot.left + half, plot.right - half);
    taken = {middle - half, y - pill_height / 2, middle + half, y + pill_height / 2};
  }
  double last_right = -1e9;
  for (const auto& tick : time_ticks(from, to, static_cast<int>(plot.width() / 130))) {
    const double at = place(x, tick.at);
    canvas.line({at, plot.top}, {at, plot.bottom}, 1.5, grid);
    const double half = canvas.text_width(tick.label, small_size, Weight::normal) / 2;
    const double middle = std::clamp(at, plot.left + half, plot.right - half);
    const bool covered = middle - half < taken.right + 10 && middle + half > taken.left - 10;
    if (covered || middle - half < last_right + 16) continue;
    canvas.text({middle, y}, tick.label, {small_size, soft, Anchor::middle});
    last_right = middle + half;
  }
  if (!mark.empty()) {
    canvas.rounded(taken, corner, event);
    canvas.text({(taken.left + taken.right) / 2, y}, mark, {text_size, dark, Anchor::middle, Weight::bold});
  }
  canvas.text({plot.right + pill_gap + pill_inset, y}, "UTC", {small_size, soft});
}

}  // namespace charts
