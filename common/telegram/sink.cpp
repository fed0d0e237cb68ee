#include "common/telegram/sink.hpp"

#include "common/base/clock.hpp"
#include "common/base/html.hpp"

namespace telegram {
namespace asio = boost::asio;

namespace {

/// The client names label and never url; should a library's own words carry the token, it ends here (TG-16).
base::Error without_token(base::Error error, const base::Secret& token) {
  for (std::string* text : {&error.place, &error.cause, &error.remedy}) {
    for (auto at = text->find(token.reveal()); !token.empty() && at != std::string::npos;
         at = text->find(token.reveal()))
      text->replace(at, token.reveal().size(), "<token>");
  }
  return error;
}

}  // namespace

net::Request TelegramSink::request_of(const Delivery& delivery) const {
  if (delivery.is_picture) return send_photo(account_, delivery.message, delivery.png);
  if (delivery.edit_of) return edit_message(account_, delivery.message, *delivery.edit_of);
  return send_message(account_, delivery.message);
}

asio::awaitable<Answer> TelegramSink::deliver(const Delivery& delivery) {
  const net::Request request = request_of(delivery);
  const auto response = co_await http_.send(request);
  if (!response) co_return answer_of(without_token(response.error(), account_.token));
  co_return decode_answer(*response, clock_.wall_now());
}

asio::awaitable<base::Result<Identity>> TelegramSink::identify() {
  const net::Request request = get_me(account_);
  const auto response = co_await http_.send(request);
  if (!response) co_return without_token(response.error(), account_.token);
  co_return decode_identity(*response, clock_.wall_now());
}

asio::awaitable<Answer> TerminalSink::deliver(const Delivery& delivery) {
  const Message& message = delivery.message;
  const std::string text = message.html ? base::visible_text(message.text) : message.text;
  const std::string what = delivery.is_picture ? "[chart] "
                           : delivery.edit_of  ? "[edit of " + std::to_string(*delivery.edit_of) + "] "
                                               : "";
  print_(what + text);
  Answer answer;
  answer.message_id = delivery.edit_of ? *delivery.edit_of : ++printed_;
  co_return answer;
}

}  // namespace telegram
