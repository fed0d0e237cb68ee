#include "bots/liquidation/cascade.hpp"
#include "bots/liquidation/large_print.hpp"
#include "bots/liquidation/reversal.hpp"
#include "tests/unit/reach/reach.hpp"

namespace liquidation_reach_test {

using namespace liquidation;
using market::PositionSide;
using reach::Side;

CascadeThresholds cascade_thresholds() {
  CascadeThresholds out;
  out.floor_usd = 100'000;
  return out;
}

TEST(Reach, SIG22_Cascade) {
  reach::Rule<CascadeMeasure> rule;
  rule.base = [] {
    CascadeMeasure m;
    m.side = *rc::gen::element(PositionSide::long_side, PositionSide::short_side);
    m.exchanges_60s = 1;
    m.minutes = *rc::gen::element<std::uint64_t>(0, 49);  // the floor alone decides
    m.quantile95 = 5e9;
    m.price = {.source = PriceSource::market, .from = 100, .to = 100, .atr = 0.5};
    return m;
  };
  rule.missing = [](const CascadeMeasure& m) { return std::string(to_string(decide(m, cascade_thresholds()).lack)); };
  rule.evidence = [](const CascadeMeasure& m) {
    return evidence(m, cascade_thresholds(), opening_level(m, cascade_thresholds()));
  };
  rule.conditions = {
      {"sum_60s_usd", 100'000, Side::at_least, [](CascadeMeasure& m, double x) { m.sum_60s_usd = x; }, "sum_60s_usd"},
      {"events_60s or exchanges_60s", 5, Side::at_least,
       [](CascadeMeasure& m, double x) { m.events_60s = static_cast<std::uint64_t>(std::max(0.0, std::floor(x))); },
       "events_60s"},
      {"price move in the forced direction", 1.5, Side::at_least,
       [](CascadeMeasure& m, double atr) {
         const double moved = (atr >= 1.5 ? atr + 1e-9 : atr - 1e-9) * 0.5;
         m.price.to = m.side == PositionSide::long_side ? 100 - moved : 100 + moved;
       },
       "forced_move_atr"}};
  reach::check("cascade", rule);
  rule.conditions[1] = {
      "events_60s or exchanges_60s", 2, Side::at_least,
      [](CascadeMeasure& m, double x) { m.exchanges_60s = static_cast<std::uint64_t>(std::floor(x)); },
      "exchanges_60s"};
  reach::check("cascade of two exchanges", rule);
}

TEST(Reach, SIG22_ItsOwnMinutesRaiseTheLevelAndItsTiersAreReached) {
  EXPECT_TRUE(rc::check("level and tiers", [] {
    CascadeMeasure m;
    m.minutes = *rc::gen::inRange<std::uint64_t>(40, 60);
    m.quantile95 = *rc::gen::inRange(1, 500) * 1'000.0;
    const double level = m.minutes >= 50 ? std::max(100'000.0, 3 * *m.quantile95) : 100'000;
    RC_ASSERT(opening_level(m, cascade_thresholds()) == level);
    const double times = *rc::gen::element(0.0, 0.999, 1.0, 1.001, 2.999, 3.0, 3.001, 9.999, 10.0, 10.001, 90.0);
    const double sum = level * times;
    const int tier = times >= 10 ? 3 : times >= 3 ? 2 : times >= 1 ? 1 : 0;
    RC_ASSERT(tier_of(sum, level, cascade_thresholds()) == tier);
  }));
}

TEST(Reach, SIG21_LargePrint) {
  EXPECT_TRUE(rc::check("the floor, and twice its own 99.5th percentile from 400 events on", [] {
    PrintThresholds thresholds;
    thresholds.floor_usd = 50'000;
    PrintMeasure m;
    m.events = *rc::gen::inRange<std::uint64_t>(390, 410);
    m.quantile995 = *rc::gen::inRange(1, 100) * 1'000.0;
    const double level = m.events >= 400 ? std::max(50'000.0, 2 * *m.quantile995) : 50'000;
    RC_ASSERT(print_level(m, thresholds) == level);
    m.usd = level * *rc::gen::element(0.5, 0.999999, 1.0, 3.0);
    const auto usd = evidence(m, thresholds).front();
    RC_ASSERT(usd.name == "usd");
    RC_ASSERT((desk::distance(usd) == 0) == (m.usd >= level));
  }));
}

TEST(Reach, SIG24_Reversal) {
  reach::Rule<ReversalMeasure> rule;
  rule.base = [] {
    ReversalMeasure m;
    m.side = *rc::gen::element(PositionSide::long_side, PositionSide::short_side);
    m.other_usd = 1'000'000;
    m.price = 100;
    return m;
  };
  rule.missing = [](const ReversalMeasure& m) { return std::string(to_string(decide(m, {}))); };
  rule.evidence = [](const ReversalMeasure& m) { return evidence(m, {}); };
  const auto way = [](const ReversalMeasure& m) { return m.side == PositionSide::long_side ? 1.0 : -1.0; };
  rule.conditions = {{"side_ratio", 1.5, Side::at_least,
                      [](ReversalMeasure& m, double x) { m.liquidated_usd = x * m.other_usd; }, "side_ratio"},
                     {"price: not known", 1, Side::at_least,
                      [](ReversalMeasure& m, double x) {
                        if (x < 1) m.price.reset();
                      }},
                     {"factors_known", 3, Side::at_least,
                      [=](ReversalMeasure& m, double x) {  // the sides are always known
                        m.band_position = -way(m) * 1.2;
                        if (x >= 3) m.taker_buy_share = 0.5 + way(m) * 0.2;
                        if (x >= 4) m.depth_lean = way(m) * 0.5;
                      },
                      "factors_known"}};
  EXPECT_TRUE(rc::check("reversal: the ratio decides at 1.5", [&] {
    auto m = rule.base();
    rule.conditions[2].set(m, 4);
    const double ratio = *rc::gen::inRange(500, 4'000) * 0.001;
    m.liquidated_usd = ratio * m.other_usd;
    const auto lack = decide(m, {});
    RC_ASSERT((lack == ReversalLack::ratio) == (ratio < 1.5));
    RC_ASSERT((lack == ReversalLack::nothing) == (ratio >= 1.5));
  }));
  reach::check("reversal", rule);
}

TEST(Reach, SIG24_TheScoreOfAReversalIsTheMeanOfFour) {
  EXPECT_TRUE(rc::check("reversal: the score decides at 0.5", [] {
    ReversalMeasure m;
    m.side = *rc::gen::element(PositionSide::long_side, PositionSide::short_side);
    const double way = m.side == PositionSide::long_side ? 1 : -1;
    m.liquidated_usd = 3'000'000;
    m.other_usd = 1'000'000;
    m.price = 100;
    const auto point = [] { return *rc::gen::inRange(-2'000, 2'001) * 0.001; };
    const double flow = point(), band = point(), book = point();
    m.taker_buy_share = 0.5 + way * flow * 0.10;
    m.band_position = -way * band;
    m.depth_lean = way * book / 3;
    const auto clamped = [](double x) { return std::clamp(x, -1.0, 1.0); };
    const double score = (1 + clamped(flow) + clamped(band) + clamped(book)) / 4;
    RC_PRE(std::fabs(score - 0.5) > 1e-9);
    RC_ASSERT(std::fabs(score_of(factors(m, {})) - score) < 1e-9);
    RC_ASSERT((decide(m, {}) == ReversalLack::nothing) == (score > 0.5));
    RC_ASSERT(std::string(to_string(ReversalLack::score)) == "score");
  }));
}

}  // namespace liquidation_reach_test
