// The suite's own messages: start, heartbeat, stop, alerts. Pure: values in, HTML out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/html.hpp"
#include "common/health/report.hpp"
#include "common/market/changes.hpp"

namespace desk {

struct StartFacts {
  std::size_t exchanges{};
  base::Millis heartbeat_every{};
  base::WallTime at{};
  std::vector<std::string> notes;  ///< what the operators should know: files set aside, messages to be repeated
};

[[nodiscard]] base::Html started_message(std::string_view title, const StartFacts& facts);
[[nodiscard]] base::Html heartbeat_message(std::string_view title, const health::HealthReport& report);
[[nodiscard]] base::Html stopped_message(std::string_view title, const health::HealthReport& report);
/// Rings once; the same post is replaced by recovered_message() when it is over.
[[nodiscard]] base::Html alert_message(std::string_view title, const health::Alert& alert, base::WallTime now);
[[nodiscard]] base::Html recovered_message(std::string_view title, const health::Alert& alert, base::WallTime now);
/// An exchange sent this address away; all three bots leave it alone until then.
[[nodiscard]] base::Html ban_message(std::string_view title, std::string_view host, std::string_view reason,
                                     base::WallTime until, base::WallTime now);
/// What became different in an exchange's list of contracts. Names at most `contract_names_max` of a kind.
[[nodiscard]] base::Html contracts_message(std::string_view exchange,
                                           const std::vector<market::ContractChange>& changes, base::WallTime now);
inline constexpr std::size_t contract_names_max = 20;
/// Of a signal's own exchange: a feed that is suspect or dead.
[[nodiscard]] base::Html doubt_words(std::string_view exchange, const health::FeedView& feed);
/// The same below the signal's own words.
[[nodiscard]] base::Html with_doubt(const base::Html& said, std::string_view doubt);
[[nodiscard]] base::Html test_message(base::WallTime now);
/// A task of the bot ended by an exception; `giving_up`: the process exits for its supervisor.
[[nodiscard]] base::Html crash_message(std::string_view title, std::string_view task, std::string_view what,
                                       bool giving_up, base::WallTime now);

}  // namespace desk
