// Why a signal was said, and why a contract's newest look was not one: every value beside its threshold, for people.
#pragma once
#include <span>
#include <string>

#include "common/desk/finding.hpp"
#include "common/store/signal_log.hpp"

namespace desk {

/// A signal with all that decided it, some lines of plain text.
[[nodiscard]] std::string why_text(const store::SignalRow& signal);
/// The newest look of every rule, and how far each condition was from holding: "z 2.1, needs 3 (30% away)".
[[nodiscard]] std::string whynot_text(std::span<const Evaluation> looks);

}  // namespace desk
