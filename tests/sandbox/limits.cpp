#include "tests/sandbox/limits.hpp"

#include <algorithm>

#include "tests/sandbox/text.hpp"

namespace sandbox {

LimitVerdict Limits::charge(const std::string& client, const std::string& endpoint, const std::vector<Charge>& charges,
                            Ms now) {
  ++requests_[endpoint][now / minute];
  ++total_;
  LimitVerdict out;
  auto& banned = banned_until_[client];
  banned = std::max(banned, everyone_until_);
  if (now < banned) {
    ++during_ban_;
    if (policy_.ban_extends) banned = now + policy_.ban_first;
    out.kind = LimitVerdict::Kind::banned;
    out.until = banned;
    return out;
  }
  for (const auto& charge : charges) {
    auto& window = windows_[{client, charge.bucket}];
    if (window.index != now / charge.window) window = Window{now / charge.window, 0, 0};
    window.used += charge.cost;
    auto& peak = peaks_[charge.bucket];
    peak.used = std::max(peak.used, window.used);
    peak.limit = charge.limit;
    if (&charge == &charges.front()) {
      out.used = window.used;
      out.limit = charge.limit;
    }
    if (window.used <= charge.limit) continue;
    ++window.over;
    out.kind = LimitVerdict::Kind::over;
    out.until = (window.index + 1) * charge.window;
    out.limit = charge.limit;
    if (policy_.ban_after > 0 && window.over > policy_.ban_after) {
      const int before = std::min(bans_of_[client]++, 12);
      banned = now + std::min(policy_.ban_max, policy_.ban_first << before);
      ++bans_;
      out.kind = LimitVerdict::Kind::banned;
      out.until = banned;
    }
  }
  if (out.kind != LimitVerdict::Kind::ok) ++rejected_;
  return out;
}

void Limits::ban(Ms until) {
  everyone_until_ = until;
  ++bans_;
}

Json Limits::stats() const {
  Json requests = Json::object();
  for (const auto& [endpoint, minutes] : requests_) {
    for (const auto& [index, count] : minutes) requests[endpoint][clock_text(index * minute)] = count;
  }
  Json peaks = Json::object();
  for (const auto& [bucket, peak] : peaks_) peaks[bucket] = Json{{"used", peak.used}, {"limit", peak.limit}};
  return Json{{"requests", requests},      {"total", total_}, {"rejected", rejected_},
              {"during_ban", during_ban_}, {"bans", bans_},   {"peak", peaks}};
}

void Limits::reset() { *this = Limits(policy_); }

}  // namespace sandbox
