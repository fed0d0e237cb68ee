// A cascade that goes on, as text: what a restarted bot needs to go on with the same message.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "bots/liquidation/asset.hpp"

namespace liquidation {

/// Everything but the sample. Lines of fields with tabs between them: names of contracts hold neither.
[[nodiscard]] std::string memo_of(const Episode& episode);
/// nullopt: not such a text, or of another version.
[[nodiscard]] std::optional<Episode> read_memo(std::string_view memo);

}  // namespace liquidation
