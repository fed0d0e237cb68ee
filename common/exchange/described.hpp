// An exchange as a value: a table of plain functions. One Description each, named in registry.cpp; what all of them
// need is here: the settings, the JSON reader with its memory, the way from bytes to the functions that read them.
#pragma once
#include "common/exchange/envelope.hpp"
#include "common/exchange/exchange.hpp"
#include "common/exchange/json.hpp"

namespace exchange {

struct Description {
  Traits traits;
  std::span<const Endpoint> endpoints;  ///< all that read_reply() knows
  std::vector<Ask> (*asks)(const Settings& settings, Topic topic, const Want& want);
  /// The rows of an endpoint's answer; bad_data where the answer has not the endpoint's shape.
  base::Result<Reply> (*read_reply)(std::string_view endpoint, Value root, const Scope& scope);
  market::Verdict (*judge)(const net::Response& response, base::WallTime received_at);
  std::vector<StreamPlan> (*streams)(const Settings& settings, Topic topic,
                                     std::span<const market::Instrument* const> instruments);
  std::string (*subscribe_text)(std::span<const std::string> channels, std::uint32_t request_id, base::WallTime now);
  Frame (*read_frame)(Value root, const Scope& scope);
  std::optional<market::Instrument> (*describe)(std::string_view symbol);
  std::string (*link)(std::string_view symbol);
  /// Messages that are no JSON ("pong"); nullopt: it is JSON. nullptr: there are none.
  std::optional<Frame> (*plain_frame)(std::string_view payload){};
  /// Messages that come packed: the text in them. nullptr: they are text as they are.
  base::Result<std::string> (*unpack)(std::string_view payload){};
  /// nullptr: one way to everything.
  int (*ways)(Topic topic){};
};

/// `json`: the reader, which exchanges of one thread share.
[[nodiscard]] std::unique_ptr<Exchange> make_described(const Description& description, const Settings& settings,
                                                       std::shared_ptr<Json> json);

}  // namespace exchange
