#include "bots/funding/clock.hpp"
#include "bots/funding/extreme.hpp"
#include "bots/funding/flip.hpp"
#include "bots/funding/spread.hpp"
#include "tests/unit/reach/reach.hpp"

namespace funding_reach_test {

using namespace funding;
using reach::Side;

std::string word(std::string_view text) { return std::string(text); }

reach::Rule<ExtremeMeasure> extreme_rule(const ExtremeThresholds& thresholds) {
  reach::Rule<ExtremeMeasure> rule;
  rule.base = [] { return ExtremeMeasure{.r8 = 0.002, .apr = 2, .settlements = 90, .z = 9, .contracts = 1'000}; };
  rule.missing = [thresholds](const ExtremeMeasure& m) { return word(to_string(decide(m, thresholds).lack)); };
  rule.evidence = [thresholds](const ExtremeMeasure& m) { return evidence(m, thresholds); };
  return rule;
}

TEST(Reach, SIG31_FundingExtreme) {
  auto rule = extreme_rule({});
  rule.conditions = {
      {"apr", 0.50, Side::by_size, [](ExtremeMeasure& m, double x) { m.apr = x; }, "apr"},
      {"settlements", 30, Side::at_least,
       [](ExtremeMeasure& m, double x) { m.settlements = static_cast<std::size_t>(std::max(0.0, std::floor(x))); },
       "settlements"},
      {"z", 3.5, Side::by_size, [](ExtremeMeasure& m, double x) { m.z = x; }, "z"},
      {"top share of the exchange", 100, Side::below,
       [](ExtremeMeasure& m, double x) { m.above = static_cast<std::size_t>(std::clamp(std::floor(x), 0.0, 999.0)); }}};
  reach::check("extreme", rule);
}

TEST(Reach, SIG31_FundingExtremeIsSaidOnceAnIntervalAndAfterTheFirstSweep) {
  auto rule = extreme_rule({});
  rule.conditions = {{"first sweep of the exchange is not over", 1, Side::at_least,
                      [](ExtremeMeasure& m, double x) { m.ranking_complete = x >= 1; }},
                     {"said already this interval", 1, Side::at_least,
                      [](ExtremeMeasure& m, double x) { m.said_this_interval = x < 1; }}};
  reach::check("extreme", rule);
}

TEST(Reach, SIG31_FundingExtremeByThreshold) {
  ExtremeThresholds thresholds;
  thresholds.mode = Mode::threshold;
  auto rule = extreme_rule(thresholds);
  rule.conditions = {{"r8", 0.001, Side::by_size, [](ExtremeMeasure& m, double x) { m.r8 = x; }, "r8"},
                     {"re-arm: not yet below its share of the threshold", 1, Side::at_least,
                      [](ExtremeMeasure& m, double x) { m.disarmed = x < 1; }}};
  reach::check("extreme by threshold", rule);
}

TEST(Reach, SIG32_FundingFlip) {
  reach::Rule<FlipMeasure> rule;
  rule.base = [] { return FlipMeasure{}; };
  rule.missing = [](const FlipMeasure& m) { return word(to_string(decide(m, 0.00005))); };
  rule.evidence = [](const FlipMeasure& m) { return evidence(m, 0.00005); };
  const auto sign = [](double way) { return way < 0 ? -1.0 : 1.0; };
  rule.conditions = {
      {"r8_before", 0.00005, Side::by_size, [](FlipMeasure& m, double x) { m.r8_before = x; }, "r8_before"},
      {"r8_now", 0.00005, Side::by_size,
       [=](FlipMeasure& m, double x) { m.r8_now = -sign(m.r8_before) * std::fabs(x); }, "r8"},
      {"sign change", 1, Side::at_least,
       [=](FlipMeasure& m, double x) {
         if (x < 1) m.r8_now = sign(m.r8_before) * std::fabs(m.r8_now);
       }},
      {"said already this interval", 1, Side::at_least, [](FlipMeasure& m, double x) { m.said_this_interval = x < 1; }},
      {"late: history only", 1, Side::at_least, [](FlipMeasure& m, double x) { m.late = x < 1; }}};
  reach::check("flip", rule);
}

TEST(Reach, SIG33_FundingSpread) {
  reach::Rule<SpreadMeasure> rule;
  rule.base = [] { return SpreadMeasure{}; };
  rule.missing = [](const SpreadMeasure& m) { return word(to_string(decide(m, {}))); };
  rule.evidence = [](const SpreadMeasure& m) { return evidence(m, {}); };
  rule.conditions = {
      {"exchanges to compare", 2, Side::at_least,
       [](SpreadMeasure& m, double x) { m.exchanges = static_cast<std::size_t>(std::floor(x)); }, "exchanges"},
      {"break_even_h", 72, Side::at_most, [](SpreadMeasure& m, double x) { m.break_even_h = x; }, "break_even_h"},
      {"re-arm: not yet below its share of the threshold", 1, Side::at_least,
       [](SpreadMeasure& m, double x) { m.disarmed = x < 1; }}};
  reach::check("spread", rule);
}

TEST(Reach, SIG34_FundingLimit) {
  reach::Rule<LimitMeasure> rule;
  rule.base = [] { return LimitMeasure{.rate = 0, .cap = 0.02, .floor = -0.03}; };
  rule.missing = [](const LimitMeasure& m) { return word(to_string(decide(m))); };
  rule.evidence = [](const LimitMeasure& m) { return evidence(m); };
  rule.conditions = {
      {"share_of_limit", 0.9999, Side::at_least,
       [](LimitMeasure& m, double share) { m.rate = *rc::gen::arbitrary<bool>() ? 0.02 * share : -0.03 * share; },
       "share_of_limit"},
      {"said already: it has not left its limit since", 1, Side::at_least,
       [](LimitMeasure& m, double x) { m.said = x < 1; }}};
  // A step of a billionth from the limit is lost in the multiplication.
  auto& share = rule.conditions.front();
  share.set = [set = share.set](LimitMeasure& m, double x) {
    set(m, x >= 0.9999 ? std::max(x, 0.99991) : std::min(x, 0.99989));
  };
  reach::check("limit", rule);
  rule.conditions = {{"cap or floor: not published", 1, Side::at_least, [](LimitMeasure& m, double x) {
                        m.rate = *rc::gen::arbitrary<bool>() ? 0.02 : -0.03;
                        if (x < 1) (m.rate > 0 ? m.cap : m.floor).reset();
                      }}};
  reach::check("limit", rule);
}

TEST(Reach, SIG34_FundingCalm) {
  reach::Rule<CalmMeasure> rule;
  rule.base = [] { return CalmMeasure{.periods = 12}; };
  rule.missing = [](const CalmMeasure& m) { return word(to_string(decide(m, {}))); };
  rule.evidence = [](const CalmMeasure& m) { return evidence(m, {}); };
  rule.conditions = {
      {"calm_periods", 12, Side::at_least,
       [](CalmMeasure& m, double x) { m.periods = static_cast<std::uint32_t>(std::min(15.0, std::floor(x))); },
       "calm_periods"},
      {"said already of this run", 1, Side::at_least, [](CalmMeasure& m, double x) { m.said = x < 1; }}};
  reach::check("calm", rule);
  rule.conditions = {{"calm_periods: all of them are over", 16, Side::below, [](CalmMeasure& m, double x) {
                        m.periods = static_cast<std::uint32_t>(std::clamp(std::floor(x), 12.0, 90.0));
                      }}};
  reach::check("calm", rule);
}

}  // namespace funding_reach_test
