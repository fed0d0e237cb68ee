#include "tests/simulation/day.hpp"

#include <algorithm>

namespace simulation {
using sandbox::Json;

namespace {

const std::string rest = "/binance/fapi/*";
const std::string stream = "/binance/market/ws";
const std::string chat = "/telegram/*";

/// "11:12" as seconds from the start.
double at(int hours, int minutes, int seconds = 0) { return hours * 3'600.0 + minutes * 60.0 + seconds; }

/// What meets every bot: its REST calls and its messages. Two of the bots poll once an hour: what is counted waits for
/// it.
Json common_faults() {
  Json out = Json::array();
  const auto add = [&out](Json fault) { out.push_back(std::move(fault)); };
  add({{"name", "503 on every answer"},
       {"kind", "status"},
       {"status", 503},
       {"path", rest},
       {"from", at(1, 55)},
       {"count", 12}});
  add({{"name", "connections refused"},
       {"kind", "close"},
       {"refused", true},
       {"path", rest},
       {"from", at(4, 59)},
       {"count", 8}});
  add({{"name", "429 with Retry-After"},
       {"kind", "status"},
       {"status", 429},
       {"retry_after", 45},
       {"path", rest},
       {"from", at(6, 59, 30)},
       {"count", 1}});
  add({{"name", "banned for 15 min"}, {"kind", "ban"}, {"seconds", 900}, {"path", rest}, {"from", at(8, 59, 30)}});
  add({{"name", "Telegram refuses connections"},
       {"kind", "close"},
       {"refused", true},
       {"path", chat},
       {"from", at(10, 58)},
       {"to", at(11, 24)}});
  add({{"name", "Telegram answers 502"}, {"kind", "html502"}, {"path", chat}, {"from", at(11, 59)}, {"to", at(12, 4)}});
  add({{"name", "Telegram says 429"},
       {"kind", "flood"},
       {"retry_after", 40},
       {"path", chat},
       {"from", at(12, 59)},
       {"count", 2}});
  add({{"name", "connection reset"}, {"kind", "reset"}, {"path", rest}, {"from", at(17, 59, 30)}, {"count", 3}});
  add({{"name", "no answer at all"}, {"kind", "never"}, {"path", rest}, {"from", at(18, 59, 30)}, {"count", 2}});
  add({{"name", "garbage for an answer"}, {"kind", "garbage"}, {"path", rest}, {"from", at(19, 59, 30)}, {"count", 2}});
  add({{"name", "HTML for an answer"}, {"kind", "html502"}, {"path", rest}, {"from", at(20, 59, 30)}, {"count", 2}});
  add({{"name", "an empty body"}, {"kind", "empty"}, {"path", rest}, {"from", at(21, 59, 30)}, {"count", 2}});
  add({{"name", "all of it gone: REST"},
       {"kind", "close"},
       {"refused", true},
       {"path", rest},
       {"from", at(22, 40)},
       {"to", at(23, 9)}});
  return out;
}

/// What meets bots that keep a socket open.
Json stream_faults() {
  Json out = Json::array();
  const auto add = [&out](Json fault) { out.push_back(std::move(fault)); };
  add({{"name", "the socket dies"}, {"kind", "ws_drop"}, {"path", stream}, {"from", at(3, 6)}, {"to", at(3, 7)}});
  add({{"name", "and is refused"}, {"kind", "close"}, {"path", stream}, {"from", at(3, 6)}, {"to", at(3, 12)}});
  add({{"name", "the feed freezes"},
       {"kind", "ws_silence"},
       {"path", stream},
       {"from", at(14, 12)},
       {"to", at(14, 20)}});
  add({{"name", "garbage in the stream"},
       {"kind", "ws_garbage"},
       {"path", stream},
       {"from", at(15, 30)},
       {"count", 5}});
  add({{"name", "the socket dies again"},
       {"kind", "ws_drop"},
       {"path", stream},
       {"from", at(16, 30)},
       {"to", at(16, 31)}});
  add({{"name", "no acknowledgement"}, {"kind", "ws_no_ack"}, {"path", stream}, {"from", at(16, 30)}, {"count", 2}});
  add({{"name", "all of it gone: the socket"},
       {"kind", "ws_drop"},
       {"path", stream},
       {"from", at(22, 40)},
       {"to", at(22, 41)}});
  add({{"name", "all of it gone: the upgrade"},
       {"kind", "status"},
       {"status", 503},
       {"path", stream},
       {"from", at(22, 40)},
       {"to", at(23, 6)}});
  return out;
}

void lay_events(SeededMarket& market) {
  // Volume: calm; while the socket is away; while Telegram is; while the feed is frozen; after; while all is gone;
  // calm.
  market.burst(0, day_time(0, 40), 10, -0.015);
  market.burst(1, day_time(3, 9), 12, -0.01);
  market.burst(2, day_time(11, 8), 9, 0.012);
  market.burst(3, day_time(14, 16), 14, -0.012);
  market.burst(6, day_time(14, 23), 8, -0.015);
  market.burst(4, day_time(22, 50), 11, -0.02);
  market.burst(5, day_time(23, 30), 8, 0.01);
  // Liquidations in the same minutes: what happens behind a frozen or missing feed is lost for good.
  market.cascade(0, day_time(0, 40), true, 12e6, 24);
  market.print(1, day_time(1, 10), true, 2.5e6);
  market.cascade(2, day_time(11, 8), false, 3e6, 12);
  market.cascade(3, day_time(14, 16), true, 3e6, 12);
  market.cascade(6, day_time(14, 23), true, 3e6, 12);
  market.print(5, day_time(23, 30), false, 900'000);
  // Funding: an extreme for two settlements, and one contract whose rate turns.
  market.set_rate(3, day_time(8, 0), -0.004);
  market.set_rate(3, day_time(17, 0), 0.0001);
  market.set_rate(5, day_time(8, 0), -0.0006);
  market.set_rate(8, day_time(12, 0), 0.006);
}

}  // namespace

std::size_t DayResult::count(std::string_view action, std::string_view part) const {
  return static_cast<std::size_t>(std::ranges::count_if(posts, [&](const sandbox::Delivery& post) {
    return post.action == action && post.text.find(part) != std::string::npos;
  }));
}

DayResult live_a_day(const DayOptions& options) {
  SeededMarket market(options.seed, options.contracts, day_start, day + hour);
  lay_events(market);
  auto faults = common_faults();
  if (options.bot != "funding")
    for (auto& fault : stream_faults()) faults.push_back(fault);
  Town town(day_start, faults);
  LifeOptions life_options;
  life_options.bot = options.bot;
  life_options.seed = options.seed;
  life_options.candidate_line = options.candidate_line;
  life_options.record_folder = options.record_folder;
  Life life(town, market, day_start, life_options);
  life.run_until(day_start + options.span + minute / 2);
  DayResult out;
  out.ended_in_order = life.stop();
  out.transcript = town.transcript();
  out.posts = town.posts();
  out.heard = life.heard();
  out.idle_faults = town.idle_faults();
  out.faults = town.fault_report();
  out.asked = life.binance().asked();
  out.refused_by_limit = life.binance().refused_by_limit();
  out.asked_during_ban = life.binance().asked_during_ban();
  return out;
}

}  // namespace simulation
