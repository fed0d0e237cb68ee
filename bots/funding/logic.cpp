#include "bots/funding/logic.hpp"

#include <optional>

#include "bots/funding/detector.hpp"
#include "common/app/bot.hpp"

namespace funding {
using namespace std::chrono_literals;

namespace {

void bind_extreme(config::Section section, ExtremeThresholds& t) {
  section.read("mode", t.mode, {{"statistical", Mode::statistical}, {"threshold", Mode::threshold}},
               "annual rate, z and rank together, or the 8 h equivalent alone");
  section.read("apr_min", t.apr_min, {0.01, 100.0}, "|annual rate|, a fraction");
  section.read("z_min", t.z_min, {0.5, 100.0}, "|robust z| among the contract's own settlements");
  section.read("mad_floor_r8", t.mad_floor_r8, {1e-8, 0.01},
               "smallest dispersion of the 8 h equivalent that is believed");
  section.read("settlements_min", t.settlements_min, {5U, 1'000U}, "before a contract's own statistics count");
  section.read("top_share", t.top_share, {0.001, 1.0},
               "|8 h equivalent| within this share of its exchange's contracts");
  section.read("contracts_min", t.contracts_min, {1U, 10'000U}, "known contracts before the share counts");
  section.read("r8_threshold", t.r8_threshold, {0.00001, 0.5}, "mode threshold: fires at this |8 h equivalent|");
  section.read("rearm_share", t.rearm_share, {0.1, 1.0}, "and again after falling below this share of it");
  section.read("oi_change_min", t.oi_change_min, {0.001, 10.0},
               "open interest that grew by this share in 24 h confirms an extreme in full");
}

void bind_spread(config::Section section, SpreadThresholds& t) {
  section.read("mode", t.mode, {{"statistical", Mode::statistical}, {"threshold", Mode::threshold}},
               "running rates by what they pay back, or settled ones by the 8 h equivalent alone");
  section.read("break_even_h_max", t.break_even_h_max, {1.0, 8'760.0},
               "hours within which the difference pays four taker fees");
  section.read("taker_fee", t.taker_fee, {0.0, 0.01}, "one side of one trade");
  section.read("oi_min_usd", t.oi_min_usd, {0.0, 1e12}, "open interest of each contract that is compared");
  section.read("fresh", t.fresh, {10s, 1h}, "a running rate older than this is not compared");
  section.read("r8_threshold", t.r8_threshold, {0.00001, 0.5}, "mode threshold: fires at this difference");
  section.read("rearm_share", t.rearm_share, {0.1, 1.0}, "said again after falling below this share of it");
}

void bind_clock(config::Section section, ClockThresholds& t) {
  section.read("stale_after", t.stale_after, {10s, 1h},
               "the same next settlement so long after it was due: the contract is silent");
  section.read("calm_periods", t.calm_periods, {2U, 1'000U},
               "Binance: calm hourly settlements after which it settles every 4 h again");
  section.read("calm_rate", t.calm_rate, {0.0, 0.01}, "Binance: |rate| of a calm settlement");
  section.read("calm_tell_from", t.calm_tell_from, {1U, 999U}, "said once, from so many of them on");
}

void bind_symbols(config::Section symbols, Settings& settings) {
  for (const auto& name : symbols.names()) {
    auto section = symbols.sub(name);
    const auto& all = settings.extreme;
    SymbolSettings own;
    double apr = all.apr_min, z = all.z_min, r8 = all.r8_threshold;
    section.read("apr_min", apr, {0.01, 100.0}, "|annual rate| of this symbol");
    section.read("z_min", z, {0.5, 100.0}, "|robust z| of this symbol");
    section.read("r8_threshold", r8, {0.00001, 0.5}, "mode threshold: |8 h equivalent| of this symbol");
    if (apr != all.apr_min) own.apr_min = apr;
    if (z != all.z_min) own.z_min = z;
    if (r8 != all.r8_threshold) own.r8_threshold = r8;
    if (own.apr_min || own.z_min || own.r8_threshold) settings.symbols[name] = own;
  }
}

class Logic final : public app::BotLogic {
 public:
  void bind(config::Document& document) override {
    auto section = document.section("funding");
    section.read("history", settings_.history, {24h, 24h * 90}, "settled rates that the statistics look back on");
    section.read("late_after", settings_.late_after, {5s, 24h},
                 "a settlement told so long after it happened only teaches");
    bind_extreme(section.sub("extreme"), settings_.extreme);
    bind_spread(section.sub("spread"), settings_.spread);
    bind_clock(section.sub("clock"), settings_.clock);
    section.sub("flip").read("r8_min", settings_.flip_r8_min, {0.0, 0.1}, "both |8 h equivalents| of a sign change");
    bind_symbols(document.section("watch").sub("symbol"), settings_);
    for (const auto& problem : settings_.validate()) section.reject("extreme", problem, "numbers that agree");
  }

  [[nodiscard]] feed::FeedNeeds needs() const override {
    feed::FeedNeeds needs;
    needs.funding_history = true;
    needs.candle_lookups = true;
    needs.polls.emplace_back(market::Topic::funding_intervals, base::Millis{1h});  // before the rates they belong to
    needs.polls.emplace_back(market::Topic::funding, base::Millis{0});             // every cycle
    needs.polls.emplace_back(market::Topic::open_interest, base::Millis{30min});   // what a spread may be compared by
    needs.polls.back().spread = true;
    return needs;
  }

  desk::Detector& make_detector(app::Resolve resolve, app::ExchangeTitles titles) override {
    settings_.exchange_titles = std::move(titles);
    detector_.emplace(settings_, std::move(resolve));
    return *detector_;
  }

  [[nodiscard]] std::vector<app::SavedState> save_changed(bool /*all*/) override {
    std::vector<app::SavedState> out;
    detector_->for_each([&](const std::string& exchange, const std::string& symbol) {
      const std::size_t size = detector_->settlements(exchange, symbol);
      const auto newest = detector_->newest_settlement(exchange, symbol);
      auto& saved = saved_[{exchange, symbol}];
      if (!newest || (saved.newest == newest && saved.settlements == size)) return;
      auto body = detector_->save(exchange, symbol);
      if (!body) return;
      saved = {newest, size};
      out.push_back({exchange, symbol, std::move(*body)});
    });
    auto said = detector_->said();
    for (const auto& [key, before] : said_) said.try_emplace(key);  // what may be said again
    for (const auto& [key, now] : said) {
      auto& saved = said_[key];
      if (saved == now) continue;
      saved = now;
      out.push_back({std::string(said_rows), key.first + "/" + key.second, now.save()});
    }
    return out;
  }

  base::Result<void> restore(const app::SavedState& state) override {
    if (state.exchange == said_rows) return restore_said(state);
    return detector_->restore(state.exchange, state.symbol, state.body);
  }

  [[nodiscard]] std::optional<base::WallTime> known_until(const std::string& exchange,
                                                          const std::string& symbol) const override {
    return detector_->newest_settlement(exchange, symbol);
  }

  [[nodiscard]] std::string summary() const override {
    return std::to_string(detector_ ? detector_->contracts() : 0) + " contracts with a funding rate";
  }

  void adopt(const app::BotLogic& fresh) override {
    auto settings = dynamic_cast<const Logic&>(fresh).settings_;
    settings.exchange_titles = settings_.exchange_titles;
    settings_ = std::move(settings);
    if (detector_) detector_->configure(settings_);
  }

 private:
  /// Rows of the store that are no exchange's: "said/okx/BTC-USDT-SWAP", and of an asset "said//BTC".
  static constexpr std::string_view said_rows = "said";

  base::Result<void> restore_said(const app::SavedState& state) {
    const auto said = Said::load(state.body);
    if (!said) return said.error();
    const auto slash = state.symbol.find('/');
    if (slash == std::string::npos || said.value() == Said{}) return {};
    const auto exchange = state.symbol.substr(0, slash), symbol = state.symbol.substr(slash + 1);
    said_[{exchange, symbol}] = said.value();
    detector_->restore_said(exchange, symbol, said.value());
    return {};
  }

  Settings settings_;
  std::optional<Detector> detector_;
  Detector::Memory said_;  ///< as the store has it
  struct Saved {
    std::optional<base::WallTime> newest;
    std::size_t settlements{};
  };
  std::map<std::pair<std::string, std::string>, Saved> saved_;
};

}  // namespace

std::unique_ptr<app::BotLogic> make_logic() { return std::make_unique<Logic>(); }

}  // namespace funding
