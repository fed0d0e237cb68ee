// What each Bot API method does.
#include <algorithm>

#include "tests/sandbox/telegram.hpp"
#include "tests/sandbox/telegram_replies.hpp"
#include "tests/sandbox/text.hpp"

namespace sandbox {
using namespace telegram_reply;

namespace {

constexpr std::size_t text_most = 4096;
constexpr std::size_t caption_most = 1024;
constexpr std::size_t photo_bytes_most = 10U * 1024 * 1024;
constexpr std::uint32_t photo_sides_most = 10'000;  ///< together
constexpr std::uint32_t photo_ratio_most = 20;
constexpr Ms poll_most = 50;

bool valid_command(const Json& item) {
  if (!item.is_object()) return false;
  const auto name = item.value("command", "");
  const auto words = item.value("description", "");
  const bool letters =
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  return !name.empty() && name.size() <= 32 && letters && !words.empty() && words.size() <= 256;
}

}  // namespace

const std::map<std::string, Telegram::Method>& Telegram::methods() {
  static const std::map<std::string, Method> all{{"getme", &Telegram::get_me},
                                                 {"sendmessage", &Telegram::send_message},
                                                 {"editmessagetext", &Telegram::edit_text},
                                                 {"editmessagereplymarkup", &Telegram::edit_markup},
                                                 {"deletemessage", &Telegram::delete_message},
                                                 {"sendphoto", &Telegram::send_photo},
                                                 {"getupdates", &Telegram::get_updates},
                                                 {"deletewebhook", &Telegram::delete_webhook},
                                                 {"getwebhookinfo", &Telegram::get_webhook_info},
                                                 {"setmycommands", &Telegram::set_my_commands},
                                                 {"getmycommands", &Telegram::get_my_commands},
                                                 {"answercallbackquery", &Telegram::answer_callback},
                                                 {"pinchatmessage", &Telegram::pin_message},
                                                 {"sendchataction", &Telegram::send_chat_action},
                                                 {"getchat", &Telegram::get_chat}};
  return all;
}

Response Telegram::get_me(Call& call) {
  return ok(Json{{"id", call.bot.id},
                 {"is_bot", true},
                 {"first_name", call.bot.name},
                 {"username", call.bot.username},
                 {"can_join_groups", true},
                 {"can_read_all_group_messages", false},
                 {"supports_inline_queries", false}});
}

Response Telegram::deliver(Call& call, std::optional<ImageSize> photo) {
  const auto id = text_param(call.params, "chat_id");
  if (id.empty()) return bad("chat_id is empty");
  const auto checked = check_text(call, photo ? "caption" : "text", photo ? caption_most : text_most);
  if (checked.refused) return *checked.refused;
  auto* chat = chat_of(id);
  if (chat == nullptr) return bad("chat not found");
  if (auto refused = check_place(call, *chat)) return *refused;
  if (auto refused = check_markup(call)) return *refused;
  if (auto refused = flood(call, *chat)) return *refused;
  const auto number = chat->next_message++;
  auto& message = messages_[{chat->id, number}];
  message.bot = call.index;
  message.visible = checked.parsed.visible;
  message.entities = checked.parsed.entities;
  message.markup = text_param(call.params, "reply_markup");
  message.photo = photo;
  record(call, *chat, number, photo ? "photo" : "send", checked);
  return ok(message_json(call.bot, *chat, number, message, call.now));
}

Response Telegram::send_message(Call& call) { return deliver(call); }

Response Telegram::send_photo(Call& call) {
  const auto file = call.files.find("photo");
  if (file == call.files.end()) {
    // A picture that Telegram has, or fetches.
    if (text_param(call.params, "photo").empty()) return bad("there is no photo in the request");
    return deliver(call, ImageSize{1, 1});
  }
  if (file->second.empty()) return bad("file must be non-empty");
  if (file->second.size() > photo_bytes_most) return fail(413, "Request Entity Too Large");
  const auto size = png_size(file->second);  // the house sends nothing else
  if (!size) return bad("IMAGE_PROCESS_FAILED");
  const auto [less, more] = std::minmax({size->width, size->height});
  if (size->width + size->height > photo_sides_most || more > less * photo_ratio_most)
    return bad("PHOTO_INVALID_DIMENSIONS");
  return deliver(call, size);
}

Response Telegram::edit(Call& call, bool keep_text) {
  auto* chat = chat_of(text_param(call.params, "chat_id"));
  if (chat == nullptr) return bad("chat not found");
  std::int64_t id = 0;
  auto* message = message_of(call, *chat, id);
  if (id == 0) return bad("message identifier is not specified");
  if (message == nullptr) return bad("message to edit not found");
  if (message->bot != call.index) return bad("message can't be edited");
  Checked checked;
  checked.parsed.visible = message->visible;
  checked.parsed.entities = message->entities;
  if (!keep_text) checked = check_text(call, "text", text_most);
  if (checked.refused) return *checked.refused;
  if (message->photo && !keep_text) return bad("there is no text in the message to edit");
  if (auto refused = check_markup(call)) return *refused;
  const auto markup = text_param(call.params, "reply_markup");
  if (message->visible == checked.parsed.visible && message->entities == checked.parsed.entities &&
      message->markup == markup) {
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content "
        "and reply markup of the message");
  }
  if (auto refused = flood(call, *chat)) return *refused;
  message->visible = checked.parsed.visible;
  message->entities = checked.parsed.entities;
  message->markup = markup;
  record(call, *chat, id, "edit", checked);
  return ok(message_json(call.bot, *chat, id, *message, call.now));
}

Response Telegram::edit_text(Call& call) { return edit(call, false); }

Response Telegram::edit_markup(Call& call) { return edit(call, true); }

Response Telegram::delete_message(Call& call) {
  const auto* chat = chat_of(text_param(call.params, "chat_id"));
  if (chat == nullptr) return bad("chat not found");
  std::int64_t id = 0;
  if (message_of(call, *chat, id) == nullptr) return bad("message to delete not found");
  messages_.erase({chat->id, id});
  record(call, *chat, id, "delete", Checked{});
  return ok(true);
}

Response Telegram::pin_message(Call& call) {
  const auto* chat = chat_of(text_param(call.params, "chat_id"));
  if (chat == nullptr) return bad("chat not found");
  std::int64_t id = 0;
  if (message_of(call, *chat, id) == nullptr) return bad("message to pin not found");
  record(call, *chat, id, "pin", Checked{});
  return ok(true);
}

Response Telegram::get_updates(Call& call) {
  auto& bot = call.bot;
  const auto offset = int_param(call.params, "offset", 0);
  const auto limit = static_cast<std::size_t>(std::clamp<Ms>(int_param(call.params, "limit", 100), 1, 100));
  const auto timeout = std::clamp<Ms>(int_param(call.params, "timeout", 0), 0, poll_most);
  if (offset > 0) {
    std::erase_if(bot.updates, [&](const Json& update) { return update.value("update_id", 0LL) < offset; });
  } else if (offset < 0) {
    while (bot.updates.size() > static_cast<std::size_t>(-offset)) bot.updates.pop_front();
  }
  const auto mine = ++bot.poll;
  const auto look = [&bot, limit, mine](bool last) -> std::optional<Response> {
    if (bot.poll != mine) {
      return fail(409,
                  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running");
    }
    if (bot.updates.empty() && !last) return std::nullopt;
    Json out = Json::array();
    for (const auto& update : bot.updates) {
      if (out.size() < limit) out.push_back(update);
    }
    return ok(out);
  };
  if (const auto now = look(timeout == 0)) return *now;
  Response waiting;
  waiting.again_until = call.now + timeout * second;
  waiting.again = [look, until = waiting.again_until](Ms now) { return look(now >= until); };
  return waiting;
}

Response Telegram::delete_webhook(Call& call) {
  if (text_param(call.params, "drop_pending_updates") == "true") call.bot.updates.clear();
  return ok(true);
}

Response Telegram::get_webhook_info(Call& call) {
  return ok(Json{{"url", ""}, {"has_custom_certificate", false}, {"pending_update_count", call.bot.updates.size()}});
}

Response Telegram::set_my_commands(Call& call) {
  const auto commands = Json::parse(text_param(call.params, "commands"), nullptr, false);
  if (!commands.is_array()) return bad("can't parse commands JSON array");
  if (commands.size() > 100) return bad("BOT_COMMANDS_TOO_MUCH");
  if (!std::ranges::all_of(commands, valid_command)) return bad("BOT_COMMAND_INVALID");
  call.bot.commands = commands;
  return ok(true);
}

Response Telegram::get_my_commands(Call& call) { return ok(call.bot.commands); }

Response Telegram::answer_callback(Call& call) {
  const auto id = text_param(call.params, "callback_query_id");
  if (call.bot.callbacks.erase(id) == 0) {
    return bad("query is too old and response timeout expired or query ID is invalid");
  }
  return ok(true);
}

Response Telegram::send_chat_action(Call& call) {
  if (chat_of(text_param(call.params, "chat_id")) == nullptr) return bad("chat not found");
  if (text_param(call.params, "action").empty()) return bad("wrong parameter action in request");
  return ok(true);
}

Response Telegram::get_chat(Call& call) {
  const auto* chat = chat_of(text_param(call.params, "chat_id"));
  if (chat == nullptr) return bad("chat not found");
  return ok(message_json(call.bot, *chat, 0, Message{}, call.now).at("chat"));
}

Json Telegram::inject(const Json& wish, Ms now) {
  const auto index = wish.value("bot", std::size_t{0});
  if (index >= bots_.size()) return Json{{"error", "no such bot"}};
  auto& bot = bots_[index];
  const Ms chat = wish.value("chat", Ms{1});
  const auto user = wish.value("from", chat > 0 ? chat : Ms{1});
  const Json from{
      {"id", user}, {"is_bot", false}, {"first_name", "Operator"}, {"username", wish.value("username", "operator")}};
  const Json where{{"id", chat}, {"type", chat > 0 ? "private" : "supergroup"}, {"title", "sandbox"}};
  Json update = wish.value("update", Json::object());
  const auto number = bot.next_update++;
  update["update_id"] = number;
  if (wish.contains("callback")) {
    const auto id = std::to_string(next_callback_++);
    bot.callbacks.insert(id);
    const Json message{
        {"message_id", wish.value("message_id", 1)}, {"date", now / 1000}, {"chat", where}, {"text", "?"}};
    update["callback_query"] =
        Json{{"id", id}, {"from", from}, {"message", message}, {"chat_instance", "1"}, {"data", wish["callback"]}};
  } else if (wish.contains("text")) {
    auto& book = chats_[chat];
    if (book.id == 0) book.id = chat, book.title = chat > 0 ? "you" : "chat " + std::to_string(chat);
    const auto text = wish["text"].get<std::string>();
    Json message{
        {"message_id", book.next_message++}, {"from", from}, {"chat", where}, {"date", now / 1000}, {"text", text}};
    if (text.starts_with("/")) {
      message["entities"] = Json::array(
          {Json{{"type", "bot_command"}, {"offset", 0}, {"length", text.substr(0, text.find(' ')).size()}}});
    }
    update["message"] = message;
  }
  bot.updates.push_back(std::move(update));
  return Json{{"update_id", number}};
}

}  // namespace sandbox
