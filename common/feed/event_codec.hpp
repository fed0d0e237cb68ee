// Market events, instruments and what else a detector is told, as bytes of a recording. Private to one version: a
// recording says which it is written in.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/market/event.hpp"
#include "common/market/instrument.hpp"

namespace feed {

[[nodiscard]] std::string encoded(const market::Event& event);
[[nodiscard]] std::string encoded(const market::Instrument& instrument);
/// nullopt: cut, longer than it should be, or of another version.
[[nodiscard]] std::optional<market::Event> decoded_event(std::string_view bytes);
[[nodiscard]] std::optional<market::Instrument> decoded_instrument(std::string_view bytes);

}  // namespace feed
