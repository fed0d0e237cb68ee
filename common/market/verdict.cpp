#include "common/market/verdict.hpp"

namespace market {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::transient: return "transient";
    case Outcome::malformed: return "malformed";
    case Outcome::soft_limit: return "rate limited";
    case Outcome::banned: return "banned";
    case Outcome::blocked: return "blocked";
    case Outcome::bad_symbol: return "bad symbol";
    case Outcome::bad_request: return "bad request";
    case Outcome::unauthorised: return "unauthorised";
  }
  return "?";
}

base::ErrorKind error_kind(Outcome outcome) {
  using base::ErrorKind;
  switch (outcome) {
    case Outcome::ok: return ErrorKind::internal;
    case Outcome::transient: return ErrorKind::server;
    case Outcome::malformed: return ErrorKind::bad_data;
    case Outcome::soft_limit: return ErrorKind::rate_limited;
    case Outcome::banned: return ErrorKind::banned;
    case Outcome::blocked: return ErrorKind::permission;
    case Outcome::bad_symbol: return ErrorKind::not_found;
    case Outcome::bad_request: return ErrorKind::internal;
    case Outcome::unauthorised: return ErrorKind::permission;
  }
  return ErrorKind::internal;
}

}  // namespace market
