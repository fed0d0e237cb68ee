#include "bots/liquidation/coverage.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace liquidation {

namespace {

constexpr std::uint64_t last_minute = (std::uint64_t{1} << 60U) - 1;
constexpr base::Millis gap_told{300'000};

std::int64_t second_of(base::WallTime at) { return base::to_ms(at) / 1'000; }

}  // namespace

std::string_view to_string(FeedState state) {
  static constexpr std::array<std::string_view, 3> words{"live", "suspect", "dead"};
  return words.at(static_cast<std::size_t>(state));
}

void BusySeconds::mark(base::WallTime at) {
  const std::int64_t second = second_of(at);
  if (second > newest_) {
    const std::int64_t by = second - newest_;
    bits_ = by < 64 ? bits_ << static_cast<unsigned>(by) : 0;
    newest_ = second;
  }
  const std::int64_t back = newest_ - second;
  if (back < 60) bits_ |= std::uint64_t{1} << static_cast<unsigned>(back);
}

int BusySeconds::count(base::WallTime now) const {
  const std::int64_t by = std::max<std::int64_t>(0, second_of(now) - newest_);
  return by < 60 ? std::popcount((bits_ << static_cast<unsigned>(by)) & last_minute) : 0;
}

void Feeds::gap(const std::string& exchange, base::WallTime to) {
  Feed& feed = feeds_[exchange];
  feed.blind_until = std::max(feed.blind_until, to);
}

FeedState Feeds::state(const std::string& exchange) const {
  const auto known = feeds_.find(exchange);
  return known == feeds_.end() ? FeedState::live : known->second.state;
}

CoverageView Feeds::view(base::WallTime now) const {
  CoverageView out;
  out.known = feeds_.size();
  for (const auto& [exchange, feed] : feeds_) {
    if (feed.state == FeedState::live) {
      ++out.live;
      if (feed.blind_until > now - gap_told) out.gaps.push_back(exchange);
    } else {
      out.lost.push_back({.exchange = exchange, .state = feed.state});
    }
  }
  return out;
}

}  // namespace liquidation
