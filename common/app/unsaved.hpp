// What must be said while the disk takes nothing (CR-2): posted from memory, each once. When the disk is back, what was
// posted enters the outbox as sent, so that it is neither lost nor said twice.
#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "common/base/clock.hpp"
#include "common/base/html.hpp"
#include "common/telegram/sender.hpp"

namespace app {

class Unsaved {
 public:
  using OnError = std::function<void(const base::Error&)>;
  Unsaved(telegram::Sender& sender, base::Clock& clock, OnError on_error)
      : sender_(sender), clock_(clock), on_error_(std::move(on_error)) {}

  struct Item {
    std::string key;  ///< one post a key, until it was settled
    store::Chat chat{store::Chat::signals};
    base::Html html;
    bool rings{true};
  };
  /// Ignored when the key is known. Waits `patience` before it goes: a busy disk is often free again by then.
  void offer(Item item);
  /// A post is under way: whoever writes the same thing to the outbox now would double it.
  [[nodiscard]] bool busy() const { return busy_; }

  struct Posted {
    base::WallTime at{};
    std::optional<std::int64_t> message_id;
  };
  [[nodiscard]] std::optional<Posted> posted(const std::string& key) const;
  void forget(const std::string& key);  ///< it is in the outbox now, or will never be; what was not posted stays unsaid
  /// Nobody will bring it to the outbox: what is not posted yet is posted, and then forgotten.
  void let_go(const std::string& key);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Posts. Ends only by cancellation.
  [[nodiscard]] boost::asio::awaitable<void> run();

  static constexpr base::Millis patience{5'000};
  static constexpr std::size_t items_max = 200;  ///< the oldest posted ones give way, then the oldest

 private:
  struct Entry {
    Item item;
    base::SteadyTime not_before;
    std::optional<Posted> done;
    bool let_go{};
    bool maybe_out{};  ///< a try whose outcome nobody knows: the next is marked as a possible repeat
  };
  [[nodiscard]] Entry* next_due();
  [[nodiscard]] Entry* find(const std::string& key);
  void take(const std::string& key, const telegram::Answer& answer);

  telegram::Sender& sender_;
  base::Clock& clock_;
  OnError on_error_;
  std::deque<Entry> entries_;
  bool busy_{};
};

}  // namespace app
