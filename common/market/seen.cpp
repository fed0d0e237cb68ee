#include "common/market/seen.hpp"

#include "common/stats/blob.hpp"

namespace market {

bool Seen::first_time(std::string_view identity) {
  const std::uint64_t hash = stats::fnv1a(identity);
  if (!known_.insert(hash).second) return false;
  order_.push_back(hash);
  if (order_.size() > remembered_max) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

}  // namespace market
