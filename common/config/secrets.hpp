// What must not stand in a settings file: the bot's token, and the numbers of chats and people.
//
// Looked for by name in three places; the first that has it wins, and a blank value counts as not set:
//   1. systemd credentials: $CREDENTIALS_DIRECTORY/telegram-bot-token-funding (lower case, dashes)
//   2. an environment file, NAME=value a line, readable by its owner alone (0600)
//   3. the environment
// Names: TELEGRAM_BOT_TOKEN_LIQUIDATION / _FUNDING / _VOLUME, TELEGRAM_CHAT_ID, TELEGRAM_OPERATOR_CHAT_ID, ADMIN_IDS.
// Older names are accepted with a warning.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/secret.hpp"
#include "common/config/environment.hpp"
#include "common/config/problem.hpp"

namespace config {

struct Secrets {
  base::Secret bot_token;               ///< empty: no Telegram, messages go to the terminal
  std::string chat_id;                  ///< "-1001234567890" or "@channel"; signals
  std::string operator_chat_id;         ///< heartbeats and alerts; the same as chat_id when not set
  std::vector<std::int64_t> admin_ids;  ///< Telegram user ids that may command; empty: nobody

  /// One line for each, with its origin and without its value where it is a secret: for `config` and `check`.
  std::vector<std::string> described;
};

struct SecretSources {
  std::string bot;  ///< "funding": which token is asked for
  Environment environment;
  std::filesystem::path credentials_dir;   ///< $CREDENTIALS_DIRECTORY; empty: none
  std::filesystem::path environment_file;  ///< empty: none; a named file must exist
};

struct LoadedSecrets {
  Secrets secrets;
  Problems problems;                  ///< any: the start must be refused. Never holds a value
  std::vector<std::string> warnings;  ///< old names, and what to write instead
};

[[nodiscard]] LoadedSecrets load_secrets(const SecretSources& sources);

}  // namespace config
