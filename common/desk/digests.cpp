#include "common/desk/digests.hpp"

#include <algorithm>

#include "common/base/text.hpp"
#include "common/base/words.hpp"

namespace desk {

namespace {

constexpr std::size_t lines_max = 25;

}  // namespace

base::Result<void> Digests::load() {
  if (spans_) return {};
  std::map<std::string, Span, std::less<>> found;
  for (const auto name : {burst_digest, overflow_digest, morning_digest}) {
    const auto items = items_.items(name);
    if (!items) return items.error();
    if (!items->empty()) found[std::string(name)] = {items->front().added, items->back().added};
  }
  spans_ = std::move(found);
  return {};
}

base::Result<bool> Digests::bursting(base::WallTime now, const GatePolicy& policy) {
  if (auto loaded = load(); !loaded) return loaded.error();
  if (policy.burst_idle == base::Millis{0}) return false;
  return spans_->count(burst_digest) > 0 || (rang_at_ && now - *rang_at_ < policy.burst_idle);
}

base::Result<void> Digests::add(const store::DigestItem& item) {
  if (auto loaded = load(); !loaded) return loaded.error();
  if (auto added = items_.add(item); !added) return added.error();
  auto& span = (*spans_)[item.digest];
  if (span.first == base::WallTime{}) span.first = item.added;
  span.last = item.added;
  return {};
}

base::Result<std::vector<std::string>> Digests::due(base::WallTime now, const GatePolicy& policy, bool ending) {
  if (auto loaded = load(); !loaded) return loaded.error();
  std::vector<std::string> out;
  for (const auto& [name, span] : *spans_) {
    const bool is_due = name == burst_digest
                            ? ending || now - span.last >= policy.burst_idle || now - span.first >= policy.burst_max
                        : name == overflow_digest ? now - span.first >= policy.overflow_every
                                                  : !policy.quiet.contain(now);
    if (is_due) out.push_back(name);
  }
  return out;
}

base::Result<void> Digests::clear(std::string_view digest) {
  if (auto cleared = items_.clear(digest); !cleared) return cleared.error();
  if (spans_) spans_->erase(std::string(digest));
  return {};
}

base::Html digest_message(std::string_view digest, const std::vector<store::DigestItem>& items,
                          const GatePolicy& policy) {
  const auto count =
      std::to_string(items.size()) + " " + base::word("words.count", items.size() == 1 ? "signal" : "signals");
  std::vector<base::Html> lines;
  for (std::size_t i = 0; i < std::min(items.size(), lines_max); ++i) {
    const auto headline = items[i].html.substr(0, items[i].html.find('\n'));
    lines.push_back(base::words("digest.line", {{"at", base::utc_clock(items[i].added).substr(0, 5)},
                                                {"headline", base::visible_text(headline)}}));
  }
  if (items.size() > lines_max) lines.push_back(base::words("digest.more", {{"more", items.size() - lines_max}}));
  const auto all = base::joined(lines, "\n");
  if (digest == burst_digest) return base::words("digest.burst", {{"signals", count}, {"lines", all}});
  if (digest == overflow_digest) return base::words("digest.overflow", {{"signals", count}, {"lines", all}});
  return base::words("digest.morning", {{"signals", count}, {"hours", policy.quiet.words()}, {"lines", all}});
}

}  // namespace desk
