#include "common/telegram/split.hpp"

#include <algorithm>
#include <optional>

#include "common/base/text.hpp"
#include "common/base/utf8.hpp"
#include "common/base/words.hpp"

namespace telegram {

namespace {

enum class Kind : std::uint8_t { text, open, close };

/// The smallest thing that is never cut: a tag, or one character as people see it.
struct Token {
  Kind kind{Kind::text};
  std::string_view raw;
  std::string_view name;  ///< of a tag
  std::size_t units{};    ///< UTF-16 units of visible text
};

constexpr std::size_t cluster_units_max = 64;  ///< a longer run of joined characters may be cut
constexpr std::size_t tag_bytes_max = 4'096;   ///< a longer tag is dropped: no part could carry it
constexpr std::size_t tag_depth_max = 8;       ///< deeper ones are dropped, for the same reason

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Bytes of the tag at the start of `html`, 0 when '<' is just a character.
std::size_t tag_size(std::string_view html) {
  const std::size_t name = html.size() > 1 && html[1] == '/' ? 2 : 1;
  if (html.size() <= name || !is_letter(html[name])) return 0;
  char quote = 0;
  for (std::size_t i = name; i < std::min(html.size(), 2 * tag_bytes_max); ++i) {
    if (quote != 0) {
      if (html[i] == quote) quote = 0;
    } else if (html[i] == '"' || html[i] == '\'') {
      quote = html[i];
    } else if (html[i] == '>') {
      return i + 1;
    }
  }
  return 0;
}

/// Bytes of the entity that visible_text() decodes at the start of `html`, 0 when it is none.
std::size_t entity_size(std::string_view html) {
  const auto end = html.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const auto entity = html.substr(0, end + 1);
  return base::visible_text(entity) == entity ? 0 : entity.size();
}

struct Piece {
  std::size_t bytes{};
  std::size_t units{};
  char32_t value{};
};

Piece next_piece(std::string_view text) {
  if (text.front() == '&') {
    if (const auto size = entity_size(text); size > 0) {
      const auto decoded = base::visible_text(text.substr(0, size));
      if (decoded.empty()) return {size, 0, 0};
      return {size, base::utf16_units(decoded), base::first_code_point(decoded).value};
    }
  }
  const auto point = base::first_code_point(text);
  return {point.bytes, point.value > 0xFFFF ? std::size_t{2} : std::size_t{1}, point.value};
}

bool is_flag_letter(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

/// Does `c` belong to the character before it? Marks, variation selectors, skin tones, keycaps, emoji tags.
bool is_extension(char32_t c) {
  return c == 0x200D || (c >= 0x0300 && c <= 0x036F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE01EF);
}

Token next_cluster(std::string_view text) {
  auto piece = next_piece(text);
  Token token;
  std::size_t bytes = piece.bytes;
  token.units = piece.units;
  bool odd_flag = is_flag_letter(piece.value);
  while (bytes < text.size() && text[bytes] != '<' && piece.value != '\n' && piece.value != ' ') {
    const auto next = next_piece(text.substr(bytes));
    const bool joined = piece.value == 0x200D || is_extension(next.value) || (odd_flag && is_flag_letter(next.value));
    if (!joined || token.units + next.units > cluster_units_max) break;
    odd_flag = false;
    bytes += next.bytes;
    token.units += next.units;
    piece = next;
  }
  token.raw = text.substr(0, bytes);
  return token;
}

Token tag_token(std::string_view raw) {
  Token token;
  token.kind = raw[1] == '/' ? Kind::close : Kind::open;
  token.raw = raw;
  const auto name = raw.substr(token.kind == Kind::close ? 2 : 1);
  token.name = name.substr(0, name.find_first_of(" \t\n>"));
  return token;
}

/// Tokens with every tag matched: strays are left out, and what is open at the end is simply never closed here.
std::vector<Token> tokens_of(std::string_view html) {
  std::vector<Token> out;
  std::vector<std::optional<std::string_view>> open;  ///< nullopt: dropped, its close goes too
  out.reserve(html.size());
  while (!html.empty()) {
    const std::size_t size = html.front() == '<' ? tag_size(html) : 0;
    const Token token = size > 0 ? tag_token(html.substr(0, size)) : next_cluster(html);
    html.remove_prefix(token.raw.size());
    if (token.kind == Kind::open) {
      const bool fits = token.raw.size() <= tag_bytes_max && open.size() < tag_depth_max;
      open.push_back(fits ? std::optional(token.name) : std::nullopt);
      if (fits) out.push_back(token);
    } else if (token.kind == Kind::close) {
      if (open.empty() || open.back().value_or(token.name) != token.name) continue;
      if (open.back()) out.push_back(token);
      open.pop_back();
    } else {
      out.push_back(token);
    }
  }
  return out;
}

std::size_t close_bytes(const std::vector<Token>& open) {
  std::size_t bytes = 0;
  for (const auto& tag : open) bytes += tag.name.size() + 3;
  return bytes;
}

/// Where the piece that starts at `from` ends, given the tags open there. Always beyond `from`.
std::size_t end_of_piece(const std::vector<Token>& tokens, std::size_t from, std::vector<Token> open,
                         const SplitLimits& limits) {
  std::size_t units = 0;
  std::size_t bytes = 0;
  for (const auto& tag : open) bytes += tag.raw.size();
  std::size_t after_line = from;
  std::size_t units_of_lines = 0;
  std::size_t after_word = from;
  bool has_text = false;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == Kind::open) open.push_back(token);
    if (token.kind == Kind::close && !open.empty()) open.pop_back();
    units += token.units;
    bytes += token.raw.size();
    if (has_text && (units > limits.units || bytes + close_bytes(open) > limits.bytes)) {
      // A short first line before one endless paragraph is no good place: the part would be a headline alone.
      const bool good_line = after_line > from && (units_of_lines >= limits.units / 4 || after_word <= after_line);
      return good_line ? after_line : after_word > from ? after_word : i;
    }
    has_text = has_text || token.kind == Kind::text;
    if (token.raw == "\n") {
      after_line = i + 1;
      units_of_lines = units;
    }
    if (token.raw == " ") after_word = i + 1;
  }
  return tokens.size();
}

// Room for "<b>12/34</b>\n", "\n<i>(possible repeat)</i>" and the longest words of its age.
constexpr SplitLimits with_decoration{visible_units_max - 130, raw_bytes_max - 260};

}  // namespace

std::vector<std::string> split_html(std::string_view html, const SplitLimits& limits) {
  const auto tokens = tokens_of(html);
  std::vector<std::string> out;
  std::vector<Token> open;
  for (std::size_t at = 0; at < tokens.size();) {
    std::size_t end = end_of_piece(tokens, at, open, limits);
    // What closes right at the cut closes here, not as an empty pair in the next piece.
    while (end < tokens.size() && tokens[end].kind == Kind::close) ++end;
    std::string piece;
    for (const auto& tag : open) piece += tag.raw;
    for (; at < end; ++at) {
      piece += tokens[at].raw;
      if (tokens[at].kind == Kind::open) open.push_back(tokens[at]);
      if (tokens[at].kind == Kind::close) open.pop_back();
    }
    for (auto tag = open.rbegin(); tag != open.rend(); ++tag) piece += "</" + std::string(tag->name) + ">";
    out.push_back(std::move(piece));
  }
  return out;
}

Parts::Parts(std::string_view html, bool plain) : plain_(plain) {
  pieces_ = plain ? split_html(base::Html::text(base::visible_text(html)).str(), with_decoration)
                  : split_html(html, with_decoration);
  if (!plain) return;
  for (auto& piece : pieces_) piece = base::visible_text(piece);
}

std::string Parts::text(std::size_t part, bool repeat, const std::optional<base::Html>& late) const {
  const auto shown = [this](const base::Html& html) { return plain_ ? base::visible_text(html.str()) : html.str(); };
  std::string out;
  if (pieces_.size() > 1) out = shown(base::words("send.part", {{"part", part + 1}, {"parts", pieces_.size()}})) + "\n";
  out += pieces_[part];
  if (late) out += "\n" + shown(*late);
  if (repeat) out += "\n" + shown(base::words("send.repeat", {}));
  return out;
}

base::Html chat_refused_words(std::string_view chat, std::string_view answer) {
  return base::words("suite.chat_refused", {{"chat", chat}, {"answer", answer}});
}

std::string Parts::only_text() const { return pieces_.size() > 1 ? pieces_.front() + "\n…" : pieces_.front(); }

}  // namespace telegram
