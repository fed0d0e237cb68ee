// Findings as JSON: the evidence that a signal keeps, and the line of --jsonl.
#pragma once
#include <string>

#include "common/desk/finding.hpp"

namespace desk {

[[nodiscard]] std::string_view to_string(Direction direction);  ///< "long", "short", "none"
/// The evidence of a finding: {"conditions":[{"name","value","threshold"}…],"factors":[{"name","score"}…],"missing":…}.
[[nodiscard]] std::string evidence_json(const Finding& finding);
/// An episode's end was measured by nothing new: its strength is that of its peak, long past.
[[nodiscard]] inline bool is_candidate(const Finding& finding) { return finding.phase != Phase::close; }
/// {"time_ms","symbol","kind","direction","score"}: the line of --jsonl (SIGNALS.md 7).
[[nodiscard]] std::string candidate_json(const Finding& finding);
/// The same after what is in `out` already.
void append_candidate_json(std::string& out, const Finding& finding);

}  // namespace desk
