#include "common/health/truth.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/text.hpp"
#include "common/health/learned.hpp"

namespace health {

namespace {

// EXCHANGES.md 1.2, liquidations a minute on a quiet afternoon; half of it is believed before own gaps are known. Of
// exchanges that are not listed nothing is: their own gaps are learned first.
constexpr std::array<std::pair<std::string_view, double>, 4> quiet_rates{
    {{"okx", 4.5}, {"bybit", 2.2}, {"gate", 1.8}, {"htx", 0.23}}};
constexpr base::Millis activity_every{60'000};
constexpr base::Millis no_bar_to_ask{120'000}, silence_to_ask{180'000};
constexpr double missing_to_ask = 6;         // mean gaps: one gap in four hundred is so long
constexpr base::Millis late_max{30'000};     // its last word may be of so much later, by the exchange's clock
constexpr base::Millis no_bar_for{300'000};  // of hundreds of contracts each has one a minute

double prior_of(const std::string& exchange) {
  for (const auto& [name, rate] : quiet_rates)
    if (name == exchange) return rate / 2;
  return 0;
}

}  // namespace

std::string Truth::subject(const FeedKey& key) {
  return key.exchange + " " + std::string(market::to_string(key.topic));
}

void Truth::expect(const FeedKey& key, Moment now, bool polled) {
  const auto [at, fresh] = feeds_.try_emplace(key);
  if (!fresh) return;
  const bool live = key.topic == market::Topic::liquidations || key.topic == market::Topic::candles;
  at->second.streamed = live && !polled;
  if (key.topic != market::Topic::liquidations) return;
  liquidations_ = true;
  SilenceRules rules;
  rules.prior_per_minute = prior_of(key.exchange);
  at->second.silence = SilenceModel(rules);
  peers_.expect(key.exchange, prior_of(key.exchange), now);
  occasions_.expect(key.exchange);
}

void Truth::on_up(const FeedKey& key, Moment now) {
  const auto found = feeds_.find(key);
  if (found == feeds_.end() || !found->second.down) return;
  auto& feed = found->second;
  feed.down = false;
  feed.fresh_at = now;
  feed.contradicted.clear();
  feed.topics.restart(now);
  if (key.topic != market::Topic::liquidations) return;
  feed.silence.restart(now.steady);
  peers_.restart(key.exchange, now);
  occasions_.restart(key.exchange);
}

void Truth::on_down(const FeedKey& key) {
  const auto found = feeds_.find(key);
  if (found != feeds_.end()) found->second.down = true;
}

void Truth::on_content(const FeedKey& key, const market::Events& events, Moment now) {
  const auto found = feeds_.find(key);
  if (found == feeds_.end() || events.empty()) return;  // an empty answer is no sign of life
  auto& feed = found->second;
  std::uint64_t print = 0;
  std::optional<base::WallTime> newest;
  for (const auto& event : events) {
    print += fingerprint(event);
    if (const auto at = stated_time(event)) newest = newest ? std::max(*newest, *at) : *at;
  }
  const bool fresh = print == 0 || feed.freshness.on_data(print, newest, now);
  for (const auto& event : events) hear(key, event, fresh, now);
  if (!fresh) return;
  feed.fresh_at = now;
  feed.contradicted.clear();
  if (feed.suspect) feed.suspect->fresh = true;
}

void Truth::hear(const FeedKey& key, const market::Event& event, bool fresh, Moment now) {
  auto& feed = feeds_.at(key);
  if (key.topic == market::Topic::candles && fresh)
    feed.topics.on_data(market::symbol_of(event), now, stated_time(event), fingerprint(event));
  if (!liquidations_) return;
  const auto asset = [&](const std::string& exchange, const std::string& symbol) {
    return asset_of ? asset_of(exchange, symbol) : symbol;
  };
  if (const auto* ticker = std::get_if<market::Ticker>(&event)) audit_.on_ticker(*ticker, now);
  if (const auto* candle = std::get_if<market::Candle>(&event)) {
    audit_.on_candle(*candle, now);
    if (candle->closed.value_or(false))
      occasions_.on_bar(asset(candle->exchange, candle->symbol), candle->opened_at, candle->open, candle->close, now);
  }
  if (const auto* interest = std::get_if<market::OpenInterest>(&event)) {
    audit_.on_open_interest(*interest, now);
    if (interest->base && !interest->history)
      occasions_.on_open_interest(interest->exchange, asset(interest->exchange, interest->symbol), *interest->base,
                                  now);
  }
  const auto* liquidation = std::get_if<market::Liquidation>(&event);
  if (liquidation == nullptr) return;
  const auto name = asset(liquidation->exchange, liquidation->symbol);
  if (name.empty()) return;
  audit_.on_liquidation(*liquidation, name, now);
  if (!fresh) return;
  feed.silence.on_data(now.steady);
  peers_.on_event(key.exchange, name, now);
  occasions_.on_event(key.exchange, name, now);
}

bool Truth::believes(std::string_view exchange, market::Topic topic) const {
  return std::ranges::none_of(feeds_, [&](const auto& entry) {
    const auto& [key, feed] = entry;
    return key.exchange == exchange && key.topic == topic && feed.suspect && feed.suspect->quarantined;
  });
}

std::optional<std::string> Truth::liquidation_evidence(const std::string& exchange, const Feed& feed,
                                                       Moment now) const {
  if (const auto doubt = peers_.judge(exchange, now)) return doubt->words();
  if (auto passed = occasions_.judge(exchange)) return passed;
  const auto silence = feed.silence.view(now.steady);
  if (!silence.suspicious) return std::nullopt;
  return "silent for " + base::duration_words(silence.silent) + ", where " + base::fixed(silence.missing, 0) +
         " events were expected; up to " + base::duration_words(*silence.allowed) + " is normal";
}

std::optional<std::string> Truth::evidence(const FeedKey& key, Feed& feed, Moment now) {
  if (feed.down) return std::nullopt;  // that is known already, and worse
  if (auto frozen = feed.freshness.frozen(now)) return frozen;
  if (!feed.contradicted.empty()) return feed.contradicted;
  if (key.topic == market::Topic::candles) {
    const auto silent_for = span(feed.fresh_at.steady, now.steady);
    if (silent_for >= no_bar_for) return "connected, and no bar for " + base::duration_words(silent_for);
    if (auto silent = feed.topics.judge(now)) return silent;
  }
  if (key.topic == market::Topic::liquidations) return liquidation_evidence(key.exchange, feed, now);
  return std::nullopt;
}

std::vector<FeedKey> Truth::in_doubt(Moment now) {
  std::vector<FeedKey> out;
  for (auto& [key, feed] : feeds_) {
    if (feed.down || feed.suspect || !feed.streamed) continue;
    const auto silent = span(feed.fresh_at.steady, now.steady);
    const bool bars = key.topic == market::Topic::candles;
    const bool long_for_it = bars || feed.silence.view(now.steady).missing >= missing_to_ask;
    if (silent < (bars ? no_bar_to_ask : silence_to_ask) || !long_for_it) continue;
    if (feed.asked_rest && span(*feed.asked_rest, now.steady) < evidence_every) continue;
    feed.asked_rest = now.steady;
    out.push_back(key);
  }
  return out;
}

void Truth::on_evidence(const FeedKey& key, base::WallTime newest, Moment now) {
  const auto found = feeds_.find(key);
  if (found == feeds_.end() || found->second.down) return;
  auto& feed = found->second;
  if (newest < feed.fresh_at.wall + late_max) return;
  feed.contradicted = "silent for " + base::duration_words(span(feed.fresh_at.steady, now.steady)) +
                      ", and REST tells of " + (key.topic == market::Topic::candles ? "a trade " : "a liquidation ") +
                      base::duration_words(base::Millis(base::to_ms(now.wall) - base::to_ms(newest))) + " ago";
}

void Truth::accuse(const FeedKey& key, Feed& feed, const std::string& why, bool quarantined, Moment now) {
  if (!feed.suspect) {
    feed.suspect = Suspect{why, now, false, quarantined};
    feed.recovery.begin(feed.silence.mean_gap().value_or(Recovery::step_min), now);
  }
  feed.suspect->why = why;
  feed.suspect->quarantined = feed.suspect->quarantined || quarantined;
  board_.doubt(key, (quarantined ? "quarantined: " : "") + why);
}

std::vector<std::string> Truth::facts(const Feed& feed) {
  std::vector<std::string> out{feed.suspect->why};
  if (feed.suspect->quarantined) out.emplace_back("its data are left out of signals until they agree again");
  const auto tried = feed.recovery.tried();
  if (!tried.empty()) out.push_back("tried: " + tried);
  return out;
}

void Truth::acquit(const FeedKey& key, Feed& feed, Moment now) {
  const bool told = feed.recovery.in_vain() || feed.suspect->quarantined || !feed.streamed;
  if (!told) {
    Alert alert{AlertKind::feed_doubt, subject(key), facts(feed), feed.suspect->since.wall, {}, false, std::nullopt};
    alert.lasted = span(feed.suspect->since.steady, now.steady);
    untold_.push_back(std::move(alert));
  }
  feed.suspect.reset();
  feed.recovery.end();
  board_.doubt(key, {});
}

std::vector<Try> Truth::judge(Moment now) {
  std::vector<Try> out;
  occasions_.on_time(now);
  const bool tell_activity = span(activity_at_, now.steady) >= activity_every;
  if (tell_activity) activity_at_ = now.steady;
  for (auto& [key, feed] : feeds_) {
    const bool liquidations = key.topic == market::Topic::liquidations;
    if (const auto activity = tell_activity && liquidations ? peers_.activity(key.exchange, now) : std::nullopt)
      feed.silence.on_activity(*activity, now.steady);
    const auto verdict = liquidations ? audit_.verdict(key.exchange) : std::nullopt;
    const auto why = verdict ? std::optional(verdict->why) : evidence(key, feed, now);
    if (why) accuse(key, feed, *why, verdict.has_value(), now);
    if (!feed.suspect) continue;
    if (!why && (feed.suspect->fresh || feed.suspect->quarantined)) {
      acquit(key, feed, now);
      continue;
    }
    if (feed.suspect->quarantined || !feed.streamed || feed.down) continue;
    const auto remedy = feed.recovery.next(has_alternative && has_alternative(key), now);
    if (!remedy) continue;
    feed.suspect->fresh = false;
    feed.silence.on_action(now.steady);
    if (liquidations) {
      peers_.on_action(key.exchange);
      occasions_.on_action(key.exchange);
    }
    out.push_back({key, *remedy, feed.suspect->why});
  }
  return out;
}

std::vector<Condition> Truth::conditions() const {
  std::vector<Condition> out;
  for (const auto& [key, feed] : feeds_) {
    const bool told = feed.suspect && (feed.recovery.in_vain() || feed.suspect->quarantined || !feed.streamed);
    out.push_back({AlertKind::feed_doubt, subject(key), told, told ? facts(feed) : std::vector<std::string>{}});
  }
  return out;
}

std::string Truth::learned() const {
  std::vector<Learned> all;
  for (const auto& [key, feed] : feeds_)
    if (key.topic == market::Topic::liquidations)
      all.push_back({key.exchange, feed.silence.learned(), peers_.learned(key.exchange)});
  return all.empty() ? std::string() : to_text(all);
}

std::size_t Truth::remember(std::string_view learned) {
  std::vector<std::string> exchanges;
  for (const auto& [key, feed] : feeds_)
    if (key.topic == market::Topic::liquidations) exchanges.push_back(key.exchange);
  const auto all = learned_from(learned, exchanges);
  for (const auto& one : all) {
    feeds_.at({one.exchange, market::Topic::liquidations, {}}).silence.remember(one.silence);
    peers_.remember(one.exchange, one.peers);
  }
  return all.size();
}

std::vector<Alert> Truth::recovered_untold() { return std::exchange(untold_, {}); }

}  // namespace health
