// The gallery as a document, and as a page that looks like Telegram on a phone.
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {

constexpr const char* head = R"(# Every message, as it looks

Printed by the tests out of the program itself, from samples written by hand: `./dev messages` prints it again after a change of the
words in `common/base/messages.tmpl` ([why one file](decisions/0022-one-file-of-words.md)), and a test fails until it was. The first line
is what a lock screen shows: what, where, how big, which way. Times are UTC. What each rule means: [signals.md](signals.md); what an
operator does about it: [SETUP.md](../SETUP.md#what-each-message-means).

🔕 comes without a sound, ↩ as a reply to the message it belongs to.

| dark | light |
|---|---|
| ![signals on a phone, dark](pictures/messages-dark.png) | ![the same, light](pictures/messages-light.png) |
)";

std::string signs(const Shown& shown) { return std::string(shown.silent ? " 🔕" : "") + (shown.reply ? " ↩" : ""); }

constexpr const char* style = R"(
@font-face { font-family: Signs; src: local("Noto Color Emoji"); unicode-range: U+231A-23FF, U+2600-27BF, U+2B00-2BFF, U+1F000-1FAFF; }
body { margin: 0; padding: 12px 8px; width: 374px; font: 15px/1.36 Signs, Roboto, "Noto Sans", "DejaVu Sans", "Noto Color Emoji", sans-serif;
       background: var(--chat); color: var(--text); }
.dark { --chat: #0e1621; --bubble: #182533; --text: #f5f5f5; --link: #6ab3f3; --faint: #6d7f8f; --bar: #2b3b4c; }
.light { --chat: #cfdfc9; --bubble: #ffffff; --text: #000000; --link: #168acd; --faint: #8a9a8a; --bar: #e7f1e3; }
h2 { font-size: 13px; font-weight: 500; text-align: center; color: var(--faint); margin: 14px 0 6px; }
p { background: var(--bubble); border-radius: 12px; padding: 7px 10px 8px; margin: 0 34px 6px 0; white-space: pre-wrap;
    overflow-wrap: anywhere; }
p.reply { border-left: 3px solid var(--link); }
a { color: var(--link); text-decoration: none; }
)";

}  // namespace

std::string markdown() {
  std::string out = head;
  for (const auto& chapter : all()) {
    out += "\n## " + chapter.title + "\n" + chapter.words + "\n";
    for (const auto& shown : chapter.messages)
      out += "\n" + shown.what + signs(shown) + "\n```\n" + base::visible_text(shown.html) + "\n```\n";
  }
  return out;
}

std::string page(bool dark, bool main_only) {
  std::string out = "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=390\"><style>";
  out += std::string(style) + "</style><body class=\"" + (dark ? "dark" : "light") + "\">";
  for (const auto& chapter : all()) {
    std::string shown;
    for (const auto& message : chapter.messages) {
      if (message.main || !main_only)
        shown += "<p" + std::string(message.reply ? " class=\"reply\"" : "") + ">" + message.html + "</p>\n";
    }
    if (!shown.empty()) out += "<h2>" + chapter.title + "</h2>\n" + shown;
  }
  return out + "</body>\n";
}

}  // namespace gallery
