#include "common/app/stores.hpp"

namespace app {

namespace {

base::Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec)
    return base::Error(base::ErrorKind::storage, folder.string(), "the folder cannot be created: " + ec.message(),
                       "create it, or give another one with --state-dir");
  return {};
}

std::string note(const std::string& file, const std::string& set_aside) {
  return file + " could not be read and was set aside as " + set_aside + "; a fresh one was started";
}

}  // namespace

base::Result<Stores> open_stores(const std::filesystem::path& state_dir, const std::filesystem::path& shared_dir,
                                 std::string_view bot, base::WallTime now) {
  for (const auto& folder : {state_dir, shared_dir})
    if (auto made = make_folder(folder); !made) return made.error();
  auto instance = store::InstanceLock::acquire(state_dir, bot);
  if (!instance) return instance.error();
  auto suite = store::SuiteLock::acquire(shared_dir);
  if (!suite) return suite.error();
  const bool first_shared = !std::filesystem::exists(shared_dir / "shared.db");
  auto shared = store::open_shared(shared_dir, suite.value(), now);
  if (!shared) return shared.error();
  const bool first_bot = !std::filesystem::exists(state_dir / (std::string(bot) + ".db"));
  auto own = store::open_bot(state_dir, bot, now);
  if (!own) return own.error();
  Stores stores{std::move(instance.value()),
                std::move(suite.value()),
                std::move(shared.value().database),
                std::move(own.value().database),
                false,
                {}};
  if (const auto& aside = shared.value().set_aside) stores.notes.push_back(note("shared.db", *aside));
  if (const auto& aside = own.value().set_aside) stores.notes.push_back(note(std::string(bot) + ".db", *aside));
  // A ledger that vanished while this bot has a past may have held a ban.
  stores.shared_was_lost = shared.value().set_aside.has_value() || (first_shared && !first_bot);
  return stores;
}

}  // namespace app
