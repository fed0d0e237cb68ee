// The request limits of one exchange, counted as the exchange counts them (fixed windows per address), the bans that
// follow, and the numbers a test asks for afterwards.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

struct Charge {
  std::string bucket;  ///< "weight", or an endpoint of its own
  int cost{1};
  int limit{};
  Ms window{};
};

struct LimitPolicy {
  int ban_after{10};         ///< requests over the limit in one window before the address is banned; 0: never
  Ms ban_first{2 * minute};  ///< the first ban; each further one is twice as long
  Ms ban_max{3 * day};
  bool ban_extends{false};  ///< strict: a request during a ban starts the ban anew
};

struct LimitVerdict {
  enum class Kind : std::uint8_t { ok, over, banned };
  Kind kind{Kind::ok};
  Ms until{};   ///< over: end of the window; banned: end of the ban
  int used{};   ///< of the first bucket, this request included
  int limit{};  ///< of the bucket that decided (the first one when ok)
};

class Limits {
 public:
  explicit Limits(LimitPolicy policy) : policy_(policy) {}

  /// Counts one request against all its buckets.
  [[nodiscard]] LimitVerdict charge(const std::string& client, const std::string& endpoint,
                                    const std::vector<Charge>& charges, Ms now);
  void ban(Ms until);  ///< every address; for faults
  void set_policy(const LimitPolicy& policy) { policy_ = policy; }
  [[nodiscard]] const LimitPolicy& policy() const { return policy_; }
  /// {requests: {endpoint: {minute: n}}, total, rejected, during_ban, bans, peak: {bucket: {used, limit}}}
  [[nodiscard]] Json stats() const;
  void reset();

 private:
  struct Window {
    Ms index{-1};
    int used{};
    int over{};
  };
  struct Peak {
    int used{};
    int limit{};
  };

  LimitPolicy policy_;
  std::map<std::pair<std::string, std::string>, Window> windows_;  ///< by client and bucket
  std::map<std::string, Ms> banned_until_;                         ///< by client
  std::map<std::string, int> bans_of_;
  Ms everyone_until_{};
  std::map<std::string, std::map<Ms, int>> requests_;
  std::map<std::string, Peak> peaks_;
  std::int64_t total_{};
  std::int64_t rejected_{};
  std::int64_t during_ban_{};
  std::int64_t bans_{};
};

}  // namespace sandbox
