// The program's dealings with its desk, and what both keep over a restart.
#include <boost/asio/post.hpp>

#include "common/app/program.hpp"
#include "common/base/text.hpp"
#include "common/base/words.hpp"
#include "common/desk/suite_messages.hpp"

namespace app {
using base::Millis;

namespace {

constexpr Millis learned_age_max{std::chrono::hours{24 * 14}};  // what it was learned from has faded by then
// A contract's key has a slash.
constexpr std::string_view learned_key = "silence of feeds", scores_key = "scores:", contracts_key = "contracts:";

}  // namespace

void Program::build_desk() {
  desk_ = std::make_unique<desk::Desk>(*stores_.bot, outbox_, std::string(sink_->name()), options_.settings.gates);
  desk_->cooldown_by_symbol = options_.settings.cooldown_by_symbol;
  desk_->config_hash = options_.config_hash;
  desk_->claim = [this](store::Chat chat) {
    // What was posted past the outbox enters it as waiting, and is marked sent there.
    return unsaved_->size() > 0 ? std::vector<store::Chat>() : sender_->claim(chat);
  };
  desk_->survey = [this](const desk::Finding& finding, desk::Surroundings& around) {
    around.feed_doubted = is_doubted(finding);
    outcomes_->survey(finding, around);
  };
  build_outcomes();
}

/// A finding of one exchange whose own feed is suspect or dead. One of several exchanges names in its coverage who is.
bool Program::is_doubted(const desk::Finding& finding) const {
  if (finding.exchange.empty() || !finding.feed) return false;
  return monitor_.feeds().state(finding.exchange, *finding.feed, moment()) >= health::FeedState::suspect;
}

void Program::hear(const market::Event& event) {
  const bool liquidation = std::holds_alternative<market::Liquidation>(event);
  if (liquidation && !monitor_.truth().believes(market::exchange_of(event), market::Topic::liquidations)) return;
  outcomes_->on_event(event);
  pipeline_->on_event(event);
  if (charts_) charts_->on_event(event);
  if (heard_) heard_->event(event);
}

void Program::pass_time() {
  const auto now = world_.clock.wall_now();
  pipeline_->on_time(now);
  outcomes_->on_time();
  if (heard_) heard_->time_passed(now);
  tell_digests(false);
}

void Program::tell_digests(bool ending) {
  if (options_.on_candidate_line) return;
  const auto told = desk_->tell_digests(world_.clock.wall_now(), ending);
  if (!told) return hub_.store_failed(told.error());
  if (told.value() > 0) sender_->notice();
}

std::string Program::coverage_of(const desk::Finding& finding) const {
  if (finding.exchange.empty() || logic_->main_topic()) return {};  // words its coverage itself
  std::vector<base::Html> out;
  for (const auto& view : monitor_.feeds().views(moment())) {
    if (view.key.exchange != finding.exchange || view.state < health::FeedState::suspect) continue;
    out.push_back(desk::doubt_words(title_of(view.key.exchange), view));
  }
  return base::visible_text(base::joined(out, "; ").str());
}

void Program::on_handled(const desk::Finding& finding, const desk::Handled& handled) {
  if (handled.claimed) sender_->take(store::Chat::signals, *handled.outbox_id);  // first: it is `sending` already
  const auto levels = desk::chart_levels(finding, outcomes_->plan_of(finding.key));
  outcomes_->on_handled(finding, handled);  // lets go of the plan
  if (options_.on_handled) options_.on_handled(finding, handled);
  if (!finding.fires) {
    if (log_.debugging()) log_.debug(finding.kind + " " + finding.subject + " held: " + finding.missing);
    return;
  }
  std::string line = finding.kind + " " + finding.subject + ": " + std::string(desk::to_string(handled.reason));
  // In a turn of its own, behind the request: waking the log's thread takes its time.
  boost::asio::post(world_.io, [this, said = std::move(line)] { log_.info(said); });
  if (handled.signal_id) monitor_.on_signal();
  if (const auto posted = unsaved_->posted(finding.key); posted && handled.outbox_id) {
    if (auto marked = outbox_.mark_posted(*handled.outbox_id, posted->message_id, posted->at); !marked)
      hub_.error(marked.error());
  }
  unsaved_->forget(finding.key);
  if (desk::is_said(handled.reason) && !handled.claimed) sender_->notice();
  const bool is_new = handled.reason == desk::Reason::published && handled.outbox_id && !handled.undirected;
  if (charts_ && is_new) charts_->on_published(finding, *handled.outbox_id, levels);
}

void Program::build_charts() {
  if (!world_.painter || !options_.settings.telegram.charts || options_.on_candidate_line) return;
  ChartPorts ports(world_.clock, outbox_);
  ports.look_up = [this](std::string exchange, feed::CandleQuestion question) {
    return feed_->look_up(std::move(exchange), std::move(question));
  };
  ports.resolve = [this](const std::string& exchange, const std::string& symbol) {
    return feed_->find(exchange, symbol);
  };
  ports.title_of = [this](const std::string& exchange) { return title_of(exchange); };
  ports.accepted = [this] { sender_->notice(); };
  ports.on_error = [this](const base::Error& error) { hub_.error(error); };
  ports.sink = std::string(sink_->name());
  charts_ = std::make_unique<ChartKeeper>(std::move(ports));
}

void Program::on_unsaved(const desk::Finding& finding) {
  on_store_trouble();
  if (auto html = desk_->would_publish(finding, world_.clock.wall_now()))
    unsaved_->offer({finding.key, store::Chat::signals, std::move(*html), !finding.silent});
}

void Program::restore_baselines() {
  const auto all = baselines_.all();
  if (!all) {
    hub_.error(all.error());
    return;
  }
  for (const auto& [key, baseline] : all.value()) {
    if (key.starts_with(scores_key)) {
      if (auto restored = desk_->scores().restore(key.substr(scores_key.size()), baseline.body); !restored)
        hub_.error(restored.error());
      continue;
    }
    const auto slash = key.find('/');
    if (slash == std::string::npos) continue;
    SavedState state;
    state.exchange = key.substr(0, slash);
    state.symbol = key.substr(slash + 1);
    state.body = baseline.body;
    if (heard_) heard_->state(state.exchange, state.symbol, state.body);
    if (auto restored = logic_->restore(state); !restored) hub_.error(restored.error());
  }
}

void Program::save_baselines(bool all) {
  const auto changed = logic_->save_changed(all);
  if (changed.empty()) return;
  const auto now = world_.clock.wall_now();
  const auto saved = stores_.bot->transact([&]() -> base::Result<void> {
    for (const auto& state : changed) {
      store::Baseline row;
      row.body = state.body;
      row.saved_at = now;
      if (auto put = baselines_.put(state.exchange + "/" + state.symbol, row); !put) return put.error();
    }
    return {};
  });
  if (!saved) hub_.error(saved.error());
}

void Program::restore_contracts() {
  for (const auto& exchange : feed_->exchange_names()) {
    const auto saved = baselines_.get(std::string(contracts_key) + exchange);
    if (!saved) return hub_.error(saved.error());
    const auto list = saved.value() ? feed::decoded_list(saved.value()->body) : std::nullopt;
    if (list) feed_->remember(exchange, *list, saved.value()->saved_at);
  }
}

void Program::log_remembered() {
  for (const auto& exchange : feed_->exchange_names()) {
    const auto listed = feed_->listed(exchange);
    if (listed && listed->remembered)
      log_.warn(exchange + " does not answer: watched by its " + std::to_string(feed_->contracts(exchange)) +
                " contracts of " + base::utc_stamp(listed->at));
  }
}

void Program::save_contracts() {
  for (const auto& exchange : feed_->exchange_names()) {
    const auto listed = feed_->listed(exchange);
    if (!listed || listed->remembered || saved_lists_[exchange] == listed->at) continue;
    store::Baseline row;
    row.body = feed::encoded(feed_->contract_list(exchange));
    row.saved_at = listed->at;
    if (auto saved = baselines_.put(std::string(contracts_key) + exchange, row); !saved)
      return hub_.error(saved.error());
    saved_lists_[exchange] = listed->at;
  }
}

void Program::save_learned() {
  store::Baseline row;
  row.body = monitor_.truth().learned();
  row.saved_at = world_.clock.wall_now();
  if (row.body.empty()) return;
  if (auto saved = baselines_.put(learned_key, row); !saved) hub_.error(saved.error());
}

void Program::restore_learned() {
  const auto saved = baselines_.get(learned_key);
  if (!saved) return hub_.error(saved.error());
  if (!saved.value() || world_.clock.wall_now() - saved.value()->saved_at > learned_age_max) return;
  const auto feeds = monitor_.truth().remember(saved.value()->body);
  if (feeds > 0) log_.info("remembered how long " + std::to_string(feeds) + " feeds may be silent");
}

void Program::save_scores() {
  for (const auto& [kind, body] : desk_->scores().save()) {
    store::Baseline row;
    row.body = body;
    row.saved_at = world_.clock.wall_now();
    if (auto saved = baselines_.put(std::string(scores_key) + kind, row); !saved) return hub_.error(saved.error());
  }
}

}  // namespace app
