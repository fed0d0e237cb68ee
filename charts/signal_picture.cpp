// The picture of one signal: candles, volume, liquidations, entry, stop and targets, and when it was decided.
#include <algorithm>
#include <cmath>

#include "charts/parts.hpp"
#include "charts/pictures.hpp"
#include "charts/style.hpp"
#include "common/base/text.hpp"

namespace charts {
using desk::ChartSpec;

namespace {

constexpr double plot_top = 138;
constexpr double plot_bottom = 606;  ///< of all panels together
constexpr double volume_height = 84;
constexpr double liquidation_height = 100;
constexpr double panel_gap = 16;
constexpr double candles_least = 0.3;  ///< of the price panel's height; what lies further away is an arrow at its edge
constexpr double bars_least = 16;      ///< a few candles are not drawn as towers
constexpr double ahead = 0.2;          ///< of the width is kept for what is planned, after the last candle

struct Level {
  double price{};
  std::string name;
  Color color;
};

class SignalPicture {
 public:
  SignalPicture(const ChartSpec& spec, const Fonts& fonts)
      : spec_(spec), canvas_(style::width, style::height, fonts, style::ground) {}

  base::Result<std::string> draw() {
    collect_levels();
    lay_out();
    draw_head(canvas_, head());
    draw_time_axis(canvas_, whole_, x_, from_, to_, spec_.event_at);
    draw_grid();
    draw_plan();
    draw_gaps();
    draw_candles();
    if (volume_) draw_volume();
    if (liquidations_) draw_liquidations();
    draw_event();
    draw_levels();
    draw_footer(canvas_, spec_.footer);
    return canvas_.png();
  }

 private:
  [[nodiscard]] Head head() const {
    Head out{spec_.title, spec_.subtitle, {}, style::ink, 0};
    if (spec_.direction == desk::Direction::long_side) out.word = "LONG", out.color = style::up, out.arrow = 1;
    if (spec_.direction == desk::Direction::short_side) out.word = "SHORT", out.color = style::down, out.arrow = -1;
    return out;
  }

  void collect_levels() {
    const auto add = [&](const std::optional<double>& price, const char* name, Color color) {
      if (price) levels_.push_back({*price, name, color});
    };
    add(spec_.tp2, "TP2", style::up);
    add(spec_.tp1, "TP1", style::up);
    add(spec_.entry, "Entry", style::entry);
    add(spec_.stop, "Stop", style::down);
    if (!spec_.entry) levels_.push_back({spec_.candles.back().close, "", style::soft});
    // From above: what lies beyond an edge is in its order there too.
    std::stable_sort(levels_.begin(), levels_.end(), [](const auto& a, const auto& b) { return a.price > b.price; });
  }

  [[nodiscard]] std::string words(double price) const { return base::price(price, spec_.tick_size); }
  [[nodiscard]] std::string words(const Level& level) const {
    std::string out = prices_.holds(level.price) ? "" : level.price > prices_.high ? "↑" : "↓";
    if (!level.name.empty()) out += level.name + " ";
    return out + words(level.price);
  }

  [[nodiscard]] bool has_volume() const {
    return std::any_of(spec_.candles.begin(), spec_.candles.end(),
                       [](const auto& candle) { return candle.volume_usd > 0; });
  }
  [[nodiscard]] bool has_liquidations() const {
    return std::any_of(spec_.liquidations.begin(), spec_.liquidations.end(),
                       [](const auto& one) { return one.long_usd + one.short_usd > 0; });
  }

  void lay_out() {
    const auto& candles = spec_.candles;
    double low = candles.front().low, high = candles.front().high;
    for (const auto& candle : candles) {
      low = std::min(low, candle.low);
      high = std::max(high, candle.high);
    }
    std::vector<double> wished;
    for (const auto& level : levels_) wished.push_back(level.price);
    prices_ = range_with(low, high, wished, candles_least);
    double right_room = has_liquidations() || has_volume() ? 200 : 120;  // for the words beside the panels
    for (const auto& level : levels_) right_room = std::max(right_room, pill_width(canvas_, words(level)));
    collect_axis();
    whole_ = {style::edge + axis_room(canvas_, axis_), plot_top, style::width - right_room - 14 - style::edge / 2,
              plot_bottom};
    lay_out_time();
    price_ = whole_;
    const auto take = [&](double height) {
      Box panel = price_;
      panel.top = panel.bottom - height;
      price_.bottom = panel.top - panel_gap;
      return panel;
    };
    if (has_liquidations()) liquidations_ = take(liquidation_height);
    if (has_volume()) volume_ = take(volume_height);
    const double air = price_.height() * 0.05;
    y_ = {prices_.low, prices_.high, price_.bottom - air, price_.top + air};
  }

  void collect_axis() {
    double height = plot_bottom - plot_top;
    if (has_liquidations()) height -= liquidation_height + panel_gap;
    if (has_volume()) height -= volume_height + panel_gap;
    // No finer than the contract trades: a tick that reads like its neighbour says nothing.
    const auto values = ticks(prices_.low, prices_.high, axis_words_max(height), spec_.tick_size.value_or(0));
    for (const double value : values) axis_.push_back({value, base::fixed(value, decimals_of(values))});
  }

  void lay_out_time() {
    from_ = spec_.candles.front().opened_at;
    to_ = spec_.candles.back().opened_at + spec_.bar;
    if (spec_.event_at) to_ = std::max(to_, std::min(*spec_.event_at, to_ + spec_.bar * 10));
    const auto bars = static_cast<double>((to_ - from_) / spec_.bar);
    const double missing = std::max(0.0, bars_least - bars);
    from_ -= spec_.bar * static_cast<int>(missing);
    const bool planned = spec_.stop || spec_.tp1 || spec_.tp2;
    const double span = static_cast<double>((to_ - from_).count());
    to_ += base::Millis(static_cast<std::int64_t>(planned ? span * ahead / (1 - ahead) : span * 0.02));
    x_ = {static_cast<double>(base::to_ms(from_)), static_cast<double>(base::to_ms(to_)), whole_.left, whole_.right};
  }

  void draw_grid() {
    draw_axis(canvas_, price_, y_, axis_);
    for (const auto& panel : {volume_, liquidations_})
      if (panel)
        canvas_.line({panel->left, panel->top - panel_gap / 2}, {panel->right, panel->top - panel_gap / 2}, 1.5,
                     style::frame);
    canvas_.line({whole_.left, whole_.bottom}, {whole_.right, whole_.bottom}, 1.5, style::frame);
  }

  [[nodiscard]] double inside(double y) const { return std::clamp(y, price_.top, price_.bottom); }

  /// What is risked and what is aimed at, from the entry on.
  void draw_plan() {
    if (!spec_.entry) return;
    const double left = spec_.event_at ? place(x_, *spec_.event_at) : place(x_, spec_.candles.back().opened_at);
    const double entry = inside(y_(*spec_.entry));
    const auto zone = [&](const std::optional<double>& until, Color color) {
      if (!until) return;
      const double other = inside(y_(*until));
      canvas_.rectangle({left, std::min(entry, other), price_.right, std::max(entry, other)}, color);
    };
    zone(spec_.stop, style::down.with(0.20));
    zone(spec_.tp2 ? spec_.tp2 : spec_.tp1, style::up.with(0.16));
  }

  void draw_gaps() {
    for (std::size_t i = 1; i < spec_.candles.size(); ++i) {
      const auto expected = spec_.candles[i - 1].opened_at + spec_.bar;
      if (spec_.candles[i].opened_at < expected + spec_.bar) continue;
      const Box gap{place(x_, expected), price_.top, place(x_, spec_.candles[i].opened_at), price_.bottom};
      canvas_.hatch(gap, 2, style::frame);
      const std::string said = "no data";
      if (gap.width() < canvas_.text_width(said, style::small_size, Weight::normal) + 24) continue;
      const double middle = (gap.left + gap.right) / 2, y = price_.top + 30;
      const double half = canvas_.text_width(said, style::small_size, Weight::normal) / 2 + 10;
      canvas_.rounded({middle - half, y - 22, middle + half, y + 22}, 8, style::ground);
      canvas_.text({middle, y}, said, {style::small_size, style::soft, Anchor::middle});
    }
  }

  [[nodiscard]] double slot() const { return place(x_, from_ + spec_.bar) - whole_.left; }
  /// The bar of a candle that opened then: with some air, on whole pixels while it is wide.
  [[nodiscard]] Box column(base::WallTime opened_at) const {
    const double left = place(x_, opened_at), air = slot() * 0.15;
    const double width = std::max(1.5, slot() - 2 * air);
    const double middle = left + slot() / 2;
    return {middle - width / 2, 0, middle + width / 2, 0};
  }

  void draw_candles() {
    const double wick = std::clamp(slot() * 0.14, 1.5, 4.0);
    for (const auto& candle : spec_.candles) {
      const Color color = candle.close >= candle.open ? style::up : style::down;
      Box body = column(candle.opened_at);
      const double middle = (body.left + body.right) / 2;
      canvas_.line({middle, y_(candle.high)}, {middle, y_(candle.low)}, wick, color);
      body.top = y_(std::max(candle.open, candle.close));
      body.bottom = std::max(y_(std::min(candle.open, candle.close)), body.top + 2);
      canvas_.rectangle(body, color);
    }
  }

  /// Beside a panel, line by line from its top: what it shows, and how much.
  void describe(const Box& panel, const std::vector<std::pair<std::string, Color>>& lines) {
    double y = panel.top + 16;
    for (const auto& [words, color] : lines) {
      canvas_.text({panel.right + 26, y}, words, {style::small_size, color});
      y += 34;
    }
  }

  void draw_volume() {
    double most = 0;
    for (const auto& candle : spec_.candles) most = std::max(most, candle.volume_usd.value_or(0));
    for (const auto& candle : spec_.candles) {
      if (!candle.volume_usd) continue;
      Box bar = column(candle.opened_at);
      bar.bottom = volume_->bottom;
      bar.top = bar.bottom - volume_->height() * *candle.volume_usd / most;
      canvas_.rectangle(bar, (candle.close >= candle.open ? style::up : style::down).with(0.6));
    }
    describe(*volume_, {{"volume", style::soft}, {"max " + base::usd(most), style::ink}});
  }

  /// Longs closed by force were sold, shorts were bought: down and red, up and green.
  void draw_liquidations() {
    double most_long = 0, most_short = 0, all_long = 0, all_short = 0;
    for (const auto& one : spec_.liquidations) {
      most_long = std::max(most_long, one.long_usd);
      most_short = std::max(most_short, one.short_usd);
      all_long += one.long_usd;
      all_short += one.short_usd;
    }
    const double unit = liquidations_->height() / (most_long + most_short);
    const double zero = liquidations_->top + most_short * unit;
    canvas_.line({liquidations_->left, zero}, {liquidations_->right, zero}, 1.5, style::frame);
    for (const auto& one : spec_.liquidations) {
      const Box at = column(one.at);
      if (at.left < whole_.left || at.right > whole_.right) continue;
      canvas_.rectangle({at.left, zero - one.short_usd * unit, at.right, zero}, style::up);
      canvas_.rectangle({at.left, zero, at.right, zero + one.long_usd * unit}, style::down);
    }
    std::vector<std::pair<std::string, Color>> lines{{"liquidated", style::soft}};
    if (all_short > 0) lines.emplace_back("shorts " + base::usd(all_short), style::up);
    if (all_long > 0) lines.emplace_back("longs " + base::usd(all_long), style::down);
    describe(*liquidations_, lines);
  }

  void draw_event() {
    if (!spec_.event_at || *spec_.event_at < from_ || *spec_.event_at > to_) return;
    const double at = place(x_, *spec_.event_at);
    canvas_.line({at, price_.top}, {at, whole_.bottom}, 2.5, style::event, 8);
  }

  void draw_levels() {
    std::vector<Pill> pills;
    for (const auto& level : levels_) {
      const bool shown = prices_.holds(level.price);
      const double y = shown ? y_(level.price) : level.price > prices_.high ? price_.top : price_.bottom;
      if (shown) {
        const double left = spec_.event_at && !level.name.empty() ? place(x_, *spec_.event_at) : price_.left;
        canvas_.line({left, y}, {price_.right, y}, level.name == "Entry" ? 3.5 : 3, level.color,
                     level.name == "TP1" || level.name.empty() ? 10 : 0);
      }
      pills.push_back({y, words(level), level.color});
    }
    draw_pills(canvas_, price_, pills);
  }

  const ChartSpec& spec_;
  Canvas canvas_;
  std::vector<Level> levels_;
  Range prices_;
  std::vector<AxisWord> axis_;
  base::WallTime from_{}, to_{};
  Box whole_, price_;
  std::optional<Box> volume_, liquidations_;
  Scale x_, y_;
};

}  // namespace

base::Result<std::string> draw(const ChartSpec& spec, const Fonts& fonts) { return SignalPicture(spec, fonts).draw(); }

}  // namespace charts
