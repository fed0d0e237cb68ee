// The two shapes of every Bot API answer.
#pragma once
#include <string>

#include "tests/sandbox/types.hpp"

namespace sandbox::telegram_reply {

[[nodiscard]] inline Response ok(const Json& result) { return json_response(Json{{"ok", true}, {"result", result}}); }

[[nodiscard]] inline Response fail(int code, const std::string& description, const Json& parameters = nullptr) {
  Json body{{"ok", false}, {"error_code", code}, {"description", description}};
  if (!parameters.is_null()) body["parameters"] = parameters;
  auto out = json_response(body, code);
  if (parameters.is_object() && parameters.contains("retry_after")) {
    out.headers.emplace_back("Retry-After", parameters["retry_after"].dump());
  }
  return out;
}

[[nodiscard]] inline Response bad(const std::string& words) { return fail(400, "Bad Request: " + words); }

[[nodiscard]] inline Response too_many(int seconds) {
  return fail(429, "Too Many Requests: retry after " + std::to_string(seconds), Json{{"retry_after", seconds}});
}

}  // namespace sandbox::telegram_reply
