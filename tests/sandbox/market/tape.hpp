// Order book and tape around the last price, made up the moment they are asked for.
#pragma once
#include "tests/sandbox/market/world.hpp"

namespace sandbox {

struct Level {
  double price{}, size{};  ///< units of the contract
};
struct Book {
  std::vector<Level> bids, asks;  ///< best first
};
struct Print {
  std::int64_t id{};
  Ms time{};
  double price{}, size{};
  bool taker_buys{};
};

[[nodiscard]] Book book_of(const World& world, const Contract& contract, std::size_t levels, Ms now);
/// Oldest first, at most `count` prints up to `now`.
[[nodiscard]] std::vector<Print> tape_of(const World& world, const Contract& contract, std::size_t count, Ms now);

}  // namespace sandbox
