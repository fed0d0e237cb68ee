// Open alerts. A condition that turns bad is said once and rings; when it is over, that same post is edited.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/health/moment.hpp"

namespace health {

enum class AlertKind : std::uint8_t {
  stale_cycle,
  error_rate,
  exchange_down,
  clock_offset,
  storage,
  telegram,
  feed_doubt,   ///< subject "okx liquidations": it talks or is silent, and must not be believed
  own_network,  ///< nobody can be reached: it is us
};

/// What a watch says at one moment. The words of the message are the desk's.
struct Condition {
  AlertKind kind{};
  std::string subject;  ///< "bybit"; empty: the bot itself
  bool bad{};
  std::vector<std::string> facts;  ///< "last cycle finished 3m 5s ago"; plain text
};

struct Alert {
  AlertKind kind{};
  std::string subject;
  std::vector<std::string> facts;  ///< of the latest bad moment
  base::WallTime since{};          ///< when it turned bad
  base::Millis lasted{};           ///< until now, or until it was over
  bool open{true};
  std::optional<std::int64_t> post;  ///< where it was said, once known

  /// Stable over the life of the alert: "exchange_down/bybit".
  [[nodiscard]] std::string key() const { return key_of(kind, subject); }
  [[nodiscard]] static std::string key_of(AlertKind kind, const std::string& subject);
};

struct AlertChange {
  enum class Kind : std::uint8_t { raised, cleared };
  Kind kind{};
  Alert alert;  ///< cleared: with its post, to be edited
};

class AlertBoard {
 public:
  /// nullopt while nothing turned.
  [[nodiscard]] std::optional<AlertChange> report(const Condition& condition, Moment now);
  void posted(const std::string& key, std::int64_t post);
  [[nodiscard]] std::vector<Alert> open(Moment now) const;  ///< the oldest first

 private:
  struct Held {
    Alert alert;
    base::SteadyTime since{};
  };
  std::map<std::string, Held> held_;
};

}  // namespace health
