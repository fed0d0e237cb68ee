// Faults by plan: what goes wrong, where, when and how often. Every fault counts how often it fired, because a fault
// test whose fault never fired has proved nothing.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

struct Fault {
  int id{};
  std::string name;
  std::string path{"*"};   ///< glob over service and path: "/okx/api/v5/*", "/telegram/sendmessage"
  std::string host{"*"};   ///< glob over the local address that was called
  std::string kind;        ///< see README.md
  Ms from{};               ///< sandbox time
  Ms to{};                 ///< 0: for ever
  std::int64_t skip{};     ///< lets so many matching requests pass first
  std::int64_t count{-1};  ///< fires at most so often; -1: no limit
  std::int64_t fired{};
  Json settings;  ///< status, body, headers, delay_ms, bytes_per_s, retry_after, to_chat, bytes, …
  std::map<std::string, Response> frozen{};  ///< what `repeat` says again, by question
};

class Faults {
 public:
  explicit Faults(Ms start) : start_(start) {}

  /// From a scenario or /control/fault; times in it are seconds. With `at_runtime` they count from `now`, else from the
  /// start. Throws std::runtime_error for an unknown kind.
  int add(const Json& fault, bool at_runtime, Ms now);
  void clear() { faults_.clear(); }
  /// The first fault of one of these kinds that is due on this path; counts it as fired. `text`: of a push; a fault
  /// with `match` meets only those that hold it.
  [[nodiscard]] const Fault* fire(const std::string& label, const std::string& host,
                                  std::initializer_list<std::string_view> kinds, Ms now, std::string_view text = {});
  /// The first fault that meets an HTTP request before any service sees it.
  [[nodiscard]] const Fault* fire_http(const Request& request, Ms now);
  /// What a stuck server says: the answer that the fault met first to the same question, whatever times it asks for.
  [[nodiscard]] Response repeated(int id, const Request& request, const Response& inner);
  [[nodiscard]] Json report() const;

 private:
  [[nodiscard]] bool due(Fault& fault, const std::string& label, const std::string& host, Ms now) const;

  Ms start_;
  int next_id_{1};
  std::vector<Fault> faults_;
};

/// The answer of an HTTP fault. `inner` is what the service would have said; kinds that only slow or cut it use it.
[[nodiscard]] Response apply_fault(const Fault& fault, Response inner);
/// Whether the service must still be asked (the fault only changes how the answer travels).
[[nodiscard]] bool needs_answer(const Fault& fault);

}  // namespace sandbox
