#include "tests/sandbox/bot_parts.hpp"

#include <stdexcept>

#include "common/config/document.hpp"

namespace sandbox {

namespace {

std::string path_of(const std::string& url) {
  const auto target = net::parse_url(url)->target;
  return target == "/" ? std::string() : target;
}

}  // namespace

app::Settings shipped_settings() {
  const auto file = std::filesystem::path(PERPWATCH_SOURCE_DIR) / "config/common.toml";
  auto document = config::Document::load({file}, {});
  app::Settings out;
  app::bind(document, out);
  if (out.exchanges.empty()) throw std::runtime_error(config::text_of(document.problems()));
  return out;
}

void point_at(exchange::Settings& settings, const std::string& exchange, const std::string& host, std::uint16_t port) {
  const auto base = host + ":" + std::to_string(port) + "/" + exchange;
  settings.rest_url = "http://" + base + path_of(settings.rest_url);
  for (auto& [door, url] : settings.stream_urls) url = "ws://" + base + path_of(url);
}

guard::GateOptions gate_options(const app::Settings& settings, const std::string& bot) {
  guard::GateOptions out;
  out.breaker = settings.guard.breaker;
  for (const auto& [exchange, its] : settings.exchanges)
    for (const auto& [name, documented] : its.limits) {
      const guard::DocumentedLimit limit{
          documented.units, documented.per, documented.usage_header, {}, documented.undivided};
      const auto plan = guard::plan_limit(exchange, limit, settings.guard.shares.at(bot), settings.guard.headroom);
      if (!plan) throw std::runtime_error(plan.error().text());
      out.limits[exchange].emplace(name, *plan);
    }
  return out;
}

}  // namespace sandbox
