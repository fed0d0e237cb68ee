#include "tests/sandbox/telegram.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace sandbox {
namespace telegram_test {

constexpr Ms start = 1'780'000'000'000;
const std::string token = "100:abc";

class TelegramTest : public testing::Test {
 protected:
  TelegramTest() { telegram_.add_bot(token, "Volume"); }

  Response call(const std::string& method, const Json& params, Ms now = start, const std::string& with = token) {
    Request request;
    request.method = "POST";
    request.path = "/telegram/bot" + with + "/" + method;
    request.label = telegram_.label(request.path);
    request.host = "127.0.0.1";
    request.headers["content-type"] = "application/json";
    request.body = params.dump(-1, ' ', false, Json::error_handler_t::ignore);
    return telegram_.http(request, now);
  }
  Json send(const Json& params, Ms now = start) { return Json::parse(call("sendMessage", params, now).body); }
  std::string description(const Json& params) { return send(params).value("description", ""); }

  Faults faults_{start};
  ChatLog log_;
  Telegram telegram_{faults_, log_};
};

TEST_F(TelegramTest, KnowsItsTokensAndMethods) {
  EXPECT_EQ(call("getMe", Json::object()).status, 200);
  EXPECT_EQ(call("GETME", Json::object()).status, 200);
  EXPECT_EQ(call("getMe", Json::object(), start, "200:other").status, 401);
  EXPECT_EQ(call("getMe", Json::object(), start, "nonsense").status, 404);
  EXPECT_EQ(call("noSuchMethod", Json::object()).status, 404);
}

TEST_F(TelegramTest, LabelsNeverHoldAToken) {
  EXPECT_EQ(telegram_.label("/telegram/bot" + token + "/sendMessage"), "/telegram/bot0/sendmessage");
  EXPECT_EQ(telegram_.label("/telegram/bot9:zzz/getMe"), "/telegram/bot?/getme");
}

TEST_F(TelegramTest, RecordsWhatWasDelivered) {
  const auto reply =
      send({{"chat_id", 5}, {"parse_mode", "HTML"}, {"text", "<b>Hi</b> &amp; bye"}, {"disable_notification", true}});
  EXPECT_EQ(reply["result"]["message_id"], 1);
  EXPECT_EQ(reply["result"]["text"], "Hi & bye");
  EXPECT_EQ(reply["result"]["date"], start / 1000);
  const auto log = log_.after(0);
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0]["text"], "Hi & bye");
  EXPECT_EQ(log[0]["html"], "<b>Hi</b> &amp; bye");
  EXPECT_EQ(log[0]["silent"], true);
  EXPECT_EQ(log[0]["bot"], 0);
  EXPECT_EQ(log_.transcript().find(token), std::string::npos);
}

TEST_F(TelegramTest, RefusesTextsAsTheServerDoes) {
  const std::string fire = "🔥";  // two UTF-16 units, four bytes
  std::string long_text;
  for (int i = 0; i < 2049; ++i) long_text += fire;
  const std::vector<std::pair<Json, std::string>> cases{
      {{{"chat_id", 5}, {"text", ""}}, "Bad Request: message text is empty"},
      {{{"chat_id", 5}, {"text", " \n "}}, "Bad Request: message text is empty"},
      {{{"chat_id", 5}, {"parse_mode", "HTML"}, {"text", "<b></b>"}}, "Bad Request: message text is empty"},
      {{{"text", "x"}}, "Bad Request: chat_id is empty"},
      {{{"chat_id", "nobody"}, {"text", "x"}}, "Bad Request: chat not found"},
      {{{"chat_id", 5}, {"text", long_text}}, "Bad Request: message is too long"},
      {{{"chat_id", 5}, {"text", std::string(32'769, 'x')}}, "Bad Request: text is too long"},
      {{{"chat_id", 5}, {"parse_mode", "HTML"}, {"text", "a<b"}},
       "Bad Request: can't parse entities: Unclosed start tag at byte offset 1"},
      {{{"chat_id", 5}, {"text", "x"}, {"message_thread_id", 7}}, "Bad Request: message thread not found"},
      {{{"chat_id", 5}, {"text", "x"}, {"reply_parameters", {{"message_id", 99}}}},
       "Bad Request: message to be replied not found"},
      {{{"chat_id", 5}, {"text", "x"}, {"reply_markup", "{"}},
       "Bad Request: can't parse reply keyboard markup JSON object"},
  };
  for (const auto& [params, words] : cases) EXPECT_EQ(description(params), words);
  EXPECT_EQ(log_.last(), 0);
  EXPECT_TRUE(send({{"chat_id", 5}, {"text", long_text.substr(4)}})["ok"]);  // 4096 units exactly
}

TEST_F(TelegramTest, RefusesBrokenUtf8) {
  Request request;
  request.method = "POST";
  request.path = "/telegram/bot" + token + "/sendMessage";
  request.body = "chat_id=5&text=%C3";
  const auto reply = telegram_.http(request, start);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(Json::parse(reply.body)["description"], "Bad Request: strings must be encoded in UTF-8");
}

TEST_F(TelegramTest, EditsOnlyWhatExistsAndChanges) {
  (void)send({{"chat_id", 5}, {"text", "one"}});
  const auto edit = [&](int id, const char* text) {
    return Json::parse(call("editMessageText", {{"chat_id", 5}, {"message_id", id}, {"text", text}}).body);
  };
  EXPECT_TRUE(edit(1, "one").value("description", "").starts_with("Bad Request: message is not modified"));
  EXPECT_EQ(edit(1, "two")["result"]["text"], "two");
  EXPECT_EQ(edit(9, "two")["description"], "Bad Request: message to edit not found");
  EXPECT_EQ(call("deleteMessage", {{"chat_id", 5}, {"message_id", 1}}).status, 200);
  EXPECT_EQ(call("deleteMessage", {{"chat_id", 5}, {"message_id", 1}}).status, 400);
}

TEST_F(TelegramTest, FloodAnswersCarryTheWaitTwice) {
  telegram_.set_flood(FloodPolicy{2, 1, 20, 30});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(call("sendMessage", {{"chat_id", 5}, {"text", "x"}}).status, 200);
  const auto refused = call("sendMessage", {{"chat_id", 5}, {"text", "x"}});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(Json::parse(refused.body)["parameters"]["retry_after"], 1);
  EXPECT_EQ(refused.headers.at(0), (std::pair<std::string, std::string>{"Retry-After", "1"}));
  EXPECT_EQ(call("sendMessage", {{"chat_id", 6}, {"text", "x"}}).status, 200);  // another chat is free
  EXPECT_EQ(call("sendMessage", {{"chat_id", 5}, {"text", "x"}}, start + 500).status, 429);
  EXPECT_EQ(call("sendMessage", {{"chat_id", 5}, {"text", "x"}}, start + 1000).status, 200);
  EXPECT_EQ(telegram_.stats()[0]["ignored_waits"], 1);
}

TEST_F(TelegramTest, AGroupTakesTwentyMessagesAMinute) {
  int accepted = 0;
  for (int i = 0; i < 59; ++i)
    accepted += call("sendMessage", {{"chat_id", -7}, {"text", "x"}}, start + i * 1000).status == 200 ? 1 : 0;
  EXPECT_EQ(accepted, 20);
  EXPECT_EQ(call("sendMessage", {{"chat_id", -7}, {"text", "x"}}, start + minute + second).status, 200);
}

TEST_F(TelegramTest, AnOffsetConfirmsEverythingBelow) {
  for (int i = 0; i < 3; ++i) (void)telegram_.inject({{"bot", 0}, {"chat", 5}, {"text", "/status"}}, start);
  const auto updates = [&](const Json& params) { return Json::parse(call("getUpdates", params).body)["result"]; };
  EXPECT_EQ(updates({{"limit", 2}}).size(), 2U);
  EXPECT_EQ(updates(Json::object()).size(), 3U);  // nothing was confirmed
  const auto rest = updates({{"offset", 3}});
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0]["update_id"], 3);
  EXPECT_EQ(rest[0]["message"]["entities"][0]["type"], "bot_command");
  EXPECT_EQ(updates({{"offset", 4}}).size(), 0U);
}

TEST_F(TelegramTest, ASecondPollerEndsTheFirst) {
  const auto first = call("getUpdates", {{"timeout", 99}});
  ASSERT_TRUE(first.again);
  EXPECT_EQ(first.again_until, start + 50 * second);  // the server's longest poll
  EXPECT_FALSE(first.again(start + second).has_value());
  const auto second_one = call("getUpdates", {{"timeout", 5}}, start + second);
  const auto conflict = first.again(start + 2 * second);
  ASSERT_TRUE(conflict.has_value());
  EXPECT_EQ(conflict->status, 409);
  (void)telegram_.inject({{"bot", 0}, {"chat", 5}, {"text", "hi"}}, start);
  const auto news = second_one.again(start + 2 * second);
  ASSERT_TRUE(news.has_value());
  EXPECT_EQ(Json::parse(news->body)["result"].size(), 1U);
}

TEST_F(TelegramTest, ACallbackIsAnsweredOnce) {
  (void)telegram_.inject({{"bot", 0}, {"chat", 5}, {"callback", "pause"}}, start);
  const auto update = Json::parse(call("getUpdates", Json::object()).body)["result"][0];
  const Json answer{{"callback_query_id", update["callback_query"]["id"]}};
  EXPECT_EQ(call("answerCallbackQuery", answer).status, 200);
  EXPECT_EQ(call("answerCallbackQuery", answer).status, 400);
}

std::string chunk(const std::string& type, const std::string& body) {
  const auto four = [](unsigned long value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
    return out;
  };
  const std::string named = type + body;
  return four(body.size()) + named +
         four(::crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size())));
}

/// As much of a PNG as a first look sees.
std::string png(unsigned width, unsigned height, std::size_t data = 9) {
  std::string head;
  for (const unsigned side : {width, height})
    for (int shift = 24; shift >= 0; shift -= 8)
      head += static_cast<char>((side >> static_cast<unsigned>(shift)) & 0xFFU);
  return std::string("\x89PNG\r\n\x1a\n") + chunk("IHDR", head + std::string("\x08\x02\0\0\0", 5)) +
         chunk("IDAT", std::string(data, 'd')) + chunk("IEND", "");
}

class TelegramPhotoTest : public TelegramTest {
 protected:
  Json send_photo(const std::string& file, const std::string& fields = {}) {
    Request request;
    request.method = "POST";
    request.path = "/telegram/bot" + token + "/sendPhoto";
    request.headers["content-type"] = "multipart/form-data; boundary=XX";
    request.body = "--XX\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n5\r\n" + fields +
                   "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: "
                   "image/png\r\n\r\n" +
                   file + "\r\n--XX--\r\n";
    return Json::parse(telegram_.http(request, start).body);
  }
  static std::string field(const std::string& name, const std::string& value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
};

TEST_F(TelegramPhotoTest, TakesAPictureWithItsCaption) {
  (void)send({{"chat_id", 5}, {"text", "signal"}});
  const auto reply = send_photo(png(1080, 720), field("caption", "<b>BTC</b> &amp; co") + field("parse_mode", "HTML") +
                                                    field("disable_notification", "true") +
                                                    field("reply_parameters", R"({"message_id":1})"));
  ASSERT_TRUE(reply["ok"]) << reply;
  EXPECT_EQ(reply["result"]["message_id"], 2);
  EXPECT_EQ(reply["result"]["caption"], "BTC & co");
  EXPECT_EQ(reply["result"]["photo"][0]["width"], 1080);
  EXPECT_EQ(reply["result"]["photo"][0]["height"], 720);
  const auto seen = log_.after(1)[0];
  EXPECT_EQ(seen["action"], "photo");
  EXPECT_EQ(seen["text"], "BTC & co");
  EXPECT_EQ(seen["silent"], true);
  EXPECT_EQ(seen["reply_to"], 1);
  EXPECT_EQ(seen["photo_bytes"], png(1080, 720).size());
  EXPECT_EQ(log_.photo(2), png(1080, 720));
  EXPECT_EQ(log_.photo(1), "") << "a text has none";
  EXPECT_EQ(log_.photo(99), "");
}

TEST_F(TelegramPhotoTest, RefusesWhatTheServerRefuses) {
  auto damaged = png(1080, 720);
  damaged[45] = static_cast<char>(damaged[45] ^ 1);
  const std::vector<std::pair<Json, std::string>> cases{
      {send_photo(""), "Bad Request: file must be non-empty"},
      {send_photo("PNG"), "Bad Request: IMAGE_PROCESS_FAILED"},
      {send_photo(damaged), "Bad Request: IMAGE_PROCESS_FAILED"},
      {send_photo(png(1080, 720).substr(0, 60)), "Bad Request: IMAGE_PROCESS_FAILED"},
      {send_photo(png(1080, 720) + "more"), "Bad Request: IMAGE_PROCESS_FAILED"},
      {send_photo(png(0, 720)), "Bad Request: IMAGE_PROCESS_FAILED"},
      {send_photo(png(9'000, 1'001)), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
      {send_photo(png(2'101, 100)), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
      {send_photo(png(10, 10, 10U << 20U)), "Request Entity Too Large"},
      {send_photo(png(10, 10), field("caption", std::string(1'025, 'x'))), "Bad Request: message caption is too long"},
  };
  for (const auto& [reply, words] : cases) EXPECT_EQ(reply.value("description", "taken"), words);
  EXPECT_EQ(log_.last(), 0);
  EXPECT_TRUE(send_photo(png(9'000, 1'000))["ok"]);
  EXPECT_TRUE(send_photo(png(2'000, 100), field("caption", std::string(1'024, 'x')))["ok"]);
}

TEST_F(TelegramTest, PlannedFaultsFireAndAreCounted) {
  (void)faults_.add({{"kind", "migrate"}, {"path", "/telegram/bot0/sendmessage"}, {"count", 1}, {"to_chat", -1002}},
                    false, start);
  const auto migrated = send({{"chat_id", -7}, {"text", "x"}});
  EXPECT_EQ(migrated["parameters"]["migrate_to_chat_id"], -1002);
  EXPECT_TRUE(send({{"chat_id", -1002}, {"text", "x"}})["ok"]);
  EXPECT_EQ(faults_.report()[0]["fired"], 1);
}

TEST_F(TelegramTest, CommandsAreChecked) {
  const Json good = Json::array({{{"command", "status"}, {"description", "what runs"}}});
  const Json bad = Json::array({{{"command", "Status!"}, {"description", "what runs"}}});
  EXPECT_EQ(call("setMyCommands", {{"commands", good}}).status, 200);
  EXPECT_EQ(call("setMyCommands", {{"commands", bad}}).status, 400);
  EXPECT_EQ(Json::parse(call("getMyCommands", Json::object()).body)["result"], good);
}

}  // namespace telegram_test
}  // namespace sandbox
