// Text for Telegram's HTML mode. A message is built from literals of the source and from escaped text, nothing else
// (TG-6): a price, a symbol or an exception's words cannot open a tag, whatever they hold.
#pragma once
#include <string>
#include <string_view>

namespace base {

class Html {
 public:
  Html() = default;
  /// Any bytes: made valid UTF-8, control characters dropped, & < > and " escaped.
  [[nodiscard]] static Html text(std::string_view any);
  [[nodiscard]] static Html bold(std::string_view any);
  [[nodiscard]] static Html italic(std::string_view any);
  [[nodiscard]] static Html code(std::string_view any);
  /// <a href="url">label</a>; a url that is not https is not linked, only its label stays.
  [[nodiscard]] static Html link(std::string_view label, std::string_view url);
  /// Already HTML: what a table of ours stored after str(), and what words() made of our file. Only there.
  [[nodiscard]] static Html from_storage(std::string stored);

  Html& operator+=(const Html& other);
  [[nodiscard]] friend Html operator+(Html left, const Html& right) { return left += right; }
  bool operator==(const Html&) const = default;

  [[nodiscard]] const std::string& str() const { return html_; }
  [[nodiscard]] bool empty() const { return html_.empty(); }

 private:
  friend Html operator""_html(const char* text, std::size_t size);
  explicit Html(std::string html) : html_(std::move(html)) {}
  std::string html_;
};

/// Markup may be written only as a literal in the source: "<b>x</b>"_html. A literal operator takes nothing else.
[[nodiscard]] Html operator""_html(const char* text, std::size_t size);

/// The text a person sees: tags removed, the four entities and numeric references decoded.
[[nodiscard]] std::string visible_text(std::string_view html);

}  // namespace base
