#include "common/telegram/api.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace api_test {
using namespace std::chrono_literals;
using nlohmann::json;
using telegram::Outcome;

constexpr base::WallTime now = base::from_ms(1'767'225'600'000);

telegram::Account account(std::string url = "https://api.telegram.org", std::string token = "1:abc") {
  telegram::Account out;
  out.base_url = std::move(url);
  out.token = base::Secret(std::move(token));
  return out;
}

net::Response response(int status, std::string body) {
  net::Response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

TEST(Api, TG16_TheTokenStandsInTheUrlAlone) {
  telegram::Message message("-1001", "hello");
  const auto request = telegram::send_message(account(), message);
  EXPECT_EQ(request.url, "https://api.telegram.org/bot1:abc/sendMessage");
  EXPECT_THAT(request.label + request.body + request.content_type, testing::Not(testing::HasSubstr("1:abc")));
  EXPECT_EQ(request.redirects_max, 0) << "a redirect would carry the token away";
}

TEST(Api, TG7_ConnectTenSecondsSendTwenty) {
  const auto request = telegram::get_me(account());
  EXPECT_EQ(request.connect_timeout, 10s);
  EXPECT_EQ(request.total_timeout, 20s);
}

TEST(Api, SendMessageCarriesWhatWasAsked) {
  telegram::Message message("-1001", "<b>x</b> \xF0\x9F\x9A\x80");
  message.thread = 5;
  message.silent = true;
  message.reply_to = 9;
  const auto body = json::parse(telegram::send_message(account(), message).body);
  EXPECT_EQ(body["chat_id"], -1001);
  EXPECT_EQ(body["text"], message.text);
  EXPECT_EQ(body["parse_mode"], "HTML");
  EXPECT_EQ(body["message_thread_id"], 5);
  EXPECT_EQ(body["disable_notification"], true);
  EXPECT_EQ(body["reply_parameters"]["message_id"], 9);
  EXPECT_EQ(body["link_preview_options"]["is_disabled"], true);
}

TEST(Api, ChannelsByNamePlainTextAndBrokenBytes) {
  telegram::Message message("@channel", "broken \xFF byte");
  message.html = false;
  const auto body = json::parse(telegram::send_message(account(), message).body);
  EXPECT_EQ(body["chat_id"], "@channel");
  EXPECT_FALSE(body.contains("parse_mode"));
  EXPECT_EQ(body["text"], "broken \xEF\xBF\xBD byte");
}

TEST(Api, APictureIsAFormWhoseEdgeIsNotInIt) {
  telegram::Message caption("-1001", "<b>x</b>");
  caption.silent = true;
  caption.thread = 7;
  caption.reply_to = 42;
  using std::string_literals::operator""s;
  const std::string png = "\x89PNG\0\r\n--perpwatch-picture--\r\nend"s;
  const auto request = telegram::send_photo(account("https://api.telegram.org"), caption, png);
  EXPECT_EQ(request.url, "https://api.telegram.org/bot1:abc/sendPhoto");
  EXPECT_EQ(request.method, "POST");
  ASSERT_EQ(request.content_type, "multipart/form-data; boundary=perpwatch-picture---");
  const std::string edge = "--perpwatch-picture---";
  const auto field = [&](const std::string& name, const std::string& value) {
    return edge + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  };
  EXPECT_EQ(request.body,
            field("chat_id", "-1001") + field("caption", "<b>x</b>") + field("parse_mode", "HTML") +
                field("message_thread_id", "7") + field("disable_notification", "true") +
                field("reply_parameters", R"({"allow_sending_without_reply":true,"message_id":42})") + edge +
                "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"chart.png\"\r\nContent-Type: "
                "image/png\r\n\r\n" +
                png + "\r\n" + edge + "--\r\n");
}

TEST(Api, EditsNameTheMessage) {
  const auto request = telegram::edit_message(account("http://127.0.0.1:9000/"), telegram::Message("7", "x"), 42);
  EXPECT_EQ(request.url, "http://127.0.0.1:9000/bot1:abc/editMessageText");
  EXPECT_EQ(json::parse(request.body)["message_id"], 42);
}

TEST(Api, TG15_OnlyHttpsOrLoopbackMayCarryTheToken) {
  for (const char* good : {"https://api.telegram.org", "http://127.0.0.1:8081", "http://localhost:8081/"})
    EXPECT_TRUE(telegram::check_account(account(good))) << good;
  for (const char* bad : {"http://api.telegram.org", "file:///etc/passwd", "ftp://127.0.0.1", "api.telegram.org", ""})
    EXPECT_FALSE(telegram::check_account(account(bad))) << bad;
}

TEST(Api, TG16_ABadTokenIsRefusedWithoutBeingShown) {
  for (const char* bad : {"", "12 34", "1/../2", "1:a\n"}) {
    const auto checked = telegram::check_account(account("https://api.telegram.org", bad));
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().kind, base::ErrorKind::config);
    if (*bad == 0) continue;
    EXPECT_THAT(checked.error().text(), testing::Not(testing::HasSubstr(bad)));
  }
}

struct Case {
  const char* what;
  int status;
  const char* body;
  Outcome outcome;
  bool maybe_delivered{false};
};

TEST(Api, TG3_AnswersAreToldApartByCodeAndParameters) {
  const Case cases[] = {
      {"ok", 200, R"({"ok":true,"result":{"message_id":7,"date":1767225600}})", Outcome::ok},
      {"date in milliseconds", 200, R"({"ok":true,"result":{"message_id":7,"date":1767225600000}})", Outcome::ok},
      {"result null", 200, R"({"ok":true,"result":null})", Outcome::ok},
      {"flood", 429, R"({"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":3}})",
       Outcome::flood},
      {"a refusal under status 200", 200, R"({"ok":false,"error_code":403,"description":"Forbidden: x"})",
       Outcome::chat_gone},
      {"migrate", 400, R"({"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-100555}})",
       Outcome::migrate},
      {"blocked", 403, R"({"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"})",
       Outcome::chat_gone},
      {"no chat", 400, R"({"ok":false,"error_code":400,"description":"Bad Request: chat not found"})",
       Outcome::chat_gone},
      {"no rights", 400,
       R"({"ok":false,"error_code":400,"description":"Bad Request: not enough rights to send text messages to the chat"})",
       Outcome::chat_gone},
      {"token", 401, R"({"ok":false,"error_code":401,"description":"Unauthorized"})", Outcome::unauthorised},
      {"malformed token", 404, R"({"ok":false,"error_code":404,"description":"Not Found"})", Outcome::unauthorised},
      {"html", 400,
       R"({"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unclosed start tag at byte offset 3"})",
       Outcome::bad_html},
      {"same text", 400,
       R"({"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content"})",
       Outcome::not_modified},
      {"topic", 400, R"({"ok":false,"error_code":400,"description":"Bad Request: message thread not found"})",
       Outcome::thread_not_found},
      {"edit of nothing", 400,
       R"({"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"})", Outcome::target_gone},
      {"long", 400, R"({"ok":false,"error_code":400,"description":"Bad Request: message is too long"})",
       Outcome::too_long},
      {"413", 413, R"({"ok":false,"error_code":413,"description":"Request Entity Too Large"})", Outcome::too_long},
      {"other 400", 400, R"({"ok":false,"error_code":400,"description":"Bad Request: BUTTON_TYPE_INVALID"})",
       Outcome::other},
      {"restarting", 500, R"({"ok":false,"error_code":500,"description":"Internal Server Error: restart"})",
       Outcome::server},
      {"misdirected", 421, R"({"ok":false,"error_code":421,"description":"Misdirected Request"})", Outcome::server},
      {"500 without ok", 500, R"({"message":"API method 'x' is not supported"})", Outcome::server, true},
      {"502 from a front end", 502, "<html><h1>502 Bad Gateway</h1></html>", Outcome::server, true},
      {"a page with status 200", 200, "<html>log in to the hotel</html>", Outcome::server, true},
      {"a proxy's 403", 403, "<html>forbidden</html>", Outcome::server},
      {"nothing", 200, "", Outcome::server, true},
      {"ok of a wrong type", 200, R"({"ok":"yes"})", Outcome::server, true},
      {"a list", 200, "[1]", Outcome::server, true},
      {"parameters of a wrong type", 400, R"({"ok":false,"error_code":400,"parameters":[1]})", Outcome::other},
  };
  for (const auto& test : cases) {
    const auto answer = telegram::decode_answer(response(test.status, test.body), now);
    EXPECT_EQ(to_string(answer.outcome), to_string(test.outcome)) << test.what;
    EXPECT_EQ(answer.maybe_delivered, test.maybe_delivered) << test.what;
    EXPECT_EQ(answer.text.empty(), test.outcome == Outcome::ok) << test.what;
  }
}

TEST(Api, ValuesOfAnswers) {
  EXPECT_EQ(telegram::decode_answer(response(200, R"({"ok":true,"result":{"message_id":7000000001}})"), now).message_id,
            7'000'000'001);
  EXPECT_FALSE(telegram::decode_answer(response(200, R"({"ok":true,"result":null})"), now).message_id);
  const auto moved = telegram::decode_answer(
      response(400, R"({"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1002000}})"), now);
  EXPECT_EQ(moved.new_chat, "-1002000");
  const auto long_words = telegram::decode_answer(
      response(400, R"({"ok":false,"error_code":400,"description":")" + std::string(5'000, 'x') + "\\n\"}"), now);
  EXPECT_LE(long_words.text.size(), 200U);
}

TEST(Api, TG2_RetryAfterComesFromTheBodyThenTheHeaderThenADefault) {
  const auto wait = [](const char* body, const char* header) {
    auto reply = response(429, body);
    if (header != nullptr) reply.headers.emplace_back("retry-after", header);
    return telegram::decode_answer(reply, now).retry_after;
  };
  EXPECT_EQ(wait(R"({"ok":false,"error_code":429,"parameters":{"retry_after":17}})", "3"), 17s);
  EXPECT_EQ(wait(R"({"ok":false,"error_code":429})", "3"), 3s);
  EXPECT_EQ(wait(R"({"ok":false,"error_code":429})", nullptr), 5s);
  EXPECT_GT(wait(R"({"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}})", nullptr), 0s);
}

TEST(Api, CR5_OnlyAProvablyUnsentRequestIsNotInDoubt) {
  base::Error error(base::ErrorKind::network, "telegram sendMessage", "refused");
  EXPECT_TRUE(telegram::answer_of(error).maybe_delivered);
  error.delivery = base::Delivery::not_sent;
  EXPECT_FALSE(telegram::answer_of(error).maybe_delivered);
}

TEST(Api, TG3_GetMeTellsAWrongTokenFromTrouble) {
  const auto kind = [](int status, const char* body) {
    return telegram::decode_identity(response(status, body), now).error().kind;
  };
  EXPECT_EQ(kind(401, R"({"ok":false,"error_code":401,"description":"Unauthorized"})"), base::ErrorKind::permission);
  EXPECT_EQ(kind(404, R"({"ok":false,"error_code":404,"description":"Not Found"})"), base::ErrorKind::permission);
  EXPECT_EQ(kind(502, "<html>"), base::ErrorKind::server);
  EXPECT_EQ(kind(200, R"({"ok":true,"result":{}})"), base::ErrorKind::bad_data);
  EXPECT_EQ(kind(429, R"({"ok":false,"error_code":429})"), base::ErrorKind::rate_limited);
  const auto identity =
      telegram::decode_identity(response(200, R"({"ok":true,"result":{"id":666,"username":"watch_bot"}})"), now);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->id, 666);
  EXPECT_EQ(identity->username, "watch_bot");
}

TEST(Api, F15_NoBytesBreakTheDecoder) {
  const std::string deep(200'000, '[');
  EXPECT_EQ(telegram::decode_answer(response(200, deep), now).outcome, Outcome::server);
  const std::string good = R"({"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1}})";
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_EQ(telegram::decode_answer(response(400, good.substr(0, size)), now).outcome, Outcome::server) << size;
}

}  // namespace api_test
