// Which alarm is the cause and which are only its consequences: our own network before the exchanges, an exchange
// before its feeds. One place, before the board that raises alerts. Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/health/alert_board.hpp"

namespace health {

/// What is known of one exchange at this moment.
struct Reach {
  std::string exchange;
  bool unreachable{};  ///< none of its feeds is up, and what is in the way is the network, not an answer
  std::optional<base::SteadyTime> down_since;  ///< of the feed that is down longest
  std::optional<base::SteadyTime> newest;      ///< when its newest datum was received
};

class RootCause {
 public:
  /// The network's word on Telegram: did the last request get there?
  void on_telegram(bool reached, Moment now);
  /// Adds the condition of our own network, and holds back what follows from another bad condition: a bad one that was
  /// not told yet is muted, one that was told stays open until it is good.
  [[nodiscard]] std::vector<Condition> filter(std::vector<Condition> conditions, const std::vector<Reach>& reach,
                                              const std::vector<Alert>& open, Moment now);

  static constexpr base::Millis sure_after{10'000};  ///< all sockets may break in one second by chance
  static constexpr base::Millis hold{60'000};    ///< so long an exchange alarm waits for a witness that we are online
  static constexpr base::Millis settle{90'000};  ///< after the network is back, everybody gets so long to come up

 private:
  [[nodiscard]] bool own_network_down(const std::vector<Reach>& reach) const;
  [[nodiscard]] bool may_be_us(const std::string& exchange, const std::vector<Reach>& reach, Moment now) const;
  std::optional<bool> telegram_;
  base::SteadyTime telegram_at_{};
  std::optional<base::SteadyTime> down_since_, back_at_;
};

}  // namespace health
