// A strict Telegram Bot API on loopback, written from RESILIENCE.md 3.1.
#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sandbox/chatlog.hpp"
#include "tests/sandbox/faults.hpp"
#include "tests/sandbox/flood.hpp"
#include "tests/sandbox/image.hpp"
#include "tests/sandbox/telegram_html.hpp"

namespace sandbox {

class Telegram {
 public:
  Telegram(Faults& faults, ChatLog& log) : faults_(faults), log_(log) {}

  /// A token that is served. Its index stands for it everywhere else.
  void add_bot(const std::string& token, const std::string& name);
  /// With at least one known chat every other one is "chat not found"; without any, every number is a chat.
  void add_chat(Ms id, const std::string& title, std::set<std::int64_t> threads);
  void set_flood(FloodPolicy policy);  ///< for every bot, known or still to come

  /// "/telegram/bot0/sendmessage" for "/telegram/bot<TOKEN>/sendMessage": what may be logged.
  [[nodiscard]] std::string label(const std::string& path) const;
  [[nodiscard]] Response http(const Request& request, Ms now);
  /// A user's message, button press or any raw update: {bot, chat, text, from, username} or {bot, callback, message_id,
  /// …} or {bot, update}. Answers the update id.
  [[nodiscard]] Json inject(const Json& update, Ms now);
  [[nodiscard]] Json stats() const;

 private:
  struct Bot {
    std::string token;
    std::string name;
    std::string username;
    std::int64_t id{};
    std::deque<Json> updates;
    std::int64_t next_update{1};
    std::int64_t poll{};  ///< which getUpdates is the living one
    Json commands = Json::array();
    std::set<std::string> callbacks;  ///< ids still to be answered
    Flood flood{FloodPolicy{}};
    std::map<std::string, std::int64_t> calls;
  };
  struct Chat {
    Ms id{};
    std::string title;
    std::set<std::int64_t> threads;
    std::int64_t next_message{1};
  };
  struct Message {
    int bot{};
    std::string visible;
    std::vector<Entity> entities;
    std::string markup;
    std::optional<ImageSize> photo;
  };
  struct Call {
    Bot& bot;
    int index;
    Params params;
    Params files;
    Ms now;
  };
  /// A text that may be sent, or the answer that refuses it.
  struct Checked {
    ParsedHtml parsed;
    std::string html;
    std::optional<Response> refused;
  };
  using Method = Response (Telegram::*)(Call&);

  [[nodiscard]] static const std::map<std::string, Method>& methods();
  [[nodiscard]] Bot* bot_of(const std::string& path, int& index, int& error);
  [[nodiscard]] std::optional<Response> planned_fault(const Request& request, Call& call);
  [[nodiscard]] Chat* chat_of(const std::string& id);
  [[nodiscard]] std::optional<Response> flood(Call& call, const Chat& chat);
  [[nodiscard]] Checked check_text(const Call& call, const std::string& field, std::size_t most) const;
  [[nodiscard]] std::optional<Response> check_markup(const Call& call) const;
  [[nodiscard]] std::optional<Response> check_place(const Call& call, const Chat& chat) const;
  [[nodiscard]] Message* message_of(const Call& call, const Chat& chat, std::int64_t& id);
  [[nodiscard]] Json message_json(const Bot& bot, const Chat& chat, std::int64_t id, const Message& message,
                                  Ms now) const;
  void record(const Call& call, const Chat& chat, std::int64_t id, const std::string& action, const Checked& checked);
  [[nodiscard]] Response deliver(Call& call, std::optional<ImageSize> photo = {});
  [[nodiscard]] Response edit(Call& call, bool keep_text);

  Response get_me(Call& call);
  Response send_message(Call& call);
  Response edit_text(Call& call);
  Response edit_markup(Call& call);
  Response delete_message(Call& call);
  Response send_photo(Call& call);
  Response get_updates(Call& call);
  Response delete_webhook(Call& call);
  Response get_webhook_info(Call& call);
  Response set_my_commands(Call& call);
  Response get_my_commands(Call& call);
  Response answer_callback(Call& call);
  Response pin_message(Call& call);
  Response send_chat_action(Call& call);
  Response get_chat(Call& call);

  Faults& faults_;
  ChatLog& log_;
  FloodPolicy flood_policy_;
  std::deque<Bot> bots_;
  std::map<Ms, Chat> chats_;
  bool closed_list_{};
  std::map<std::pair<Ms, std::int64_t>, Message> messages_;
  std::int64_t next_callback_{1};
};

}  // namespace sandbox
