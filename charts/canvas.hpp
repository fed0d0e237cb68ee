// Drawing on a picture with cairo: the few shapes that a chart needs. Pixels from the top left.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"

using cairo_t = struct _cairo;                      // NOLINT(bugprone-reserved-identifier): cairo's own name
using cairo_font_face_t = struct _cairo_font_face;  // NOLINT(bugprone-reserved-identifier)

namespace charts {

struct Color {
  double red{}, green{}, blue{};
  double alpha{1};
  [[nodiscard]] constexpr Color with(double opacity) const { return {red, green, blue, opacity}; }
};
constexpr Color rgb(unsigned hex) {
  return {((hex >> 16U) & 0xFFU) / 255.0, ((hex >> 8U) & 0xFFU) / 255.0, (hex & 0xFFU) / 255.0};
}

struct Box {
  double left{}, top{}, right{}, bottom{};
  [[nodiscard]] double width() const { return right - left; }
  [[nodiscard]] double height() const { return bottom - top; }
};
struct Point {
  double x{}, y{};
};

enum class Weight : std::uint8_t { normal, bold };
enum class Anchor : std::uint8_t { left, middle, right };

struct TextStyle {
  double size{};  ///< of the font in pixels
  Color color;
  Anchor anchor{Anchor::left};
  Weight weight{Weight::normal};
};

/// The two fonts, read from files: neither an environment nor a configuration of the machine changes a picture.
class Fonts {
 public:
  static constexpr const char* folder = "/usr/share/fonts/truetype/dejavu";  ///< of Debian's fonts-dejavu-core
  /// Error (not_found): a file is missing or no font; the remedy names the package.
  [[nodiscard]] static base::Result<Fonts> load(const std::filesystem::path& from);
  [[nodiscard]] cairo_font_face_t* face(Weight weight) const {
    return weight == Weight::bold ? bold_.get() : normal_.get();
  }

 private:
  using Face = std::shared_ptr<cairo_font_face_t>;
  Face normal_, bold_;
};

class Canvas {
 public:
  Canvas(int width, int height, const Fonts& fonts, Color background);
  [[nodiscard]] Box all() const { return {0, 0, static_cast<double>(width_), static_cast<double>(height_)}; }

  void rectangle(const Box& box, Color color);
  void rounded(const Box& box, double radius, Color color);
  /// `dash` pixels on, as many off; 0: a whole line.
  void line(Point from, Point to, double width, Color color, double dash = 0);
  void path(const std::vector<Point>& points, double width, Color color);
  void area(const std::vector<Point>& corners, Color color);
  /// Slanted lines across a box: nothing is known here.
  void hatch(const Box& box, double width, Color color);
  /// `at.y` is the middle of its capital letters.
  void text(Point at, const std::string& words, const TextStyle& style);
  [[nodiscard]] double text_width(const std::string& words, double size, Weight weight);
  /// `words`, cut with "…" where they would be wider than `room`.
  [[nodiscard]] std::string fitted(const std::string& words, double size, Weight weight, double room);
  /// From here on nothing is drawn outside of the box, until unclip().
  void clip(const Box& box);
  void unclip();

  /// Error (internal): cairo's or libpng's own words.
  [[nodiscard]] base::Result<std::string> png();

 private:
  void set(Color color);
  void set_font(double size, Weight weight);
  int width_, height_;
  const Fonts& fonts_;
  std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo_;
};

}  // namespace charts
