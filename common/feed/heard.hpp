// What a detector was told, written down and read again: events as they reached it, the passing of time, states it
// began with, contracts it looked up, doubts about feeds, and which findings were of watched contracts. From these
// alone a replay yields what the live run found (decision 0021).
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/feed/recorder.hpp"
#include "common/market/event.hpp"
#include "common/market/instrument.hpp"

namespace feed {

/// Of a live run. Each call goes to the recording before the detector acts on it, or right after where only the
/// detector knows what it will ask: contracts and watched symbols stand before the event that asked for them.
class HeardWriter {
 public:
  HeardWriter(Recorder& recorder, const base::Clock& clock) : recorder_(recorder), clock_(clock) {}
  void began(std::string_view bot);
  void state(const std::string& exchange, const std::string& symbol, std::string_view body);
  void resumed(const std::string& key, std::string_view memo, base::WallTime now);
  void feed_state(const std::string& exchange, int state);
  void looked_up(const std::string& exchange, const std::string& symbol, const market::Instrument* found);
  void watched(const std::string& exchange, const std::string& symbol, bool is_watched);
  void event(const market::Event& event);         ///< after the detector has heard it
  void time_passed(base::WallTime exchange_now);  ///< after the detector has heard it

 private:
  void write(const std::string& exchange, std::string_view what, std::string_view bytes);
  Recorder& recorder_;
  const base::Clock& clock_;
  std::map<std::string, std::string, std::less<>> known_;  ///< what was written last of a question
};

/// Of a recording. Absent functions are not called.
struct HeardReader {
  std::function<void(std::string_view bot)> began;
  std::function<void(const std::string& exchange, const std::string& symbol, std::string_view body)> state;
  std::function<void(const std::string& key, std::string_view memo, base::WallTime now)> resumed;
  std::function<void(const std::string& exchange, int state)> feed_state;
  std::function<void(const std::string& exchange, const std::string& symbol, std::optional<market::Instrument> found)>
      looked_up;
  std::function<void(const std::string& exchange, const std::string& symbol, bool is_watched)> watched;
  std::function<void(const market::Event& event, base::WallTime now)> event;
  std::function<void(base::WallTime exchange_now, base::WallTime now)> time_passed;
};

/// Calls what one record says; other kinds of records say nothing. bad_data: it cannot be read, another version wrote
/// it.
[[nodiscard]] base::Result<void> hear(const Record& record, const HeardReader& reader);

}  // namespace feed
