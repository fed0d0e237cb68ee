#include "common/app/replay.hpp"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "bots/funding/logic.hpp"
#include "bots/liquidation/logic.hpp"
#include "bots/volume/logic.hpp"
#include "common/base/text.hpp"

namespace replay_test {

using base::from_ms;
using namespace std::chrono_literals;

/// Waits for a moment after each event, as a detector with an open episode does.
class Waiting final : public desk::Detector {
 public:
  void on_event(const market::Event& event, desk::Findings&) override {
    calls.push_back("event " + std::to_string(base::to_ms(market::received_at(event))));
    due_ = market::received_at(event) + 1'500ms;
  }
  void on_time(base::WallTime now, desk::Findings& out) override {
    calls.push_back("time " + std::to_string(base::to_ms(now)));
    if (now < due_) return;
    due_ = desk::never;
    desk::Finding finding;
    finding.kind = "waited";
    finding.at = now;
    out.push_back(finding);
  }
  [[nodiscard]] base::WallTime due() const override { return due_; }
  std::vector<std::string> calls;

 private:
  base::WallTime due_{desk::never};
};

TEST(Replay, SIG7_TimePassesInWholeSecondsAndOnlyWhereItIsWaitedFor) {
  feed::Tables tables;
  ASSERT_TRUE(tables.add("time_ms,symbol,funding_rate\n10300,A,0.1\n11000,A,0.1\n500000,A,0.1\n", "t", {}));
  Waiting detector;
  std::vector<base::WallTime> found;
  app::TableListener listener;
  desk::Findings now;
  listener.hear = [&](const market::Event& event, base::WallTime) { detector.on_event(event, now); };
  listener.pass_time = [&](base::WallTime at) { detector.on_time(at, now); };
  listener.due = [&] { return detector.due(); };
  app::walk(tables, listener);
  for (const auto& finding : now) found.push_back(finding.at);
  const std::vector<std::string> expected{"event 10300", "event 11000", "time 13000", "event 500000", "time 502000"};
  EXPECT_EQ(detector.calls, expected);
  EXPECT_EQ(found, (std::vector{from_ms(13'000), from_ms(502'000)})) << "also what ends after the last event";
}

/// Bars of some symbols with noise, and forced orders of one; made, not recorded.
std::string bars(int count) {
  std::string out = "time_ms,symbol,open,high,low,close,quote_volume,taker_buy_quote\n";
  std::uint32_t state = 7;
  const auto noise = [&] { return (state = state * 1'664'525 + 1'013'904'223) / 4294967296.0; };
  for (int bar = 0; bar < count; ++bar)
    for (const char* symbol : {"AUSDT", "BUSDT"}) {
      const double volume = 1e6 * std::exp(noise() - 0.5) * (bar % 97 == 96 ? 12 : 1), price = 100 + noise();
      out += std::to_string(1'700'000'040'000 + std::int64_t{bar} * 60'000) + "," + symbol + ",100,102,99," +
             std::to_string(price) + "," + std::to_string(volume) + "," + std::to_string(volume * 0.7) + "\n";
    }
  return out;
}

void play(feed::Tables& tables, app::Rehearsal& rehearsal) {
  app::TableListener listener;
  listener.hear = [&](const market::Event& event, base::WallTime at) { rehearsal.hear(event, at); };
  listener.pass_time = [&](base::WallTime at) { rehearsal.pass_time(at, at); };
  listener.due = [&] { return rehearsal.due(); };
  app::walk(tables, listener);
  rehearsal.end();
}

std::string lines_of(std::unique_ptr<app::BotLogic> logic, const std::string& csv, base::WallTime until) {
  feed::Tables tables;
  EXPECT_TRUE(tables.add(csv, "t", {}));
  std::string out;
  app::Rehearsal::Ears ears;
  ears.on_candidate = [&](const desk::Finding& finding) {
    if (finding.at < until) out += desk::candidate_json(finding) + (finding.fires ? " fires\n" : "\n");
  };
  auto rehearsal = app::Rehearsal::begin(*logic, {}, std::move(ears));
  EXPECT_TRUE(rehearsal);
  play(tables, *rehearsal.value());
  return out;
}

TEST(Replay, SIG7_TheSameTwiceAndNoLookAhead) {
  const auto all = lines_of(volume::make_logic(), bars(400), desk::never);
  EXPECT_EQ(all, lines_of(volume::make_logic(), bars(400), desk::never));
  EXPECT_NE(all.find("fires"), std::string::npos);
  const auto cut = from_ms(1'700'000'040'000) + 250min;
  const auto before = lines_of(volume::make_logic(), bars(400), cut);
  EXPECT_GT(before.size(), 1'000U);
  EXPECT_EQ(before, lines_of(volume::make_logic(), bars(250), cut));
}

TEST(Replay, SIG7_EveryBarThatHasAStrengthIsACandidate) {
  const auto all = lines_of(volume::make_logic(), bars(200), desk::never);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n') >= 2 * (200 - 120), true) << "after the warm-up, of both symbols";
  EXPECT_EQ(all.substr(0, 13), "{\"direction\":") << all.substr(0, 120);
  for (const char* key : {"\"time_ms\":", "\"symbol\":", "\"kind\":", "\"score\":"})
    EXPECT_NE(all.find(key), std::string::npos) << key;
}

TEST(Replay, SIG7_ForcedOrdersAndSettlementsAreReplayedToo) {
  const auto cascades = lines_of(
      liquidation::make_logic(),
      "time_ms,symbol,side,price,usd\n1700000000000,BTCUSDT,SELL,50000,10\n1700000001000,BTCUSDT,SELL,49000,40\n",
      desk::never);
  EXPECT_NE(cascades.find("\"kind\":\"cascade\",\"score\":10.0"), std::string::npos) << cascades;
  EXPECT_NE(cascades.find("\"score\":158.1"), std::string::npos) << "two of one run count for more than their sum";
  const auto rates =
      lines_of(funding::make_logic(), "time_ms,symbol,funding_rate\n1700006400000,A,0.001\n1700020800000,A,0.001\n",
               desk::never);
  EXPECT_NE(rates.find("\"score\":0.002"), std::string::npos) << "four hours apart: the 8 h equivalent is twice\n"
                                                              << rates;
}

/// What would be posted: "12:00:01 send! AUSDT volume ×12.0 · Binance · …".
std::vector<std::string> posts_of(const std::string& csv, const app::Settings& settings) {
  feed::Tables tables;
  EXPECT_TRUE(tables.add(csv, "t", {}));
  std::vector<std::string> out;
  app::Rehearsal::Ears ears;
  ears.on_message = [&](const app::Rehearsed& message) {
    const auto line = message.html.substr(0, message.html.find('\n'));
    out.push_back(base::utc_clock(message.at) + " " + std::string(store::to_string(message.op)) +
                  (message.rings ? "! " : " ") + base::visible_text(line));
  };
  auto logic = volume::make_logic();
  auto rehearsal = app::Rehearsal::begin(*logic, settings, std::move(ears));
  EXPECT_TRUE(rehearsal);
  play(tables, *rehearsal.value());
  return out;
}

TEST(Replay, WhatWouldBePostedGoesThroughTheGates) {
  app::Settings settings;
  settings.gates.burst_idle = base::Millis{0};
  const auto all = posts_of(bars(400), settings);
  EXPECT_EQ(all, posts_of(bars(400), settings)) << "the same twice";
  const auto count = [](const std::vector<std::string>& posts, std::string_view what) {
    return std::count_if(posts.begin(), posts.end(), [&](const auto& post) { return post.find(what) != post.npos; });
  };
  EXPECT_EQ(count(all, " send! "), 6) << "three bursts of two contracts after the warm-up";
  settings.gates.cooldown = 300min;
  EXPECT_EQ(count(posts_of(bars(400), settings), " send! "), 2)
      << "the first of each contract: the others are within its cooldown";
  settings.gates.burst_idle = 2s;
  const auto together = posts_of(bars(400), settings);
  EXPECT_EQ(count(together, " send! "), 2) << "one that follows alone is a message of its own";
  EXPECT_NE(together, posts_of(bars(400), app::Settings{}));
}

}  // namespace replay_test
