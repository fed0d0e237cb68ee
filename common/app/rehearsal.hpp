// A bot without a network: events in, and what it would have said to whom, through the same pipeline, gates and outbox.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/app/bot.hpp"
#include "common/app/pipeline.hpp"
#include "common/app/settings.hpp"

namespace app {

/// A message as it would have gone out.
struct Rehearsed {
  base::WallTime at{};
  store::Op op{};
  bool rings{};
  std::string signal;  ///< which signal it belongs to: the same in two rehearsals of the same events
  std::string html;
};

class Rehearsal {
 public:
  struct Ears {
    std::function<void(const desk::Finding&)> on_candidate;  ///< set: nothing goes through the gates
    std::function<void(const Rehearsed&)> on_message;
    std::function<void(const market::Event&)> on_event;  ///< before the detector hears it
    /// Of every finding; true: it goes no further.
    std::function<bool(desk::Finding&)> on_finding;
  };
  /// Keeps its store in a folder of its own, which goes with it. Error: that cannot be made.
  [[nodiscard]] static base::Result<std::unique_ptr<Rehearsal>> begin(BotLogic& logic, const Settings& settings,
                                                                      Ears ears);
  ~Rehearsal();
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;
  Rehearsal(Rehearsal&&) = delete;
  Rehearsal& operator=(Rehearsal&&) = delete;

  void hear(const market::Event& event, base::WallTime now);
  void pass_time(base::WallTime exchange_now, base::WallTime now);
  /// An episode of before the recording goes on.
  void resume(const std::string& key, const std::string& memo, base::WallTime now);
  void end();  ///< what waits is said
  [[nodiscard]] const desk::Detector& detector() const { return *detector_; }
  /// Until when time may pass unseen.
  [[nodiscard]] base::WallTime due() const;

  std::map<std::pair<std::string, std::string>, market::Instrument> contracts;  ///< by exchange and symbol
  std::map<std::pair<std::string, std::string>, bool> watched;                  ///< absent: yes

 private:
  Rehearsal(std::filesystem::path folder, Ears ears) : folder_(std::move(folder)), ears_(std::move(ears)) {}
  [[nodiscard]] base::Result<void> open(BotLogic& logic, const Settings& settings);
  void collect();

  std::filesystem::path folder_;
  Ears ears_;
  base::WallTime now_{};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Outbox> outbox_;
  std::unique_ptr<desk::Desk> desk_;
  desk::Detector* detector_{};
  std::unique_ptr<Pipeline> pipeline_;
  bool said_{};  ///< something new may stand in the outbox
};

}  // namespace app
