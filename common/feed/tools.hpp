// What the feed's loops borrow and whom they tell. All of it outlives the task group that the loops run in.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/exchange/exchange.hpp"
#include "common/market/asset_prices.hpp"
#include "common/market/changes.hpp"
#include "common/market/event.hpp"
#include "common/market/two_ways.hpp"

namespace feed {

class Recorder;

/// Where decoded events go: synchronous, on the one thread.
using Sink = std::function<void(const market::Event&)>;

/// One exchange as the feed sees it: its description, its settings and its list of contracts, which is renewed hourly.
struct Venue {
  Venue(std::unique_ptr<exchange::Exchange> with_description, exchange::Settings with_settings)
      : description(std::move(with_description)), settings(std::move(with_settings)), name(description->traits().name) {
    if (description->traits().liquidation_sides_learned) two_ways.emplace();
  }
  std::unique_ptr<exchange::Exchange> description;
  exchange::Settings settings;
  std::string name;
  market::Universe universe;
  struct Listed {
    base::WallTime at;
    bool remembered{};  ///< by an earlier run: the exchange has not answered in this one
  };
  std::optional<Listed> listed;             ///< of which time the universe is; absent while it is empty
  std::optional<market::TwoWays> two_ways;  ///< liquidations that are polled and, earlier, pushed without a side
  Recorder* recorder{};                     ///< hears everything raw; null: nothing is recorded
  const market::AssetPrices* prices{};      ///< what the contracts of a new list count as; null: as their names say
};

/// Hears what the loops live through; the app tells health. No call may throw or take long.
class Observer {
 public:
  Observer() = default;
  virtual ~Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  Observer(Observer&&) = delete;
  Observer& operator=(Observer&&) = delete;

  /// A stream is open and subscribed, or a poll of the topic answered.
  virtual void on_live(const std::string& exchange, market::Topic topic) = 0;
  virtual void on_lost(const std::string& exchange, market::Topic topic, const base::Error& why) = 0;
  /// Market data, never acks or pings. `newest` is the exchange's time of the newest datum, where it has one.
  virtual void on_data(const std::string& exchange, market::Topic topic, std::size_t events,
                       std::optional<base::WallTime> newest) = 0;
  /// What one frame or answer held, before anybody reads it: the judge of feeds looks whether it can be true.
  virtual void on_content(const std::string&, market::Topic, const market::Events&) {}
  /// REST told of an event of this time, of a topic whose stream is in doubt.
  virtual void on_evidence(const std::string&, market::Topic, base::WallTime) {}
  virtual void on_error(const std::string& place, const base::Error& error) = 0;
  virtual void on_rows_skipped(const std::string& exchange, market::Topic topic, std::size_t rows) = 0;
  /// The list of contracts was fetched again and is another; never empty.
  virtual void on_contracts(const std::string& exchange, const std::vector<market::ContractChange>& changes) = 0;
  /// The exchange's clock, seen in an answer that took `round_trip`; `server` has the resolution of its source.
  virtual void on_server_time(const std::string& exchange, base::WallTime server, base::WallTime received,
                              base::Millis round_trip, base::Millis resolution) = 0;
};

}  // namespace feed
