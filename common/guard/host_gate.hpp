// The bans of whole hosts, asked before each request: nothing to a banned host, then one probe, then the rest.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "common/guard/ledger.hpp"
#include "common/guard/observer.hpp"

namespace guard {

class HostGate {
  struct Host;

 public:
  /// Leave to ask one host. While a probe's pass lives, no other call gets one.
  class Pass {
   public:
    Pass() = default;
    ~Pass() {
      if (probed_ != nullptr) probed_->probe_out = false;
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass(Pass&&) = delete;
    Pass& operator=(Pass&&) = delete;
    [[nodiscard]] bool is_probe() const { return probed_ != nullptr; }

   private:
    friend class HostGate;
    Host* probed_{};
    std::optional<HostBan> after_;  ///< the ban whose end is tried
  };

  struct Refused {
    Refusal why{};
    std::optional<base::Millis> retry_after;
    base::Error error;
  };

  /// `cautious`: the ledger was lost, so each host must answer one probe first.
  HostGate(Ledger& ledger, Observer& observer, bool cautious);

  /// Reads the ledger. nullopt: go on, and `pass` says whether as the probe. Asked again right before the request.
  [[nodiscard]] std::optional<Refused> enter(const std::string& name, Pass& pass, base::WallTime wall,
                                             const base::BootTime& boot);
  /// The server answered as servers do: the probe's host is open again.
  void proved(const std::string& name, const Pass& pass);
  /// A verdict of banned or blocked: the ban is in the ledger when this returns, or in memory if the ledger fails.
  void punish(const std::string& name, const market::Verdict& verdict, std::optional<base::Millis> asked,
              base::WallTime wall, const base::BootTime& boot);
  /// An operator's wish: the next call is the probe of a blocked host, now. A ban proper is the server's to end:
  /// refused.
  [[nodiscard]] base::Result<void> try_blocked(const std::string& name);
  /// The row of a host, over or not, for display.
  [[nodiscard]] std::optional<HostBan> ban(const std::string& name);

 private:
  struct Host {
    bool must_probe{};  ///< after a lost ledger
    bool probe_out{};
    std::optional<HostBan> unsaved;  ///< the ledger did not take it: kept here, and offered again
    std::optional<HostBan> proved;   ///< over, and answered since
  };

  Host& host(const std::string& name);
  [[nodiscard]] base::Result<std::optional<HostBan>> current(Host& known, const std::string& name);

  Ledger& ledger_;
  Observer& observer_;
  bool cautious_;
  std::map<std::string, Host> hosts_;
};

}  // namespace guard
