#include "bots/volume/message.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;

constexpr base::WallTime at = base::from_ms(noon_ms);

/// In thousands of USD.
const std::vector<double> volumes{910, 640, 560,  490,  620,  550,   1200,  1100,
                                  700, 640, 1700, 2300, 2900, 13800, 14100, 13300};
const std::vector<double> none;

volume::SpikeDetails burst() {
  volume::SpikeDetails d;
  d.symbol = "SOLUSDT";
  d.exchange_title = "Binance";
  d.since = at - 3min;
  d.until = at;
  d.bar_length = 1min;
  d.now.bars = 3;
  d.now.z = 4.26;
  d.now.relative_volume = 8.41;
  d.now.volume_usd = 41'200'000;
  d.now.expected_usd = 4'900'000;
  d.now.taker_buy_share = 0.64;
  d.now.move_atr = 3.13;
  d.peak = d.now;
  d.peak_at = at;
  d.total_usd = d.now.volume_usd;
  d.expected_usd = d.now.expected_usd;
  d.open = 142.18;
  d.high = 144.06;
  d.low = 142.02;
  d.close = 143.89;
  d.direction = desk::Direction::long_side;
  d.profile.emplace();
  d.profile->step = volume::Step::breaks_up;
  d.profile->busiest = 141.2;
  d.profile->value = {139.8, 142.6};
  d.profile->leaves = volume::ProfileView::Range{141.9, 142.4};
  d.profile->thin = volume::ProfileView::Range{143.8, 144.1};
  return d;
}

volume::SpikeDetails fall() {
  auto d = burst();
  d.close = 140.05;
  d.low = 139.97;
  d.now.bars = 1;
  d.now.taker_buy_share = 0.31;
  d.since = at - 1min;
  d.direction = desk::Direction::short_side;
  d.profile->step = volume::Step::breaks_down;
  d.profile->thin.reset();
  d.profile->leaves.reset();
  d.profile->reaches = volume::ProfileView::Range{139.9, 140.1};
  return d;
}

volume::SpikeDetails still() {
  auto d = burst();
  d.direction = desk::Direction::none;
  d.close = d.open + 0.02;
  d.now.taker_buy_share.reset();
  d.now.move_atr.reset();
  d.profile->step = volume::Step::inside;
  d.profile->thin.reset();
  d.profile->leaves.reset();
  return d;
}

volume::SpikeDetails grown() {
  auto d = burst();
  d.phase = desk::Phase::update;
  d.tier = 2;
  d.since = at - 7min;
  d.total_usd = 97e6;
  d.expected_usd = 11.4e6;
  d.now.taker_buy_share = 0.42;
  d.profile->step = volume::Step::outside;
  d.profile->leaves.reset();
  return d;
}

volume::SpikeDetails over() {
  auto d = burst();
  d.phase = desk::Phase::close;
  d.tier = 3;
  d.until = at + 9min;
  d.total_usd = 120e6;
  d.expected_usd = 15e6;
  d.profile->step = volume::Step::returns;
  d.profile->leaves.reset();
  d.profile->thin.reset();
  d.profile->reaches = volume::ProfileView::Range{141.9, 142.4};
  return d;
}

}  // namespace

Chapter volume() {
  Chapter out{"Volume", "A contract trades far more than it usually does at this time of the week.", {}};
  const auto add = [&out](std::string what, const volume::SpikeDetails& d, bool reply = false) {
    out.messages.push_back({std::move(what),
                            volume::spike_message(d, d.phase == desk::Phase::close ? none : volumes).str(), false,
                            reply});
  };
  add("a burst that breaks out upwards", burst());
  add("one that breaks down", fall());
  add("much trade, no move; the exchange does not say who took", still());
  add("the same message while it goes on", grown());
  add("its last edit", over());
  auto lost = over();
  lost.note = "Bars are missing: the end was not seen";
  add("its last edit when the bars were lost", lost);
  return out;
}

}  // namespace gallery
