// perpwatch_chart as the bots start it.
#include "common/app/chart_painter.hpp"

#include <gtest/gtest.h>

#include "common/app/child.hpp"
#include "common/base/task_group.hpp"
#include "common/desk/chart_spec.hpp"
#include "tests/support/fake_clock.hpp"

namespace chart_painter_test {
using namespace std::chrono_literals;

class ChartPainterTest : public testing::Test {
 protected:
  using Painted = std::optional<base::Result<std::string>>;
  static boost::asio::awaitable<void> await_paint(telegram::Painter& painter, std::string spec, Painted& out) {
    auto result = co_await painter.paint(spec);
    out.emplace(std::move(result));
  }
  static boost::asio::awaitable<void> await_child(base::Clock& clock, app::ChildPlan plan, Painted& out) {
    auto result = co_await app::run_child(clock, plan);
    out.emplace(std::move(result));
  }
  base::Result<std::string> wait(boost::asio::awaitable<void> task) {
    tasks_.spawn("paint", std::move(task));
    io_.restart();
    while (!painted_ && io_.run_one() > 0) {
    }
    clock_.advance(0ms);
    auto out = std::move(*painted_);
    painted_.reset();
    return out;
  }
  base::Result<std::string> paint(const std::string& spec) { return wait(await_paint(painter_, spec, painted_)); }
  static std::string chart() {
    desk::ChartSpec spec;
    spec.title = "BTCUSDT · Binance";
    spec.bar = 1min;
    spec.candles = {{base::from_ms(1'767'268'800'000), 100, 102, 99, 101, 5'000}};
    return to_json(spec);
  }

  boost::asio::io_context io_;
  test::FakeClock clock_{io_};
  app::ChartPainter painter_{clock_, PERPWATCH_CHART};
  Painted painted_;
  base::TaskGroup tasks_{io_, [](const std::string& name, const std::exception_ptr& error) {
                           ADD_FAILURE() << name << ": " << base::describe(error);
                         }};
};

TEST_F(ChartPainterTest, AChartIsAPngAndTheSameOneTwice) {
  const auto once = paint(chart());
  ASSERT_TRUE(once) << once.error().text();
  EXPECT_EQ(once.value().substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(paint(chart()).value(), once.value());
}

TEST_F(ChartPainterTest, CheckTriesASample) {
  std::optional<base::Result<std::size_t>> size;
  const auto sample = [](telegram::Painter& painter,
                         std::optional<base::Result<std::size_t>>& out) -> boost::asio::awaitable<void> {
    auto result = co_await app::paint_sample(painter);
    out.emplace(std::move(result));
  };
  app::ChartPainter missing(clock_, "/nonexistent");
  for (telegram::Painter* painter :
       {static_cast<telegram::Painter*>(&painter_), static_cast<telegram::Painter*>(&missing)}) {
    size.reset();
    tasks_.spawn("sample", sample(*painter, size));
    io_.restart();
    while (!size && io_.run_one() > 0) {
    }
    clock_.advance(0ms);
    EXPECT_EQ(size->has_value(), painter == &painter_);
  }
}

TEST_F(ChartPainterTest, RubbishIsRefusedWithAReason) {
  const std::vector<std::string> rubbish{"", "{}", "\x89PNG", "{\"picture\":\"signal\"}", std::string(100'000, '[')};
  for (const auto& one : rubbish) {
    const auto refused = paint(one);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause.substr(0, 26), "it failed with 65: perpwat") << refused.error().text();
  }
}

TEST_F(ChartPainterTest, MoreThanAPictureNeedsIsRefusedUnread) {
  const auto refused = paint(std::string(50'000'000, ' '));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().cause.find("larger than a picture needs"), std::string::npos);
}

TEST_F(ChartPainterTest, AMissingFontNamesItsPackage) {
  app::ChildPlan plan(PERPWATCH_CHART);
  plan.arguments = {"/nonexistent"};
  plan.input = chart();
  const auto refused = wait(await_child(clock_, plan, painted_));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().cause.find("it failed with 72"), std::string::npos);
  EXPECT_NE(refused.error().cause.find("fonts-dejavu-core"), std::string::npos);
}

}  // namespace chart_painter_test
