#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "tests/simulation/replay.hpp"

namespace simulation {

namespace {

constexpr Ms usual_bars = 120;

struct Window {
  double usd{}, usual_usd{};  ///< usual: so many times the median of the 120 bars before
  double z{};                 ///< of a single bar among them, by the logarithm
  double taker_share{};
  double open{}, close{}, atr{};
};

/// What the file has in the `bars` bars that end at `end`, and around them; nullopt where bars are missing.
std::optional<Window> window_of(const RecordedCandles& market, std::size_t contract, Ms end, Ms bars) {
  Window out;
  double taker = 0;
  for (Ms at = end - bars * minute; at < end; at += minute) {
    const auto bar = market.bar(contract, at);
    if (!bar) return std::nullopt;
    if (at == end - bars * minute) out.open = bar->open;
    out.close = bar->close;
    out.usd += bar->quote;
    taker += bar->taker_buy_quote;
  }
  out.taker_share = out.usd > 0 ? taker / out.usd : 0.5;
  std::vector<double> before;
  double ranges = 0;
  const Ms first = end - bars * minute;
  for (Ms at = first - usual_bars * minute; at < first; at += minute) {
    const auto bar = market.bar(contract, at);
    if (!bar) return std::nullopt;
    before.push_back(bar->quote);
    if (at >= first - 30 * minute) ranges += (bar->high - bar->low) / 30;
  }
  const double middle = median(before);
  out.usual_usd = middle * static_cast<double>(bars);
  for (auto& quote : before) quote = std::fabs(std::log1p(quote) - std::log1p(middle));
  out.z = 0.6745 * (std::log1p(out.usd) - std::log1p(out.usual_usd)) / std::max(median(before), 0.1);
  out.atr = ranges;
  return out;
}

/// A finding that was said as news: is the volume the file's, and is it a multiple of what the file has before it?
void explain(const RecordedCandles& market, const Heard& heard, Replay& out) {
  const auto contract = market.find(heard.symbol);
  if (!contract) return out.problems.push_back(words(heard) + ": no such contract in the recording");
  const auto bars = static_cast<Ms>(measured(heard, "window_bars"));
  const auto window = window_of(market, *contract, heard.at, bars);
  if (!window) return out.problems.push_back(words(heard) + ": told over bars that the file does not have");
  const double told = measured(heard, "volume_usd");
  if (std::fabs(told / window->usd - 1) > 1e-6)
    out.problems.push_back(words(heard) + fmt::format(": told ${:.0f}, the file has ${:.0f}", told, window->usd));
  const double multiple = window->usd / window->usual_usd;
  if (multiple < 2)
    out.problems.push_back(words(heard) + fmt::format(": told as x{:.1f}, but x{:.1f} of the two hours before",
                                                      measured(heard, "relative_volume"), multiple));
  const bool tilted = std::fabs(window->taker_share - 0.5) >= 0.0999;
  const bool moved = std::fabs(window->close - window->open) >= 0.7 * window->atr;
  if (heard.phase == desk::Phase::open && !tilted && !moved)
    out.problems.push_back(words(heard) + ": neither takers nor price went one way");
}

/// "usual $567k" as its number.
std::optional<double> usual_of(const std::string& text) {
  const std::string_view word = "usual $";
  const auto at = text.find(word);
  if (at == std::string::npos) return std::nullopt;
  const std::string rest = text.substr(at + word.size(), 16);
  const char unit = rest[std::min(rest.find_first_not_of("0123456789."), rest.size() - 1)];
  return std::stod(rest) * (unit == 'B' ? 1e9 : unit == 'M' ? 1e6 : unit == 'k' ? 1e3 : 1);
}

/// A reader who looks twice sees an episode grow: what is usual for its bars never becomes less.
void compare_edits(Replay& out) {
  std::map<std::int64_t, double> last;
  for (const auto& post : out.posts) {
    const auto usual = usual_of(post.text);
    if (!usual) continue;
    auto& before = last[post.message_id];
    if (*usual < before)
      out.problems.push_back(fmt::format("message {} at {}: usual ${:.0f}, and ${:.0f} before", post.message_id,
                                         base::utc_stamp(base::from_ms(post.time)), *usual, before));
    before = *usual;
  }
}

using HeldBars = std::map<std::pair<std::string, Ms>, std::string>;  ///< symbol and end of bar -> the condition not met

/// Bars so far above all bars of the rule that they must be told, or be held by a gate that is named.
void look_for_silence(const RecordedCandles& market, Ms from, Ms to, const ReplayOptions& options, const HeldBars& held,
                      Replay& out) {
  std::map<std::pair<std::string, Ms>, const Heard*> by_bar;
  for (const auto& heard : out.heard)
    if (heard.phase != desk::Phase::close) by_bar[{heard.symbol, heard.at}] = &heard;
  std::map<std::string, std::size_t> gates;
  for (std::size_t contract = 0; contract < market.contracts().size(); ++contract) {
    for (Ms end = from + minute; end <= to - minute; end += minute) {
      const bool blind = end > from + options.blind_from && end <= from + options.blind_to + minute;
      if (blind) continue;
      const auto bar = market.bar(contract, end - minute);
      if (!bar || bar->quote < 200'000) continue;
      const auto window = window_of(market, contract, end, 1);
      if (!window || window->usd < 10 * window->usual_usd || window->z < 4) continue;
      if (std::fabs(window->taker_share - 0.5) < 0.15 && std::fabs(window->close - window->open) < 2 * window->atr)
        continue;
      ++out.clear_cases;
      const auto& symbol = market.contracts()[contract].symbol;
      const auto said = by_bar.find({symbol, end});
      if (said == by_bar.end()) {
        const auto why = held.find({symbol, end});
        const bool beyond_doubt = window->z >= 6 || why == held.end();
        if (!beyond_doubt) ++gates["the rule lacks " + why->second.substr(0, why->second.find(' '))];
        if (beyond_doubt)
          out.problems.push_back(symbol + " " + base::utc_stamp(base::from_ms(end)) +
                                 fmt::format(": ${:.0f} is x{:.1f} of the usual (z {:.1f}), and nothing fired: {}",
                                             window->usd, window->usd / window->usual_usd, window->z,
                                             why == held.end() ? "never judged" : why->second));
      } else if (!desk::is_said(said->second->reason)) {
        ++gates[std::string(desk::to_string(said->second->reason))];
      }
    }
  }
  for (const auto& [gate, count] : gates) out.reasons.push_back(gate + ": " + std::to_string(count));
}

}  // namespace

Replay replay_volume(const RecordedCandles& market, const ReplayOptions& options) {
  const Ms start = market.begin() + day + options.skip;  // the day before is the history that the bot asks for
  const Ms end = std::min(market.end(), start + options.span);
  Town town(start, options.faults);
  LifeOptions life_options;
  life_options.bot = "volume";
  life_options.layer = options.layer;
  HeldBars held;
  life_options.hear = [&held](const desk::Finding& finding, const desk::Handled&) {
    if (finding.fires) return;
    std::string why = finding.missing;
    for (const auto& one : finding.evidence)
      if (one.name == finding.missing) why += fmt::format(" {:.2f}", one.value);
    held[{finding.symbol, base::to_ms(finding.at)}] = why;
  };
  Life life(town, market, start, life_options);
  life.run_until(end + 10 * second);
  Replay out;
  if (!life.stop()) out.problems.push_back("the bot did not end in order");
  out.take(town);
  out.heard = life.heard();
  out.refused_by_limit = life.binance().refused_by_limit();
  for (const auto& heard : out.heard) {
    if (!desk::is_said(heard.reason) || heard.phase == desk::Phase::close) continue;
    explain(market, heard, out);
    if (heard.at > start + options.blind_from && heard.at <= start + options.blind_to - 5 * minute)
      out.problems.push_back(words(heard) + ": told out of the gap");
  }
  compare_edits(out);
  look_for_silence(market, start, end, options, held, out);
  return out;
}

}  // namespace simulation
