// The endpoints that a decoder reads, a line each: how it is told apart, what it is about, who reads a row of it.
#pragma once
#include <array>
#include <string_view>

#include "common/exchange/fields.hpp"

namespace exchange {

/// `Around`: what a row is read with.
template <typename Around = Scope>
struct KnownEndpoint {
  using Read = void (*)(Row&, Value, const Around&, market::Events&);
  std::string_view tail;  ///< as in Endpoint
  Topic topic;
  Read read;  ///< nullptr: no rows of events, or a way of its own
};

template <typename Known, std::size_t count>
[[nodiscard]] constexpr std::array<Endpoint, count> endpoints_of(const std::array<Known, count>& known) {
  std::array<Endpoint, count> out{};
  for (std::size_t at = 0; at < count; ++at) out[at] = {known[at].tail, known[at].topic};
  return out;
}

/// The one with the longest tail that fits; nullptr: none does.
template <typename Known, std::size_t count>
[[nodiscard]] const Known* find_known(const std::array<Known, count>& known, std::string_view endpoint) {
  const Known* out = nullptr;
  for (const auto& one : known)
    if (endpoint_is(endpoint, one.tail) && (out == nullptr || one.tail.size() > out->tail.size())) out = &one;
  return out;
}

}  // namespace exchange
