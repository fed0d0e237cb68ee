// Aster, as github.com/asterdex/api-docs describes its futures API v3: Binance's language, paths of its own, no open
// interest.
#pragma once
#include "tests/sandbox/binance.hpp"

namespace sandbox {

class Aster final : public Binance {
 public:
  Aster(World& world, Faults& faults);
  [[nodiscard]] bool ws_open(Peer& peer, Ms now) override;

 protected:
  [[nodiscard]] Response answer(const Request& request, const std::string& path, Ms now) override;
  [[nodiscard]] std::vector<Charge> charges(const Request& request, const std::string& path) const override;
};

}  // namespace sandbox
