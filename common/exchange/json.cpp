#include "common/exchange/json.hpp"

#include <algorithm>
#include <cstring>

#include <simdjson.h>

#include "common/exchange/json_check.hpp"

namespace exchange {

namespace {

constexpr std::size_t bytes_kept_max = 65'536;        ///< the memory of a longer document is given back: five times it
constexpr std::uint32_t shapes_max = UINT32_MAX / 2;  ///< then their numbers begin again
constexpr std::size_t boxes_kept_max = 16'384;

/// What the finder of marks refuses, as people say it.
std::string words_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY: return "the answer is empty";
    case simdjson::UTF8_ERROR: return "the answer is no UTF-8 text";
    case simdjson::UNCLOSED_STRING: return "the JSON is cut off within a string";
    case simdjson::UNESCAPED_CHARS: return "the JSON is broken: a control character in a string";
    case simdjson::CAPACITY: return "the answer is too large";
    default: return "the JSON cannot be read";
  }
}

std::string words_of(const detail::Check& check, std::size_t size) {
  return std::string("the answer ") + check.problem() + " (byte " + std::to_string(check.at() + 1) + " of " +
         std::to_string(size) + ")";
}

}  // namespace

std::string_view detail::Document::unescaped_at(std::uint32_t mark, std::string_view raw) const {
  const auto found = std::lower_bound(unescaped.begin(), unescaped.end(), mark,
                                      [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  return found != unescaped.end() && found->first == mark ? std::string_view(found->second) : raw;
}

detail::Offset detail::Document::find(std::uint32_t box, std::string_view name) const {
  const auto& whole = boxes[box];
  auto key = whole.opens + 1;
  auto inner = box + 1;
  for (std::uint32_t left = whole.size; left > 0; --left) {
    const auto place = marks[key];
    const bool fits = marks[key + 1] - place > name.size() + 1 && bytes[place + 1 + name.size()] == '"';
    if ((escapes || fits) && string_at(key) == name) return {key + 2 - whole.opens, inner - box};
    auto last = key + 2;
    if (inner < whole.next && boxes[inner].opens == last) {
      last = boxes[inner].closes;
      inner = boxes[inner].next;
    }
    key = last + 2;
  }
  return {};
}

std::string_view Value::key() const {
  if (!present() || mark_ < 2 || document_->byte(mark_ - 1) != ':') return {};
  return document_->string_at(mark_ - 2);
}

Value Value::member(std::string_view name) const {
  return is_object() ? at_offset(document_->find(box_, name)) : Value{};
}

Value Value::remember(Key key) const {
  const auto shape = box().shape;
  const auto found = document_->find(box_, key.text());
  auto& set = document_->memo[(key.hash() ^ shape) % detail::Document::memo_sets];
  std::copy_backward(set.begin(), std::prev(set.end()), set.end());
  set.front() = {key.text().data(), shape, found};
  return at_offset(found);
}

Value Value::at(std::size_t index) const {
  if (!is_array() || index >= box().size) return {};
  if (box().next == box_ + 1) return {document_, mark_ + 1 + 2 * static_cast<std::uint32_t>(index), 0};
  return *std::next(begin(), static_cast<std::ptrdiff_t>(index));
}

Value::Iterator Value::begin() const {
  if (is_array()) return {{document_, mark_ + 1, box_ + 1}, 2, box().size};
  if (is_object()) return {{document_, mark_ + 3, box_ + 1}, 4, box().size};
  return end();
}

struct Json::Memory {
  /// The places of the tokens of `bytes`; the check of UTF-8, quotes and control characters is part of it.
  simdjson::error_code find_marks(std::string_view bytes) {
    if (!finder || finder->capacity() < bytes.size()) {
      const auto room = std::max<std::size_t>(bytes.size() + bytes.size() / 8, 4'096);
      finder.reset();
      const simdjson::implementation* const best = simdjson::get_active_implementation();
      if (const auto error = best->create_dom_parser_implementation(room, json_depth_max, finder)) return error;
    }
    return finder->stage1(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                          simdjson::stage1_mode::regular);
  }

  /// What an unusually large document took is not kept.
  void shrink() {
    document.boxes.clear();
    document.unescaped.clear();
    if (document.shapes > shapes_max) {
      document.memo = {};
      document.shapes = 0;
    }
    if (document.boxes.capacity() > boxes_kept_max) document.boxes.shrink_to_fit();
    if (finder && finder->capacity() > bytes_kept_max) finder.reset();
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> finder;
  detail::Document document;
};

Json::Json() : memory_(std::make_unique<Memory>()) {}
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

base::Result<Value> Json::read(std::string_view bytes, std::string_view place) {
  const auto bad = [&](std::string words) {
    return base::Error(base::ErrorKind::bad_data, std::string(place), std::move(words));
  };
  auto& document = memory_->document;
  memory_->shrink();
  if (const auto error = memory_->find_marks(bytes); error != simdjson::SUCCESS) return bad(words_of(error));
  document.bytes = bytes.data();
  document.marks = memory_->finder->structural_indexes.get();
  document.escapes = std::memchr(bytes.data(), '\\', bytes.size()) != nullptr;
  detail::Check check(document, memory_->finder->n_structural_indexes);
  if (!check.run()) return bad(words_of(check, bytes.size()));
  return Value{&document, 0, 0};
}

}  // namespace exchange
