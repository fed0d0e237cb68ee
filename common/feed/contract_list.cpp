#include "common/feed/contract_list.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "common/feed/event_codec.hpp"

namespace feed {

namespace {

constexpr std::string_view tag = "PWCL";
constexpr double unknown = -1;

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes the next bytes off; false: there are not so many.
template <class T>
bool take(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

}  // namespace

std::string encoded(const ContractList& list) {
  std::string out(tag);
  const auto count = std::min(list.contracts.size(), ContractList::contracts_max);
  for (std::size_t at = 0; at < count; ++at) {
    auto contract = list.contracts[at];
    contract.asset = contract.asset.substr(0, contract.asset.find('@'));
    const auto turnover = list.turnover_usd.find(contract.symbol);
    const auto bytes = encoded(contract);
    put(out, turnover == list.turnover_usd.end() ? unknown : turnover->second);
    put(out, static_cast<std::uint32_t>(bytes.size()));
    out += bytes;
  }
  return out;
}

std::optional<ContractList> decoded_list(std::string_view bytes) {
  if (!bytes.starts_with(tag)) return std::nullopt;
  bytes.remove_prefix(tag.size());
  ContractList out;
  while (!bytes.empty()) {
    double turnover = unknown;
    std::uint32_t size = 0;
    if (!take(bytes, turnover) || !take(bytes, size) || bytes.size() < size) return std::nullopt;
    auto contract = decoded_instrument(bytes.substr(0, size));
    if (!contract || out.contracts.size() >= ContractList::contracts_max) return std::nullopt;
    bytes.remove_prefix(size);
    if (std::isfinite(turnover) && turnover >= 0) out.turnover_usd[contract->symbol] = turnover;
    out.contracts.push_back(*std::move(contract));
  }
  return out;
}

}  // namespace feed
