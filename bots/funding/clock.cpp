#include "bots/funding/clock.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace funding {

double LimitMeasure::share() const {
  const auto of = limit();
  return of && *of != 0 ? rate / *of : 0;
}

std::string_view to_string(LimitLack lack) {
  static constexpr std::array<std::string_view, 4> words{"", "cap or floor: not published", "share_of_limit",
                                                         "said already: it has not left its limit since"};
  return words.at(static_cast<std::size_t>(lack));
}

LimitLack decide(const LimitMeasure& m) {
  if (!m.limit() || *m.limit() * m.rate <= 0) return LimitLack::no_limit;  // a limit of the other sign limits nothing
  if (!(m.share() >= at_limit_share)) return LimitLack::share;
  return m.said ? LimitLack::said : LimitLack::nothing;
}

std::vector<desk::Measured> evidence(const LimitMeasure& m) {
  std::vector<desk::Measured> out{{"rate", m.rate, std::nullopt}};
  if (m.cap) out.push_back({"cap", *m.cap, std::nullopt});
  if (m.floor) out.push_back({"floor", *m.floor, std::nullopt});
  if (m.limit()) out.push_back({"share_of_limit", m.share(), at_limit_share});
  return out;
}

std::string_view to_string(CalmLack lack) {
  static constexpr std::array<std::string_view, 4> words{"", "calm_periods", "calm_periods: all of them are over",
                                                         "said already of this run"};
  return words.at(static_cast<std::size_t>(lack));
}

CalmLack decide(const CalmMeasure& m, const ClockThresholds& t) {
  if (m.periods < t.calm_tell_from) return CalmLack::periods;
  if (m.periods >= t.calm_periods) return CalmLack::over;
  return m.said ? CalmLack::said : CalmLack::nothing;
}

std::vector<desk::Measured> evidence(const CalmMeasure& m, const ClockThresholds& t) {
  return {{"calm_periods", static_cast<double>(m.periods), static_cast<double>(t.calm_tell_from)},
          {"calm_periods_needed", static_cast<double>(t.calm_periods), std::nullopt},
          {"calm_rate_max", t.calm_rate, std::nullopt}};
}

std::optional<std::chrono::minutes> IntervalWatch::stated(std::chrono::minutes now) {
  longer_.reset();
  const auto before = std::exchange(known_, now);
  return before && *before != now ? before : std::nullopt;
}

std::optional<std::chrono::minutes> IntervalWatch::spaced(std::chrono::minutes now) {
  const bool unsure = known_ && now > *known_ && longer_ != now;
  if (!unsure) return stated(now);
  longer_ = now;
  return std::nullopt;
}

}  // namespace funding
