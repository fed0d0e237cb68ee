// Every message that Perpwatch posts, made from samples written by hand through the functions that make them in a run.
#pragma once
#include <string>
#include <vector>

#include "common/base/html.hpp"

namespace gallery {

/// One message of the gallery.
struct Shown {
  std::string what;  ///< "a burst, at its first bar"
  std::string html;
  bool silent{};
  bool reply{};  ///< below another message
  bool main{};   ///< one of the few for the picture in the document
};
struct Chapter {
  std::string title, words;
  std::vector<Shown> messages;
};

[[nodiscard]] Chapter volume();
[[nodiscard]] Chapter liquidations();
[[nodiscard]] Chapter funding();
[[nodiscard]] Chapter around();  ///< what a signal carries below its words, and what replies to it
[[nodiscard]] Chapter together();
[[nodiscard]] Chapter weekly();
[[nodiscard]] Chapter suite();
[[nodiscard]] std::vector<Chapter> all();

/// docs/messages.md.
[[nodiscard]] std::string markdown();
/// A page that looks like Telegram on a phone.
[[nodiscard]] std::string page(bool dark, bool main_only);

/// 2026-03-14 14:05:00 UTC.
inline constexpr long long noon_ms = 1'773'497'100'000;

}  // namespace gallery
