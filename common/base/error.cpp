#include "common/base/error.hpp"

#include <stdexcept>

#include "common/base/result.hpp"

namespace base {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::network: return "network";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::rate_limited: return "rate limit";
    case ErrorKind::banned: return "ban";
    case ErrorKind::permission: return "permission";
    case ErrorKind::not_found: return "not found";
    case ErrorKind::bad_data: return "bad data";
    case ErrorKind::server: return "server";
    case ErrorKind::refused: return "held back";
    case ErrorKind::storage: return "storage";
    case ErrorKind::config: return "config";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out = place;
  if (!out.empty() && !cause.empty()) out += ": ";
  out += cause;
  if (!remedy.empty()) out += "; " + remedy;
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(error.text() + " (unchecked at " + where.to_string() + ")");
}

}  // namespace base
