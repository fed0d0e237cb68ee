// What became of directional signals: one hypothetical trade a signal. What is asked for by column has one; the trade
// itself is the desk's own text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/database.hpp"

namespace store {

struct OutcomeRow {
  std::int64_t id{};  ///< given by add()
  std::int64_t signal_id{};
  std::string rule;    ///< the signal's kind
  std::string key;     ///< the signal's
  std::string config;  ///< hash of the settings that decided it
  std::string exchange, symbol;
  std::string direction;  ///< "long", "short"
  base::WallTime decided_at{};
  std::string state;  ///< as desk::to_string says it
  bool running{true};
  std::optional<base::WallTime> ended_at;
  double result_r{};  ///< of a closed one
  bool ambiguous{};
  std::string body;                  ///< the desk's
  std::optional<std::int64_t> post;  ///< the outbox row of the signal's message
  std::optional<double> placebo_r;
};

class Outcomes {
 public:
  explicit Outcomes(Database& bot) : database_(bot) {}
  /// The new id. One a signal: an error for a second one.
  base::Result<std::int64_t> add(const OutcomeRow& row);
  /// Everything that may change: state, running, ended_at, result_r, ambiguous, body.
  base::Result<void> update(const OutcomeRow& row);
  base::Result<void> set_placebo(std::int64_t id, double mean_r);
  [[nodiscard]] base::Result<std::vector<OutcomeRow>> running();
  /// Decided at or after `since`, oldest first.
  [[nodiscard]] base::Result<std::vector<OutcomeRow>> since(base::WallTime since);
  /// Closed ones without a placebo that were decided before then, oldest first.
  [[nodiscard]] base::Result<std::vector<OutcomeRow>> without_placebo(base::WallTime before, int rows_max);
  base::Result<std::int64_t> prune(base::WallTime before);  ///< by the decision; running ones stay

  /// A configuration was in force; the first time counts.
  base::Result<void> note_config(std::string_view hash, base::WallTime now);
  [[nodiscard]] base::Result<std::int64_t> configs_tried();

 private:
  base::Result<std::vector<OutcomeRow>> select(std::string_view sql, Values values);
  Database& database_;
};

}  // namespace store
