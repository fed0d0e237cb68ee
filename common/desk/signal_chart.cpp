#include "common/desk/signal_chart.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/base/words.hpp"

namespace desk {

namespace {
using namespace std::chrono_literals;

constexpr int bars_shown = 96;
constexpr base::Millis short_bar = 1min, long_bar = 15min;

bool is_price(double value) { return std::isfinite(value) && value > 0; }

std::optional<ChartCandle> candle_of(const market::Candle& bar) {
  if (!is_price(bar.open) || !is_price(bar.high) || !is_price(bar.low) || !is_price(bar.close)) return std::nullopt;
  ChartCandle out{bar.opened_at, bar.open, bar.high, bar.low, bar.close, {}};
  out.high = std::max({bar.open, bar.high, bar.low, bar.close});
  out.low = std::min({bar.open, bar.high, bar.low, bar.close});
  if (bar.quote_volume && std::isfinite(*bar.quote_volume) && *bar.quote_volume >= 0) out.volume_usd = bar.quote_volume;
  return out;
}

/// "funding_extreme" -> "Funding extreme"
std::string words(std::string kind) {
  std::replace(kind.begin(), kind.end(), '_', ' ');
  if (!kind.empty() && kind[0] >= 'a' && kind[0] <= 'z') kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
  return kind;
}

std::string bar_words(base::Millis bar) {
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(bar).count()) + " m candles";
}

}  // namespace

ChartLevels chart_levels(const Finding& finding, const TradePlan* plan) {
  if (plan == nullptr || !finding.setup) return {};
  const bool mine = plan->direction == finding.direction && plan->exchange == finding.setup->exchange &&
                    plan->symbol == finding.setup->symbol && plan->entry == finding.setup->price;
  return mine ? ChartLevels{plan->entry, plan->stop, plan->tp1, plan->tp2} : ChartLevels{};
}

ChartStretch chart_stretch(const Finding& finding) {
  ChartStretch out;
  out.bar = finding.kind.starts_with("funding") ? long_bar : short_bar;
  out.to = base::from_ms(base::to_ms(finding.at) / out.bar.count() * out.bar.count()) + out.bar;
  out.from = out.to - bars_shown * out.bar;
  return out;
}

std::optional<ChartSpec> signal_chart(const Finding& finding, const ChartLevels& levels, const ChartSources& sources) {
  if (!finding.setup) return std::nullopt;
  const auto stretch = chart_stretch(finding);
  ChartSpec spec;
  for (const auto& bar : sources.candles) {
    if (bar.opened_at < stretch.from || bar.opened_at >= stretch.to) continue;
    if (!spec.candles.empty() && bar.opened_at <= spec.candles.back().opened_at) continue;
    if (const auto candle = candle_of(bar)) spec.candles.push_back(*candle);
  }
  if (spec.candles.empty()) return std::nullopt;
  spec.title = picture_text(finding.setup->symbol) + " · " + picture_text(sources.exchange_title);
  spec.subtitle = picture_text(words(finding.kind)) + " · " + bar_words(stretch.bar);
  if (!sources.liquidations.empty()) spec.subtitle += " · liquidations of all exchanges";
  spec.footer = "Information, not advice";
  spec.direction = finding.direction;
  spec.bar = stretch.bar;
  spec.tick_size = sources.tick_size;
  spec.liquidations = sources.liquidations;
  spec.entry = levels.entry;
  spec.stop = levels.stop;
  spec.tp1 = levels.tp1;
  spec.tp2 = levels.tp2;
  spec.event_at = finding.at;
  return check(spec) ? std::optional(std::move(spec)) : std::nullopt;
}

base::Html chart_caption(const ChartSpec& spec) {
  const auto until = spec.candles.back().opened_at + spec.bar;
  return base::words(
      "signal.picture",
      {{"title", spec.title}, {"bar", bar_words(spec.bar)}, {"until", base::utc_clock(until).substr(0, 5)}});
}

}  // namespace desk
