#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "tests/simulation/fake_binance.hpp"
#include "tests/simulation/replay.hpp"

namespace simulation {

namespace {

/// What the file says of one settlement: the numbers of the rule, computed from settlements alone.
struct Figures {
  double r8{}, apr{};
  std::optional<double> z;
  std::size_t known{};  ///< settlements of the 30 days before
};

double r8_of(const RecordedFunding& market, std::size_t contract, std::size_t at) {
  return market.all(contract)[at].rate * 8 / market.interval_hours(contract, at);
}

/// `known`: so many settlements before `at`; right after one the bot may not have it yet.
Figures figures_of(const RecordedFunding& market, std::size_t contract, std::size_t at, std::size_t known) {
  Figures out;
  out.r8 = r8_of(market, contract, at);
  out.apr = out.r8 * 365 * 3;
  std::vector<double> before;
  for (std::size_t i = 0; i < known; ++i)
    if (market.all(contract)[i].at >= market.all(contract)[known - 1].at - 30 * day - minute)
      before.push_back(r8_of(market, contract, i));
  out.known = before.size();
  if (before.size() < 2) return out;
  const double middle = median(before);
  for (auto& value : before) value = std::fabs(value - middle);
  out.z = 0.6745 * (out.r8 - middle) / std::max(median(before), 0.00002);
  return out;
}

/// The settlement that a rate seen at `at` leads to, or that happened then.
std::optional<std::size_t> settlement_of(const RecordedFunding& market, std::size_t contract, Ms at, bool running) {
  const auto& all = market.all(contract);
  if (running) {
    const auto next = std::ranges::upper_bound(all, at, {}, &Settlement::at);
    return next == all.end() ? std::nullopt : std::optional(static_cast<std::size_t>(next - all.begin()));
  }
  const auto past = std::ranges::upper_bound(all, at + minute, {}, &Settlement::at);
  return past == all.begin() ? std::nullopt : std::optional(static_cast<std::size_t>(past - all.begin()) - 1);
}

/// The share of contracts whose running |r8| is greater, at that moment.
double share_above(const RecordedFunding& market, Ms at, double r8) {
  std::size_t all = 0;
  std::size_t above = 0;
  for (std::size_t contract = 0; contract < market.contracts().size(); ++contract) {
    const auto next = settlement_of(market, contract, at, true);
    if (!next || market.contracts()[contract].listed > at) continue;
    ++all;
    if (std::fabs(r8_of(market, contract, *next)) > std::fabs(r8)) ++above;
  }
  return all == 0 ? 0 : static_cast<double>(above) / static_cast<double>(all);
}

void explain_extreme(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  const auto next = settlement_of(market, contract, heard.at, true);
  if (!next) return out.problems.push_back(words(heard) + ": the file has no settlement that this could lead to");
  const auto figures = figures_of(market, contract, *next, *next);
  const auto without = figures_of(market, contract, *next, *next - 1);  // some seconds after a settlement
  if (std::fabs(measured(heard, "r8") - figures.r8) > 1e-7)
    out.problems.push_back(words(heard) +
                           fmt::format(": told r8 {:.6f}, the file has {:.6f}", measured(heard, "r8"), figures.r8));
  if (std::fabs(figures.apr) < 0.5) out.problems.push_back(words(heard) + ": below 50 % a year");
  const double z = std::max(std::fabs(figures.z.value_or(0)), std::fabs(without.z.value_or(0)));
  if (figures.known < 25 || z < 3.4)
    out.problems.push_back(
        words(heard) + fmt::format(": z {:.1f} over {} settlements of the file", figures.z.value_or(0), figures.known));
  // The sweep that brings the first rates of an interval ranks each contract among others that it has not reached.
  const double share =
      std::min(share_above(market, heard.at, figures.r8), share_above(market, heard.at - 2 * minute, figures.r8));
  if (share > 0.12)
    out.problems.push_back(words(heard) + fmt::format(": {:.0f} % of the contracts are above", share * 100));
}

void explain_flip(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  const bool predicted = measured(heard, "predicted") > 0.5;
  const auto now = settlement_of(market, contract, heard.at, predicted);
  if (!now || *now == 0) return out.problems.push_back(words(heard) + ": the file has no such settlement");
  const double after = r8_of(market, contract, *now);
  const double before = r8_of(market, contract, *now - 1);
  if (after * before >= 0 || std::min(std::fabs(after), std::fabs(before)) < 0.00005)
    out.problems.push_back(words(heard) + fmt::format(": {}; the file has {:.6f} and before it {:.6f}",
                                                      predicted ? "predicted" : "settled", after, before));
}

void explain_interval(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  const auto next = settlement_of(market, contract, heard.at, true);
  if (!next || *next == 0) return out.problems.push_back(words(heard) + ": the file has no such settlement");
  const auto& all = market.all(contract);
  const double hours = static_cast<double>(all[*next].at - all[*next - 1].at) / static_cast<double>(hour);
  if (std::fabs(hours - measured(heard, "interval_h")) > 0.1)
    out.problems.push_back(words(heard) + fmt::format(": told {} h, the file has {:.2f} h between two settlements",
                                                      measured(heard, "interval_h"), hours));
}

void explain_calm(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  const auto newest = settlement_of(market, contract, heard.at, false);
  if (!newest) return out.problems.push_back(words(heard) + ": the file has no such settlement");
  const auto& all = market.all(contract);
  double calm = 0;
  for (std::size_t at = *newest; at > 0; --at, ++calm)
    if (std::fabs(all[at].rate) > 0.00025 || std::abs(all[at].at - all[at - 1].at - hour) > 10 * minute) break;
  if (calm != measured(heard, "calm_periods"))
    out.problems.push_back(words(heard) +
                           fmt::format(": told {} calm hours, the file has {}", measured(heard, "calm_periods"), calm));
}

void explain_limit(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  const auto next = settlement_of(market, contract, heard.at, true);
  if (!next) return out.problems.push_back(words(heard) + ": the file has no settlement that this could lead to");
  const double rate = market.all(contract)[*next].rate;
  if (std::fabs(rate) < FakeBinance::funding_limit * 0.999)
    out.problems.push_back(words(heard) +
                           fmt::format(": the file has {:.6f}, the limit is {}", rate, FakeBinance::funding_limit));
}

void explain(const RecordedFunding& market, std::size_t contract, const Heard& heard, Replay& out) {
  if (heard.kind == "funding_extreme") return explain_extreme(market, contract, heard, out);
  if (heard.kind == "funding_interval") return explain_interval(market, contract, heard, out);
  if (heard.kind == "funding_limit") return explain_limit(market, contract, heard, out);
  if (heard.kind == "funding_calm") return explain_calm(market, contract, heard, out);
  explain_flip(market, contract, heard, out);
}

struct Key {
  std::string kind;
  std::size_t contract;
  std::size_t settlement;
  auto operator<=>(const Key&) const = default;
};

void look_for_silence(const RecordedFunding& market, Ms from, Ms to, const std::map<Key, std::string>& became,
                      Replay& out) {
  std::map<std::string, std::map<std::string, std::size_t>> held;  // kind -> why -> how often
  const auto judge = [&](const std::string& kind, std::size_t contract, std::size_t at) {
    ++out.clear_cases;
    const auto known = became.find({kind, contract, at});
    const auto& settlement = market.all(contract)[at];
    if (known == became.end())
      out.problems.push_back(kind + " " + market.contracts()[contract].symbol + " settled " +
                             base::utc_stamp(base::from_ms(settlement.at)) + ": clear in the file, never judged");
    else if (!known->second.empty())
      ++held[kind][known->second];
  };
  for (std::size_t contract = 0; contract < market.contracts().size(); ++contract) {
    const auto& all = market.all(contract);
    for (std::size_t at = 1; at + 1 < all.size(); ++at) {  // the last one: the exchange stops publishing
      if (all[at].at < from + 2 * hour || all[at].at > to - hour) continue;
      const double before = r8_of(market, contract, at - 1);
      const double now = r8_of(market, contract, at);
      if (before * now < 0 && std::min(std::fabs(before), std::fabs(now)) > 0.0001) judge("funding_flip", contract, at);
      const auto figures = figures_of(market, contract, at, at);
      const bool clear = std::fabs(figures.apr) > 0.8 && figures.known > 40 && figures.z && std::fabs(*figures.z) > 5 &&
                         share_above(market, all[at].at - 5 * minute, figures.r8) < 0.05;
      if (clear) judge("funding_extreme", contract, at);
    }
  }
  for (const auto& [kind, whys] : held)
    for (const auto& [why, count] : whys) out.reasons.push_back(kind + " " + why + ": " + std::to_string(count));
}

}  // namespace

Replay replay_funding(const RecordedFunding& market, const ReplayOptions& options) {
  const Ms start = market.begin() + hour / 2 + options.skip;
  const Ms end = std::min(market.end() - minute, start + options.span);
  Replay out;
  std::map<Key, std::string> became;  ///< empty: said
  Town town(start, options.faults);
  LifeOptions life_options;
  life_options.bot = "funding";
  life_options.layer = options.layer;
  life_options.hear = [&](const desk::Finding& finding, const desk::Handled& handled) {
    if (finding.silent) return;  // a predicted flip: the settled one decides
    const auto contract = market.find(finding.symbol);
    const Ms at = base::to_ms(finding.at);
    const auto settlement =
        contract ? settlement_of(market, *contract, at, finding.kind == "funding_extreme") : std::nullopt;
    if (!settlement) return;
    auto& why = became.try_emplace({finding.kind, *contract, *settlement}, "?").first->second;
    if (why.empty()) return;
    why = finding.fires ? desk::is_said(handled.reason) ? std::string() : std::string(desk::to_string(handled.reason))
                        : finding.missing;
  };
  Life life(town, market, start, life_options);
  life.run_until(end);
  if (!life.stop()) out.problems.push_back("the bot did not end in order");
  out.take(town);
  out.heard = life.heard();
  out.refused_by_limit = life.binance().refused_by_limit();
  std::map<Key, std::size_t> told;
  for (const auto& heard : out.heard) {
    if (!desk::is_said(heard.reason)) continue;
    const auto contract = market.find(heard.symbol);
    if (!contract) {
      out.problems.push_back(words(heard) + ": no such contract in the recording");
      continue;
    }
    explain(market, *contract, heard, out);
    const bool running = heard.kind == "funding_extreme" || heard.kind == "funding_interval" ||
                         heard.kind == "funding_limit" || measured(heard, "predicted") > 0.5;
    const auto settlement = settlement_of(market, *contract, heard.at, running);
    if (settlement && ++told[{heard.key, *contract, *settlement}] == 2)
      out.problems.push_back(words(heard) + ": told twice for one settlement");
  }
  look_for_silence(market, start, end, became, out);
  return out;
}

}  // namespace simulation
