#include "common/market/changes.hpp"

#include <array>
#include <optional>

#include "common/base/text.hpp"

namespace market {

namespace {

using Kind = ContractChange::Kind;

bool is_gone(const Instrument* instrument) { return instrument == nullptr || instrument->status == Status::delisted; }
bool is_ahead(const Instrument* instrument) {
  return instrument != nullptr && instrument->status == Status::pre_launch;
}

std::optional<Kind> status_change(const Instrument* before, const Instrument* after) {
  if (is_ahead(after)) return std::nullopt;
  if (is_gone(before) || is_ahead(before)) return is_gone(after) ? std::nullopt : std::optional(Kind::listed);
  if (is_gone(after)) return Kind::gone;
  if (before->status == after->status) return std::nullopt;
  return after->status == Status::halted ? Kind::halted : Kind::resumed;
}

void add_number(std::vector<ContractChange>& out, Kind kind, const std::string& symbol,
                const std::optional<double>& before, const std::optional<double>& after) {
  if (before && after && *before != *after)
    out.push_back({kind, symbol, base::plain_number(*before), base::plain_number(*after)});
}

std::string hours(std::chrono::minutes interval) {
  return base::plain_number(static_cast<double>(interval.count()) / 60) + " h";
}

void compare(const Instrument* before, const Instrument* after, std::vector<ContractChange>& out) {
  const std::string& symbol = before != nullptr ? before->symbol : after->symbol;
  if (const auto kind = status_change(before, after)) out.push_back({*kind, symbol, {}, {}});
  if (is_gone(before) || is_gone(after)) return;
  add_number(out, Kind::multiplier, symbol, before->contract_size, after->contract_size);
  add_number(out, Kind::tick, symbol, before->tick_size, after->tick_size);
  const auto& old_interval = before->funding_interval;
  const auto& new_interval = after->funding_interval;
  if (old_interval && new_interval && *old_interval != *new_interval)
    out.push_back({Kind::interval, symbol, hours(*old_interval), hours(*new_interval)});
}

}  // namespace

std::string_view to_string(ContractChange::Kind kind) {
  static constexpr std::array<std::string_view, 9> words{"listed", "gone",     "halted",     "resumed",  "multiplier",
                                                         "tick",   "interval", "other coin", "same coin"};
  return words.at(static_cast<std::size_t>(kind));
}

std::vector<ContractChange> changes(const Universe& before, const Universe& after) {
  std::vector<ContractChange> out;
  const auto was = before.all();
  const auto is = after.all();
  auto a = was.begin();
  auto b = is.begin();
  while (a != was.end() || b != is.end()) {  // both are sorted by symbol
    const bool only_before = b == is.end() || (a != was.end() && a->symbol < b->symbol);
    const bool only_after = a == was.end() || (b != is.end() && b->symbol < a->symbol);
    compare(only_after ? nullptr : &*a, only_before ? nullptr : &*b, out);
    if (!only_after) ++a;
    if (!only_before) ++b;
  }
  return out;
}

}  // namespace market
