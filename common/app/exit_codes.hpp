// What a bot's process ends with besides 0; the services' units read them.
#pragma once

namespace app {

inline constexpr int exit_again = 1;    ///< the supervisor starts the bot again
inline constexpr int exit_config = 78;  ///< it does not (RestartPreventExitStatus): an operator must mend something

}  // namespace app
