#include "common/store/sqlite_error.hpp"

#include <algorithm>
#include <string_view>

#include <sqlite3.h>

namespace store {

namespace {

std::string_view remedy_for(int code) {
  switch (code) {
    case SQLITE_FULL: return "free space on the disk; writing goes on by itself then";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds the file; look for a hanging bot or an open sqlite3 shell";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return "give the bot's user write access to the file and its folder";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "restart the bot: it sets the damaged file aside and goes on with a fresh one";
    case SQLITE_IOERR: return "check the disk (dmesg) and restart the bot";
    default: return {};
  }
}

}  // namespace

bool is_unreadable(const SQLite::Exception& failure) {
  return failure.getErrorCode() == SQLITE_CORRUPT || failure.getErrorCode() == SQLITE_NOTADB;
}

bool is_fsync_failure(const SQLite::Exception& failure) {
  const int code = failure.getExtendedErrorCode();
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

base::Error storage_error(const std::string& place, const SQLite::Exception& failure) {
  std::string cause = failure.what();
  std::replace(cause.begin(), cause.end(), '\n', ' ');
  return base::Error(base::ErrorKind::storage, place, std::move(cause),
                     std::string(remedy_for(failure.getErrorCode() & 0xFF)));
}

}  // namespace store
