#include "common/health/audit.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "common/base/text.hpp"

namespace health {

namespace {

constexpr std::uint32_t last_twenty = (1U << 20U) - 1;
constexpr double change_min = 0.0005;    // below it the price went nowhere
constexpr double volume_usd_min = 50e3;  // a contract that hardly trades, or was listed an hour ago
constexpr float size_memory = 50;
constexpr std::uint16_t sizes_min = 5;
constexpr std::size_t ratios_min = 21;
constexpr base::Millis year{std::chrono::hours{24 * 365}};
constexpr base::Millis interest_window{900'000}, interest_stale{7'200'000};
constexpr int clean_windows_min = 4;  // an hour
// Of 43,197 days of Binance's contracts (2022 and 2023, LUNA and FTX among them) the worst liquidated 49.8 % of open
// interest above its fall, seven more than 30 %, 21 more than 20 %; the window here is a quarter of an hour to two
// hours.
constexpr double interest_share_max = 0.5;

std::uint32_t second_of(Moment now) {
  return static_cast<std::uint32_t>(now.steady.time_since_epoch() / std::chrono::seconds{1});
}
bool fresh(std::uint32_t second, base::Millis most, Moment now) {
  return second > 0 && std::chrono::seconds{second_of(now) - second} <= most;
}
std::int64_t minute_of(base::WallTime at) { return base::to_ms(at) / 60'000; }

std::uint64_t key_of(const std::string& exchange, const std::string& symbol) {
  const std::hash<std::string> hash;
  return hash(exchange) * 31 + hash(symbol);
}

/// The chance of at least `against` heads in `votes` throws of a fair coin.
double upper_tail(int votes, int against) {
  double sum = 0;
  for (int k = against; k <= votes; ++k)
    sum += std::exp(std::lgamma(votes + 1) - std::lgamma(k + 1) - std::lgamma(votes - k + 1) - votes * std::log(2.0));
  return sum;
}

}  // namespace

std::string_view to_string(Check check) {
  static constexpr std::array<std::string_view, check_count> words{"volume", "price",         "side",
                                                                   "size",   "open interest", "time"};
  return words.at(static_cast<std::size_t>(check));
}

void SignTest::close_minute() {
  if (balance_ == 0) return;
  bits_ = (bits_ << 1U) | (balance_ < 0 ? 1U : 0U);
  count_ = std::min(count_ + 1, votes_max);
  balance_ = 0;
  p_value_ = count_ < votes_min ? 1 : upper_tail(count_, against());
}

void SignTest::vote(bool agrees, std::int64_t minute) {
  if (minute != minute_) close_minute();
  minute_ = minute;
  balance_ += agrees ? 1 : -1;
}

int SignTest::against() const { return std::popcount(bits_); }

Audit::Contract* Audit::contract(const std::string& exchange, const std::string& symbol, bool make) {
  const auto key = key_of(exchange, symbol);
  const auto found = contracts_.find(key);
  if (found != contracts_.end()) return &found->second;
  if (!make || contracts_.size() >= contracts_max) return nullptr;
  return &contracts_[key];
}

void Audit::on_ticker(const market::Ticker& ticker, Moment now) {
  auto* known = contract(ticker.exchange, ticker.symbol, true);
  if (known == nullptr) return;
  if (ticker.quote_volume_24h) {
    known->volume = static_cast<float>(*ticker.quote_volume_24h);
    known->volume_second = second_of(now);
  }
  const auto price = ticker.mark ? ticker.mark : ticker.last;
  if (!price || !(*price > 0)) return;
  known->price = static_cast<float>(*price);
  known->price_second = second_of(now);
  // Bars tell the whole of a minute, quotes a moment of it: where there are bars, they are waited for.
  const auto minute = minute_of(now.wall);
  const bool barred = minute - known->minute <= PriceDoubts::minutes_max;
  settle_price(ticker.exchange, ticker.symbol, *price, *price, barred ? 0 : minute - 1, now);
}

void Audit::on_candle(const market::Candle& candle, Moment now) {
  if (!(candle.close > 0) || !(candle.open > 0)) return;
  auto* known = contract(candle.exchange, candle.symbol, true);
  if (known == nullptr) return;
  const auto minute = minute_of(candle.opened_at);
  if (minute < known->minute) return;  // history
  if (minute > known->minute) known->before = known->minute + 1 == minute ? known->open : 0.0F;
  known->minute = minute;
  known->open = static_cast<float>(candle.open);
  known->price = static_cast<float>(candle.close);
  known->price_second = second_of(now);
  const double low = candle.low > 0 ? candle.low : std::min(candle.open, candle.close);
  settle_price(candle.exchange, candle.symbol, low, std::max({candle.high, candle.open, candle.close}),
               candle.closed.value_or(false) ? minute : minute - 1, now);
}

void Audit::on_open_interest(const market::OpenInterest& interest, Moment now) {
  if (interest.history || !interest.base || !(*interest.base > 0)) return;
  auto* known = contract(interest.exchange, interest.symbol, true);
  if (known == nullptr) return;
  const double units = *interest.base;
  if (!fresh(known->interest_second, interest_stale, now)) known->interest = 0;
  if (known->interest > 0 && std::chrono::seconds{second_of(now) - known->interest_second} < interest_window) return;
  if (known->interest > 0) {
    const double fall = std::max(0.0, known->interest - units);
    const double most = fall + interest_share_max * known->interest;
    auto& feed = exchange(interest.exchange);
    const bool bad = known->liquidated > most;
    note(feed, Check::open_interest, bad,
         bad ? interest.symbol + ": " + base::fixed(known->liquidated, 0) +
                   " units liquidated while open interest fell " + base::fixed(fall, 0) + " of " +
                   base::fixed(known->interest, 0)
             : std::string(),
         now);
  }
  known->interest = static_cast<float>(units);
  known->interest_second = second_of(now);
  known->liquidated = 0;
}

void Audit::note(Exchange& feed, Check check, bool violated, const std::string& why, Moment now) {
  auto& record = feed.records.at(static_cast<std::size_t>(check));
  ++record.looked_at;
  record.recent = ((record.recent << 1U) | (violated ? 1U : 0U)) & last_twenty;
  if (violated) ++record.violations;
  // An order above a day's volume, or a sum above what was open, is no matter of chance: two are enough.
  const bool proof = check == Check::volume || check == Check::open_interest;
  judge(feed, check, violated && std::popcount(record.recent) >= (proof ? violations_min - 1 : violations_min), why,
        now);
  if (violated) record.clean = 0;
}

void Audit::judge(Exchange& feed, Check check, bool bad, const std::string& why, Moment now) {
  auto& record = feed.records.at(static_cast<std::size_t>(check));
  if (bad) {
    record.clean = 0;
    if (record.verdict) {
      record.verdict->why = why;
    } else {
      record.verdict = AuditVerdict{check, why, now.wall};
    }
    return;
  }
  if (!record.verdict || ++record.clean < (check == Check::open_interest ? clean_windows_min : clean_min)) return;
  record.verdict.reset();
  record.recent = 0;
}

void Audit::skip(Exchange& feed, Check check) { ++feed.records.at(static_cast<std::size_t>(check)).not_checked; }

void Audit::on_liquidation(const market::Liquidation& event, std::string_view asset, Moment now) {
  auto& feed = exchange(event.exchange);
  auto* known = contract(event.exchange, event.symbol, false);
  check_time(feed, event, now);
  check_price(feed, event, known, now);
  check_volume(feed, event, known, now);
  check_side(feed, event, known, now);
  check_size(feed, event, asset, now);
  if (known == nullptr || !event.base || !fresh(known->interest_second, interest_stale, now))
    return skip(feed, Check::open_interest);
  known->liquidated += static_cast<float>(*event.base);
}

void Audit::check_time(Exchange& feed, const market::Liquidation& event, Moment now) {
  const auto late = std::chrono::duration_cast<base::Millis>(now.wall - event.at);
  const bool ahead = late<-ahead_max, behind = late> behind_max;
  std::string why;
  const auto& symbol = event.symbol;
  if (ahead)
    why = symbol + " is dated " + (late < -year ? "years ahead" : base::utc_stamp(event.at)) + ", which is yet to come";
  if (behind) why = symbol + " is dated " + base::utc_stamp(event.at) + " on a live stream";
  note(feed, Check::time, ahead || behind, why, now);
}

void Audit::check_price(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now) {
  if (known == nullptr || !(known->price > 0) || !(event.price > 0) || !fresh(known->price_second, price_fresh, now))
    return skip(feed, Check::price);
  const double off = event.price / known->price - 1;
  if (std::abs(off) <= price_off_max) return note(feed, Check::price, false, {}, now);
  const auto key = key_of(event.exchange, event.symbol);
  if (!far_orders_.keep(key, event.price, known->price, minute_of(now.wall))) skip(feed, Check::price);
}

void Audit::settle_price(const std::string& exchange_name, const std::string& symbol, double low, double high,
                         std::int64_t through, Moment now) {
  if (far_orders_.empty()) return;
  const auto settled = far_orders_.hear(key_of(exchange_name, symbol), low, high, through, minute_of(now.wall));
  if (!settled) return;
  std::string why;
  if (settled->bad)
    why = symbol + " liquidated at " + base::price(settled->price) + ", where its price was " +
          base::price(settled->low) + " to " + base::price(settled->high);
  auto& feed = exchange(exchange_name);
  for (int i = 0; i < settled->orders; ++i)
    settled->checked ? note(feed, Check::price, settled->bad, why, now) : skip(feed, Check::price);
}

void Audit::check_volume(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now) {
  if (known == nullptr || !event.usd || !(known->volume >= volume_usd_min) ||
      !fresh(known->volume_second, volume_fresh, now))
    return skip(feed, Check::volume);
  const bool bad = *event.usd > known->volume;
  note(feed, Check::volume, bad,
       bad ? event.symbol + ": one order of " + base::usd(*event.usd) + " where " + base::usd(known->volume) +
                 " traded in 24 h"
           : std::string(),
       now);
}

void Audit::check_side(Exchange& feed, const market::Liquidation& event, const Contract* known, Moment now) {
  if (known == nullptr || !event.side || !(known->before > 0) || !fresh(known->price_second, price_fresh, now))
    return skip(feed, Check::side);
  const double change = known->price / known->before - 1;
  if (std::abs(change) < change_min) return skip(feed, Check::side);
  feed.sides.vote((*event.side == market::PositionSide::long_side) == (change < 0), minute_of(now.wall));
  auto& record = feed.records.at(static_cast<std::size_t>(Check::side));
  ++record.looked_at;
  const double p = feed.sides.p_value();
  const bool bad = p < p_value_max;
  if (bad) ++record.violations;
  judge(feed, Check::side, bad,
        bad ? "in " + std::to_string(feed.sides.against()) + " of " + std::to_string(feed.sides.votes()) +
                  " minutes the liquidated side ran against the price; chance 1 in " +
                  base::grouped(static_cast<std::int64_t>(std::min(1 / p, 1e12)))
            : std::string(),
        now);
}

void Audit::check_size(Exchange& feed, const market::Liquidation& event, std::string_view asset, Moment now) {
  if (!event.usd || !(*event.usd > 0)) return skip(feed, Check::size);
  const auto log_usd = static_cast<float>(std::log(*event.usd));
  auto found = assets_.find(asset);
  if (found == assets_.end()) {
    if (assets_.size() >= assets_max)
      assets_.erase(std::ranges::min_element(assets_, {}, [](const auto& entry) { return entry.second.second; }));
    found = assets_.try_emplace(std::string(asset)).first;
  }
  found->second.second = second_of(now);
  float sum = 0;
  int exchanges = 0;
  for (const auto& [name, size] : found->second.by)
    if (name != event.exchange && size.count >= sizes_min) {
      sum += size.mean;
      ++exchanges;
    }
  auto& own = found->second.by[event.exchange];
  own.count = static_cast<std::uint16_t>(std::min<int>(own.count + 1, 1'000));
  own.mean += (log_usd - own.mean) / std::min(static_cast<float>(own.count), size_memory);
  if (exchanges < 2) return skip(feed, Check::size);  // of two that disagree nobody knows which is wrong
  feed.ratios.at(feed.ratio_count++ % feed.ratios.size()) = log_usd - sum / static_cast<float>(exchanges);
  const auto known = std::min(feed.ratio_count, feed.ratios.size());
  auto& record = feed.records.at(static_cast<std::size_t>(Check::size));
  ++record.looked_at;
  if (known < ratios_min) return;
  auto sorted = feed.ratios;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(known / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(known));
  const double ratio = std::exp(std::abs(*middle));
  const bool bad = ratio > size_ratio_max;
  if (bad) ++record.violations;
  judge(feed, Check::size, bad,
        bad ? "the median of its last " + std::to_string(known) + " orders is " + base::fixed(ratio, 0) + " times " +
                  (*middle > 0 ? "larger" : "smaller") + " than the other exchanges' of the same assets"
            : std::string(),
        now);
}

std::optional<AuditVerdict> Audit::verdict(std::string_view exchange) const {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end()) return std::nullopt;
  for (const auto& record : found->second.records)
    if (record.verdict) return record.verdict;
  return std::nullopt;
}

std::vector<CheckView> Audit::views(std::string_view exchange) const {
  std::vector<CheckView> out;
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end()) return out;
  for (std::size_t i = 0; i < check_count; ++i) {
    const auto& record = found->second.records.at(i);
    out.push_back({static_cast<Check>(i), record.looked_at, record.violations, record.not_checked});
  }
  return out;
}

}  // namespace health
