// Everything that was delivered to a chat, in order: what the page, the transcript and the tests read.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/sandbox/types.hpp"

namespace sandbox {

struct Delivery {
  std::int64_t number{};  ///< 1, 2, 3 …
  Ms time{};
  int bot{};
  std::string bot_name;
  Ms chat{};
  std::string chat_kind;  ///< private, group, supergroup, channel
  std::string chat_title;
  std::string action;  ///< send, edit, photo, delete, pin
  std::int64_t message_id{};
  std::int64_t thread{};
  std::int64_t reply_to{};
  bool silent{};
  std::string html;
  std::string text;   ///< what a reader sees
  Json markup;        ///< buttons; null without
  std::string photo;  ///< its bytes
};

class ChatLog {
 public:
  using OnDelivery = std::function<void(const Delivery&)>;

  void add(Delivery delivery);
  void on_delivery(OnDelivery listener) { listener_ = std::move(listener); }
  [[nodiscard]] Json after(std::int64_t number) const;
  [[nodiscard]] std::int64_t last() const { return static_cast<std::int64_t>(all_.size()); }
  [[nodiscard]] std::string transcript() const;
  /// The picture of a delivery; empty: it has none.
  [[nodiscard]] std::string photo(std::int64_t number) const;

 private:
  std::vector<Delivery> all_;
  OnDelivery listener_;
};

/// One readable block: time, bot, chat, markers, text.
[[nodiscard]] std::string transcript_block(const Delivery& delivery);

}  // namespace sandbox
