#include "common/telegram/api.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "common/base/utf8.hpp"
#include "common/guard/retry_after.hpp"

namespace telegram {
using nlohmann::json;

namespace {

constexpr std::size_t answer_bytes_max = 1U << 20U;
constexpr std::size_t text_bytes_max = 200;

net::Request request_for(const Account& account, const std::string& method) {
  std::string url = account.base_url;
  while (url.ends_with('/')) url.pop_back();
  net::Request request(url + "/bot" + account.token.reveal() + "/" + method, "telegram " + method);
  request.method = "POST";
  request.proxy = account.proxy;
  request.connect_timeout = account.connect_timeout;
  request.total_timeout = account.send_timeout;
  request.low_speed_timeout = account.send_timeout;
  request.body_max = answer_bytes_max;
  request.redirects_max = 0;  // a redirect would carry the token on
  return request;
}

void set_body(net::Request& request, const json& body) {
  request.content_type = "application/json";
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
}

json chat_value(const std::string& chat) {
  std::int64_t id = 0;
  const auto parsed = std::from_chars(chat.data(), chat.data() + chat.size(), id);
  if (parsed.ec == std::errc{} && parsed.ptr == chat.data() + chat.size()) return json(id);
  return json(chat);
}

json common_body(const Message& message) {
  json body = {{"chat_id", chat_value(message.chat)}, {"text", message.text}};
  body["link_preview_options"] = {{"is_disabled", true}};
  if (message.html) body["parse_mode"] = "HTML";
  return body;
}

json reply_parameters(std::int64_t to) { return {{"message_id", to}, {"allow_sending_without_reply", true}}; }

std::string short_line(std::string_view any) {
  std::string out = base::clean_utf8(any.substr(0, text_bytes_max));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::optional<std::int64_t> integer_at(const json& object, const char* name) {
  const auto at = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || at == object.end() || !at->is_number_integer()) return std::nullopt;
  return at->get<std::int64_t>();
}

std::string string_at(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

/// The Bot API tells these apart by words alone: every one is a 400 without parameters. Compared in lower case, as
/// found in the open server's sources; a changed wording falls back to `other`, which loses no more than one message.
Outcome outcome_of_words(std::string description) {
  std::transform(description.begin(), description.end(), description.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); });
  struct Words {
    std::string_view part;
    Outcome outcome;
  };
  static constexpr std::array<Words, 13> known{{{"can't parse entities", Outcome::bad_html},
                                                {"message is not modified", Outcome::not_modified},
                                                {"message thread not found", Outcome::thread_not_found},
                                                {"message to edit not found", Outcome::target_gone},
                                                {"message can't be edited", Outcome::target_gone},
                                                {"message is too long", Outcome::too_long},
                                                {"text is too long", Outcome::too_long},
                                                {"chat not found", Outcome::chat_gone},
                                                {"not enough rights", Outcome::chat_gone},
                                                {"have no rights", Outcome::chat_gone},
                                                {"need administrator rights", Outcome::chat_gone},
                                                {"chat_write_forbidden", Outcome::chat_gone},
                                                {"group chat was deactivated", Outcome::chat_gone}}};
  for (const auto& words : known) {
    if (description.find(words.part) != std::string::npos) return words.outcome;
  }
  return Outcome::other;
}

Outcome outcome_of_code(std::int64_t code, const std::string& description) {
  if (code == 429) return Outcome::flood;
  if (code == 401 || code == 404) return Outcome::unauthorised;
  if (code == 403) return Outcome::chat_gone;
  if (code == 413) return Outcome::too_long;
  if (code == 421 || code >= 500) return Outcome::server;
  return code == 400 ? outcome_of_words(description) : Outcome::other;
}

/// Not the Bot API's own words: a proxy, a front end that lost its server, an emulator. A status below 500 but 2xx
/// refused the request; after anything else nobody knows.
Answer foreign_answer(const net::Response& response) {
  Answer answer;
  answer.outcome = Outcome::server;
  answer.maybe_delivered = response.status < 300 || response.status >= 500;
  answer.text = "HTTP " + std::to_string(response.status) + " with a body that is no Bot API answer";
  return answer;
}

base::Millis retry_after_of(const json& parameters, const net::Response& response, base::WallTime now) {
  static constexpr base::Millis unsaid{5'000};
  static constexpr std::int64_t absurd_s = 10'000'000;  // keeps the multiplication small; server_wait() clamps
  if (const auto seconds = integer_at(parameters, "retry_after"))
    return std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, absurd_s));
  return guard::parse_retry_after(net::header(response, "retry-after"), now).value_or(unsaid);
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::flood: return "flood";
    case Outcome::migrate: return "migrate";
    case Outcome::chat_gone: return "chat_gone";
    case Outcome::unauthorised: return "unauthorised";
    case Outcome::bad_html: return "bad_html";
    case Outcome::not_modified: return "not_modified";
    case Outcome::target_gone: return "target_gone";
    case Outcome::thread_not_found: return "thread_not_found";
    case Outcome::too_long: return "too_long";
    case Outcome::server: return "server";
    case Outcome::network: return "network";
    case Outcome::not_drawn: return "not_drawn";
    case Outcome::other: return "other";
  }
  return "other";
}

base::Result<void> check_account(const Account& account) {
  const auto url = net::parse_url(account.base_url);
  const bool safe = url && (url->scheme == "https" || (url->scheme == "http" && net::is_loopback(url->host)));
  if (!safe) {
    return base::Error(base::ErrorKind::config, "telegram base_url", "it is neither https nor http on loopback",
                       "use https://api.telegram.org or a server of your own on this machine");
  }
  const auto& token = account.token.reveal();
  const bool plain = std::all_of(token.begin(), token.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' || c == '_' ||
           c == '-';
  });
  if (token.empty() || !plain) {
    return base::Error(base::ErrorKind::config, "telegram token", "it is not of the form 123456:ABC-def",
                       "copy it again from @BotFather");
  }
  return {};
}

net::Request get_me(const Account& account) { return request_for(account, "getMe"); }

net::Request send_message(const Account& account, const Message& message) {
  json body = common_body(message);
  if (message.thread) body["message_thread_id"] = *message.thread;
  if (message.silent) body["disable_notification"] = true;
  if (message.reply_to) body["reply_parameters"] = reply_parameters(*message.reply_to);
  auto request = request_for(account, "sendMessage");
  set_body(request, body);
  return request;
}

net::Request send_photo(const Account& account, const Message& message, const std::string& png) {
  std::string boundary = "perpwatch-picture";
  while (png.find(boundary) != std::string::npos || message.text.find(boundary) != std::string::npos) boundary += "-";
  const std::string opening = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"";
  auto request = request_for(account, "sendPhoto");
  request.content_type = "multipart/form-data; boundary=" + boundary;
  const auto field = [&](const std::string& name, const std::string& value) {
    request.body += opening + name + "\"\r\n\r\n" + value + "\r\n";
  };
  field("chat_id", message.chat);
  if (!message.text.empty()) field("caption", message.text);
  if (message.html) field("parse_mode", "HTML");
  if (message.thread) field("message_thread_id", std::to_string(*message.thread));
  if (message.silent) field("disable_notification", "true");
  if (message.reply_to) field("reply_parameters", reply_parameters(*message.reply_to).dump());
  request.body += opening + "photo\"; filename=\"chart.png\"\r\nContent-Type: image/png\r\n\r\n";
  request.body += png;
  request.body += "\r\n--" + boundary + "--\r\n";
  return request;
}

net::Request edit_message(const Account& account, const Message& message, std::int64_t message_id) {
  json body = common_body(message);
  body["message_id"] = message_id;
  auto request = request_for(account, "editMessageText");
  set_body(request, body);
  return request;
}

Answer decode_answer(const net::Response& response, base::WallTime now) {
  const json body = json::parse(response.body, nullptr, false);
  const auto ok = body.is_object() ? body.find("ok") : body.end();
  if (!body.is_object() || ok == body.end() || !ok->is_boolean()) return foreign_answer(response);
  Answer answer;
  if (ok->get<bool>()) {
    const auto result = body.find("result");
    if (result != body.end()) answer.message_id = integer_at(*result, "message_id");
    return answer;
  }
  // error_code counts, not the status: an emulator answers refusals with 200.
  const auto code = integer_at(body, "error_code").value_or(response.status);
  const std::string description = string_at(body, "description");
  answer.outcome = outcome_of_code(code, description);
  answer.text = short_line(std::to_string(code) + " " + description);
  const auto parameters = body.value("parameters", json::object());
  if (answer.outcome == Outcome::flood) answer.retry_after = retry_after_of(parameters, response, now);
  if (const auto moved = integer_at(parameters, "migrate_to_chat_id"); moved && code == 400) {
    answer.outcome = Outcome::migrate;
    answer.new_chat = std::to_string(*moved);
  }
  return answer;
}

Answer answer_of(const base::Error& error) {
  Answer answer;
  answer.outcome = Outcome::network;
  answer.maybe_delivered = error.delivery != base::Delivery::not_sent;
  answer.text = short_line(error.text());
  return answer;
}

base::Result<Identity> decode_identity(const net::Response& response, base::WallTime now) {
  const Answer answer = decode_answer(response, now);
  const std::string place = "telegram getMe";
  if (answer.outcome == Outcome::unauthorised)
    return base::Error(base::ErrorKind::permission, place, answer.text, "check the bot's token");
  if (answer.outcome == Outcome::flood) {
    base::Error error(base::ErrorKind::rate_limited, place, answer.text);
    error.retry_after = answer.retry_after;
    return error;
  }
  if (answer.outcome == Outcome::server) return base::Error(base::ErrorKind::server, place, answer.text);
  if (answer.outcome != Outcome::ok) return base::Error(base::ErrorKind::bad_data, place, answer.text);
  const json body = json::parse(response.body, nullptr, false);
  const json result = body.value("result", json());
  Identity identity;
  identity.id = integer_at(result, "id").value_or(0);
  identity.username = short_line(string_at(result, "username"));
  if (identity.id == 0) return base::Error(base::ErrorKind::bad_data, place, "the answer has no id");
  return identity;
}

}  // namespace telegram
