// What a heartbeat, /health and the status page show: values alone, the desk words them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/health/alert_board.hpp"
#include "common/health/clock_offsets.hpp"
#include "common/health/error_journal.hpp"
#include "common/health/feed_board.hpp"

namespace health {

/// What other rooms know; the app fills it in.
struct Outside {
  std::size_t breakers_open{};
  std::size_t outbox_pending{};
  bool paused{};
};

struct HealthReport {
  std::string bot;
  base::WallTime at{};
  base::WallTime started_at{};
  base::Millis uptime{};
  std::uint64_t cycles{}, signals{};
  ErrorCounts errors;  ///< since the start
  std::size_t exchanges_live{}, exchanges_total{};
  std::vector<FeedView> troubled;  ///< feeds that are suspect or dead
  std::optional<base::Millis> newest_datum_age;
  std::vector<OffsetView> clock_offsets;    ///< those over 2 s
  std::vector<JournalEntry> recent_errors;  ///< the newest first
  std::vector<Alert> open_alerts;
  Outside outside;
};

}  // namespace health
