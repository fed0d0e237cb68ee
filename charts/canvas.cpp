#include "charts/canvas.hpp"

#include <cstring>

#include <cairo-ft.h>
#include <cairo.h>

#include "charts/png.hpp"
#include "common/base/utf8.hpp"

namespace charts {

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double capitals = 0.729;  ///< height of DejaVu's capital letters, of the font's size

using Library = std::shared_ptr<FT_LibraryRec_>;

/// What a font face of cairo's needs for as long as cairo keeps it, which is longer than we do: it has a cache.
struct Kept {
  Library library;
  FT_Face face{};
  ~Kept() { FT_Done_Face(face); }
};

base::Error no_font(const std::filesystem::path& file) {
  return {base::ErrorKind::not_found, file.string(), "the font is missing", "apt-get install fonts-dejavu-core"};
}

base::Result<std::shared_ptr<cairo_font_face_t>> load_face(const Library& library, const std::filesystem::path& file) {
  static const cairo_user_data_key_t key{};
  FT_Face face = nullptr;
  if (FT_New_Face(library.get(), file.c_str(), 0, &face) != 0) return no_font(file);
  auto* kept = new Kept{library, face};  // NOLINT(cppcoreguidelines-owning-memory): cairo's from the next line on
  std::shared_ptr<cairo_font_face_t> out(cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING),
                                         cairo_font_face_destroy);
  const auto set = cairo_font_face_set_user_data(out.get(), &key, kept, [](void* old) {
    delete static_cast<Kept*>(old);  // NOLINT(cppcoreguidelines-owning-memory)
  });
  if (set != CAIRO_STATUS_SUCCESS) return base::Error(base::ErrorKind::internal, "cairo", "out of memory");
  return out;
}

cairo_t* make_cairo(int width, int height) {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* out = cairo_create(surface);
  cairo_surface_destroy(surface);  // the context keeps it
  return out;
}

}  // namespace

base::Result<Fonts> Fonts::load(const std::filesystem::path& from) {
  FT_Library raw = nullptr;
  if (FT_Init_FreeType(&raw) != 0) return base::Error(base::ErrorKind::internal, "freetype", "it does not start");
  const Library library(raw, FT_Done_FreeType);
  Fonts out;
  for (auto& [file, face] : {std::pair("DejaVuSans.ttf", &out.normal_), std::pair("DejaVuSans-Bold.ttf", &out.bold_)}) {
    auto loaded = load_face(library, from / file);
    if (!loaded) return loaded.error();
    *face = loaded.value();
  }
  return out;
}

Canvas::Canvas(int width, int height, const Fonts& fonts, Color background)
    : width_(width), height_(height), fonts_(fonts), cairo_(make_cairo(width, height), cairo_destroy) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cairo_.get(), options);
  cairo_font_options_destroy(options);
  rectangle(all(), background);
}

void Canvas::set(Color color) { cairo_set_source_rgba(cairo_.get(), color.red, color.green, color.blue, color.alpha); }

void Canvas::set_font(double size, Weight weight) {
  cairo_set_font_face(cairo_.get(), fonts_.face(weight));
  cairo_set_font_size(cairo_.get(), size);
}

void Canvas::rectangle(const Box& box, Color color) {
  set(color);
  cairo_rectangle(cairo_.get(), box.left, box.top, box.width(), box.height());
  cairo_fill(cairo_.get());
}

void Canvas::rounded(const Box& box, double radius, Color color) {
  auto* c = cairo_.get();
  set(color);
  cairo_new_path(c);
  cairo_arc(c, box.right - radius, box.top + radius, radius, -pi / 2, 0);
  cairo_arc(c, box.right - radius, box.bottom - radius, radius, 0, pi / 2);
  cairo_arc(c, box.left + radius, box.bottom - radius, radius, pi / 2, pi);
  cairo_arc(c, box.left + radius, box.top + radius, radius, pi, 3 * pi / 2);
  cairo_close_path(c);
  cairo_fill(c);
}

void Canvas::line(Point from, Point to, double width, Color color, double dash) {
  auto* c = cairo_.get();
  if (dash > 0) cairo_set_dash(c, &dash, 1, 0);
  path({from, to}, width, color);
  cairo_set_dash(c, nullptr, 0, 0);
}

void Canvas::path(const std::vector<Point>& points, double width, Color color) {
  auto* c = cairo_.get();
  set(color);
  cairo_set_line_width(c, width);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path(c);
  for (const auto& point : points) cairo_line_to(c, point.x, point.y);
  cairo_stroke(c);
}

void Canvas::area(const std::vector<Point>& corners, Color color) {
  auto* c = cairo_.get();
  set(color);
  cairo_new_path(c);
  for (const auto& corner : corners) cairo_line_to(c, corner.x, corner.y);
  cairo_close_path(c);
  cairo_fill(c);
}

void Canvas::hatch(const Box& box, double width, Color color) {
  constexpr double apart = 14;
  clip(box);
  for (double x = box.left - box.height(); x < box.right; x += apart)
    line({x, box.bottom}, {x + box.height(), box.top}, width, color);
  unclip();
}

double Canvas::text_width(const std::string& words, double size, Weight weight) {
  set_font(size, weight);
  cairo_text_extents_t extents{};
  cairo_text_extents(cairo_.get(), words.c_str(), &extents);
  return extents.x_advance;
}

std::string Canvas::fitted(const std::string& words, double size, Weight weight, double room) {
  if (text_width(words, size, weight) <= room) return words;
  std::string kept;
  for (std::string_view rest = words; !rest.empty();) {
    const auto bytes = base::first_code_point(rest).bytes;
    if (text_width(kept + std::string(rest.substr(0, bytes)) + "…", size, weight) > room) break;
    kept += rest.substr(0, bytes);
    rest.remove_prefix(bytes);
  }
  while (kept.ends_with(' ')) kept.pop_back();
  return kept + "…";
}

void Canvas::text(Point at, const std::string& words, const TextStyle& style) {
  const double width = text_width(words, style.size, style.weight);
  const double shift = style.anchor == Anchor::left ? 0 : style.anchor == Anchor::middle ? width / 2 : width;
  set(style.color);
  cairo_move_to(cairo_.get(), at.x - shift, at.y + style.size * capitals / 2);
  cairo_show_text(cairo_.get(), words.c_str());
  cairo_new_path(cairo_.get());
}

void Canvas::clip(const Box& box) {
  cairo_save(cairo_.get());
  cairo_rectangle(cairo_.get(), box.left, box.top, box.width(), box.height());
  cairo_clip(cairo_.get());
}

void Canvas::unclip() { cairo_restore(cairo_.get()); }

base::Result<std::string> Canvas::png() {
  const auto status = cairo_status(cairo_.get());
  if (status != CAIRO_STATUS_SUCCESS)
    return base::Error(base::ErrorKind::internal, "cairo", cairo_status_to_string(status));
  cairo_surface_t* surface = cairo_get_target(cairo_.get());
  cairo_surface_flush(surface);
  const unsigned char* bytes = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  std::vector<std::uint32_t> pixels(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
  const std::size_t row = static_cast<std::size_t>(width_) * sizeof(std::uint32_t);
  for (int y = 0; y < height_; ++y)
    std::memcpy(pixels.data() + static_cast<std::ptrdiff_t>(y) * width_,
                bytes + static_cast<std::ptrdiff_t>(y) * stride, row);
  return to_png(pixels, width_, height_);
}

}  // namespace charts
