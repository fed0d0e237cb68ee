#include "common/health/peers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr double looked_at_minutes = 10 * 365.25 * minutes_per_day;  // as SilenceRules::feed_years
constexpr double memory_minutes = 14 * minutes_per_day;
constexpr double week_minutes = 7 * minutes_per_day;
constexpr double asset_chance = 0.05 / 20;  // about so many assets are lively enough to be judged
constexpr double recent_minutes = 30, usual_minutes = 2 * minutes_per_day;
constexpr double activity_after_minutes = 360;  // before that, usual is not known
constexpr double passed_min = 3;                // no bound is below
constexpr std::size_t same_second_max = 64;
constexpr base::Millis asset_kept{86'400'000};

/// An exponentially forgetting rate: one event weighs 1/window, and fades.
double faded(double rate, double window, base::SteadyTime from, Moment now) {
  return rate * std::exp(-minutes(span(from, now.steady)) / window);
}

}  // namespace

std::string Peers::Doubt::words() const {
  return (asset.empty() ? "silent for " : "no " + asset + " for ") + base::duration_words(silent) + "; " + whose +
         " liquidated " + (asset.empty() ? "" : "it ") + base::fixed(others, 0) + " times meanwhile, " +
         base::fixed(allowed, 0) + " may pass";
}

std::optional<std::size_t> Peers::find(std::string_view exchange) const {
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (peers_[i].name == exchange) return i;
  return std::nullopt;
}

void Peers::expect(const std::string& exchange, double prior_per_minute, Moment now) {
  if (find(exchange) || peers_.size() == exchanges_max) return;
  if (peers_.empty()) began_ = now.steady;
  auto& peer = peers_.emplace_back();
  peer.name = exchange;
  peer.prior = prior_per_minute;
  peer.began = peer.counted_at = now.steady;
}

/// Sampled feeds tell of one order an asset and second; of the others, too, only so many are counted.
bool Peers::counts_once(Peer& peer, std::string_view asset, Moment now) {
  const auto second = now.steady.time_since_epoch() / std::chrono::seconds{1};
  if (second != peer.second) peer.assets.clear();
  peer.second = second;
  const auto hash = std::hash<std::string_view>{}(asset);
  if (peer.assets.size() >= same_second_max || std::ranges::find(peer.assets, hash) != peer.assets.end()) return false;
  peer.assets.push_back(hash);
  return true;
}

GapTail::Rules Peers::rules_of(std::size_t peer) const {
  double rate = 0;
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (i != peer) rate += peers_[i].prior;
  GapTail::Rules out;
  // The hours of the day are the others' hours too: this clock needs no week to know the quietest of them.
  out.memory = memory_minutes * rate;
  out.looked_at = looked_at_minutes * rate;
  out.prior_mean = peers_[peer].prior > 0 ? rate / peers_[peer].prior : 0;
  return out;
}

GapTail::Rules Peers::asset_rules(const Asset& asset, std::size_t peer, Moment now) const {
  const double known = std::max(1.0, minutes(span(began_, now.steady)));
  const double rate = asset.told.by_others(peer) / known;
  GapTail::Rules out;
  out.memory = std::max(1.0, memory_minutes * rate);
  out.seen_after = week_minutes * rate;
  out.looked_at = looked_at_minutes * rate;
  out.chance = asset_chance;
  return out;
}

void Peers::Told::add(std::size_t peer) {
  by[peer] += 1;
  all += 1;
}

void Peers::close(Gap& gap, const Told& told, std::size_t peer, const GapTail::Rules& rules, Moment now) {
  const double passed = told.by_others(peer) - gap.passed_by;
  const bool cured = gap.acted_at && passed - *gap.acted_at < cured_within * gap.tail.mean(rules).value_or(0);
  if (gap.running && !cured) gap.tail.learn(passed, rules);
  gap.since = told.by;
  gap.passed_by = told.by_others(peer);
  gap.at = now.steady;
  gap.running = true;
  gap.acted_at.reset();
}

Peers::Asset* Peers::asset_of(std::string_view name, Moment now) {
  const auto found = assets_.find(name);
  if (found != assets_.end()) return &found->second;
  if (assets_.size() >= assets_max) {
    const auto oldest = std::ranges::min_element(assets_, {}, [](const auto& entry) { return entry.second.at; });
    if (span(oldest->second.at, now.steady) < asset_kept) return nullptr;
    assets_.erase(oldest);
  }
  return &assets_[std::string(name)];
}

void Peers::on_event(std::string_view exchange, std::string_view asset, Moment now) {
  const auto index = find(exchange);
  if (!index || !counts_once(peers_[*index], asset, now)) return;
  auto& peer = peers_[*index];
  close(peer.gap, told_, *index, rules_of(*index), now);
  told_.add(*index);
  peer.recent = faded(peer.recent, recent_minutes, peer.counted_at, now) + 1 / recent_minutes;
  peer.usual = faded(peer.usual, usual_minutes, peer.counted_at, now) + 1 / usual_minutes;
  peer.counted_at = now.steady;
  if (auto* held = asset_of(asset, now)) {
    close(held->gaps[*index], held->told, *index, asset_rules(*held, *index, now), now);
    held->told.add(*index);
    held->at = now.steady;
  }
}

void Peers::restart(std::string_view exchange, Moment now) {
  const auto index = find(exchange);
  if (!index) return;
  const auto begin = [&](Gap& gap, const Told& told) {
    gap.since = told.by;
    gap.passed_by = told.by_others(*index);
    gap.at = now.steady;
    gap.acted_at.reset();
  };
  begin(peers_[*index].gap, told_);
  peers_[*index].gap.running = true;
  for (auto& [name, asset] : assets_) begin(asset.gaps[*index], asset.told);
}

void Peers::on_action(std::string_view exchange) {
  const auto index = find(exchange);
  if (!index) return;
  const auto note = [&](Gap& gap, const Told& told) {
    if (gap.running && !gap.acted_at) gap.acted_at = told.by_others(*index) - gap.passed_by;
  };
  note(peers_[*index].gap, told_);
  for (auto& [name, asset] : assets_) note(asset.gaps[*index], asset.told);
}

GapTail Peers::learned(std::string_view exchange) const {
  const auto index = find(exchange);
  return index ? peers_[*index].gap.tail : GapTail{};
}

void Peers::remember(std::string_view exchange, const GapTail& learned) {
  if (const auto index = find(exchange)) peers_[*index].gap.tail = learned;
}

std::string Peers::names(const Told& told, const Gap& gap, std::size_t peer) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (i != peer && told.by[i] > gap.since[i]) order.push_back(i);
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return told.by[i] - gap.since[i]; });
  std::string out;
  for (std::size_t i = 0; i < order.size(); ++i)
    out += (i == 0 ? "" : i + 1 == order.size() ? " and " : ", ") + peers_[order[i]].name;
  return out;
}

double Peers::share(std::string_view exchange) const {
  const auto index = find(exchange);
  if (!index) return 0;
  const auto& gap = peers_[*index].gap;
  const auto bound = gap.tail.bound(rules_of(*index));
  return gap.running && bound ? (told_.by_others(*index) - gap.passed_by) / *bound : 0;
}

std::optional<Peers::Doubt> Peers::judge(std::string_view exchange, Moment now) const {
  const auto index = find(exchange);
  if (!index) return std::nullopt;
  const auto look = [&](const Gap& gap, const Told& told, const auto& rules_now, base::Millis least) {
    std::optional<Doubt> out;
    const double passed = told.by_others(*index) - gap.passed_by;
    const auto silent = span(gap.at, now.steady);
    if (!gap.running || passed < passed_min || silent < least) return out;
    const auto bound = gap.tail.bound(rules_now());
    if (bound && passed >= *bound) out = Doubt{{}, silent, passed, *bound, names(told, gap, *index)};
    return out;
  };
  auto worst = look(
      peers_[*index].gap, told_, [&] { return rules_of(*index); }, silent_min);
  for (const auto& [name, asset] : assets_) {
    if (worst) break;
    worst = look(
        asset.gaps[*index], asset.told, [&, &held = asset] { return asset_rules(held, *index, now); },
        asset_silent_min);
    if (worst && worst->silent > asset_silent_max) worst.reset();
    if (worst) worst->asset = name;
  }
  return worst;
}

std::optional<double> Peers::activity(std::string_view exchange, Moment now) const {
  double recent = 0, usual = 0;
  for (const auto& peer : peers_) {
    const double known = minutes(span(peer.began, now.steady));
    if (peer.name == exchange || known < activity_after_minutes) continue;
    recent += faded(peer.recent, recent_minutes, peer.counted_at, now);
    usual += faded(peer.usual, usual_minutes, peer.counted_at, now) / (1 - std::exp(-known / usual_minutes));
  }
  return usual > 0 ? std::optional(recent / usual) : std::nullopt;
}

}  // namespace health
