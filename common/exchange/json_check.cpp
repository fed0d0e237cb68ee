#include "common/exchange/json_check.hpp"

#include <cstring>

#include <simdjson.h>

namespace exchange::detail {

namespace {

enum class Class : std::uint8_t { other, scalar, box };

constexpr auto classes = [] {
  std::array<Class, 256> out{};
  for (const char c : std::string_view("\"-0123456789tfn")) out[static_cast<unsigned char>(c)] = Class::scalar;
  for (const char c : std::string_view("{[")) out[static_cast<unsigned char>(c)] = Class::box;
  return out;
}();

Class class_of(char first) { return classes[static_cast<unsigned char>(first)]; }

template <class Word>
bool same_word(const char* a, const char* b) {
  return std::memcmp(a, b, sizeof(Word)) == 0;
}

/// memcmp for names: short, and mostly the same.
inline bool same_bytes(const char* a, const char* b, std::size_t count) {
  using Half = std::uint32_t;
  using Whole = std::uint64_t;
  if (count >= sizeof(Whole)) {
    for (std::size_t at = 0; at + sizeof(Whole) < count; at += sizeof(Whole))
      if (!same_word<Whole>(a + at, b + at)) return false;
    return same_word<Whole>(a + count - sizeof(Whole), b + count - sizeof(Whole));
  }
  if (count >= sizeof(Half))
    return same_word<Half>(a, b) && same_word<Half>(a + count - sizeof(Half), b + count - sizeof(Half));
  for (std::size_t at = 0; at < count; ++at)
    if (a[at] != b[at]) return false;
  return true;
}

}  // namespace

std::uint32_t Check::wrong(std::uint32_t mark, const char* problem) {
  mark_ = std::min(mark, count_ - 1);
  problem_ = problem;
  return 0;
}

// No loop below looks at a mark beyond the last: a document ends with a bracket (seen to here), so every mark that is
// not a closing one has another after it, and what closes a container is compared with the last mark in container().
bool Check::run() {
  const char last = document_.byte(count_ - 1);
  if (class_of(document_.byte(0)) != Class::box) return wrong(0, "is no JSON object or array") != 0;
  if (last != '}' && last != ']') return wrong(count_ - 1, "is cut off, or goes on after its end") != 0;
  const auto end = container(0, 1);
  if (end == 0) return false;
  return end == count_ - 1 || wrong(end + 1, "goes on after its end") != 0;
}

std::uint32_t Check::container(std::uint32_t mark, int depth) {
  if (depth > json_depth_max) return wrong(mark, "is nested too deeply");
  if (document_.boxes.size() >= json_containers_max) return wrong(mark, "has too many objects and arrays");
  const auto number = static_cast<std::uint32_t>(document_.boxes.size());
  document_.boxes.push_back({mark});
  const auto end = document_.byte(mark) == '{' ? object(mark, depth) : array(mark, depth);
  if (end == 0) return 0;
  if (depth > 1 && end == count_ - 1) return wrong(end, "is cut off");
  auto& box = document_.boxes[number];
  box.closes = end;
  box.next = static_cast<std::uint32_t>(document_.boxes.size());
  return end;
}

std::uint32_t Check::value(std::uint32_t mark, int depth) {
  switch (class_of(document_.byte(mark))) {
    case Class::scalar:
      if (document_.escapes && document_.byte(mark) == '"' && !unescape(mark)) return 0;
      return mark;
    case Class::box: return container(mark, depth + 1);
    default: return wrong(mark, "is broken: a value is missing");
  }
}

std::uint32_t Check::object(std::uint32_t mark, int depth) {
  const auto number = document_.boxes.size() - 1;
  if (document_.byte(mark + 1) == '}') return mark + 1;
  for (std::uint32_t size = 1;; ++size) {
    const auto key = mark + 1;
    if (document_.byte(key) != '"') return wrong(key, "is broken: the name of a member is missing");
    if (document_.byte(key + 1) != ':') return wrong(key + 1, "is broken: a colon is missing");
    if (document_.escapes && !unescape(key)) return 0;
    auto last = key + 2;
    if (document_.escapes || class_of(document_.byte(last)) != Class::scalar) {  // else value() would say the same
      last = value(last, depth);
      if (last == 0) return 0;
    }
    mark = last + 1;
    const char after = document_.byte(mark);
    if (after == ',') continue;
    if (after != '}') return wrong(mark, "is broken: a comma or a bracket is missing");
    document_.boxes[number].size = size;
    return mark;
  }
}

std::uint32_t Check::array(std::uint32_t mark, int depth) {
  const auto number = document_.boxes.size() - 1;
  if (document_.byte(mark + 1) == ']') return mark + 1;
  Shapes shapes;
  for (std::uint32_t size = 1;; ++size) {
    const auto first = static_cast<std::uint32_t>(document_.boxes.size());
    auto last = shapes.newest != 0 ? row_like(shapes.newest, mark + 1) : 0;
    if (last == 0) {
      last = value(mark + 1, depth);
      if (last == 0) return 0;
      if (document_.byte(mark + 1) == '{') shape(first, shapes);
    }
    mark = last + 1;
    const char after = document_.byte(mark);
    if (after == ',') continue;
    if (after != ']') return wrong(mark, "is broken: a comma or a bracket is missing");
    document_.boxes[number].size = size;
    return mark;
  }
}

/// What object() and same_shape() do, in one go, for most rows of most tables: no containers, and the names of a row
/// before. 0 says no more than that this is none of them.
std::uint32_t Check::row_like(std::uint32_t known, std::uint32_t mark) {
  const auto model = document_.boxes[known];
  const auto end = mark + (model.closes - model.opens);
  const bool flat = model.next == known + 1 && model.size > 0;
  if (!flat || document_.escapes || document_.byte(mark) != '{' || end >= count_ - 1) return 0;
  if (document_.boxes.size() >= json_containers_max) return 0;
  const char* const bytes = document_.bytes;
  const auto* theirs = document_.marks + model.opens + 1;
  const auto* ours = document_.marks + mark + 1;
  for (auto left = model.size; left > 0; --left, theirs += 4, ours += 4) {
    const auto length = theirs[1] - theirs[0];
    const bool same_name =
        ours[1] - ours[0] == length && bytes[ours[1]] == ':' && same_bytes(bytes + theirs[0], bytes + ours[0], length);
    const char after = left > 1 ? ',' : '}';
    if (!same_name || class_of(bytes[ours[2]]) != Class::scalar || bytes[ours[3]] != after) return 0;
  }
  const auto next = static_cast<std::uint32_t>(document_.boxes.size()) + 1;
  document_.boxes.push_back({mark, end, next, model.size, model.shape});
  return end;
}

void Check::shape(std::uint32_t box, Shapes& seen) {
  auto& boxes = document_.boxes;
  if (seen.newest != 0 && same_shape(seen.newest, box)) {
    boxes[box].shape = boxes[seen.newest].shape;
    return;
  }
  const bool known = seen.other != 0 && same_shape(seen.other, box);
  boxes[box].shape = known ? boxes[seen.other].shape : ++document_.shapes;
  seen.other = seen.newest;
  seen.newest = box;
}

bool Check::same_shape(std::uint32_t known, std::uint32_t box) const {
  const auto& boxes = document_.boxes;
  const auto& a = boxes[known];
  const auto& b = boxes[box];
  if (a.size != b.size || a.closes - a.opens != b.closes - b.opens || a.next - known != b.next - box) return false;
  const char* const bytes = document_.bytes;
  const auto* theirs = document_.marks + a.opens + 1;
  const auto* ours = document_.marks + b.opens + 1;
  auto inner = known + 1;  // the next box within
  for (std::uint32_t left = a.size; left > 0; --left) {
    // Without a look at escapes: other spellings of a name are other shapes.
    const auto length = theirs[1] - theirs[0];
    if (length != ours[1] - ours[0] || !same_bytes(bytes + theirs[0], bytes + ours[0], length)) return false;
    std::uint32_t step = 4;  // name, colon, value, comma
    if (inner < a.next && document_.marks + boxes[inner].opens == theirs + 2) {
      const auto& one = boxes[inner];
      const auto& other = boxes[inner - known + box];
      step += one.closes - one.opens;
      if (other.opens - b.opens != one.opens - a.opens || other.closes - b.opens != one.closes - a.opens ||
          other.next - box != one.next - known) {
        return false;
      }
      inner = one.next;
    }
    theirs += step;
    ours += step;
  }
  return true;
}

/// Rare: names and numbers have no backslashes. simdjson reads the one string as a document of its own.
bool Check::unescape(std::uint32_t mark) {
  const auto token = document_.token(mark);
  if (token.find('\\') == std::string_view::npos) return true;
  const simdjson::padded_string padded(token);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  std::string_view text;
  const bool read = parser.iterate(padded).get(document) == simdjson::SUCCESS &&
                    document.get_string().get(text) == simdjson::SUCCESS &&
                    simdjson::validate_utf8(text.data(), text.size());
  if (!read) return wrong(mark, "is broken: a string has an escape that means nothing") != 0;
  document_.unescaped.emplace_back(mark, text);
  return true;
}

}  // namespace exchange::detail
