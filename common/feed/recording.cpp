#include "common/feed/recording.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <zstd.h>

namespace feed {
using base::ErrorKind;
using base::Result;

namespace {

constexpr std::string_view frame_word = "frame";
constexpr std::string_view answer_word = "answer";
constexpr std::string_view heard_word = "heard";
constexpr std::string_view no_symbol = "-";

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Cuts the next word, or the rest, off a line.
std::string_view word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto out = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return out;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<market::Topic> topic_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(market::Topic::depth); ++i) {
    std::string spelled(market::to_string(static_cast<market::Topic>(i)));
    for (char& c : spelled)
      if (c == ' ') c = '_';
    if (spelled == name) return static_cast<market::Topic>(i);
  }
  return std::nullopt;
}

/// The record's head, and how many bytes follow it.
std::optional<std::size_t> read_head(std::string_view line, Record& record) {
  const auto kind = word(line);
  if (kind != frame_word && kind != answer_word && kind != heard_word) return std::nullopt;
  record.kind = kind == frame_word    ? Record::Kind::frame
                : kind == answer_word ? Record::Kind::answer
                                      : Record::Kind::heard;
  const auto ms = number<std::int64_t>(word(line));
  record.exchange = word(line);
  const auto size = number<std::size_t>(word(line));
  if (!ms || !size || record.exchange.empty()) return std::nullopt;
  record.received = base::from_ms(*ms);
  if (record.kind != Record::Kind::answer) {
    record.source = line;
    return size;
  }
  record.source = word(line);
  const auto topic = topic_of(word(line));
  const auto symbol = word(line);
  const auto bar = number<std::int64_t>(word(line));
  if (!topic || !bar) return std::nullopt;
  record.topic = *topic;
  record.symbol = symbol == no_symbol ? std::string_view{} : symbol;
  record.bar_length = base::Millis{*bar};
  return size;
}

/// The records of one unpacked zstd frame. nullopt: what it holds cannot be read; false: `take` had enough.
std::optional<bool> each_of(std::string_view text, const std::function<bool(const Record&)>& take) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    Record record;
    const auto size = read_head(text.substr(0, end), record);
    text.remove_prefix(end + 1);
    if (!size || text.size() <= *size || text[*size] != '\n') return std::nullopt;
    record.bytes = text.substr(0, *size);
    text.remove_prefix(*size + 1);
    if (!take(record)) return false;
  }
  return true;
}

}  // namespace

Record frame_record(base::WallTime received, const std::string& exchange, const std::string& stream,
                    std::string_view bytes) {
  Record out;
  out.received = received;
  out.exchange = exchange;
  out.source = stream;
  out.bytes = bytes;
  return out;
}

Record heard_record(base::WallTime at, const std::string& exchange, std::string_view what, std::string_view bytes) {
  Record out;
  out.kind = Record::Kind::heard;
  out.received = at;
  out.exchange = exchange.empty() ? std::string(no_symbol) : exchange;
  out.source = what;
  out.bytes = bytes;
  return out;
}

void append(std::string& text, const Record& record) {
  const bool is_answer = record.kind == Record::Kind::answer;
  text += is_answer ? answer_word : record.kind == Record::Kind::frame ? frame_word : heard_word;
  text += ' ' + std::to_string(base::to_ms(record.received)) + ' ' + record.exchange + ' ' +
          std::to_string(record.bytes.size()) + ' ' + record.source;
  if (is_answer) {
    text += ' ';
    for (const char c : market::to_string(record.topic)) text += c == ' ' ? '_' : c;
    text += ' ' + (record.symbol.empty() ? std::string(no_symbol) : record.symbol) + ' ' +
            std::to_string(record.bar_length.count());
  }
  text += '\n';
  text += record.bytes;
  text += '\n';
}

std::string packed(std::string_view text, int level) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), level);
  out.resize(ZSTD_isError(size) == 0 ? size : 0);  // with this much room it cannot fail but for memory
  return out;
}

Result<void> each_record(std::string_view file, const std::string& place,
                         const std::function<bool(const Record&)>& take) {
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  std::string text;
  const auto whole = file.size();
  while (!file.empty()) {
    const auto at = "at byte " + std::to_string(whole - file.size());
    const auto size = ZSTD_findFrameCompressedSize(file.data(), file.size());
    if (ZSTD_isError(size) != 0) {
      // Cut off, or not zstd at all: only the first is the end of a recording.
      constexpr std::string_view magic = "\x28\xB5\x2F\xFD";
      const auto begin = file.substr(0, magic.size());
      if (magic.starts_with(begin)) return {};
      return base::Error(ErrorKind::bad_data, place, at + ": no recording begins here");
    }
    const auto unpacked = ZSTD_getFrameContentSize(file.data(), size);
    if (unpacked > unpacked_max) return base::Error(ErrorKind::bad_data, place, at + ": a part that is too large");
    text.resize(unpacked);
    const auto got = ZSTD_decompressDCtx(context.get(), text.data(), text.size(), file.data(), size);
    if (ZSTD_isError(got) != 0 || got != unpacked)
      return base::Error(ErrorKind::bad_data, place, at + ": a part that cannot be unpacked");
    file.remove_prefix(size);
    const auto went_on = each_of(text, take);
    if (!went_on) return base::Error(ErrorKind::bad_data, place, at + ": a record that cannot be read");
    if (!*went_on) return {};
  }
  return {};
}

}  // namespace feed
