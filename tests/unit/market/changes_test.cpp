#include "common/market/changes.hpp"

#include <gtest/gtest.h>

namespace market {
namespace changes_test {

Instrument contract(const std::string& symbol, Status status = Status::trading) {
  Instrument out;
  out.exchange = "toy";
  out.symbol = symbol;
  out.status = status;
  out.contract_size = 0.001;
  out.tick_size = 0.1;
  out.funding_interval = std::chrono::hours{8};
  return out;
}

template <class Change>
Instrument with(const Change& change) {
  auto out = contract("A");
  change(out);
  return out;
}

std::string text(const Universe& before, const Universe& after) {
  std::string out;
  for (const auto& change : changes(before, after)) {
    out += (out.empty() ? "" : "; ") + std::string(to_string(change.kind)) + " " + change.symbol;
    if (!change.before.empty()) out += " " + change.before + " > " + change.after;
  }
  return out;
}

struct Case {
  const char* name;
  std::vector<Instrument> before, after;
  const char* expected;
};

TEST(Changes, BetweenTwoLists) {
  const auto bigger = with([](Instrument& i) { i.contract_size = 1; });
  const auto finer = with([](Instrument& i) { i.tick_size = 0.01; });
  const auto hourly = with([](Instrument& i) { i.funding_interval = std::chrono::hours{4}; });
  const auto silent = with([](Instrument& i) {
    i.contract_size.reset();
    i.tick_size.reset();
    i.funding_interval.reset();
  });
  const std::vector<Case> cases{
      {"nothing", {contract("A")}, {contract("A")}, ""},
      {"new", {contract("B")}, {contract("A"), contract("B"), contract("C")}, "listed A; listed C"},
      {"vanished", {contract("A"), contract("B"), contract("C")}, {contract("B")}, "gone A; gone C"},
      {"said to be delisted", {contract("A")}, {contract("A", Status::delisted)}, "gone A"},
      {"delisted, then vanished", {contract("A", Status::delisted)}, {contract("B")}, "listed B"},
      {"halted", {contract("A")}, {contract("A", Status::halted)}, "halted A"},
      {"vanished while halted", {contract("A", Status::halted)}, {contract("B")}, "gone A; listed B"},
      {"again", {contract("A", Status::halted)}, {contract("A")}, "resumed A"},
      {"announced", {contract("B")}, {contract("A", Status::pre_launch), contract("B")}, ""},
      {"launched", {contract("A", Status::pre_launch)}, {contract("A")}, "listed A"},
      {"multiplier", {contract("A")}, {bigger}, "multiplier A 0.001 > 1"},
      {"tick", {contract("A")}, {finer}, "tick A 0.1 > 0.01"},
      {"interval", {contract("A")}, {hourly}, "interval A 8 h > 4 h"},
      {"one list does not say", {contract("A")}, {silent}, ""},
      {"nor the other", {silent}, {contract("A")}, ""},
  };
  for (const auto& one : cases) EXPECT_EQ(text(Universe(one.before), Universe(one.after)), one.expected) << one.name;
}

}  // namespace changes_test
}  // namespace market
