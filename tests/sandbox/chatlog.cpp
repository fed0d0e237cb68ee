#include "tests/sandbox/chatlog.hpp"

#include <algorithm>

#include "tests/sandbox/text.hpp"

namespace sandbox {

void ChatLog::add(Delivery delivery) {
  delivery.number = last() + 1;
  all_.push_back(std::move(delivery));
  if (listener_) listener_(all_.back());
}

Json ChatLog::after(std::int64_t number) const {
  Json out = Json::array();
  for (const auto& delivery : all_) {
    if (delivery.number <= number) continue;
    out.push_back(Json{{"n", delivery.number},
                       {"time", delivery.time},
                       {"bot", delivery.bot},
                       {"bot_name", delivery.bot_name},
                       {"chat", delivery.chat},
                       {"chat_kind", delivery.chat_kind},
                       {"chat_title", delivery.chat_title},
                       {"action", delivery.action},
                       {"message_id", delivery.message_id},
                       {"thread", delivery.thread},
                       {"reply_to", delivery.reply_to},
                       {"silent", delivery.silent},
                       {"html", delivery.html},
                       {"text", delivery.text},
                       {"markup", delivery.markup},
                       {"photo_bytes", delivery.photo.size()}});
  }
  return out;
}

std::string ChatLog::photo(std::int64_t number) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const Delivery& delivery) { return delivery.number == number; });
  return found == all_.end() ? std::string() : found->photo;
}

std::string ChatLog::transcript() const {
  std::string out;
  for (const auto& delivery : all_) out += transcript_block(delivery);
  return out;
}

std::string transcript_block(const Delivery& delivery) {
  std::string out = "── " + clock_text(delivery.time) + " UTC · " + delivery.bot_name + " → " + delivery.chat_title +
                    " (" + delivery.chat_kind + ") #" + std::to_string(delivery.message_id);
  if (delivery.action == "edit") out += " (edit)";
  if (delivery.action == "photo") out += " (photo)";
  if (delivery.action == "delete") out += " (deleted)";
  if (delivery.action == "pin") out += " (pinned)";
  if (delivery.silent) out += " (silent)";
  if (delivery.reply_to != 0) out += " (reply to #" + std::to_string(delivery.reply_to) + ")";
  out += '\n';
  if (!delivery.text.empty()) {
    for (const auto& line : split(delivery.text, '\n')) out += line.empty() ? "\n" : "   " + line + "\n";
  }
  return out + '\n';
}

}  // namespace sandbox
