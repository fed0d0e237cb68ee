// replay: the bot's detector over recorded tables, as fast as they can be read. The same input gives the same output,
// byte for byte: time is what the events say.
#pragma once
#include <functional>
#include <string>

#include "common/app/commands.hpp"
#include "common/feed/tables.hpp"

namespace app {

/// Gives every event of `tables` to the detector, and the whole seconds between them that it waits for (due()).
/// Afterwards time goes on until it waits for nothing, at most a day: what is open ends.
void replay(desk::Detector& detector, feed::Tables& tables, const std::function<void(const desk::Finding&)>& take);

/// The command: reads the files of the command line ("-": standard input). Returns the exit code.
[[nodiscard]] int run_replay(const CommandLine& line, Loaded& loaded);

}  // namespace app
