// What a picture shows, as plain values: the bots fill it, the outbox keeps it as JSON, perpwatch_chart draws it. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/desk/finding.hpp"

namespace desk {

struct ChartCandle {
  base::WallTime opened_at{};
  double open{}, high{}, low{}, close{};
  std::optional<double> volume_usd;
};

/// Positions closed by force in the bar that opens then.
struct ChartLiquidations {
  base::WallTime at{};
  double long_usd{}, short_usd{};
};

/// One contract around one signal.
struct ChartSpec {
  std::string title;     ///< "BTCUSDT · Binance"
  std::string subtitle;  ///< "Reversal setup · 1 m candles"
  std::string footer;
  Direction direction{Direction::none};
  base::Millis bar{};                ///< the candles' length
  std::optional<double> tick_size;   ///< of prices; absent: five significant digits
  std::vector<ChartCandle> candles;  ///< by time; where some are missing, the picture says so
  std::vector<ChartLiquidations> liquidations;
  std::optional<double> entry, stop, tp1, tp2;
  std::optional<base::WallTime> event_at;
};

/// The record of rules over time, in R.
struct ReportSpec {
  struct Point {
    base::WallTime at{};
    double r{};  ///< summed up to then
  };
  struct Line {
    std::string name;
    std::vector<Point> points;
  };
  /// What random entries with the same plan had made, by then.
  struct Band {
    base::WallTime at{};
    double low_r{}, high_r{};
  };
  std::string title, subtitle, footer;
  std::vector<Line> lines;  ///< the first is the total: its drawdown is drawn, and it is drawn boldly
  std::vector<Band> placebo;
};

using PictureSpec = std::variant<ChartSpec, ReportSpec>;

/// The bounds of a picture. What is beyond them cannot be read on a phone, or is no chart.
inline constexpr std::size_t chart_candles_max = 400;
inline constexpr std::size_t chart_slots_max = 2'000;  ///< bars between the first candle and the last, gaps counted
inline constexpr std::size_t report_lines_max = 5;
inline constexpr std::size_t report_points_max = 1'000;
inline constexpr std::size_t picture_text_max = 160;      ///< bytes of a title or footer
inline constexpr std::size_t picture_json_max = 256'000;  ///< bytes

/// Error (bad_data): what cannot be drawn, and why.
[[nodiscard]] base::Result<void> check(const ChartSpec& spec);
/// Foreign text, an exchange's names say, as a picture may show it.
[[nodiscard]] std::string picture_text(std::string_view any);
[[nodiscard]] base::Result<void> check(const ReportSpec& spec);

[[nodiscard]] std::string to_json(const ChartSpec& spec);
[[nodiscard]] std::string to_json(const ReportSpec& spec);
/// What it returns passed check(). Unknown keys are refused: a misspelt "stop" must not be a picture without a stop.
[[nodiscard]] base::Result<PictureSpec> picture_from_json(std::string_view json);

}  // namespace desk
