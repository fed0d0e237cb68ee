// What the volume detector knows, for the store and for whoever asks.
#include <cstring>

#include "bots/volume/detector.hpp"
#include "bots/volume/memo.hpp"
#include "common/base/text.hpp"

namespace volume {

namespace {

constexpr std::string_view stored_tag = "PWVS";

/// Baseline, profile, hourly range, surprise; fewer in what earlier versions stored.
base::Result<std::vector<std::string_view>> parts_of(std::string_view blob) {
  if (!blob.starts_with(stored_tag)) return std::vector<std::string_view>{blob};
  std::vector<std::string_view> out;
  blob.remove_prefix(stored_tag.size());
  while (out.size() < 3 || !blob.empty()) {
    std::uint32_t size = 0;
    if (blob.size() >= sizeof size) std::memcpy(&size, blob.data(), sizeof size);
    if (size == 0 || blob.size() - sizeof size < size)
      return base::Error(base::ErrorKind::bad_data, "stored volume baseline", "it was cut",
                         "it is dropped and learned anew");
    out.push_back(blob.substr(sizeof size, size));
    blob.remove_prefix(sizeof size + size);
  }
  return out;
}

}  // namespace

std::optional<std::uint32_t> Detector::bars_until_ready(std::string_view exchange, std::string_view symbol) const {
  const auto known = states_.find(Key(exchange, symbol));
  if (known == states_.end()) return std::nullopt;
  const std::uint32_t bars = known->second.baseline.bars();
  return bars >= settings_.warm_up_bars ? 0 : settings_.warm_up_bars - bars;
}

std::optional<base::WallTime> Detector::newest_bar(std::string_view exchange, std::string_view symbol) const {
  const auto known = states_.find(Key(exchange, symbol));
  if (known == states_.end() || known->second.baseline.bars() == 0) return std::nullopt;
  return known->second.baseline.last_opened_at();
}

bool Detector::knows_hours(std::string_view exchange, std::string_view symbol) const {
  const auto known = states_.find(Key(exchange, symbol));
  return known != states_.end() && known->second.baseline.knows_hours();
}

std::optional<base::WallTime> Detector::resume_after(std::string_view exchange, std::string_view symbol) const {
  constexpr int bars_again = 40;
  const auto known = states_.find(Key(exchange, symbol));
  if (known == states_.end()) return std::nullopt;
  if (known->second.last_opened_at > base::WallTime::min()) return known->second.last_opened_at;
  const auto newest = newest_bar(exchange, symbol);
  return newest ? std::optional(*newest - bars_again * settings_.bar_length) : std::nullopt;
}

std::optional<std::string> Detector::save(std::string_view exchange, std::string_view symbol) const {
  const auto known = states_.find(Key(exchange, symbol));
  if (known == states_.end()) return std::nullopt;
  const State& state = known->second;
  std::string out(stored_tag);
  for (const auto& part : {state.baseline.save(), state.profile.save(), state.hour_atr.save(), state.surprise.save()}) {
    const auto size = static_cast<std::uint32_t>(part.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out += part;
  }
  return out;
}

base::Result<void> Detector::restore(const std::string& exchange, const std::string& symbol, std::string_view blob) {
  const auto parts = parts_of(blob);
  if (!parts) return parts.error();
  auto baseline = Baseline::load(parts.value()[0]);
  if (!baseline) return baseline.error();
  auto* known = state_of(exchange, symbol);
  if (known == nullptr) return {};
  State& state = known->second;
  state.baseline = *std::move(baseline);
  if (parts.value().size() < 3) return {};  // of a version that kept the baseline alone
  auto profile = Profile::load(parts.value()[1]);
  auto hour_atr = HourAtr::load(parts.value()[2]);
  if (profile) state.profile = *std::move(profile);
  if (hour_atr) state.hour_atr = *std::move(hour_atr);
  if (parts.value().size() < 4) return {};
  auto surprise = Surprise::load(parts.value()[3]);
  if (surprise) state.surprise = *std::move(surprise);
  return {};
}

void Detector::resume(const std::string& key, std::string_view memo, base::WallTime) {
  constexpr std::string_view kind = "volume_spike/";
  const auto slash = key.find('/', kind.size());
  if (!key.starts_with(kind) || slash == std::string::npos) return;
  const Key of(key.substr(kind.size(), slash - kind.size()), key.substr(slash + 1));
  auto details = read_memo(memo);
  auto* known = details ? state_of(of.first, of.second) : nullptr;
  if (known == nullptr) return;
  State& state = known->second;
  details->symbol = of.second;
  details->exchange_title = settings_.title_of(of.first);
  details->bar_length = settings_.bar_length;
  details->thresholds = settings_.thresholds_for(of.second);
  state.episode.emplace();
  state.episode->direction = details->direction;
  state.episode->details = *std::move(details);
  open_.insert(of);
}

void Detector::for_each(const std::function<void(const std::string&, const std::string&)>& visit) const {
  for (const auto& [key, unused] : states_) visit(key.first, key.second);
}

std::string Detector::warm_up_words(const State& state) const {
  const std::uint32_t bars = state.baseline.bars();
  if (bars >= settings_.warm_up_bars) return {};
  return "warm-up: " + std::to_string(bars) + " of " + std::to_string(settings_.warm_up_bars) +
         " closed bars, listed or first heard of " + base::duration_words(bars * settings_.bar_length) +
         " of trading ago: no baseline";
}

std::optional<std::string> Detector::warm_up_words(std::string_view exchange, std::string_view symbol) const {
  const auto known = states_.find(Key(exchange, symbol));
  return known == states_.end() ? std::nullopt : std::optional(warm_up_words(known->second));
}

std::vector<desk::Evaluation> Detector::last_evaluations(std::string_view symbol) const {
  std::vector<desk::Evaluation> out;
  for (const auto& [key, state] : states_) {
    if (key.second != symbol) continue;
    desk::Evaluation one;
    one.kind = "volume_spike";
    one.exchange = key.first;
    one.symbol = key.second;
    one.missing = warm_up_words(state);
    if (!one.missing.empty()) {
      if (state.baseline.bars() > 0) one.at = state.baseline.last_opened_at() + settings_.bar_length;
      one.conditions.push_back(
          {"bars", static_cast<double>(state.baseline.bars()), static_cast<double>(settings_.warm_up_bars)});
    } else if (state.looked) {
      const auto& look = *state.looked;
      one.at = look.at;
      one.conditions = evidence(look.judged.measure, settings_.thresholds_for(symbol));
      one.missing = to_string(look.late ? Lack::late : look.judged.decision.lack);
    } else {
      one.missing = "no bar was judged since the start";
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace volume
