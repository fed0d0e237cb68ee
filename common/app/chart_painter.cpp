#include "common/app/chart_painter.hpp"

#include "common/app/child.hpp"
#include "common/desk/chart_spec.hpp"

namespace app {

std::optional<std::filesystem::path> find_chart_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  const auto folder = self.parent_path();
  for (const auto& place : {folder / "perpwatch_chart", folder / "../../charts/perpwatch_chart"})
    if (std::filesystem::is_regular_file(place, error)) return place.lexically_normal();
  return std::nullopt;
}

boost::asio::awaitable<base::Result<std::size_t>> paint_sample(telegram::Painter& painter) {
  desk::ChartSpec spec;
  spec.title = "A sample";
  spec.bar = base::Millis{60'000};
  spec.candles.push_back({base::from_ms(1'767'268'800'000), 100, 102, 99, 101, 5'000});
  const std::string json = desk::to_json(spec);
  const auto drawn = co_await painter.paint(json);
  if (!drawn) co_return drawn.error();
  co_return drawn.value().size();
}

boost::asio::awaitable<base::Result<std::string>> ChartPainter::paint(const std::string& spec) {
  ChildPlan plan(program_);
  plan.input = spec;
  auto drawn = co_await run_child(clock_, plan);
  co_return drawn;
}

}  // namespace app
