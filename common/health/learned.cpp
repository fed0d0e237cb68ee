#include "common/health/learned.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr std::string_view header = "learned silence 1";  // the number is the form's: another one is not read
constexpr std::size_t words_of_line = 15;
constexpr std::size_t text_max = 64U << 10U;

std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string text_of(const GapTail& tail) {
  std::string out;
  const auto state = tail.state();
  for (const double value : {state.gaps, state.units, state.over, state.excess, state.recent, state.seen})
    out += " " + base::plain_number(value);
  return out + " " + std::to_string(state.learned);
}

template <class Number>
bool read(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<GapTail> tail_of(const std::vector<std::string_view>& words, std::size_t at) {
  GapTail::State state;
  for (double* value : {&state.gaps, &state.units, &state.over, &state.excess, &state.recent, &state.seen})
    if (!read(words[at++], *value)) return std::nullopt;
  if (!read(words[at], state.learned)) return std::nullopt;
  return GapTail::from(state);
}

}  // namespace

std::string to_text(const std::vector<Learned>& all) {
  std::string out(header);
  for (const auto& one : all) out += " " + one.exchange;
  for (const auto& one : all) out += "\n" + one.exchange + text_of(one.silence) + text_of(one.peers);
  return out + "\n";
}

std::vector<Learned> learned_from(std::string_view text, const std::vector<std::string>& exchanges) {
  std::vector<Learned> out;
  if (text.size() > text_max || !text.starts_with(header) || !text.ends_with('\n')) return out;
  const auto lines = parts(text, '\n');
  auto among = parts(lines.front().substr(header.size()), ' ');
  std::vector<std::string_view> now(exchanges.begin(), exchanges.end());
  std::ranges::sort(among);
  std::ranges::sort(now);
  for (const auto line : lines) {
    const auto words = parts(line, ' ');
    if (words.size() != words_of_line || std::ranges::find(now, words[0]) == now.end()) continue;
    const auto silence = tail_of(words, 1);
    const auto peers = tail_of(words, 8);
    if (!silence) continue;
    out.push_back({std::string(words[0]), *silence, among == now ? peers.value_or(GapTail{}) : GapTail{}});
  }
  return out;
}

}  // namespace health
