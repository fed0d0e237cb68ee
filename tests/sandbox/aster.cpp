#include "tests/sandbox/aster.hpp"

#include <algorithm>
#include <array>

namespace sandbox {

namespace {

/// The same answers stand under both versions.
std::string without_version(const std::string& path) {
  for (const auto* version : {"/fapi/v3/", "/fapi/v1/"}) {
    if (path.starts_with(version)) return path.substr(std::string_view(version).size());
  }
  return {};
}

}  // namespace

Aster::Aster(World& world, Faults& faults)
    : Binance(Venue::aster, world, faults, {.most = 200, .ping_every = 5 * minute}) {}

std::vector<Charge> Aster::charges(const Request& request, const std::string& path) const {
  const auto tail = without_version(path);
  const bool weighs_one = tail == "premiumIndex" || tail == "fundingRate" || tail == "fundingInfo" || tail == "trades";
  if (weighs_one) return {Charge{"weight", 1, 2400, minute}};
  return Binance::charges(request, "/fapi/v1/" + tail);
}

Response Aster::answer(const Request& request, const std::string& path, Ms now) {
  static constexpr std::array<std::string_view, 13> known{
      "ping",         "time",        "exchangeInfo", "depth",       "trades",       "aggTrades",        "klines",
      "premiumIndex", "fundingRate", "fundingInfo",  "ticker/24hr", "ticker/price", "ticker/bookTicker"};
  const auto tail = without_version(path);
  if (std::find(known.begin(), known.end(), tail) == known.end()) return not_found(now);
  if (tail == "fundingInfo") return json_response(funding_info(true));
  return Binance::answer(request, "/fapi/v1/" + tail, now);
}

bool Aster::ws_open(Peer& peer, Ms now) {
  const auto path = peer.request().path.substr(std::string("/aster").size());
  if (!path.starts_with("/ws") && !path.starts_with("/stream")) return false;
  open_with_streams(peer, path, now);
  return true;
}

}  // namespace sandbox
