// One connection of a stream, between the files that make it up.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/feed/stream.hpp"

namespace feed {

inline constexpr base::Millis proven_after{30'000};
inline constexpr int silent_ends_max = 2;

/// One connection. Shared by the loop that drives it and the task that reads it; whoever ends last closes the socket.
struct Stream::Session {
  std::unique_ptr<net::WsConnection> connection;
  base::SteadyTime opened_at{};
  base::WallTime opened_wall{};
  base::SteadyTime last_frame{};
  base::SteadyTime last_companion{};
  base::SteadyTime last_data{};
  base::SteadyTime last_sent{};
  std::map<std::string, std::vector<std::string>> unacked;  ///< by request id
  base::SteadyTime unacked_since{};
  std::vector<std::vector<std::string>> to_send;  ///< batches that failed and are tried in smaller ones, or again
  bool asked_again{};                             ///< for what was not acknowledged
  std::vector<std::string> replies;
  std::size_t acked{};
  bool asked_all{};   ///< the first subscription is written whole: an ack before that is one of many
  bool subscribed{};  ///< as far as the exchange lets us know
  bool spoke{};       ///< data, its companion's or a pong came
  bool live{};        ///< and that was told
  bool data_seen{};
  bool reconnect{};                  ///< the server asked for it
  std::optional<base::Error> ended;  ///< the reader is through
  bool abandoned{};                  ///< nobody drives it any more: the reader must end
};

}  // namespace feed
