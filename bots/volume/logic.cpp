#include "bots/volume/logic.hpp"

#include "bots/volume/detector.hpp"
#include "bots/volume/save_turns.hpp"
#include "common/app/bot.hpp"

namespace volume {
using namespace std::chrono_literals;

namespace {

void bind_spike(config::Section spike, Settings& settings) {
  auto& t = settings.spike;
  spike.read("z_tier_1", t.z_tiers[0], {0.5, 100.0}, "robust z of the bar's volume that opens an episode");
  spike.read("z_tier_2", t.z_tiers[1], {0.5, 100.0}, "robust z of the second tier");
  spike.read("z_tier_3", t.z_tiers[2], {0.5, 100.0}, "robust z of the third tier");
  spike.read("relative_volume_min", t.relative_volume_min, {1.0, 1'000.0}, "times the expected quote volume");
  spike.read("floor_usd", t.floor_usd, {0.0, 1e12}, "quote volume of the bar, or of the bars together");
  spike.read("taker_tilt_min", t.taker_tilt_min, {0.0, 0.5}, "|taker buy share - 0.5|; this or the move is needed");
  spike.read("return_atr_min", t.return_atr_min, {0.0, 100.0}, "|price move| in ATR(1 m, 30)");
  spike.read("mad_floor", t.mad_floor, {0.001, 10.0}, "smallest dispersion of ln(1 + quote volume) that is believed");
  spike.read("warm_up_bars", settings.warm_up_bars, {30U, 10'000U}, "closed bars before a contract can fire");
  spike.read("late_after", settings.late_after, {10s, 1h}, "a bar received so long after its end only teaches");
  spike.read("silence_close", settings.silence_close, {60s, 1h}, "an episode without bars for so long ends");
}

void bind_symbols(config::Section symbols, Settings& settings) {
  for (const auto& name : symbols.names()) {
    auto section = symbols.sub(name);
    SymbolSettings own;
    double z = settings.spike.z_tiers[0], relative = settings.spike.relative_volume_min,
           floor = settings.spike.floor_usd;
    section.read("z_min", z, {0.5, 100.0}, "robust z that opens an episode; the higher tiers move with it");
    section.read("relative_volume_min", relative, {1.0, 1'000.0}, "times the expected quote volume");
    section.read("floor_usd", floor, {0.0, 1e12}, "quote volume of the bar");
    if (z != settings.spike.z_tiers[0]) own.z_min = z;
    if (relative != settings.spike.relative_volume_min) own.relative_volume_min = relative;
    if (floor != settings.spike.floor_usd) own.floor_usd = floor;
    if (own.z_min || own.relative_volume_min || own.floor_usd) settings.symbols[name] = own;
  }
}

class Logic final : public app::BotLogic {
 public:
  void bind(config::Document& document) override {
    auto section = document.section("volume");
    bind_spike(section.sub("spike"), settings_);
    section.read("history", history_, {std::chrono::hours{3}, std::chrono::hours{72}},
                 "1 m bars fetched for a contract that has no stored baseline");
    section.read("hour_history", hour_history_, {std::chrono::hours{0}, std::chrono::hours{24 * 56}},
                 "1 h bars fetched once for a contract, for the hours of the week; 0s: none");
    bind_symbols(document.section("watch").sub("symbol"), settings_);
    for (const auto& problem : settings_.validate()) section.reject("spike", problem, "numbers that agree");
  }

  [[nodiscard]] feed::FeedNeeds needs() const override {
    feed::FeedNeeds needs;
    needs.candles = true;
    needs.candle_history = history_;
    needs.hour_history = hour_history_;
    needs.candle_lookups = true;
    return needs;
  }

  desk::Detector& make_detector(app::Resolve, app::ExchangeTitles titles) override {
    settings_.exchange_titles = std::move(titles);
    detector_.emplace(settings_);
    return *detector_;
  }

  [[nodiscard]] std::vector<app::SavedState> save_changed(bool all) override {
    std::vector<app::SavedState> out;
    detector_->for_each([&](const std::string& exchange, const std::string& symbol) {
      const auto now = state_of(exchange, symbol);
      if (!turns_.due(exchange, symbol, now, all)) return;
      auto body = detector_->save(exchange, symbol);
      if (!body) return;
      turns_.stored(exchange, symbol, now);
      out.push_back({exchange, symbol, std::move(*body)});
    });
    return out;
  }

  base::Result<void> restore(const app::SavedState& state) override {
    auto restored = detector_->restore(state.exchange, state.symbol, state.body);
    if (restored) turns_.stored(state.exchange, state.symbol, state_of(state.exchange, state.symbol));
    return restored;
  }

  [[nodiscard]] std::optional<base::WallTime> known_until(const std::string& exchange,
                                                          const std::string& symbol) const override {
    return detector_->resume_after(exchange, symbol);
  }

  [[nodiscard]] bool knows_hours(const std::string& exchange, const std::string& symbol) const override {
    return detector_->knows_hours(exchange, symbol);
  }

  [[nodiscard]] std::string summary() const override {
    return std::to_string(detector_ ? detector_->instruments() : 0) + " contracts with a baseline";
  }

  void adopt(const app::BotLogic& fresh) override {
    auto settings = dynamic_cast<const Logic&>(fresh).settings_;
    settings.exchange_titles = settings_.exchange_titles;
    settings_ = std::move(settings);
    if (detector_) detector_->configure(settings_);
  }

 private:
  [[nodiscard]] SaveTurns::State state_of(const std::string& exchange, const std::string& symbol) const {
    SaveTurns::State out;
    out.newest_bar = detector_->newest_bar(exchange, symbol).value_or(out.newest_bar);
    out.knows_hours = detector_->knows_hours(exchange, symbol);
    return out;
  }

  Settings settings_;
  base::Millis history_{std::chrono::hours{24}};
  base::Millis hour_history_{std::chrono::hours{24 * 28}};
  std::optional<Detector> detector_;
  SaveTurns turns_;
};

}  // namespace

std::unique_ptr<app::BotLogic> make_logic() { return std::make_unique<Logic>(); }

}  // namespace volume
