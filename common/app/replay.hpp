// `replay`: recorded markets through the detector and, where messages are wanted, through the gates, under a virtual
// clock. The same input and settings give the same output.
#pragma once
#include <functional>
#include <string>

#include "common/app/commands.hpp"
#include "common/app/rehearsal.hpp"
#include "common/feed/tables.hpp"

namespace app {

/// Who hears a table, and until when nothing but an event matters to him.
struct TableListener {
  std::function<void(const market::Event&, base::WallTime now)> hear;
  std::function<void(base::WallTime now)> pass_time;
  std::function<base::WallTime()> due;
};
/// Every row in its order; between them time passes in whole seconds where it is waited for, and for a day afterwards.
void walk(feed::Tables& tables, const TableListener& listener);

/// What replay reads: recordings of one bot, or tables.
class Material {
 public:
  /// Reads everything that the command line names. bad_data, storage: which file, and why.
  [[nodiscard]] static base::Result<Material> read(const CommandLine& line);
  /// All of it, oldest first, into the rehearsal. bad_data: a recording of another bot or version.
  [[nodiscard]] base::Result<void> play(Rehearsal& rehearsal, BotLogic& logic, std::string_view bot);

 private:
  [[nodiscard]] base::Result<void> play_recordings(Rehearsal& rehearsal, BotLogic& logic, std::string_view bot) const;
  std::vector<std::pair<std::string, std::string>> recordings_;  ///< name and bytes
  feed::Tables tables_;
};

/// One whole replay with settings of its own; with `whynot`, the newest look at that contract or asset is printed at
/// the end.
[[nodiscard]] base::Result<void> rehearse(Material& material, Loaded& loaded, Rehearsal::Ears ears,
                                          const std::string& whynot = {});

/// The exit code. `load` reads the configuration anew, as the command line says.
[[nodiscard]] int run_replay(const CommandLine& line, const std::function<Loaded(const CommandLine&)>& load);

}  // namespace app
