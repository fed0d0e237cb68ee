#include "bots/volume/message.hpp"

#include <gtest/gtest.h>

namespace message_test {

using namespace std::chrono_literals;

volume::SpikeDetails sample() {
  volume::SpikeDetails d;
  d.symbol = "BTCUSDT";
  d.exchange_title = "Binance";
  d.since = base::from_ms(1'760'000'400'000);  // 2025-10-09 09:00 UTC
  d.until = d.since + 3min;
  d.bar_length = 1min;
  d.now.bars = 3;
  d.now.z = 4.26;
  d.now.relative_volume = 8.41;
  d.now.volume_usd = 41'200'000;
  d.now.expected_usd = 4'900'000;
  d.now.taker_buy_share = 0.64;
  d.now.move_atr = 3.13;
  d.peak = d.now;
  d.peak_at = d.until;
  d.tier = 2;
  d.total_usd = 41'200'000;
  d.expected_usd = 4'900'000;
  d.open = 95'120;
  d.high = 96'300;
  d.low = 95'010;
  d.close = 96'260;
  return d;
}

TEST(SpikeMessage, TellsWhatWhereHowBigAndWhichWayInTheFirstLine) {
  const std::string text = base::visible_text(volume::spike_message(sample()).str());
  EXPECT_EQ(text,
            "📈 BTCUSDT volume ×8.4 · Binance · +1.20% in 3m\n"
            "$41.2M in 3m, usual $4.90M · z 4.3\n"
            "Takers bought 64% · move 3.1 ATR\n"
            "Price 95120 → 96260 (low 95010, high 96300)\n"
            "Tier 2 of 3 · 2025-10-09 09:00–09:03 UTC\n"
            "Rule: z ≥ 3.0, ≥ ×3.0, ≥ $100k, takers ≥ 60% one way or move ≥ 1.0 ATR");
}

TEST(SpikeMessage, TheLastEditHasTotalsAndThePeak) {
  auto details = sample();
  details.phase = desk::Phase::close;
  details.until = details.since + 9min;
  details.total_usd = 120e6;
  details.expected_usd = 15e6;
  details.note = "Bars are missing: the end was not seen";
  const std::string text = base::visible_text(volume::spike_message(details).str());
  EXPECT_EQ(text.substr(0, text.find('\n')), "🏁 BTCUSDT volume burst over · ×8.0 · Binance · +1.20% in 9m");
  EXPECT_NE(text.find("$120M in 9m, usual $15.0M"), std::string::npos) << text;
  EXPECT_NE(text.find("Strongest z 4.3 at 09:03: ×8.4 over 3m"), std::string::npos) << text;
  EXPECT_NE(text.find("Bars are missing"), std::string::npos) << text;
}

TEST(SpikeMessage, DrawsTheBarsBeforeIt) {
  const std::vector<double> volumes{10, 20, 5, 10, 80};
  const auto text = base::visible_text(volume::spike_message(sample(), volumes).str());
  EXPECT_NE(text.find("ATR\n▂▃▁▂█ last 5 bars\nPrice"), std::string::npos) << text;
}

TEST(SpikeMessage, FallsAndStandsStill) {
  auto details = sample();
  details.close = 94'000;
  EXPECT_TRUE(volume::spike_message(details).str().starts_with("📉")) << "falls";
  details.close = details.open;
  EXPECT_TRUE(volume::spike_message(details).str().starts_with("📊")) << "stands still";
}

TEST(SpikeMessage, NothingUnescapedEntersAndMissingTakersAreSaid) {
  auto details = sample();
  details.symbol = "<b>A&B";
  details.now.taker_buy_share.reset();
  const std::string html = volume::spike_message(details).str();
  EXPECT_NE(html.find("<b>&lt;b&gt;A&amp;B</b>"), std::string::npos) << html;
  EXPECT_NE(html.find("Taker side not published"), std::string::npos);
}

TEST(SpikeMessage, SaysWhereThePriceStandsInTheDay) {
  auto d = sample();
  d.direction = desk::Direction::long_side;
  d.profile.emplace();
  d.profile->step = volume::Step::breaks_up;
  d.profile->busiest = 94'800;
  d.profile->value = {94'200, 95'400};
  d.profile->leaves = {94'700, 95'200};
  d.profile->thin = {96'200, 96'300};
  std::string text = base::visible_text(volume::spike_message(d).str());
  EXPECT_TRUE(text.starts_with("📈 BTCUSDT volume ×8.4 · Binance · +1.20% in 3m · long: breaks up\n")) << text;
  EXPECT_NE(
      text.find(
          "\nBreaks up out of the day's value area 94200–95400 (busiest price 94800) · leaves the busy 94700–95200 · "
          "now at prices where little was traded\n"),
      std::string::npos)
      << text;
  d.direction = desk::Direction::short_side;
  text = base::visible_text(volume::spike_message(d).str());
  EXPECT_NE(text.find(" in 3m · short: breaks down\n"), std::string::npos) << text;
  d.direction = desk::Direction::none;
  d.profile->step = volume::Step::returns;
  d.profile->leaves.reset();
  d.profile->thin.reset();
  d.profile->reaches = {94'700, 95'200};
  text = base::visible_text(volume::spike_message(d).str());
  EXPECT_NE(
      text.find("Returns into the day's value area 94200–95400 (busiest price 94800) · reaches the busy 94700–95200\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("breaks"), std::string::npos);
}

}  // namespace message_test
