// A funding detector and events of any exchange and interval to feed it.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "bots/funding/detector.hpp"

namespace funding_test {

using namespace std::chrono_literals;
using std::chrono::minutes;

inline constexpr base::WallTime start = base::from_ms(1'759'708'800'000);  // 2025-10-06 00:00 UTC: on every grid

struct Contract {
  std::string exchange{"binance"}, symbol{"XUSDT"};
};

inline market::Funding settled(const Contract& of, base::WallTime at, double rate) {
  market::Funding f;
  f.exchange = of.exchange;
  f.symbol = of.symbol;
  f.rate = rate;
  f.settled = true;
  f.settles_at = at;
  f.received_at = at + 10s;
  return f;
}

inline market::Funding running(const Contract& of, base::WallTime at, double rate, std::optional<minutes> interval) {
  market::Funding f;
  f.exchange = of.exchange;
  f.symbol = of.symbol;
  f.rate = rate;
  f.interval = interval;
  const base::Millis step = interval.value_or(480min);
  f.settles_at = at + (step - (at - start) % step);
  f.at = at;
  f.received_at = at + 200ms;
  return f;
}

/// What a list of intervals and limits says: no rate.
inline market::Funding listed(const Contract& of, base::WallTime at, std::optional<minutes> interval) {
  market::Funding f;
  f.exchange = of.exchange;
  f.symbol = of.symbol;
  f.interval = interval;
  f.received_at = at;
  return f;
}

struct Bench {
  explicit Bench(funding::Settings settings = {}) : detector(std::move(settings)) {}
  funding::Detector detector;
  desk::Findings feed(const market::Event& event) {
    desk::Findings out;
    detector.on_event(event, out);
    return out;
  }
  std::optional<desk::Finding> feed(const market::Event& event, const std::string& kind) {
    const auto all = feed(event);
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.kind == kind; });
    return at == all.end() ? std::nullopt : std::optional(*at);
  }
};

inline std::optional<double> measured(const std::vector<desk::Measured>& all, std::string_view name) {
  for (const auto& one : all)
    if (one.name == name) return one.value;
  return std::nullopt;
}

}  // namespace funding_test
