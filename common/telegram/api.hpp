// Requests and answers of the Bot API as plain values: what to ask, and what a reply means. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "common/net/http.hpp"

namespace telegram {

/// One bot at one server. The token goes into Request::url and nowhere else (TG-16).
struct Account {
  std::string base_url{"https://api.telegram.org"};  ///< or a local server; http on loopback only (TG-15)
  base::Secret token;
  std::string proxy;
  base::Millis connect_timeout{10'000};  ///< TG-7
  base::Millis send_timeout{20'000};
};
/// Error (config): a base URL that must not carry a token, or a token that is none.
[[nodiscard]] base::Result<void> check_account(const Account& account);

/// One message as it goes out: at most 4096 UTF-16 units of visible text, 32768 bytes.
struct Message {
  Message(std::string to_chat, std::string said) : chat(std::move(to_chat)), text(std::move(said)) {}
  std::string chat;                    ///< "-1001234", "@channel"
  std::optional<std::int64_t> thread;  ///< forum topic
  std::string text;
  bool html{true};
  bool silent{};
  std::optional<std::int64_t> reply_to;
};

[[nodiscard]] net::Request get_me(const Account& account);
[[nodiscard]] net::Request send_message(const Account& account, const Message& message);
/// Thread, silence and reply of `message` do not apply to an edit.
/// `message.text` is the caption: at most 1024 UTF-16 units.
[[nodiscard]] net::Request send_photo(const Account& account, const Message& message, const std::string& png);
[[nodiscard]] net::Request edit_message(const Account& account, const Message& message, std::int64_t message_id);

/// What came of a request. Decided by error_code and parameters; by the description where the API gives nothing else:
/// those words are listed once, in api.cpp.
enum class Outcome : std::uint8_t {
  ok,
  flood,             ///< 429: wait retry_after
  migrate,           ///< the group has a new id: new_chat
  chat_gone,         ///< 403, "chat not found", no right to write there
  unauthorised,      ///< 401, 404: the token is not valid
  bad_html,          ///< 400 can't parse entities
  not_modified,      ///< an edit that changes nothing: as good as done
  target_gone,       ///< the message to be edited is not there any more
  thread_not_found,  ///< the forum topic is closed or gone
  too_long,          ///< 413, or a 400 that says so
  server,            ///< 5xx, or an answer that is not the Bot API's
  network,           ///< no answer
  not_drawn,         ///< a picture that could not be made: nothing was asked
  other,             ///< any other refusal: repeating it changes nothing
};
[[nodiscard]] std::string_view to_string(Outcome outcome);

struct Answer {
  Outcome outcome{Outcome::ok};
  std::optional<std::int64_t> message_id;  ///< also missing when ok: some servers answer result:null
  base::Millis retry_after{};              ///< with flood; raw
  std::string new_chat;                    ///< with migrate
  bool maybe_delivered{};                  ///< the message may be out although this is a failure (CR-5)
  std::string text;                        ///< for a log line: clean, one line, short; empty when ok
};

[[nodiscard]] Answer decode_answer(const net::Response& response, base::WallTime now);
[[nodiscard]] Answer answer_of(const base::Error& error);

struct Identity {
  std::int64_t id{};
  std::string username;
};
/// Of getMe. Error: permission (401, 404: a wrong token), rate_limited, server, bad_data.
[[nodiscard]] base::Result<Identity> decode_identity(const net::Response& response, base::WallTime now);

}  // namespace telegram
