// backtest, stats, export.
#include "common/app/reports.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "common/app/backtest.hpp"
#include "common/desk/outcome.hpp"
#include "common/store/outcomes.hpp"
#include "common/store/schema.hpp"
#include "common/store/signal_log.hpp"
#include "tests/support/temp_folder.hpp"

namespace reports_test {
using desk::Direction;
using desk::Finding;
using desk::Findings;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);
constexpr base::Millis minute{60'000};

/// A long at each full hour's close, by the price of the bar; one candidate a minute that does not fire.
class HourlyDetector final : public desk::Detector {
 public:
  void on_event(const market::Event& event, Findings& out) override {
    const auto* bar = std::get_if<market::Candle>(&event);
    if (bar == nullptr) return;
    Finding finding;
    finding.kind = "hourly";
    finding.exchange = bar->exchange;
    finding.symbol = bar->symbol;
    finding.key = "hourly/" + bar->symbol;
    finding.event_id = market::identity(event);
    finding.at = bar->opened_at + bar->length;
    finding.fires = base::to_ms(finding.at) % 3'600'000 == 0;
    finding.direction = Direction::long_side;
    finding.setup.emplace();
    finding.setup->exchange = bar->exchange;
    finding.setup->symbol = bar->symbol;
    finding.setup->price = bar->close;
    out.push_back(finding);
  }
  void on_time(base::WallTime, Findings&) override {}
  [[nodiscard]] base::WallTime due() const override { return desk::never; }
};
class HourlyLogic final : public app::BotLogic {
 public:
  void bind(config::Document&) override {}
  [[nodiscard]] feed::FeedNeeds needs() const override { return {}; }
  desk::Detector& make_detector(app::Resolve, app::ExchangeTitles) override { return detector_; }
  void adopt(const BotLogic&) override {}

 private:
  HourlyDetector detector_;
};

/// Two days that rise by a third of a percent an hour, with a range of 0.6 % an hour.
std::string rising() {
  std::string out = "time_ms,symbol,open,high,low,close,quote_volume\n";
  double price = 100;
  for (int i = 0; i < 2 * 1'440; ++i) {
    const double next = price * 1.00005;
    out += std::to_string(base::to_ms(noon + i * minute)) + ",BTC," + std::to_string(price) + "," +
           std::to_string(price * 1.003) + "," + std::to_string(price * 0.9995) + "," + std::to_string(next) + ",1\n";
    price = next;
  }
  return out;
}

TEST(Backtest, ReplaysTradesAndPlacebosAndSaysWhatTheyCameTo) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "bars.csv") << rising();
  app::CommandLine line;
  line.files = {folder.path() / "bars.csv"};
  const auto load = [](const app::CommandLine&) {
    app::Loaded out;
    out.bot = "test";
    out.settings.gates.cooldown = std::chrono::minutes{60};
    out.logic = std::make_unique<HourlyLogic>();
    return out;
  };
  std::string first;
  for (int round = 0; round < 2; ++round) {
    auto material = app::Material::read(line);
    ASSERT_TRUE(material) << material.error().text();
    const auto text = app::backtest(material.value(), line, load);
    ASSERT_TRUE(text) << text.error().text();
    if (round == 0) first = text.value();
    EXPECT_EQ(text.value(), first) << "the same twice";
  }
  EXPECT_TRUE(first.starts_with("hourly · config ")) << first;
  EXPECT_NE(first.find(" closed, "), std::string::npos) << first;
  EXPECT_NE(first.find(": not enough data\n"), std::string::npos) << first;
  EXPECT_NE(first.find("  placebo +"), std::string::npos) << "in a rising market chance alone wins: " << first;
  EXPECT_NE(first.find("\n13 signals without a trade: no ATR\n"), std::string::npos) << first;
  EXPECT_NE(first.find("too many in one direction"), std::string::npos) << first;
}

TEST(Backtest, SaysThatATradeNeedsCandles) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "rates.csv") << "time_ms,venue,symbol,funding_rate\n1767268800000,okx,BTC,0.0001\n";
  app::CommandLine line;
  line.files = {folder.path() / "rates.csv"};
  auto material = app::Material::read(line);
  ASSERT_TRUE(material) << material.error().text();
  const auto load = [](const app::CommandLine&) {
    app::Loaded out;
    out.bot = "test";
    out.logic = std::make_unique<HourlyLogic>();
    return out;
  };
  const auto text = app::backtest(material.value(), line, load);
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_TRUE(text->starts_with("no trade: the files hold no candles")) << text.value();
}

class ReportsTest : public ::testing::Test {
 protected:
  std::int64_t signal(const std::string& subject, base::WallTime at) {
    store::SignalRow row;
    row.kind = "reversal";
    row.subject = subject;
    row.key = "reversal/" + subject;
    row.tier = 1;
    row.direction = "long";
    row.strength = 2.5;
    row.at = at;
    row.event_id = subject;
    row.evidence = "{}";
    row.config = "c1";
    row.said = "ring";
    return *store::SignalLog(*database_).add(row).value();
  }
  void outcome(std::int64_t signal_id, base::WallTime at, const desk::Outcome& trade) {
    store::OutcomeRow row;
    row.signal_id = signal_id;
    row.rule = "reversal";
    row.config = "c1";
    row.exchange = "okx";
    row.symbol = "BTC";
    row.direction = "long";
    row.decided_at = at;
    row.state = desk::to_string(trade.state);
    row.running = trade.is_running();
    row.ended_at = trade.ended_at;
    row.result_r = trade.result_r();
    row.body = desk::outcome_json(trade);
    ASSERT_TRUE(store::Outcomes(*database_).add(row));
  }
  static desk::Outcome trade(bool stopped) {
    desk::TradePlan plan;
    plan.direction = Direction::long_side;
    plan.exchange = "okx";
    plan.symbol = "BTC";
    plan.entry = 100;
    plan.risk = 2;
    plan.stop = 98;
    plan.tp1 = 103;
    plan.tp2 = 106;
    auto out = desk::open_outcome(plan, {}, noon - minute);
    market::Candle bar;
    bar.opened_at = noon;
    bar.length = minute;
    bar.open = bar.high = bar.close = 100;
    bar.low = stopped ? 97 : 99;
    desk::advance(out, bar);
    return out;
  }
  test::TempFolder folder_;
  std::unique_ptr<store::Database> database_ =
      std::move(store::open_bot(folder_.path(), "test", noon).value().database);
};

TEST_F(ReportsTest, StatsSayTheRecordOfEachRule) {
  EXPECT_EQ(app::stats_text(*database_).value(), "no signal with a direction yet\n");
  outcome(signal("a", noon), noon, trade(true));
  outcome(signal("b", noon), noon, trade(false));
  for (const auto* config : {"c0", "c1"}) ASSERT_TRUE(store::Outcomes(*database_).note_config(config, noon));
  EXPECT_EQ(app::stats_text(*database_).value(),
            "reversal · config c1 · 2 configs tried\n"
            "  1 closed, 1 open, 0 void, 0 unobserved, 0 ambiguous · 2026-01-01 to 2026-01-01\n"
            "  expectancy −1.05 R a trade over 1 day: not enough data\n"
            "  worst −1.05 R, deepest fall 1.0 R\n"
            "  wins 0 of 1 (0 to 79 %); both only descriptive\n");
  EXPECT_EQ(app::stats_text(*database_, "reversal").value(), app::stats_text(*database_).value());
  const auto unknown = app::stats_text(*database_, "reversals");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().text(), "rule reversals: has no record; there are records of reversal");
}

TEST_F(ReportsTest, AnOlderDatabaseIsNotChangedBelowTheBotThatUsesIt) {
  database_.reset();
  {
    auto old = store::Database::open(folder_.path() / "old.db", store::bot_migrations().first(2), {});
    ASSERT_TRUE(old);
  }
  const auto refused = app::open_beside(folder_.path(), "old", noon);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("start the bot of this version once"), std::string::npos);
  EXPECT_TRUE(store::Database::open(folder_.path() / "old.db", store::bot_migrations().first(2), {}))
      << "the older program still knows it";
  EXPECT_TRUE(app::open_beside(folder_.path(), "test", noon));
  std::ofstream(folder_.path() / "broken.db") << std::string(9'000, 'x');
  const auto broken = app::open_beside(folder_.path(), "broken", noon);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().text().find("it cannot be read"), std::string::npos) << broken.error().text();
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out{""};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

TEST_F(ReportsTest, TheExportHasALineASignalAndAsManyFieldsAsItsHeader) {
  outcome(signal("=cmd(),\"x\"", noon), noon, trade(true));
  outcome(signal("open one", noon + minute), noon + minute, trade(false));
  (void)signal("plain", noon + 2 * minute);
  const auto csv = app::export_csv(*database_);
  ASSERT_TRUE(csv);
  std::vector<std::string> lines;
  std::istringstream in(csv.value());
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4U);
  const auto header = fields(lines[0]);
  for (const auto& line : lines) EXPECT_EQ(fields(line).size(), header.size()) << line;
  const auto at = [&](std::size_t line, const std::string& name) {
    const auto column = std::find(header.begin(), header.end(), name) - header.begin();
    return fields(lines[line]).at(static_cast<std::size_t>(column));
  };
  EXPECT_EQ(at(1, "subject"), "\"'=cmd(),\"\"x\"\"\"") << "no formula, and quoted";
  EXPECT_EQ(at(1, "time_utc"), "2026-01-01 12:00:00");
  EXPECT_EQ(at(1, "outcome"), "closed");
  EXPECT_EQ(at(1, "end"), "stop");
  EXPECT_EQ(at(1, "result_r"), "-1.0495");
  EXPECT_EQ(at(1, "mae_r"), "1");
  EXPECT_EQ(at(2, "outcome"), "open");
  EXPECT_EQ(at(2, "result_r"), "");
  EXPECT_EQ(at(2, "entry"), "100");
  EXPECT_EQ(at(3, "subject"), "plain");
  EXPECT_EQ(at(3, "outcome"), "");
}

TEST_F(ReportsTest, TheExportIsWrittenWholeBesideTheRunningBot) {
  (void)signal("a", noon);
  app::CommandLine line;
  line.state_dir = folder_.path();
  line.files = {folder_.path() / "out.csv"};
  EXPECT_EQ(app::run_export(line, "test", noon), 0);
  std::ifstream in(line.files[0]);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, app::export_csv(*database_).value());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "out.csv.draft"));
  line.files = {folder_.path() / "no such folder" / "out.csv"};
  EXPECT_NE(app::run_export(line, "test", noon), 0);
  std::filesystem::create_directory(folder_.path() / "a folder");
  line.files = {folder_.path() / "a folder"};
  EXPECT_NE(app::run_export(line, "test", noon), 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "a folder.draft")) << "nothing is left lying about";
  EXPECT_NE(app::run_export(line, "other", noon), 0) << "no database";
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "other.db")) << "and none is made";
}

}  // namespace reports_test
