#include "common/desk/digests.hpp"

#include <algorithm>

#include "common/base/text.hpp"

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
  using base::operator""_html;
  using base::Html;
  const auto count = std::to_string(items.size()) + (items.size() == 1 ? " signal" : " signals");
  Html out;
  if (digest == burst_digest) {
    out = "\U0001F4EC "_html + Html::bold(count) + Html::text(" at once");
  } else if (digest == overflow_digest) {
    out = "\U0001F5C2 "_html + Html::bold(count) + Html::text(" below the alert budget's bar");
  } else {
    out = "\U0001F305 "_html + Html::bold(count) + Html::text(" in the quiet hours " + policy.quiet.words());
  }
  for (std::size_t i = 0; i < std::min(items.size(), lines_max); ++i) {
    const auto& item = items[i];
    const auto headline = item.html.substr(0, item.html.find('\n'));
    out += Html::text("\n" + base::utc_clock(item.added).substr(0, 5) + " " + base::visible_text(headline));
  }
  if (items.size() > lines_max) out += Html::text("\n… and " + std::to_string(items.size() - lines_max) + " more");
  return out;
}

}  // namespace desk
