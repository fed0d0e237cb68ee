// A bot lives the end of the week in which summer time begins: extremes become trades, trades end, and on Monday the
// chat gets the record with its picture. SIMULATION_PICTURES=FOLDER keeps the picture for a person to look at.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "charts/pictures.hpp"
#include "tests/simulation/life.hpp"
#include "tests/simulation/seeded_market.hpp"

namespace week_test {
using namespace simulation;

constexpr Ms week_start = 1'774'224'000'000;                             // Monday, 2026-03-23 00:00 UTC
constexpr Ms begin = week_start + 4 * day;                               // what goes before is the same day by day
constexpr Ms report_at = week_start + 7 * day + 6 * hour + 10 * minute;  // 8:00 in Berlin, where summer has begun

/// What perpwatch_chart does, without a process.
class Draws final : public telegram::Painter {
 public:
  boost::asio::awaitable<base::Result<std::string>> paint(const std::string& json) override {
    const auto spec = desk::picture_from_json(json);
    if (!spec) co_return spec.error();
    const auto* report = std::get_if<desk::ReportSpec>(&spec.value());
    if (report != nullptr) reports.push_back(*report);
    const auto draw = [this](const auto& one) { return charts::draw(one, fonts); };
    co_return std::visit(draw, spec.value());
  }
  charts::Fonts fonts = charts::Fonts::load(charts::Fonts::folder).value();
  std::vector<desk::ReportSpec> reports;
};

void lay_extremes(SeededMarket& market) {
  for (int when = 0; when < 6; ++when) {
    const auto contract = static_cast<std::size_t>(when) % 4;
    const Ms from = begin + when / 3 * day + 9 * hour;
    market.set_rate(contract, from, when % 2 == 0 ? 0.006 : -0.006);
    market.set_rate(contract, from + 9 * hour, 0.0001);
  }
}

TEST(Week, EndsWithAReportAndItsPictureInTheHourOfThePlace) {
  SeededMarket market(3, 4, begin, 5 * day);
  lay_extremes(market);
  Town town(begin, sandbox::Json::array());
  LifeOptions options;
  options.bot = "funding";
  // The market of the simulation hardly moves: by its ATR every trade would be too dear.
  options.layer =
      "[gates]\ntime_zone = \"Europe/Berlin\"\n[gates.risk]\ncost_r_max = 10\n[heartbeat]\nevery = \"24h\"\n";
  const auto painter = std::make_shared<Draws>();
  options.painter = painter;
  {
    Life life(town, market, begin, options);
    life.run_until(report_at - 2 * minute);
    EXPECT_EQ(town.count("📊"), 0U) << "nothing had closed when the week before ended: nothing to tell\n";
    EXPECT_TRUE(life.stop());
  }
  {
    Life life(town, market, report_at - minute, options);  // a restart in between
    life.run_until(report_at + 8 * minute);
    EXPECT_EQ(town.count("📊"), 0U) << "not in the first ten minutes of a run";
    life.run_until(report_at + 2 * hour);
    EXPECT_TRUE(life.stop());
  }
  ASSERT_EQ(town.count("📊 Funding Bot: "), 1U) << town.transcript();
  EXPECT_EQ(town.transcript().find("SUSPECT"), std::string::npos) << town.transcript();
  EXPECT_EQ(town.count("DEGRADED"), 0U) << "nothing went wrong in all of the time";
  const auto& posts = town.posts();
  const auto text =
      std::find_if(posts.begin(), posts.end(), [](const auto& post) { return post.text.starts_with("📊"); });
  EXPECT_TRUE(text->text.starts_with("📊 Funding Bot: not enough data\nWeek to Mon 30 Mar 08:00 Europe/Berlin\n"))
      << text->text;
  EXPECT_EQ(text->chat, std::stoll(Town::signals_chat));
  EXPECT_TRUE(text->silent);
  const auto photo = std::find_if(text, posts.end(), [](const auto& post) { return post.action == "photo"; });
  ASSERT_NE(photo, posts.end()) << town.transcript();
  EXPECT_EQ(photo->reply_to, text->message_id);
  EXPECT_TRUE(photo->silent);
  EXPECT_EQ(photo->text, "Funding Bot until 30 Mar: not enough data");
  ASSERT_EQ(painter->reports.size(), 1U);
  EXPECT_GE(painter->reports[0].lines[0].points.size(), 3U) << text->text;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  if (const char* folder = std::getenv("SIMULATION_PICTURES"))
    std::ofstream(std::string(folder) + "/week.png", std::ios::binary) << photo->photo;
}

}  // namespace week_test
