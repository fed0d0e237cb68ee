#include "common/health/occasions.hpp"

#include <algorithm>
#include <cmath>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr double keep = 0.99;          // of what was learned, at each occasion
constexpr double believed_max = 0.97;  // no feed speaks always
constexpr double variance_keep = 1 - 1.0 / 240;
constexpr std::size_t movers_max = 16;
constexpr base::Millis bar{60'000};
constexpr base::Millis asset_remembered{86'400'000};
constexpr double fall_weight_max = 3;

}  // namespace

void HitRate::look() {
  hits_ *= keep;
  looks_ = looks_ * keep + 1;
}

void HitRate::hit() {
  look();
  hits_ += 1;
}

void HitRate::miss() {
  pending_ += 1;
  evidence_ -= std::log(1 - std::min(expected(), believed_max));
}

void HitRate::spoke(bool cured) {
  for (double i = 0; i < pending_ && !cured; ++i) look();
  forget();
}

std::optional<std::size_t> Occasions::find(std::string_view exchange) const {
  for (std::size_t i = 0; i < exchanges_.size(); ++i)
    if (exchanges_[i].name == exchange) return i;
  return std::nullopt;
}

void Occasions::expect(const std::string& exchange) {
  if (find(exchange) || exchanges_.size() == exchanges_max) return;
  exchanges_.emplace_back();
  exchanges_.back().name = exchange;
}

Occasions::Asset* Occasions::asset_of(std::string_view name, Moment now) {
  const auto found = assets_.find(name);
  if (found != assets_.end()) return &found->second;
  if (assets_.size() >= assets_max) {
    const auto oldest = std::ranges::min_element(assets_, {}, [](const auto& entry) { return entry.second.at; });
    if (span(oldest->second.at, now.steady) < asset_remembered) return nullptr;
    assets_.erase(oldest);
  }
  auto& asset = assets_[std::string(name)];
  asset.at = now.steady;
  return &asset;
}

void Occasions::on_bar(std::string_view asset, base::WallTime opened_at, double open, double close, Moment now) {
  if (!(open > 0) || !(close > 0)) return;
  const auto known = assets_.find(asset);  // only assets that are liquidated take a place
  if (known == assets_.end() || opened_at <= known->second.newest) return;
  auto& held = known->second;
  held.newest = opened_at;
  const double change = std::log(close / open);
  const double sigma = std::sqrt(held.variance);
  const bool moved = held.bars >= bars_min && sigma > 0 && std::abs(change) >= sigmas * sigma;
  const double share = held.bars < 240 ? 1.0 / (held.bars + 1) : 1 - variance_keep;
  held.variance += share * (change * change - held.variance);
  ++held.bars;
  if (!moved || movers_.size() >= movers_max) return;
  if (!opened_) opened_ = now.steady;
  movers_.push_back({known->first, change, sigma});
}

void Occasions::on_event(std::string_view exchange, std::string_view asset, Moment now) {
  const auto index = find(exchange);
  if (!index) return;
  auto& one = exchanges_[*index];
  one.moves.spoke(one.acted);
  one.falls.spoke(one.acted);
  one.acted = false;
  if (auto* held = asset_of(asset, now)) {
    held->told[*index] = now.steady;
    held->at = now.steady;
  }
}

void Occasions::on_open_interest(std::string_view exchange, std::string_view asset, double base_units, Moment now) {
  const auto index = find(exchange);
  const auto known = assets_.find(asset);
  if (!index || known == assets_.end() || !(base_units > 0)) return;
  auto& then = known->second.interest[*index];
  if (!then) then = Interest{base_units, now.steady};
  const auto passed = span(then->at, now.steady);
  if (passed < interest_window) return;
  const double fall = 1 - base_units / then->base;
  const auto from = then->at;
  *then = {base_units, now.steady};
  const auto& told = known->second.told[*index];
  if (fall < fall_min || !told) return;  // an asset it never told of may be one it does not publish
  auto& one = exchanges_[*index];
  if (*told >= from - bar) return one.falls.hit();
  for (double weight = std::min(fall / fall_min, fall_weight_max); weight >= 1; --weight) one.falls.miss();
  one.fall = known->first + " open interest fell " + base::percent(fall, 1) + " in " + base::duration_words(passed);
}

void Occasions::judge_movers(std::size_t exchange) {
  bool spoke = false, reason = false;
  const Mover* silent_at = nullptr;
  for (const auto& mover : movers_) {
    const auto held = assets_.find(mover.asset);
    if (held == assets_.end() || !held->second.told[exchange]) continue;
    const auto within = [&](std::size_t i) {
      const auto& told = held->second.told[i];
      return told && *told >= *opened_ - bar;
    };
    bool others = false;
    for (std::size_t i = 0; i < exchanges_.size(); ++i) others = others || (i != exchange && within(i));
    if (!others) continue;
    reason = true;
    spoke = spoke || within(exchange);
    if (silent_at == nullptr || std::abs(mover.change) > std::abs(silent_at->change)) silent_at = &mover;
  }
  if (!reason) return;
  auto& one = exchanges_[exchange];
  if (spoke) return one.moves.hit();
  one.moves.miss();
  one.move = silent_at->asset + " moved " + base::signed_percent(std::expm1(silent_at->change)) + " in a minute (" +
             base::fixed(std::abs(silent_at->change) / silent_at->sigma, 1) + " sigma) and others liquidated";
}

void Occasions::on_time(Moment now) {
  if (!opened_ || span(*opened_, now.steady) < window) return;
  for (std::size_t i = 0; i < exchanges_.size(); ++i) judge_movers(i);
  opened_.reset();
  movers_.clear();
}

void Occasions::restart(std::string_view exchange) {
  const auto index = find(exchange);
  if (!index) return;
  exchanges_[*index].moves.forget();
  exchanges_[*index].falls.forget();
  for (auto& [name, asset] : assets_) asset.interest[*index].reset();
}

void Occasions::on_action(std::string_view exchange) {
  if (const auto index = find(exchange)) exchanges_[*index].acted = true;
}

std::optional<std::string> Occasions::judge(std::string_view exchange) const {
  const auto index = find(exchange);
  if (!index) return std::nullopt;
  const auto& one = exchanges_[*index];
  if (one.moves.evidence() + one.falls.evidence() < evidence_min) return std::nullopt;
  const bool moves = one.moves.evidence() >= one.falls.evidence();
  const auto& rate = moves ? one.moves : one.falls;
  return "silent at " + std::to_string(one.moves.passed() + one.falls.passed()) +
         " occasions in a row, at which it spoke " + base::percent(rate.expected(), 0) +
         " of the time; the last: " + (moves ? one.move : one.fall);
}

}  // namespace health
