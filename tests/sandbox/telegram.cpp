// Calls come in here: token, method, parameters, planned faults, limits and the checks that every method shares.
#include "tests/sandbox/telegram.hpp"

#include <algorithm>

#include "common/base/utf8.hpp"
#include "tests/sandbox/telegram_replies.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {
using namespace telegram_reply;

namespace {

constexpr std::size_t raw_text_most = 32'768;

bool well_formed_token(const std::string& token) {
  const auto colon = token.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == token.size()) return false;
  return std::all_of(token.begin(), token.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return c >= '0' && c <= '9'; });
}

std::string kind_of(Ms chat) {
  if (chat > 0) return "private";
  return chat < -1'000'000'000'000 ? "channel" : "group";
}

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

Params parameters_of(const Request& request, bool& readable, Params& files) {
  Params out = request.query;
  readable = true;
  const auto type = text_param(request.headers, "content-type");
  Params more;
  if (type.starts_with("application/json")) {
    const auto body = Json::parse(request.body, nullptr, false);
    readable = request.body.empty() || body.is_object();
    if (!body.is_object()) return out;
    for (const auto& [name, value] : body.items()) {
      if (!value.is_null()) more[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  } else if (type.starts_with("multipart/form-data")) {
    auto form = parse_multipart(request.body, type);
    more = std::move(form.fields);
    files = std::move(form.files);
  } else if (!request.body.empty()) {
    more = parse_form(request.body);
  }
  for (auto& [name, value] : more) out[name] = std::move(value);
  return out;
}

}  // namespace

void Telegram::add_bot(const std::string& token, const std::string& name) {
  Bot bot;
  bot.token = token;
  bot.name = name;
  bot.username = name + "_bot";
  std::ranges::replace(bot.username, ' ', '_');
  bot.flood = Flood(flood_policy_);
  bot.id = 700'000 + static_cast<std::int64_t>(bots_.size());
  bots_.push_back(std::move(bot));
}

void Telegram::set_flood(FloodPolicy policy) {
  flood_policy_ = policy;
  for (auto& bot : bots_) bot.flood = Flood(policy);
}

void Telegram::add_chat(Ms id, const std::string& title, std::set<std::int64_t> threads) {
  closed_list_ = true;
  auto& chat = chats_[id];
  chat.id = id;
  chat.title = title;
  chat.threads = std::move(threads);
}

std::string Telegram::label(const std::string& path) const {
  const auto parts = split(path, '/');
  if (parts.size() < 3 || !parts[2].starts_with("bot")) return "/telegram/?";
  std::string who = "bot?";
  for (std::size_t i = 0; i < bots_.size(); ++i) {
    if (parts[2].substr(3) == bots_[i].token) who = "bot" + std::to_string(i);
  }
  return "/telegram/" + who + "/" + lower(parts.back());
}

Telegram::Bot* Telegram::bot_of(const std::string& path, int& index, int& error) {
  const auto parts = split(path, '/');  // "", "telegram", "bot…", ["test",] method
  error = 404;
  const bool test_segment = parts.size() == 5 && parts[3] == "test";
  if ((parts.size() != 4 && !test_segment) || !parts[2].starts_with("bot")) return nullptr;
  const auto token = parts[2].substr(3);
  for (std::size_t i = 0; i < bots_.size(); ++i) {
    if (bots_[i].token != token) continue;
    index = static_cast<int>(i);
    return &bots_[i];
  }
  if (well_formed_token(token)) error = 401;
  return nullptr;
}

Response Telegram::http(const Request& request, Ms now) {
  int index = 0;
  int error = 0;
  auto* bot = bot_of(request.path, index, error);
  if (bot == nullptr) return fail(error, error == 401 ? "Unauthorized" : "Not Found");
  if (request.method != "GET" && request.method != "POST") return fail(405, "Method Not Allowed");
  const auto name = lower(split(request.path, '/').back());
  ++bot->calls[name];
  const auto method = methods().find(name);
  if (method == methods().end()) return fail(404, "Not Found: method not found");
  if (request.body.size() > 50U * 1024 * 1024) return fail(413, "Request Entity Too Large");
  bool readable = false;
  Call call{*bot, index, {}, {}, now};
  call.params = parameters_of(request, readable, call.files);
  if (!readable) return bad("can't parse JSON object");
  for (const auto& [key, value] : call.params) {
    if (!valid_utf8(value)) return bad("strings must be encoded in UTF-8");
  }
  if (auto planned = planned_fault(request, call)) return *planned;
  return (this->*method->second)(call);
}

std::optional<Response> Telegram::planned_fault(const Request& request, Call& call) {
  const auto* fault =
      faults_.fire(request.label, request.host, {"flood", "migrate", "forbidden", "conflict", "restart"}, call.now);
  if (fault == nullptr) return std::nullopt;
  const auto chat = int_param(call.params, "chat_id", 0);
  if (fault->kind == "flood") {
    const int seconds = fault->settings.value("retry_after", 5);
    call.bot.flood.block(chat, call.now + seconds * second);
    return too_many(seconds);
  }
  if (fault->kind == "migrate") {
    const Ms to = fault->settings.value("to_chat", Ms{-1'001'234'567'890});
    if (closed_list_ && !chats_.contains(to)) add_chat(to, "upgraded group", {});
    return fail(400, "Bad Request: group chat was upgraded to a supergroup chat", Json{{"migrate_to_chat_id", to}});
  }
  if (fault->kind == "forbidden") {
    return fail(403, fault->settings.value("description", "Forbidden: bot was blocked by the user"));
  }
  if (fault->kind == "conflict") {
    return fail(409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running");
  }
  return fail(500, "Internal Server Error: restart");
}

Telegram::Chat* Telegram::chat_of(const std::string& id) {
  const auto number = int_param(Params{{"id", id}}, "id", 0);
  if (number == 0) return nullptr;
  const auto found = chats_.find(number);
  if (found != chats_.end()) return &found->second;
  if (closed_list_) return nullptr;
  auto& chat = chats_[number];
  chat.id = number;
  chat.title = number > 0 ? "you" : "chat " + std::to_string(number);
  return &chat;
}

std::optional<Response> Telegram::flood(Call& call, const Chat& chat) {
  const int wait = call.bot.flood.admit(chat.id, call.now);
  if (wait == 0) return std::nullopt;
  return too_many(wait);
}

Telegram::Checked Telegram::check_text(const Call& call, const std::string& field, std::size_t most) const {
  Checked out;
  out.html = text_param(call.params, field);
  const bool caption = field == "caption";
  if (out.html.size() > raw_text_most) {
    out.refused = bad("text is too long");
    return out;
  }
  const auto mode = lower(text_param(call.params, "parse_mode"));
  if (mode == "html") {
    out.parsed = parse_html(out.html);
  } else if (mode.empty()) {
    out.parsed.visible = out.html;
  } else {
    out.refused = bad("unsupported parse_mode");  // the house speaks HTML alone
    return out;
  }
  if (!out.parsed.error.empty()) {
    out.refused = bad("can't parse entities: " + out.parsed.error);
  } else if (!caption && trimmed(out.parsed.visible).empty()) {
    out.refused = bad("message text is empty");
  } else if (base::utf16_units(out.parsed.visible) > most) {
    out.refused = bad(caption ? "message caption is too long" : "message is too long");
  }
  return out;
}

std::optional<Response> Telegram::check_markup(const Call& call) const {
  const auto text = text_param(call.params, "reply_markup");
  if (text.empty()) return std::nullopt;
  const auto markup = Json::parse(text, nullptr, false);
  if (!markup.is_object()) return bad("can't parse reply keyboard markup JSON object");
  for (const auto& row : markup.value("inline_keyboard", Json::array())) {
    if (!row.is_array())
      return bad("field \"inline_keyboard\" of the InlineKeyboardMarkup should be an Array of Arrays");
    for (const auto& button : row) {
      if (!button.is_object() || button.value("text", "").empty()) return bad("can't parse inline keyboard button");
      const auto data = button.value("callback_data", "");
      if (button.contains("callback_data") && (data.empty() || data.size() > 64)) return bad("BUTTON_DATA_INVALID");
      if (!button.contains("callback_data") && !button.contains("url")) {
        return bad("Text buttons are unallowed in the inline keyboard");
      }
    }
  }
  return std::nullopt;
}

std::optional<Response> Telegram::check_place(const Call& call, const Chat& chat) const {
  const auto thread = int_param(call.params, "message_thread_id", 0);
  if (thread != 0 && !chat.threads.contains(thread)) return bad("message thread not found");
  auto reply_to = int_param(call.params, "reply_to_message_id", 0);
  const auto reply = Json::parse(text_param(call.params, "reply_parameters", "{}"), nullptr, false);
  if (!reply.is_object()) return bad("can't parse reply parameters JSON object");
  reply_to = reply.value("message_id", reply_to);
  const bool lenient = reply.value("allow_sending_without_reply", false) ||
                       text_param(call.params, "allow_sending_without_reply") == "true";
  if (reply_to != 0 && !lenient && !messages_.contains({chat.id, reply_to}))
    return bad("message to be replied not found");
  return std::nullopt;
}

Telegram::Message* Telegram::message_of(const Call& call, const Chat& chat, std::int64_t& id) {
  id = int_param(call.params, "message_id", 0);
  const auto found = messages_.find({chat.id, id});
  return found == messages_.end() ? nullptr : &found->second;
}

Json Telegram::message_json(const Bot& bot, const Chat& chat, std::int64_t id, const Message& message, Ms now) const {
  Json where{{"id", chat.id}, {"type", kind_of(chat.id)}};
  where[chat.id > 0 ? "first_name" : "title"] = chat.title;
  Json out{{"message_id", id}, {"date", now / 1000}, {"chat", where}};
  const Json from{{"id", bot.id}, {"is_bot", true}, {"first_name", bot.name}, {"username", bot.username}};
  out[kind_of(chat.id) == "channel" ? "sender_chat" : "from"] = kind_of(chat.id) == "channel" ? where : from;
  if (message.photo) {
    out["photo"] = Json::array({Json{{"file_id", "photo-" + std::to_string(id)},
                                     {"file_unique_id", std::to_string(id)},
                                     {"width", message.photo->width},
                                     {"height", message.photo->height}}});
  }
  if (!message.visible.empty()) out[message.photo ? "caption" : "text"] = message.visible;
  Json entities = Json::array();
  for (const auto& entity : message.entities) {
    Json item{{"type", entity.type}, {"offset", entity.offset}, {"length", entity.length}};
    if (entity.type == "text_link") item["url"] = entity.argument;
    entities.push_back(std::move(item));
  }
  if (!entities.empty()) out[message.photo ? "caption_entities" : "entities"] = entities;
  return out;
}

void Telegram::record(const Call& call, const Chat& chat, std::int64_t id, const std::string& action,
                      const Checked& checked) {
  Delivery out;
  out.time = call.now;
  out.bot = call.index;
  out.bot_name = call.bot.name;
  out.chat = chat.id;
  out.chat_kind = kind_of(chat.id);
  out.chat_title = chat.title;
  out.action = action;
  out.message_id = id;
  out.thread = int_param(call.params, "message_thread_id", 0);
  const auto reply = Json::parse(text_param(call.params, "reply_parameters", "{}"), nullptr, false);
  out.reply_to = reply.is_object() ? reply.value("message_id", int_param(call.params, "reply_to_message_id", 0)) : 0;
  out.silent = text_param(call.params, "disable_notification") == "true";
  if (action == "photo") out.photo = text_param(call.files, "photo");
  out.html = checked.html;
  out.text = checked.parsed.visible;
  const auto markup = text_param(call.params, "reply_markup");
  if (!markup.empty()) out.markup = Json::parse(markup, nullptr, false);
  log_.add(std::move(out));
}

Json Telegram::stats() const {
  Json out = Json::array();
  for (const auto& bot : bots_) {
    out.push_back(Json{{"name", bot.name},
                       {"calls", bot.calls},
                       {"flood_refused", bot.flood.refused()},
                       {"ignored_waits", bot.flood.ignored_waits()},
                       {"pending_updates", bot.updates.size()}});
  }
  return out;
}

}  // namespace sandbox
