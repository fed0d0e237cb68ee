#include "bots/liquidation/logic.hpp"

#include <optional>

#include "bots/liquidation/detector.hpp"
#include "common/app/bot.hpp"
#include "common/exchange/exchange.hpp"

namespace liquidation {
using namespace std::chrono_literals;

namespace {

constexpr base::Millis prices_every = 5min;    ///< one ticker can name two coins
constexpr base::Millis price_history = 40min;  ///< ATR(1 m, 30) from the start

void bind_names(config::Section section, std::string_view key, std::set<std::string, std::less<>>& field,
                std::string_view words) {
  std::vector<std::string> names(field.begin(), field.end());
  section.read(key, names, words);
  field = {names.begin(), names.end()};
}

void bind_floors(config::Section section, Floors& floors, std::string_view words) {
  section.read("floor_major_usd", floors.major_usd, {0.0, 1e12}, std::string(words) + ", of the major assets");
  section.read("floor_large_usd", floors.large_usd, {0.0, 1e12}, std::string(words) + ", of the large assets");
  section.read("floor_rest_usd", floors.rest_usd, {0.0, 1e12}, std::string(words) + ", of all others");
}

void bind_cascade(config::Section section, CascadeThresholds& t) {
  section.read("own_factor", t.own_factor, {1.0, 100.0}, "times the 95th percentile of the asset's own minutes");
  section.read("minutes_min", t.minutes_min, {1U, 10'000U}, "known minutes with an event before that counts");
  section.read("events_min", t.events_min, {1U, 1'000U}, "events in 60 s; or");
  section.read("exchanges_min", t.exchanges_min, {1U, 20U}, "so many exchanges");
  section.read("move_atr_min", t.move_atr_min, {0.0, 100.0}, "price move in the forced direction, in ATR(1 m, 30)");
  std::vector<std::int64_t> tiers{1, 3, 10};
  section.read("tiers", tiers, {1, 1'000}, "of the opening level, three of them, rising");
  if (tiers.size() == t.tiers.size()) {
    for (std::size_t i = 0; i < tiers.size(); ++i) t.tiers[i] = static_cast<double>(tiers[i]);
  } else {
    section.reject("tiers", std::to_string(tiers.size()) + " numbers", "three numbers");
  }
  section.read("close_share", t.close_share, {0.01, 1.0}, "of the peak minute, below which the episode is calm");
  section.read("close_after", t.close_after, {5s, 1h}, "calm for so long ends it");
  section.read("lull", t.lull, {5s, 24h}, "so long without an event ends a run, whose USD ranks a candidate");
  section.read("blind_close", t.blind_close, {60s, 24h},
               "with a feed of it lost, it ends so long after its last strength");
}

void bind_reversal(config::Section section, ReversalThresholds& t) {
  section.read("ratio_min", t.ratio_min, {0.1, 1'000.0}, "liquidated side to the other");
  section.read("score_min", t.score_min, {0.0, 1.0}, "mean of the four factors, each between -1 and 1");
  section.read("factors_min", t.factors_min, {1U, 4U}, "so many of them must be measured");
  section.read("band_width", t.band_width, {0.1, 10.0}, "of the Bollinger band, in deviations of 20 closes of 1 m");
  section.read("taker_tilt_full", t.taker_tilt_full, {0.01, 0.5}, "taker share so far from one half is a full point");
  section.read("depth_lean_full", t.depth_lean_full, {0.01, 1.0}, "(bids - asks) / (bids + asks): a full point");
  section.read("sample_within", t.sample_within, {5s, 5min}, "so long the look at trades and book is waited for");
}

/// By asset, since a cascade is seen across exchanges.
void bind_assets(config::Section symbols, Settings& settings) {
  for (const auto& name : symbols.names()) {
    auto section = symbols.sub(name);
    const double print = settings.print_for(name).floor_usd, cascade = settings.cascade_for(name).floor_usd;
    double own_print = print, own_cascade = cascade;
    section.read("print_floor_usd", own_print, {0.0, 1e12}, "smallest print of this asset that is told");
    section.read("cascade_floor_usd", own_cascade, {0.0, 1e12}, "smallest 60 s sum of this asset that is told");
    AssetSettings own;
    if (own_print != print) own.print_floor_usd = own_print;
    if (own_cascade != cascade) own.cascade_floor_usd = own_cascade;
    if (own.print_floor_usd || own.cascade_floor_usd) settings.assets[name] = own;
  }
}

class Logic final : public app::BotLogic {
 public:
  Logic() {
    for (const auto name : exchange::exchange_names())
      if (exchange::make_exchange(name, {})->traits().liquidations_sampled) settings_.sampled_exchanges.emplace(name);
  }

  void bind(config::Document& document) override {
    auto section = document.section("liquidation");
    section.read("late_after", settings_.late_after, {5s, 1h},
                 "an event received so long after it happened only teaches");
    bind_names(section, "major_assets", settings_.major_assets, "assets with the highest floors");
    bind_names(section, "large_assets", settings_.large_assets, "assets with the second floors");
    auto print = section.sub("large_print");
    bind_floors(print, settings_.print_floors, "smallest print that is told");
    print.read("own_factor", settings_.print.own_factor, {1.0, 100.0}, "times the asset's own 99.5th percentile");
    print.read("events_min", settings_.print.events_min, {1U, 100'000U}, "known events before that counts");
    auto cascade = section.sub("cascade");
    bind_floors(cascade, settings_.cascade_floors, "smallest 60 s sum that is told");
    bind_cascade(cascade, settings_.cascade);
    bind_reversal(section.sub("reversal"), settings_.reversal);
    bind_assets(document.section("watch").sub("symbol"), settings_);
    for (const auto& problem : settings_.validate()) section.reject("cascade", problem, "numbers that agree");
  }

  [[nodiscard]] feed::FeedNeeds needs() const override {
    feed::FeedNeeds needs;
    needs.liquidations = true;
    needs.price_bars = true;
    needs.candle_history = price_history;
    needs.tickers_every = prices_every;
    needs.samples = true;
    needs.candle_lookups = true;
    needs.polls.emplace_back(market::Topic::open_interest, base::Millis{5min});
    needs.polls.back().spread = true;
    return needs;
  }

  desk::Detector& make_detector(app::Resolve resolve, app::ExchangeTitles titles) override {
    settings_.exchange_titles = std::move(titles);
    detector_.emplace(settings_, std::move(resolve));
    return *detector_;
  }

  [[nodiscard]] std::optional<market::Topic> main_topic() const override { return market::Topic::liquidations; }

  void on_feed_state(const std::string& exchange, health::FeedState state) override {
    switch (state) {
      case health::FeedState::off: return;  // publishes none, or was switched off
      case health::FeedState::live:
      case health::FeedState::quiet: return detector_->feed_state(exchange, FeedState::live);
      case health::FeedState::suspect: return detector_->feed_state(exchange, FeedState::suspect);
      case health::FeedState::dead: return detector_->feed_state(exchange, FeedState::dead);
    }
  }

  [[nodiscard]] std::vector<app::SavedState> save_changed(bool /*all*/) override {
    std::vector<app::SavedState> out;
    detector_->for_each([&](const std::string& asset) {
      auto body = detector_->save(asset);
      if (!body || *body == saved_[asset]) return;
      saved_[asset] = *body;
      app::SavedState state;
      state.exchange = "asset";
      state.symbol = asset;
      state.body = std::move(*body);
      out.push_back(std::move(state));
    });
    return out;
  }

  base::Result<void> restore(const app::SavedState& state) override {
    return detector_->restore(state.symbol, state.body);
  }

  void adopt(const app::BotLogic& fresh) override {
    auto settings = dynamic_cast<const Logic&>(fresh).settings_;
    settings.exchange_titles = settings_.exchange_titles;
    settings_ = std::move(settings);
    if (detector_) detector_->configure(settings_);
  }

 private:
  Settings settings_;
  std::optional<Detector> detector_;
  std::map<std::string, std::string> saved_;
};

}  // namespace

std::unique_ptr<app::BotLogic> make_logic() { return std::make_unique<Logic>(); }

}  // namespace liquidation
