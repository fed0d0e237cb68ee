#include "common/desk/chart_spec.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/utf8.hpp"

namespace desk {

namespace {

constexpr base::Millis bar_min{1'000};
constexpr base::Millis bar_max{std::chrono::hours{24 * 7}};
constexpr base::WallTime first_day = base::from_ms(1'000'000'000'000);  // 2001: no market we know is older
constexpr base::WallTime last_day = base::from_ms(4'102'444'800'000);   // 2100
constexpr double number_max = 1e15;

base::Error error(std::string what) { return {base::ErrorKind::bad_data, "picture", std::move(what)}; }

bool is_price(double value) { return std::isfinite(value) && value > 0 && value <= number_max; }
bool is_amount(double value) { return std::isfinite(value) && value >= 0 && value <= number_max; }
bool is_r(double value) { return std::isfinite(value) && std::fabs(value) <= 1e9; }
bool is_time(base::WallTime at) { return at >= first_day && at <= last_day; }

bool is_candle(const ChartCandle& candle) {
  const auto [low, high] = std::minmax({candle.open, candle.close});
  return is_price(candle.open) && is_price(candle.high) && is_price(candle.low) && is_price(candle.close) &&
         candle.low <= low && candle.high >= high && is_amount(candle.volume_usd.value_or(0)) &&
         is_time(candle.opened_at);
}

bool is_text(const std::string& text) {
  return text.size() <= picture_text_max && base::clean_utf8(text) == text && text.find('\n') == std::string::npos;
}

template <class Rows, class At>
bool are_in_order(const Rows& rows, At at) {
  return std::adjacent_find(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return at(a) >= at(b); }) ==
         rows.end();
}

base::Result<void> check_texts(std::initializer_list<const std::string*> texts) {
  for (const auto* text : texts)
    if (!is_text(*text)) return error("a text is too long, has a line break or is no UTF-8");
  return {};
}

}  // namespace

base::Result<void> check(const ChartSpec& spec) {
  if (auto texts = check_texts({&spec.title, &spec.subtitle, &spec.footer}); !texts) return texts;
  if (spec.candles.empty()) return error("it has no candle");
  if (spec.candles.size() > chart_candles_max) return error("it has too many candles");
  if (spec.liquidations.size() > chart_candles_max) return error("it has too many liquidation bars");
  if (spec.bar < bar_min || spec.bar > bar_max)
    return error("its bars are shorter than a second or longer than a week");
  if (spec.tick_size && !is_price(*spec.tick_size)) return error("its tick size is no price");
  if (!std::all_of(spec.candles.begin(), spec.candles.end(), is_candle)) return error("a candle is none");
  if (!are_in_order(spec.candles, [](const auto& candle) { return candle.opened_at; }))
    return error("its candles are not in order");
  const auto span = spec.candles.back().opened_at - spec.candles.front().opened_at;
  if (span / spec.bar >= static_cast<std::int64_t>(chart_slots_max)) return error("its candles lie too far apart");
  const auto fine = [](const ChartLiquidations& one) {
    return is_amount(one.long_usd) && is_amount(one.short_usd) && is_time(one.at);
  };
  if (!std::all_of(spec.liquidations.begin(), spec.liquidations.end(), fine))
    return error("a liquidation bar is no amount of USD");
  for (const auto& level : {spec.entry, spec.stop, spec.tp1, spec.tp2})
    if (level && !is_price(*level)) return error("entry, stop or a target is no price");
  if (spec.event_at && !is_time(*spec.event_at)) return error("the time of its event is none");
  return {};
}

base::Result<void> check(const ReportSpec& spec) {
  if (auto texts = check_texts({&spec.title, &spec.subtitle, &spec.footer}); !texts) return texts;
  if (spec.lines.empty()) return error("it has no line");
  if (spec.lines.size() > report_lines_max) return error("it has too many lines");
  for (const auto& line : spec.lines) {
    if (!is_text(line.name)) return error("a line's name is too long, has a line break or is no UTF-8");
    if (line.points.empty() || line.points.size() > report_points_max) return error("a line has no point or too many");
    const auto fine = [](const ReportSpec::Point& point) { return is_r(point.r) && is_time(point.at); };
    if (!std::all_of(line.points.begin(), line.points.end(), fine)) return error("a point of a line is no number");
    if (!are_in_order(line.points, [](const auto& point) { return point.at; }))
      return error("a line's points are not in order");
  }
  if (spec.placebo.size() > report_points_max) return error("its placebo has too many points");
  const auto fine = [](const ReportSpec::Band& band) {
    return is_r(band.low_r) && is_r(band.high_r) && band.low_r <= band.high_r && is_time(band.at);
  };
  if (!std::all_of(spec.placebo.begin(), spec.placebo.end(), fine)) return error("a piece of its placebo is none");
  if (!are_in_order(spec.placebo, [](const auto& band) { return band.at; }))
    return error("its placebo is not in order");
  return {};
}

std::string picture_text(std::string_view any) {
  std::string out = base::clean_utf8(any.substr(0, picture_text_max / 2));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace desk
