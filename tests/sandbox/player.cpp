// Reads scenarios, and plays recordings (one JSON object a line) into the market at speed 1, all their times shifted
// alike.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <toml++/toml.h>

#include "tests/sandbox/director.hpp"

namespace sandbox {

namespace {

/// A number that may come as text, as null or empty (unknown: 0).
double loose(const Json& value) {
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? std::strtod(value.get_ref<const std::string&>().c_str(), nullptr) : 0;
}

std::vector<Json> read_lines(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("play: cannot read " + file.string());
  std::vector<Json> out;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty()) continue;
    out.push_back(Json::parse(line));
    if (!out.back().contains("at")) throw std::runtime_error("play: a line without \"at\" in " + file.string());
  }
  if (out.empty()) throw std::runtime_error("play: nothing in " + file.string());
  return out;
}

Bar bar_of(const Json& row, Ms shift, Ms length) {
  Bar out;
  out.open_time = row.at(0).get<Ms>() + shift;
  out.length = length;
  out.open = loose(row.at(1));
  out.high = loose(row.at(2));
  out.low = loose(row.at(3));
  out.close = loose(row.at(4));
  out.base = loose(row.at(5));
  out.quote = loose(row.at(7));
  out.trades = static_cast<std::int64_t>(loose(row.at(8)));
  out.taker_buy_quote = loose(row.at(10));
  const bool has_base = row.at(9).is_number() || (row.at(9).is_string() && !row.at(9).get<std::string>().empty());
  out.taker_buy_base = has_base ? loose(row.at(9)) : out.quote > 0 ? out.base * out.taker_buy_quote / out.quote : 0;
  out.closed = true;
  return out;
}

}  // namespace

Json read_scenario(const std::filesystem::path& file) {
  if (file.extension() == ".json") {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("scenario: cannot read " + file.string());
    return Json::parse(in);
  }
  try {
    const auto table = toml::parse_file(file.string());
    std::ostringstream text;
    text << toml::json_formatter{table};
    return Json::parse(text.str());
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(file.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                             std::string(error.description()));
  }
}

void Director::play(const Json& action, Ms now) {
  const auto what = action.value("what", "forceorder");
  const auto lines = read_lines(data_ / action.at("file").get<std::string>());
  const Ms first = action.value("start_ms", lines.front().at("at").get<Ms>());
  const Ms shift = now + static_cast<Ms>(action.value("offset_s", 0.0) * 1000) - first;
  if (what == "forceorder") return play_forced(lines, shift, now);
  // Bars and settlements keep their place in the minute and in the hour.
  if (what == "klines") return play_klines(lines, shift / minute * minute);
  if (what == "funding") return play_funding(lines, shift / hour * hour, action.value("venue", ""));
  throw std::runtime_error("play: unknown \"" + what + "\"");
}

void Director::play_forced(const std::vector<Json>& lines, Ms shift, Ms now) {
  for (const auto& line : lines) {
    const auto& order = line.at("frame").at("o");
    auto& contract = world_.add(Venue::binance, order.at("s").get<std::string>(), 0);
    if (contract.first_played_price == 0)
      contract.first_played_price = contract.last_played_price = loose(order.value("ap", order.at("p")));
    contract.coin_index.reset();
    contract.price_decimals = 8;
    if (line.at("at").get<Ms>() + shift < now) continue;  // what a stream said before is said for good
    Json frame = line.at("frame");
    frame["E"] = frame.at("E").get<Ms>() + shift;
    frame["o"]["T"] = order.at("T").get<Ms>() + shift;
    schedule(line.at("at").get<Ms>() + shift, [this, &contract, frame = std::move(frame)](Ms due) {
      const auto& forced = frame.at("o");
      contract.last_played_price = loose(forced.value("ap", forced.at("p")));
      world_.liquidate(contract, forced.at("S") == "SELL", loose(forced.value("z", forced.at("q"))), due, frame);
    });
  }
}

void Director::play_klines(const std::vector<Json>& lines, Ms shift) {
  for (const auto& line : lines) {
    const auto& row = line.at("row");
    auto& contract = world_.add(Venue::binance, line.at("symbol").get<std::string>(), 0);
    const Ms length = row.at(6).get<Ms>() + 1 - row.at(0).get<Ms>();
    const auto bar = bar_of(row, shift, length);
    contract.coin_index.reset();
    contract.listed = 0;
    contract.price_decimals = 8;
    contract.size_decimals = 6;
    contract.played[bar.open_time] = bar;
  }
}

void Director::play_funding(const std::vector<Json>& lines, Ms shift, const std::string& venue) {
  for (const auto& line : lines) {
    const auto& row = line.at("row");
    if (!venue.empty() && row.value("venue", "") != venue) continue;
    auto& contract = world_.add(Venue::binance, row.at("symbol").get<std::string>(), 0);
    contract.listed = 0;
    contract.played_funding = true;
    contract.settled[row.at("fundingTime").get<Ms>() + shift] = loose(row.at("fundingRate"));
  }
  for (const auto& contract : world_.contracts(Venue::binance)) {
    if (!contract->played_funding || contract->settled.size() < 2) continue;
    const auto newest = contract->settled.rbegin();
    const auto gap = newest->first - std::next(newest)->first;
    contract->interval_hours =
        std::max(1, static_cast<int>(std::llround(static_cast<double>(gap) / static_cast<double>(hour))));
  }
}

}  // namespace sandbox
