// A spike that goes on, as text: what a restarted bot needs to go on with the same message.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "bots/volume/message.hpp"

namespace volume {

/// Numbers with blanks between them; what the settings and the next bar say anew is left out.
[[nodiscard]] std::string memo_of(const SpikeDetails& details);
/// nullopt: not such a text, or of another version. Symbol, title, bar length and thresholds are the caller's.
[[nodiscard]] std::optional<SpikeDetails> read_memo(std::string_view memo);

}  // namespace volume
