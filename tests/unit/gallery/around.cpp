// What a signal carries below its words, and what replies to it: through a desk over a real file.
#include <stdexcept>

#include "bots/volume/message.hpp"
#include "common/base/words.hpp"
#include "common/desk/desk.hpp"
#include "common/desk/outcome.hpp"
#include "common/desk/scoreboard.hpp"
#include "common/desk/signal_chart.hpp"
#include "common/desk/suite_messages.hpp"
#include "common/desk/trade_words.hpp"
#include "common/store/schema.hpp"
#include "common/telegram/split.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/gallery/gallery.hpp"

namespace gallery {

namespace {
using namespace std::chrono_literals;
using desk::Direction;
using desk::Finding;

constexpr base::WallTime at = base::from_ms(noon_ms);

/// A desk, its outbox, and what it put there.
class Post {
 public:
  explicit Post(const desk::GatePolicy& policy = {}) {
    auto opened = store::open_bot(folder_.path(), "gallery", at);
    if (!opened) throw std::runtime_error(opened.error().text());
    database_ = std::move(opened.value().database);
    outbox_ = std::make_unique<store::Outbox>(*database_);
    desk_ = std::make_unique<desk::Desk>(*database_, *outbox_, "terminal", policy);
  }
  [[nodiscard]] desk::Desk& desk() { return *desk_; }
  void handle(const Finding& finding, base::Millis after = 0ms) { (void)desk_->handle(finding, finding.at + after); }
  void sent(std::int64_t id) {
    (void)outbox_->mark_sending(id);
    (void)outbox_->mark_sent(id, 100 + id, at);
  }
  [[nodiscard]] Shown row(std::int64_t id, std::string what) const {
    const auto found = outbox_->find(id);
    if (!found || !found.value()) throw std::runtime_error("no such row: " + what);
    const auto& draft = found.value()->draft;
    return {std::move(what), draft.html.str(), draft.silent, draft.op == store::Op::reply};
  }

 private:
  test::TempFolder folder_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<desk::Desk> desk_;
};

volume::SpikeDetails details(const std::string& symbol, double close) {
  volume::SpikeDetails d;
  d.symbol = symbol;
  d.exchange_title = "OKX";
  d.since = at - 1min;
  d.until = at;
  d.bar_length = 1min;
  d.now.z = d.peak.z = 3.4;
  d.now.relative_volume = d.peak.relative_volume = 4.1;
  d.now.volume_usd = d.total_usd = 2'140'000;
  d.now.expected_usd = d.expected_usd = 522'000;
  d.now.taker_buy_share = 0.68;
  d.open = d.low = 3.412;
  d.high = d.close = close;
  return d;
}

Finding spike(const std::string& symbol, double close, base::Millis after = 0ms, int tier = 1) {
  Finding out;
  out.kind = "volume_spike";
  out.exchange = "okx";
  out.subject = "okx " + symbol;
  out.symbol = symbol;
  out.key = "volume_spike/okx/" + symbol;
  out.at = at + after;
  out.event_id = symbol + std::to_string(base::to_ms(out.at));
  out.phase = tier > 1 ? desk::Phase::update : desk::Phase::open;
  out.tier = tier;
  out.fires = true;
  out.strength = tier;
  out.message = [d = details(symbol, close)] { return volume::spike_message(d); };
  return out;
}

const std::vector<desk::Factor>& factors() {
  static const std::vector<desk::Factor> some{{"taker flow", 0.6}, {"depth", std::nullopt}, {"price level", -0.25}};
  return some;
}

desk::TradePlan plan(Direction direction) {
  Finding finding;
  finding.direction = direction;
  finding.setup.emplace();
  finding.setup->exchange = "okx";
  finding.setup->symbol = "WIF-USDT-SWAP";
  finding.setup->price = 3.478;
  return *desk::plan_trade(finding, 0.061, {}, 0ms, 1ms).plan;
}

desk::TradeWords trade_words(bool bare = false) {
  desk::TradeWords out;
  out.tick_size = 0.001;
  out.exchange_title = "OKX";
  if (bare) return out;
  out.link = "https://www.okx.com/trade-swap/wif-usdt-swap";
  desk::RuleScore record;
  record.closed = 41;
  record.expectancy_r = 0.12;
  record.interval = stats::Interval{-0.19, 0.43};
  record.verdict = desk::RuleVerdict::no_evidence;
  out.record = desk::record_line(record);
  return out;
}

Finding long_spike() {
  auto out = spike("WIF-USDT-SWAP", 3.478);
  out.direction = Direction::long_side;
  out.setup.emplace();
  out.setup->factors = factors();
  auto d = details("WIF-USDT-SWAP", 3.478);
  d.direction = Direction::long_side;
  out.message = [d] {
    const std::vector<double> volumes{480, 510, 390, 620, 450, 530, 500, 410, 470, 560, 600, 520, 640, 700, 830, 2'140};
    return volume::spike_message(d, volumes);
  };
  out.trade = [] { return desk::plan_words(plan(Direction::long_side), factors(), {}, trade_words()); };
  return out;
}

desk::Outcome ended(const std::vector<std::array<double, 4>>& bars, const desk::TradeRules& rules = {}) {
  auto out = desk::open_outcome(plan(Direction::long_side), rules, at - 30s);
  int number = 0;
  for (const auto& [open, high, low, close] : bars) {
    market::Candle bar;
    bar.opened_at = at + number++ * 1min;
    bar.length = 1min;
    bar.open = open, bar.high = high, bar.low = low, bar.close = close;
    desk::advance(out, bar);
  }
  return out;
}

void add_undirected(std::vector<Shown>& all) {
  const std::pair<const char*, void (*)(desk::Surroundings&)> gates[] = {
      {"one whose direction a gate took: too many trades are open", [](auto& around) { around.open_long = 10; }},
      {"too many of them long", [](auto& around) { around.open_long = 6; }},
      {"too much lost that day", [](auto& around) { around.today_r = -5.5; }},
      {"a stop so near that fees count", [](auto& around) { around.cost_r = 0.2; }}};
  for (const auto& [what, set] : gates) {
    Post held;
    held.desk().survey = [set = set](const Finding&, desk::Surroundings& around) { set(around); };
    held.handle(long_spike());
    auto shown = held.row(1, what);
    if (all.back().html.find("No direction") != std::string::npos)
      shown.html = "…" + shown.html.substr(shown.html.rfind('\n', shown.html.find("No direction")));
    all.push_back(shown);
  }
}

void add_outcomes(Chapter& out) {
  const auto add = [&out](std::string what, const desk::Outcome& o, bool bare = false) {
    out.messages.push_back({std::move(what), desk::outcome_words(o, trade_words(bare)).str(), true, true});
  };
  const double tp1 = plan(Direction::long_side).tp1, tp2 = plan(Direction::long_side).tp2;
  const double stop = plan(Direction::long_side).stop;
  auto o = ended({{3.478, tp1 + 0.001, 3.478, tp1}, {tp1, tp2 + 0.001, tp1 - 0.01, tp2}});
  desk::settle(o, std::vector<desk::Settlement>{{at + 90s, 0.0004, std::nullopt}}, true);
  add("how its trade ended: both targets", o);
  o = ended({{3.478, tp1 + 0.001, stop - 0.001, 3.4}});
  add("stopped in a bar that touched both sides; funding is not known", o, true);
  o = ended({{3.478, tp1 + 0.001, 3.478, tp1}, {tp1, tp1, 3.47, 3.47}});
  desk::settle(o, {}, true);
  add("half at the target, the rest at the entry", o);
  desk::TradeRules short_rules;
  short_rules.time_stop = 2min;
  o = ended({{3.478, 3.49, 3.47, 3.48}, {3.48, 3.49, 3.47, 3.485}, {3.485, 3.49, 3.47, 3.485}}, short_rules);
  desk::settle(o, {}, true);
  add("neither stop nor target within the time", o);
  o = ended({{3.478, tp1 + 0.001, 3.478, tp1}, {tp1, tp1, 3.6, 3.61}, {3.61, 3.62, 3.6, 3.61}}, short_rules);
  desk::settle(o, {}, true);
  add("the first target, then out of time", o);
  o = ended({{3.478, 3.49, 3.47, 3.48}});
  auto gone = o;
  desk::end_delisted(gone, at + 1h);
  add("delisted", gone);
  desk::end_unobserved(o, at + 1h);
  add("nobody could see it", o);
}

Shown of_parts(std::string what, const Finding& finding, bool repeat, const std::optional<base::Html>& late) {
  const auto html = finding.message();
  return {std::move(what), telegram::Parts(html.str(), false).text(0, repeat, late), false, false};
}

}  // namespace

Chapter around() {
  Chapter out{"Below and beside a signal",
              "Every signal ends with its number; `why` takes it. One with a direction says how it would be traded.",
              {}};
  auto& all = out.messages;
  Post post;
  post.handle(long_spike());
  all.push_back(post.row(1, "a signal with a direction, whole"));
  all.back().main = true;
  all.push_back({"the plan of one where the account is stated, before the first closed trade and without a link", [] {
                   auto sized = plan(Direction::short_side);
                   sized.usd = 4'000;
                   auto words = trade_words(true);
                   words.record = desk::record_line({});
                   return desk::plan_words(sized, {}, {}, words).str();
                 }()});
  post.handle(spike("PEPE-USDT-SWAP", 3.466), 7min);
  all.push_back(post.row(2, "one that was found late"));
  auto late = long_spike();
  late.key += "/late", late.event_id += "late";
  post.handle(late, 7min);
  all.push_back(post.row(3, "one with a direction that was found late"));
  Post rising;
  rising.handle(spike("WIF-USDT-SWAP", 3.478));
  rising.sent(1);
  rising.handle(spike("WIF-USDT-SWAP", 3.51, 2min, 2));
  all.push_back(rising.row(3, "the reply that rings when a burst or a cascade rises"));
  all.push_back({"one whose entry could not be sent in time", desk::without_entry_words(late, 3).str(), true});
  for (const auto reason : {desk::NoPlan::no_atr, desk::NoPlan::no_price})
    all.push_back({"what stands below a signal without an entry", desk::no_plan_words(reason, factors()).str()});
  add_undirected(all);
  health::FeedView doubted;
  doubted.key = {"okx", market::Topic::candles, {}};
  doubted.state = health::FeedState::suspect;
  doubted.why = "no bar for 4m 10s";
  all.push_back({"one from an exchange that is not sure",
                 desk::with_doubt(spike("WIF-USDT-SWAP", 3.478).message(),
                                  base::visible_text(desk::doubt_words("OKX", doubted).str()))
                     .str()});
  all.push_back(of_parts("sent late: Telegram could not be reached", spike("WIF-USDT-SWAP", 3.478), false,
                         base::words("signal.late", {{"age", "19m"}, {"entry", false}})));
  all.push_back(
      {"below anything else that waited for Telegram", base::words("send.waited", {{"waited", "19m"}}).str()});
  all.push_back(
      of_parts("sent again after the program died while it was sent", spike("WIF-USDT-SWAP", 3.478), true, {}));
  all.push_back(
      {"a newer signal points the other way", desk::replaced_words(1, 12, Direction::short_side).str(), true, true});
  desk::ChartSpec chart;
  chart.title = "WIF-USDT-SWAP · OKX";
  chart.bar = 1min;
  chart.candles.push_back({at - 1min, 3.41, 3.48, 3.41, 3.478, {}});
  all.push_back({"below its picture", desk::chart_caption(chart).str(), true, true});
  add_outcomes(out);
  return out;
}

Chapter together() {
  Chapter out{"Several signals in one message", "None of them rings.", {}};
  const std::vector<std::pair<std::string, double>> coins{
      {"WIF-USDT-SWAP", 3.478}, {"DOGE-USDT-SWAP", 3.395}, {"PEPE-USDT-SWAP", 3.466}};
  Post burst;
  base::Millis after = 0ms;
  burst.handle(spike("BTC-USDT-SWAP", 3.45));
  for (const auto& [symbol, close] : coins) burst.handle(spike(symbol, close, after += 300ms));
  (void)burst.desk().tell_digests(at + 20s);
  out.messages.push_back(burst.row(2, "they followed a ring within two seconds"));

  const auto digest = [&](std::string_view name, std::size_t count, const desk::GatePolicy& policy) {
    std::vector<store::DigestItem> items;
    for (std::size_t i = 0; i < count; ++i) {
      store::DigestItem item;
      item.html = volume::spike_message(details(coins[i % 3].first, coins[i % 3].second)).str();
      item.added = at + static_cast<int>(i) * 90s;
      items.push_back(item);
    }
    return desk::digest_message(name, items, policy).str();
  };
  out.messages.push_back(
      {"less remarkable than what rings: once an hour", digest(desk::overflow_digest, 27, {}), true});
  desk::GatePolicy quiet;
  quiet.quiet = desk::QuietHours::make("22:00-07:00", "Europe/Berlin").value();
  out.messages.push_back({"the morning after quiet hours", digest(desk::morning_digest, 3, quiet), true});
  return out;
}

}  // namespace gallery
