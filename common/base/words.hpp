// The words of every message, out of one file (common/base/messages.tmpl, which says how it is written). Code brings
// values, already worded by base/text; the file brings everything a person reads around them.
#pragma once
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/html.hpp"

namespace base {

/// The file as it stands: constant data of the program, nothing to find or to lose at run time.
inline constexpr char message_file[] =
#include "common/base/messages.tmpl"
    ;

/// One section of the file. Its name is checked by the compiler: a section that is not there is an error of the build.
class Section {
 public:
  consteval Section(const char* name) : begin_(begin_of(name)) {  // NOLINT(google-explicit-constructor): "a.section"
    for (end_ = begin_; message_file[end_] != 0; ++end_)
      if (message_file[end_] == '\n' && message_file[end_ + 1] == '\n') break;
  }
  [[nodiscard]] std::string_view body() const { return {message_file + begin_, end_ - begin_}; }

 private:
  /// Plain loops: under the sanitizers g++ 12 takes a comparison with a pointer for something that is not constant.
  static consteval std::size_t begin_of(const char* name) {
    for (std::size_t at = 1; message_file[at] != 0; ++at) {
      if (message_file[at] != '[' || message_file[at - 1] != '\n') continue;
      std::size_t same = 0;
      while (name[same] != 0 && message_file[at + 1 + same] == name[same]) ++same;
      if (name[same] == 0 && message_file[at + 1 + same] == ']') return at + same + 3;  // behind "]" and its line's end
    }
    throw "messages.tmpl has no such section";
  }
  std::size_t begin_{}, end_{};
};

/// One value by the name that the file calls it. Text is escaped here; what is empty is absent.
struct Value {
  Value(const char* called, std::string_view text) : name(called), html(Html::text(text)), given(!text.empty()) {}
  Value(const char* called, const std::string& text) : Value(called, std::string_view(text)) {}
  Value(const char* called, const char* text) : Value(called, std::string_view(text)) {}
  Value(const char* called, Html words) : name(called), html(std::move(words)), given(!html.empty()) {}
  /// A mark: it prints nothing, but its line stands only when it is true.
  template <std::same_as<bool> Mark>
  Value(const char* called, Mark mark) : name(called), given(mark) {}
  template <std::integral Count>
  requires(!std::same_as<Count, bool>) Value(const char* called, Count count) : Value(called, std::to_string(count)) {}

  const char* name;
  Html html;
  bool given{};
};

/// A section with its values: a line, or a part of one in [ ], is left out when one of its values is absent. A mistake
/// in the file (a name that is not among `values`, a brace too many) leaves that line as it stands; a test sees it.
[[nodiscard]] Html words(Section section, std::initializer_list<Value> values);
/// The same of lines that stand nowhere in the file, which is what tests have.
[[nodiscard]] Html words_of(std::string_view lines, std::initializer_list<Value> values);
/// What a section "words.…" says for `key`; a key that it does not have, with its "_" as spaces.
[[nodiscard]] std::string word(Section table, std::string_view key);
[[nodiscard]] std::string word_of(std::string_view lines, std::string_view key);

/// A list as one value: what the items said, with that between them.
[[nodiscard]] Html joined(const std::vector<Html>& items, std::string_view between);
[[nodiscard]] std::string joined(const std::vector<std::string>& items, std::string_view between);

}  // namespace base
