// Long messages in parts that Telegram takes (TG-4), and the words that the sender adds. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/html.hpp"
#include "common/base/time.hpp"

namespace telegram {

/// Telegram's limits: UTF-16 units of visible text and bytes of the submitted text.
inline constexpr std::size_t visible_units_max = 4'096;
inline constexpr std::size_t raw_bytes_max = 32'768;

struct SplitLimits {
  std::size_t units{visible_units_max};
  std::size_t bytes{raw_bytes_max};
};

/// HTML in well-formed pieces, each within the limits; their visible texts, joined, are the visible text of `html`.
/// Cuts after a line, else after a word, else between characters as people see them; never inside a character, an
/// entity or a tag. Tags open at a cut are closed and opened again. Tags that do not match are dropped, open ones are
/// closed.
[[nodiscard]] std::vector<std::string> split_html(std::string_view html, const SplitLimits& limits);

/// The parts of a message as they are sent: "1/3" on the first line when there are several; below, "(possible repeat)"
/// when `repeat`, and what `late` says of its age. Plain: as a person sees it, without markup, for a text that
/// Telegram could not parse.
class Parts {
 public:
  Parts(std::string_view html, bool plain);
  [[nodiscard]] std::size_t count() const { return pieces_.size(); }
  [[nodiscard]] std::string text(std::size_t part, bool repeat, const std::optional<base::Html>& late = {}) const;
  /// The one text of an edit, which cannot have parts: the first piece, with "…" when more is left.
  [[nodiscard]] std::string only_text() const;

 private:
  std::vector<std::string> pieces_;
  bool plain_;
};

/// For the other chat: this one takes no messages from the bot.
[[nodiscard]] base::Html chat_refused_words(std::string_view chat, std::string_view answer);

}  // namespace telegram
