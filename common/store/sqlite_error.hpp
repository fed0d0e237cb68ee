// Words and classes for what SQLite reports. Included by sources of this room only.
#pragma once
#include <string>

#include <SQLiteCpp/Exception.h>

#include "common/base/error.hpp"

namespace store {

/// By result code, never by text: is the file itself not a sound database?
[[nodiscard]] bool is_unreadable(const SQLite::Exception& failure);
/// After a failed fsync nothing is known about what reached the disk (CR-4).
[[nodiscard]] bool is_fsync_failure(const SQLite::Exception& failure);
[[nodiscard]] base::Error storage_error(const std::string& place, const SQLite::Exception& failure);

}  // namespace store
