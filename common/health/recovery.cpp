#include "common/health/recovery.hpp"

#include <algorithm>

namespace health {

std::string_view to_string(Remedy remedy) {
  switch (remedy) {
    case Remedy::resubscribe: return "subscribed again";
    case Remedy::reconnect: return "connected anew";
    case Remedy::alternative: return "took another way";
  }
  return "tried";
}

void Recovery::begin(base::Millis step, Moment now) {
  if (began_) return;
  began_ = due_ = now.steady;
  step_ = std::clamp(step, step_min, step_max);
}

std::optional<Remedy> Recovery::next(bool has_alternative, Moment now) {
  if (!began_ || now.steady < due_) return std::nullopt;
  std::optional<Remedy> out;
  if (tried_.empty()) {
    out = Remedy::resubscribe;
  } else if (tried_.back() == Remedy::resubscribe || !has_alternative) {
    out = Remedy::reconnect;
  } else {
    out = tried_.back() == Remedy::reconnect ? Remedy::alternative : Remedy::reconnect;
  }
  if (!in_vain_ && tried_.size() == (has_alternative ? 3U : 2U)) {
    in_vain_ = true;
    due_ = now.steady + again_after;
    return std::nullopt;
  }
  // Of the tries after that only the kind of the last one matters.
  if (in_vain_) tried_.pop_back();
  tried_.push_back(*out);
  due_ = now.steady + (in_vain_ ? again_after : step_);
  return out;
}

std::string Recovery::tried() const {
  std::string out;
  for (const auto remedy : tried_) {
    if (!out.empty()) out += ", ";
    out += to_string(remedy);
  }
  return out;
}

}  // namespace health
