#include "common/guard/host_gate.hpp"

#include "common/base/text.hpp"

namespace guard {

using base::Error;
using base::ErrorKind;

HostGate::HostGate(Ledger& ledger, Observer& observer, bool cautious)
    : ledger_(ledger), observer_(observer), cautious_(cautious) {}

HostGate::Host& HostGate::host(const std::string& name) {
  const auto [at, is_new] = hosts_.try_emplace(name);
  if (is_new) at->second.must_probe = cautious_;
  return at->second;
}

base::Result<std::optional<HostBan>> HostGate::current(Host& known, const std::string& name) {
  if (known.unsaved && ledger_.put_ban(*known.unsaved)) known.unsaved.reset();
  auto row = ledger_.ban(name);
  if (!row || !known.unsaved || (*row && outlasts(**row, *known.unsaved))) return row;
  return known.unsaved;
}

std::optional<HostGate::Refused> HostGate::enter(const std::string& name, Pass& pass, base::WallTime wall,
                                                 const base::BootTime& boot) {
  auto& known = host(name);
  const auto row = current(known, name);
  if (!row) return Refused{Refusal::ledger, std::nullopt, row.error()};
  if (*row) {
    const auto left = ban_left(**row, wall, boot);
    if (left > base::Millis{0}) {
      Error error(ErrorKind::refused, name,
                  "left alone for " + base::duration_words(left) + " more (" + (*row)->reason + ")",
                  "nothing to do: it is asked again after that");
      error.retry_after = left;
      error.delivery = base::Delivery::not_sent;
      return Refused{Refusal::ban, left, error};
    }
  }
  const bool unproved = *row && !(known.proved && same_ban(*known.proved, **row));
  if ((!unproved && !known.must_probe) || pass.is_probe()) return std::nullopt;
  if (known.probe_out) {
    Error error(ErrorKind::refused, name, "one call tries whether the host answers again", "nothing to do");
    error.delivery = base::Delivery::not_sent;
    return Refused{Refusal::host_probe, std::nullopt, error};
  }
  known.probe_out = true;
  pass.probed_ = &known;
  pass.after_ = *row;
  return std::nullopt;
}

void HostGate::proved(const std::string& name, const Pass& pass) {
  if (!pass.is_probe()) return;
  auto& known = host(name);
  known.must_probe = false;
  if (!pass.after_) return;
  known.proved = pass.after_;
  if (pass.after_->source != market::Outcome::blocked) return;  // a ban's strikes are kept, a region's are not
  if (const auto cleared = ledger_.clear_ban(*pass.after_); !cleared) observer_.on_ledger_error(cleared.error());
}

void HostGate::punish(const std::string& name, const market::Verdict& verdict, std::optional<base::Millis> asked,
                      base::WallTime wall, const base::BootTime& boot) {
  auto& known = host(name);
  const auto before = current(known, name);
  const auto ban = next_ban(name, verdict, asked, before ? *before : known.unsaved, wall, boot);
  if (const auto written = ledger_.put_ban(ban); !written) {
    observer_.on_ledger_error(written.error());
    if (!known.unsaved || !outlasts(*known.unsaved, ban)) known.unsaved = ban;
  }
  observer_.on_ban(ban);
}

base::Result<void> HostGate::try_blocked(const std::string& name) {
  auto& known = host(name);
  const auto row = current(known, name);
  if (!row) return row.error();
  if (!*row) return Error(ErrorKind::not_found, name, "is not blocked");
  if ((*row)->source != market::Outcome::blocked)
    return Error(ErrorKind::refused, name, "has banned this address",
                 "wait until " + base::utc_stamp((*row)->wait.until));
  known.must_probe = true;
  known.unsaved.reset();
  return ledger_.clear_ban(**row);
}

std::optional<HostBan> HostGate::ban(const std::string& name) {
  const auto row = current(host(name), name);
  return row ? *row : std::nullopt;
}

}  // namespace guard
