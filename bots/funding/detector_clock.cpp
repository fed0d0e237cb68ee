// The funding clock's part of the detector: how the interval is learned, what of a rate is stale, and what is told.
#include <cmath>
#include <memory>

#include "bots/funding/detector.hpp"

namespace funding {

namespace {

using std::chrono::minutes;

constexpr base::Millis list_lags{std::chrono::hours{2}};
constexpr std::string_view calm_exchange = "binance";

/// Where the payload states no interval, the list that does may be an hour old; the step of the next funding time is
/// not. Heard within an hour of the settlement before, no other one lies between the two.
std::optional<minutes> stepped_interval(const Contract& contract, const market::Funding& event) {
  if (event.interval || !event.settles_at || !contract.leads_to || *event.settles_at <= *contract.leads_to)
    return std::nullopt;
  if (time_of(event) >= *contract.leads_to + std::chrono::hours(1)) return std::nullopt;
  return interval_between(*contract.leads_to, *event.settles_at);
}

}  // namespace

RateDetails Detector::rate_details(const market::Funding& event, minutes interval) const {
  RateDetails out;
  out.symbol = event.symbol;
  out.exchange_title = settings_.title_of(event.exchange);
  out.rate = *event.rate;
  out.interval = interval;
  out.at = time_of(event);
  out.settles_at = event.settles_at;
  out.settled = event.settled;
  return out;
}

void Detector::learn_interval(Contract& contract, const market::Funding& event) {
  const auto stepped = stepped_interval(contract, event);
  auto interval = stepped ? stepped : event.interval;
  if (stepped && stepped != contract.interval) contract.stepped_at = event.received_at;
  // The list may still say what was before the step.
  const bool from_list = event.interval && !event.rate && !event.settles_at;
  if (from_list && contract.stepped_at && event.received_at < *contract.stepped_at + list_lags) interval.reset();
  if (event.settles_at) contract.leads_to = event.settles_at;
  if (event.cap) contract.cap = event.cap;
  if (event.floor) contract.floor = event.floor;
  if (!interval || interval->count() <= 0 || interval == contract.interval) return;
  contract.interval = interval;
  contract.figures.reset();
}

bool Detector::is_stale(const market::Funding& event) const {
  if (!event.settles_at) return false;
  // The second: its own clock stands still too.
  return *event.settles_at <= time_of(event) || *event.settles_at + settings_.clock.stale_after <= event.received_at;
}

void Detector::tell_stale(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out) {
  unrank(key.first, contract);
  const double r8 = to_r8(*event.rate, *contract.interval);
  desk::Finding finding = finding_of(key, "funding_extreme", event);
  finding.strength = std::fabs(r8);
  finding.evidence = {{"r8", r8, std::nullopt}};
  finding.missing = to_string(Lack::stale);
  contract.stale_at = event.received_at;
  out.push_back(std::move(finding));
}

void Detector::tell_interval(const Key& key, const market::Funding& event, minutes before, minutes now,
                             desk::Findings& out) const {
  desk::Finding finding = finding_of(key, "funding_interval", event);
  const double hours = static_cast<double>(now.count()) / 60;
  finding.strength = hours;
  finding.evidence = {{"interval_h", hours, std::nullopt},
                      {"interval_before_h", static_cast<double>(before.count()) / 60, std::nullopt},
                      {"r8", to_r8(*event.rate, now), std::nullopt}};
  finding.fires = true;
  IntervalDetails details{rate_details(event, now), before};
  finding.message = [d = std::make_shared<const IntervalDetails>(std::move(details))] { return interval_message(*d); };
  out.push_back(std::move(finding));
}

void Detector::judge_limit(const Key& key, Contract& contract, const market::Funding& event, minutes interval,
                           desk::Findings& out) const {
  LimitMeasure m;
  m.rate = *event.rate;
  m.cap = contract.cap;
  m.floor = contract.floor;
  if (m.share() < off_limit_share) contract.said.limit = false;
  m.said = contract.said.limit;
  const LimitLack lack = decide(m);
  contract.limit = {time_of(event), m};
  if (lack == LimitLack::no_limit) return;
  desk::Finding finding = finding_of(key, "funding_limit", event);
  finding.strength = m.share();
  finding.evidence = evidence(m);
  finding.fires = lack == LimitLack::nothing;
  finding.missing = to_string(lack);
  if (finding.fires) {
    contract.said.limit = true;
    LimitDetails details{rate_details(event, interval), m};
    finding.message = [d = std::make_shared<const LimitDetails>(std::move(details))] { return limit_message(*d); };
  }
  out.push_back(std::move(finding));
}

void Detector::judge_calm(const Key& key, Contract& contract, const market::Funding& event, desk::Findings& out) const {
  if (key.first != calm_exchange) return;
  CalmMeasure m;
  m.periods = contract.history.calm_hours(settings_.clock.calm_rate);
  if (m.periods < settings_.clock.calm_tell_from) contract.said.calm = false;
  m.said = contract.said.calm;
  const CalmLack lack = decide(m, settings_.clock);
  contract.calm = {*event.settles_at, m};
  if (m.periods == 0) return;
  desk::Finding finding = finding_of(key, "funding_calm", event);
  finding.strength = m.periods;
  finding.evidence = evidence(m, settings_.clock);
  finding.silent = true;
  finding.fires = lack == CalmLack::nothing;
  finding.missing = to_string(lack);
  if (finding.fires) {
    contract.said.calm = true;
    CalmDetails details{key.second, settings_.title_of(key.first), m, settings_.clock, *event.settles_at, *event.rate};
    finding.message = [d = std::make_shared<const CalmDetails>(std::move(details))] { return calm_message(*d); };
  }
  out.push_back(std::move(finding));
}

}  // namespace funding
