// What a bot recorded while it lived through faults, replayed: the same findings and the same messages (SIGNALS.md 7).
#include <gtest/gtest.h>

#include "common/app/replay.hpp"
#include "tests/simulation/day.hpp"
#include "tests/support/temp_folder.hpp"

namespace live_again_test {
using namespace simulation;

class LiveAgain : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] DayOptions hours_of_faults() const {
    DayOptions options;
    options.bot = GetParam();
    options.contracts = 6;
    options.span = 4 * hour;  // answers of 503, a socket that dies and is refused; bursts, cascades and prints
    options.record_folder = folder.path();
    return options;
  }
  /// The recording through the bot again.
  void replay(app::Rehearsal::Ears ears) const {
    app::Loaded loaded;
    loaded.bot = GetParam();
    loaded.logic = make_logic(GetParam());
    loaded.settings = settings_of(GetParam(), "", *loaded.logic);
    app::CommandLine line;
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) line.files.push_back(file.path());
    std::ranges::sort(line.files);
    ASSERT_FALSE(line.files.empty());
    auto material = app::Material::read(line);
    ASSERT_TRUE(material) << material.error().text();
    auto rehearsal = app::Rehearsal::begin(*loaded.logic, loaded.settings, std::move(ears));
    ASSERT_TRUE(rehearsal) << rehearsal.error().text();
    const auto played = material.value().play(*rehearsal.value(), *loaded.logic, loaded.bot);
    EXPECT_TRUE(played) << played.error().text();
    rehearsal.value()->end();
  }
  [[nodiscard]] std::string candidates() const {
    std::string out;
    app::Rehearsal::Ears ears;
    ears.on_candidate = [&](const desk::Finding& finding) { out += desk::candidate_json(finding) + "\n"; };
    replay(std::move(ears));
    return out;
  }
  test::TempFolder folder;
};

TEST_P(LiveAgain, SIG7_ReplayedTwiceItFindsWhatTheLiveRunFound) {
  std::string live;
  auto options = hours_of_faults();
  options.candidate_line = [&](const std::string& line) { live += line + "\n"; };
  (void)live_a_day(options);
  EXPECT_GT(std::ranges::count(live, '\n'), 5) << live;
  EXPECT_EQ(candidates(), live);
  EXPECT_EQ(candidates(), live);
}

TEST_P(LiveAgain, SIG7_ItWouldHaveSaidWhatItSaid) {
  const auto lived = live_a_day(hours_of_faults());
  std::vector<std::string> live, again;
  for (const auto& post : lived.posts)
    if (std::to_string(post.chat) == Town::signals_chat && post.action == "send")
      live.push_back(post.text.substr(0, post.text.find('\n')));
  app::Rehearsal::Ears ears;
  ears.on_message = [&](const app::Rehearsed& message) {
    if (message.op == store::Op::edit) return;  // live, an edit takes the place of one that still waits
    again.push_back(base::visible_text(message.html.substr(0, message.html.find('\n'))));
  };
  replay(std::move(ears));
  EXPECT_FALSE(live.empty());
  // Live, what has a direction waits some seconds for the ATR of its plan.
  std::ranges::sort(live);
  std::ranges::sort(again);
  EXPECT_EQ(again, live);
}

INSTANTIATE_TEST_SUITE_P(Bots, LiveAgain, ::testing::Values("volume", "liquidation", "funding"));

}  // namespace live_again_test
