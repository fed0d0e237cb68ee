// Has pictures drawn by perpwatch_chart, a process for each.
#pragma once
#include <filesystem>
#include <optional>

#include "common/base/clock.hpp"
#include "common/telegram/painter.hpp"

namespace app {

/// perpwatch_chart beside the running program, or where a build folder has it; nullopt: in neither place.
[[nodiscard]] std::optional<std::filesystem::path> find_chart_program();

/// Has a small picture drawn; its bytes. What `check` tries.
[[nodiscard]] boost::asio::awaitable<base::Result<std::size_t>> paint_sample(telegram::Painter& painter);

class ChartPainter final : public telegram::Painter {
 public:
  ChartPainter(base::Clock& clock, std::filesystem::path program) : clock_(clock), program_(std::move(program)) {}
  [[nodiscard]] boost::asio::awaitable<base::Result<std::string>> paint(const std::string& spec) override;

 private:
  base::Clock& clock_;
  std::filesystem::path program_;
};

}  // namespace app
