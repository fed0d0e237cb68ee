#include "common/telegram/sender.hpp"

#include <algorithm>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "common/base/text.hpp"
#include "common/base/words.hpp"
#include "common/guard/retry_after.hpp"
#include "common/telegram/sender_lane.hpp"
#include "common/telegram/split.hpp"

namespace telegram {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using store::RowState;

namespace {

constexpr base::Millis store_retry = 5s;
constexpr base::Millis lease_retry = 1s;
constexpr base::Millis idle_look = 1min;  ///< a look without a notice, should one ever be missed
constexpr base::Millis flush_look = 50ms;
constexpr int migrations_max = 5;
constexpr SplitLimits caption_limits{1'024, raw_bytes_max};

base::Error no_painter() {
  return {base::ErrorKind::config, "pictures", "nothing here draws them", "install perpwatch_chart beside the bots"};
}

asio::awaitable<void> expiry_of(asio::steady_timer& timer) {
  boost::system::error_code ended;  // by a notice or by cancellation: the caller looks which
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

asio::awaitable<void> throw_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

Sender::Sender(asio::any_io_executor executor, SenderPorts ports, std::map<store::Chat, Address> addresses)
    : ports_(std::move(ports)), addresses_(std::move(addresses)) {
  for (const auto& [kind, address] : addresses_) {
    const auto same = std::find_if(lanes_.begin(), lanes_.end(),
                                   [&, &to = address](const auto& lane) { return lane->chat == to.chat; });
    Lane& lane = same != lanes_.end() ? **same : *lanes_.emplace_back(std::make_unique<Lane>(executor, address.chat));
    lane.kinds.push_back(kind);
  }
}

Sender::~Sender() = default;

std::string Sender::lane_name(std::size_t lane) const {
  return "sender " + std::string(to_string(lanes_[lane]->kinds.front()));
}

base::Result<store::Outbox::Recovered> Sender::prepare() {
  for (const auto& lane : lanes_) {
    if (auto restored = restore(*lane); !restored) return restored.error();
  }
  return ports_.outbox.recover_after_restart(ports_.clock.wall_now());
}

base::Result<void> Sender::restore(Lane& lane) {
  for (int i = 0; i < migrations_max; ++i) {
    auto moved = ports_.facts.get(migrated_fact(lane.chat));
    if (!moved) return moved.error();
    if (!*moved) break;
    lane.chat = **moved;
  }
  auto blocked = ports_.facts.get(blocked_fact(lane.chat));
  if (!blocked) return blocked.error();
  if (!*blocked) return {};
  const base::Millis left =
      guard::remaining(wait_from_fact(**blocked), ports_.clock.wall_now(), ports_.clock.boot_now(),
                       guard::server_wait_max + guard::server_wait_margin);
  lane.paused_until = ports_.clock.steady_now() + left;
  return {};
}

void Sender::wake(Lane& lane) {
  lane.resting_until.reset();
  lane.wake.expires_at(base::SteadyTime::min());
}

void Sender::notice() {
  for (const auto& lane : lanes_) wake(*lane);
}

Sender::Lane* Sender::lane_of(store::Chat chat) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return std::find(lane->kinds.begin(), lane->kinds.end(), chat) != lane->kinds.end();
  });
  return found == lanes_.end() ? nullptr : found->get();
}

std::vector<store::Chat> Sender::claim(store::Chat chat) {
  Lane* lane = lane_of(chat);
  const bool rests = lane != nullptr && lane->resting_until && !lane->claimed && !lane->unsettled;
  if (!rests || held_until(*lane)) return {};
  return lane->kinds;
}

void Sender::take(store::Chat chat, std::int64_t id) {
  Lane* lane = lane_of(chat);
  if (lane == nullptr) return;
  lane->claimed = id;
  wake(*lane);
}

bool Sender::idle() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->resting_until.has_value(); });
}

std::vector<Sender::LaneState> Sender::states() const {
  std::vector<LaneState> out;
  const auto now = ports_.clock.steady_now();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = *lanes_[i];
    LaneState state{lane_name(i), lane.chat, lane.sending, std::nullopt, lane.failures};
    if (lane.paused_until > now) state.paused_until = lane.paused_until;
    out.push_back(std::move(state));
  }
  return out;
}

asio::awaitable<void> Sender::run_lane(std::size_t index) {
  using asio::experimental::awaitable_operators::operator&&;
  Lane& lane = *lanes_[index];
  auto working = work(lane);
  auto ending = end_rests(lane);
  try {
    co_await (std::move(working) && std::move(ending));
  } catch (const asio::multiple_exceptions& both) {
    std::rethrow_exception(both.first_exception());  // the other one was cancelled by it
  }
}

asio::awaitable<void> Sender::work(Lane& lane) {
  for (;;) {
    const Step step = next_step(lane);
    if (step.row) {
      co_await send(lane, *step.row);
    } else {
      co_await rest(lane, step.rest_until);
    }
  }
}

/// What speaks against a send right now, and until when.
std::optional<base::SteadyTime> Sender::held_until(Lane& lane) {
  const auto now = ports_.clock.steady_now();
  if (lane.paused_until > now) return lane.paused_until;
  if (!ports_.lease.held()) return now + lease_retry;
  if (!ports_.sink.paced()) return std::nullopt;
  const auto ready = pacer_.ready_at(lane.chat, now);
  return ready > now ? std::optional(ready) : std::nullopt;
}

/// The row that was given to this lane as `sending`; nullopt: there is none, or it had to go back into the line.
std::optional<Sender::Step> Sender::claimed_step(Lane& lane) {
  if (!lane.claimed) return std::nullopt;
  auto row = ports_.outbox.find(*lane.claimed);
  if (!row) {
    ports_.observer.store_failed(row.error());
    return Step{std::nullopt, ports_.clock.steady_now() + store_retry};
  }
  lane.claimed.reset();
  if (!*row || (*row)->state != RowState::sending) return std::nullopt;
  if (const auto held = held_until(lane)) {
    put_back(lane, **row);
    return std::nullopt;
  }
  return Step{std::move(*row), {}};
}

/// Nothing of it went out: it waits its turn like any other.
void Sender::put_back(Lane& lane, const store::OutboxRow& row) {
  Call call;
  call.row = row;
  commit(lane, call, [this, id = row.id]() -> base::Result<RowState> {
    if (auto done = ports_.outbox.mark_not_tried(id); !done) return done.error();
    return RowState::pending;
  });
}

Sender::Step Sender::next_step(Lane& lane) {
  const auto now = ports_.clock.steady_now();
  const auto wall = ports_.clock.wall_now();
  if (lane.unsettled) {
    const Lane::Unsettled again = *lane.unsettled;
    if (!commit(lane, again.call, again.write)) return {std::nullopt, now + store_retry};
  }
  if (auto claimed = claimed_step(lane)) return *std::move(claimed);
  if (lane.unsettled) return {std::nullopt, now + store_retry};
  if (lane.paused_until > now) return {std::nullopt, lane.paused_until};
  auto next = ports_.outbox.next_due(ports_.sink.name(), lane.kinds, wall);
  if (!next) {
    ports_.observer.store_failed(next.error());
    return {std::nullopt, now + store_retry};
  }
  if (!next->row) return {std::nullopt, now + (next->wake_at ? *next->wake_at - wall : idle_look)};
  if (const auto held = held_until(lane)) return {std::nullopt, *held};
  auto& draft = next->row->draft;
  const bool other_words = next->row->parts_sent == 0 && !draft.late_html.empty() && late_words(*next->row);
  if (auto marked = ports_.outbox.mark_sending(next->row->id, other_words); !marked) {
    ports_.observer.store_failed(marked.error());
    return {std::nullopt, now + store_retry};
  }
  if (other_words) draft.html = std::exchange(draft.late_html, {});
  return {std::move(next->row), now};
}

/// A lane waits for one thing, to be woken: waiting for the clock as well costs several turns of the loop at the end.
asio::awaitable<void> Sender::rest(Lane& lane, base::SteadyTime until) {
  struct Resting {
    std::optional<base::SteadyTime>& until;
    Resting(std::optional<base::SteadyTime>& of, base::SteadyTime end) : until(of) { until = end; }
    ~Resting() { until.reset(); }
  } const resting(lane.resting_until, until);
  if (until < lane.alarm_at) lane.alarm.expires_at(base::SteadyTime::min());
  co_await expiry_of(lane.wake);
  co_await throw_if_cancelled();
  lane.wake.expires_at(base::SteadyTime::max());
}

/// Wakes the lane when its rest is over.
asio::awaitable<void> Sender::end_rests(Lane& lane) {
  using asio::experimental::awaitable_operators::operator||;
  for (;;) {
    const auto now = ports_.clock.steady_now();
    if (lane.resting_until && *lane.resting_until <= now) wake(lane);
    lane.alarm_at = lane.resting_until.value_or(now + idle_look);
    auto sleep = ports_.clock.sleep_until(lane.alarm_at);
    auto sooner = expiry_of(lane.alarm);
    co_await (std::move(sleep) || std::move(sooner));
    co_await throw_if_cancelled();
    lane.alarm.expires_at(base::SteadyTime::max());
  }
}

Delivery Sender::delivery_of(const Lane& lane, const store::OutboxRow& row, std::string text) const {
  Message message(lane.chat, std::move(text));
  message.html = !row.plain;
  message.silent = row.draft.silent;
  const auto address = addresses_.find(row.draft.chat);
  if (address != addresses_.end()) message.thread = address->second.thread;
  if (row.draft.op == store::Op::reply) message.reply_to = row.target_message_id;
  Delivery delivery(std::move(message));
  if (row.draft.op == store::Op::edit) delivery.edit_of = row.target_message_id;
  return delivery;
}

std::optional<base::Html> Sender::late_words(const store::OutboxRow& row) const {
  const bool is_news = row.draft.chat == store::Chat::signals || row.draft.priority <= store::Priority::signal;
  const base::Millis age = ports_.clock.wall_now() - row.draft.happened.value_or(row.created);
  if (!is_news || age <= ports_.late_after) return std::nullopt;
  if (!row.draft.happened) return base::words("send.waited", {{"waited", base::duration_words(age)}});
  return base::words("signal.late", {{"age", base::duration_words(age)}, {"entry", false}});
}

asio::awaitable<void> Sender::send(Lane& lane, const store::OutboxRow& row) {
  if (!row.draft.picture.empty()) {
    co_await send_picture(lane, row);
    co_return;
  }
  const auto late = late_words(row);
  const Parts parts(row.draft.html.str(), row.plain);
  Call call;
  call.row = row;
  call.parts = row.draft.op == store::Op::edit ? 1 : parts.count();
  const auto part = static_cast<std::size_t>(std::max(row.parts_sent, 0));
  if (part >= parts.count()) {
    call.answer.outcome = part > 0 ? Outcome::ok : Outcome::other;  // nothing (more) to say
    call.answer.text = part > 0 ? "" : "the message is empty";
    commit(lane, call, judge(lane, call));
    co_return;
  }
  const bool is_edit = row.draft.op == store::Op::edit;
  const Delivery delivery = delivery_of(lane, row, is_edit ? parts.only_text() : parts.text(part, row.ambiguous, late));
  co_await post(lane, std::move(call), delivery);
}

asio::awaitable<void> Sender::post(Lane& lane, Call call, const Delivery& delivery) {
  // Once more, right before it goes: the commit of the row took its time.
  if (!ports_.lease.held()) {
    put_back(lane, call.row);
    co_return;
  }
  const Lane::Busy busy(lane);
  const auto started = ports_.clock.steady_now();
  pacer_.take(lane.chat, started);
  call.answer = co_await ports_.sink.deliver(delivery);
  call.took = std::chrono::duration_cast<base::Millis>(ports_.clock.steady_now() - started);
  commit(lane, call, judge(lane, call));
}

/// Drawn here, in its turn, and not before: a picture of a message that never went out is not needed. What is behind it
/// waits for the painter, who has a deadline.
asio::awaitable<void> Sender::send_picture(Lane& lane, const store::OutboxRow& row) {
  Call call;
  call.row = row;
  call.parts = 1;
  const auto captions = split_html(row.draft.html.str(), caption_limits);
  std::string caption = captions.empty() ? "" : captions.front();
  if (row.plain) caption = base::visible_text(caption);
  Delivery delivery = delivery_of(lane, row, std::move(caption));
  delivery.is_picture = true;
  if (ports_.sink.shows_pictures()) {
    const Lane::Busy busy(lane);
    base::Result<std::string> drawn = no_painter();
    if (ports_.painter != nullptr) drawn = co_await ports_.painter->paint(row.draft.picture);
    if (!drawn) {
      call.answer.outcome = Outcome::not_drawn;
      call.answer.text = drawn.error().text();
      commit(lane, call, judge(lane, call));
      co_return;
    }
    delivery.png = std::move(drawn.value());
  }
  co_await post(lane, std::move(call), delivery);
}

asio::awaitable<Answer> Sender::post_direct(const Direct& what) {
  Lane* const lane = lane_of(what.chat);
  Answer answer;
  answer.outcome = Outcome::other;
  answer.text = "no address for this chat";
  if (lane == nullptr) co_return answer;
  store::OutboxRow row;
  row.draft.chat = what.chat;
  row.draft.silent = what.silent;
  const Parts parts(what.html.str(), false);
  std::optional<std::int64_t> first_id;
  for (std::size_t part = 0; part < parts.count(); ++part) {
    for (;;) {
      const auto now = ports_.clock.steady_now();
      auto ready = std::max(lane->paused_until, ports_.sink.paced() ? pacer_.ready_at(lane->chat, now) : now);
      if (!ports_.lease.held()) ready = now + lease_retry;
      if (ready <= now) break;
      co_await ports_.clock.sleep_until(ready);
    }
    pacer_.take(lane->chat, ports_.clock.steady_now());
    const Delivery delivery = delivery_of(*lane, row, parts.text(part, what.repeat));
    answer = co_await ports_.sink.deliver(delivery);
    if (answer.outcome == Outcome::flood)
      lane->paused_until = ports_.clock.steady_now() + guard::server_wait(answer.retry_after);
    if (answer.outcome == Outcome::migrate) lane->chat = answer.new_chat;
    if (answer.outcome != Outcome::ok) co_return answer;
    if (!first_id) first_id = answer.message_id;
  }
  answer.message_id = first_id;
  co_return answer;
}

bool Sender::commit(Lane& lane, const Call& call, const Write& write) {
  const auto became = ports_.database.transact(write);
  if (!became) {
    // The row stays in `sending`, which nobody picks up: the outcome is known here and is written when it can be.
    lane.unsettled = Lane::Unsettled{call, write};
    ports_.observer.store_failed(became.error());
    return false;
  }
  lane.unsettled.reset();
  if (*became == RowState::sent) {
    const auto waited = std::max(base::Millis{0}, ports_.clock.wall_now() - call.row.created);
    ports_.observer.sent(call.row, waited, call.took);
  } else if (call.answer.outcome != Outcome::ok) {
    ports_.observer.failed(call.row, call.answer, *became);
  }
  return true;
}

asio::awaitable<std::int64_t> Sender::flush(base::SteadyTime deadline) {
  notice();
  for (;;) {
    const auto stats = ports_.outbox.stats();
    const std::int64_t left = stats ? stats->pending : 0;
    const bool done = std::all_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
      return !lane->sending && lane->resting_until && *lane->resting_until > deadline;
    });
    const auto now = ports_.clock.steady_now();
    if ((stats && left == 0) || done || now >= deadline) co_return left;
    co_await ports_.clock.sleep_until(std::min(deadline, now + flush_look));
  }
}

}  // namespace telegram
