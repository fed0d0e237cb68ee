#include "common/feed/channels.hpp"

#include <algorithm>

namespace feed {

namespace {

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// As a word of its own: PEPEUSDT is not in 1000PEPEUSDT.
bool names(std::string_view channel, std::string_view symbol) {
  const auto same = [](char a, char b) { return upper(a) == upper(b); };
  for (auto at = channel.begin();; ++at) {
    at = std::search(at, channel.end(), symbol.begin(), symbol.end(), same);
    if (at == channel.end()) return false;
    const auto end = at + static_cast<std::ptrdiff_t>(symbol.size());
    const bool begins = at == channel.begin() || !is_word(*(at - 1));
    if (begins && (end == channel.end() || !is_word(*end))) return true;
  }
}

}  // namespace

/// The shortest: BTCUSDT is also in "btcusdt_260327@kline_1m".
std::optional<std::size_t> Channels::channel_of(std::string_view symbol) const {
  std::optional<std::size_t> out;
  for (std::size_t at = 0; at < names_.size() && !symbol.empty(); ++at)
    if (names(names_[at], symbol) && (!out || names_[at].size() < names_[*out].size())) out = at;
  return out;
}

void Channels::heard(const std::string& symbol, base::SteadyTime now) {
  auto known = known_.find(symbol);
  if (known == known_.end()) known = known_.emplace(symbol, channel_of(symbol)).first;
  if (known->second) heard_[*known->second] = now;
}

std::vector<std::string> Channels::in_doubt(base::SteadyTime now) const {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < names_.size(); ++at)
    if (!heard_[at] || now - *heard_[at] > silent_after) out.push_back(names_[at]);
  return out.empty() ? names_ : out;
}

}  // namespace feed
