#include "common/base/words.hpp"

#include <algorithm>

#include <fmt/args.h>
#include <fmt/format.h>

namespace {

/// A value on its way through fmt; one that is absent tells the line that asked for it.
struct Slot {
  std::string_view html;
  bool given;
  bool* lacking;
};

}  // namespace

template <>
struct fmt::formatter<Slot> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const Slot& slot, Context& context) const {
    if (!slot.given) *slot.lacking = true;
    return fmt::formatter<std::string_view>::format(slot.html, context);
  }
};

namespace base {

namespace {

using Buffer = fmt::memory_buffer;
using Arguments = fmt::dynamic_format_arg_store<fmt::format_context>;

void append(Buffer& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

/// One section on its way to a message.
class Writer {
 public:
  explicit Writer(std::initializer_list<Value> values) {
    arguments_.reserve(values.size(), values.size());
    for (const auto& value : values)
      arguments_.push_back(fmt::arg(value.name, Slot{value.html.str(), value.given, &lacking_}));
  }

  void line(std::string_view line) {
    const auto before = out_.size();
    if (written_) append(out_, "\n");
    lacking_ = false;
    for (std::string_view rest = line; !rest.empty() && !lacking_;) {
      const auto open = rest.find('[');
      fill(rest.substr(0, open));
      if (open == std::string_view::npos) break;
      rest.remove_prefix(open + 1);
      if (rest.starts_with('[')) {  // doubled: the bracket itself
        append(out_, "[");
        rest.remove_prefix(1);
        continue;
      }
      const auto close = rest.find(']');
      if (!lacking_) optional(rest.substr(0, close));
      rest.remove_prefix(close == std::string_view::npos ? rest.size() : close + 1);
    }
    if (lacking_) return out_.resize(before);
    written_ = true;
  }

  [[nodiscard]] Html html() const { return Html::from_storage(std::string(out_.data(), out_.size())); }

 private:
  void optional(std::string_view part) {
    const auto before = out_.size();
    fill(part);
    if (lacking_) out_.resize(before);
    lacking_ = false;
  }

  void fill(std::string_view part) {
    if (part.empty()) return;
    const auto before = out_.size();
    try {
      fmt::vformat_to(fmt::appender(out_), part, arguments_);
    } catch (const fmt::format_error&) {  // a name too few is no reason to be silent; see the test of every section
      out_.resize(before);
      append(out_, part);
    }
  }

  Arguments arguments_;
  Buffer out_;
  bool lacking_{};
  bool written_{};
};

/// Each line of a section that is not a remark.
template <class Visit>
void each_line(std::string_view body, const Visit& visit) {
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (!line.starts_with('#')) visit(line);
  }
}

}  // namespace

Html words_of(std::string_view lines, std::initializer_list<Value> values) {
  Writer writer(values);
  each_line(lines, [&writer](std::string_view line) { writer.line(line); });
  return writer.html();
}

Html words(Section section, std::initializer_list<Value> values) { return words_of(section.body(), values); }

std::string word_of(std::string_view lines, std::string_view key) {
  std::string out(key);
  std::replace(out.begin(), out.end(), '_', ' ');
  each_line(lines, [&](std::string_view line) {
    if (line.starts_with(key) && line.substr(key.size()).starts_with(": ")) out = line.substr(key.size() + 2);
  });
  return out;
}

std::string word(Section table, std::string_view key) { return word_of(table.body(), key); }

Html joined(const std::vector<Html>& items, std::string_view between) {
  Html out;
  for (const auto& item : items) {
    if (!out.empty()) out += Html::text(between);
    out += item;
  }
  return out;
}

std::string joined(const std::vector<std::string>& items, std::string_view between) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += between;
    out += item;
  }
  return out;
}

}  // namespace base
