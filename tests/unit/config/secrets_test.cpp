#include "common/config/secrets.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace secrets_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string token_a = "123456789:AA" + std::string(33, 'a');
const std::string token_b = "987654321:BB" + std::string(33, 'b');

class SecretsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "secrets-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    sources_.bot = "funding";
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void credential(const std::string& name, const std::string& text) {
    sources_.credentials_dir = dir_ / "credentials";
    std::filesystem::create_directories(sources_.credentials_dir);
    std::ofstream(sources_.credentials_dir / name) << text;
  }
  void environment_file(const std::string& text, mode_t mode = 0600) {
    sources_.environment_file = dir_ / "secrets.env";
    std::ofstream(sources_.environment_file) << text;
    ASSERT_EQ(::chmod(sources_.environment_file.c_str(), mode), 0);
  }
  config::LoadedSecrets load() const { return config::load_secrets(sources_); }

  std::filesystem::path dir_;
  config::SecretSources sources_;
};

TEST_F(SecretsTest, NothingSetIsNoProblem) {
  const auto got = load();
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_THAT(got.warnings, IsEmpty());
  EXPECT_TRUE(got.secrets.bot_token.empty());
  EXPECT_EQ(got.secrets.chat_id, "");
  EXPECT_THAT(got.secrets.admin_ids, IsEmpty());
}

TEST_F(SecretsTest, CredentialsWinOverTheFileAndTheFileOverTheEnvironment) {
  sources_.environment = {{"TELEGRAM_BOT_TOKEN_FUNDING", token_b},
                          {"TELEGRAM_CHAT_ID", "-3"},
                          {"TELEGRAM_OPERATOR_CHAT_ID", "-33"},
                          {"ADMIN_IDS", "1, 2,2"}};
  environment_file("# secrets\nTELEGRAM_CHAT_ID=-2\nexport TELEGRAM_BOT_TOKEN_FUNDING='" + token_b + "'\n\n");
  credential("telegram-bot-token-funding", token_a + "\n");
  const auto got = load();
  EXPECT_EQ(config::text_of(got.problems), "");
  EXPECT_EQ(got.secrets.bot_token.reveal(), token_a);
  EXPECT_EQ(got.secrets.chat_id, "-2");
  EXPECT_EQ(got.secrets.operator_chat_id, "-33");
  EXPECT_THAT(got.secrets.admin_ids, ElementsAre(1, 2));
}

TEST_F(SecretsTest, ABlankCredentialCountsAsNotSet) {
  credential("telegram-chat-id", " \n\t");
  environment_file("TELEGRAM_CHAT_ID=\"  \"\n");
  sources_.environment = {{"TELEGRAM_CHAT_ID", "@perp_signals"}, {"TELEGRAM_BOT_TOKEN_FUNDING", token_a}};
  EXPECT_EQ(load().secrets.chat_id, "@perp_signals");
}

TEST_F(SecretsTest, TheOperatorChatIsTheSignalChatUnlessSet) {
  sources_.environment = {{"TELEGRAM_CHAT_ID", "-5"}, {"TELEGRAM_BOT_TOKEN_FUNDING", token_a}};
  EXPECT_EQ(load().secrets.operator_chat_id, "-5");
}

TEST_F(SecretsTest, ATokenOfAnotherBotIsNotTaken) {
  sources_.environment = {{"TELEGRAM_BOT_TOKEN_VOLUME", token_a}};
  EXPECT_TRUE(load().secrets.bot_token.empty());
}

TEST_F(SecretsTest, OlderNamesAreAcceptedAndThePreferredOneIsNamed) {
  sources_.environment = {{"BOT_TOKEN", token_a}, {"CHAT_ID", "-5"}, {"TELEGRAM_ADMIN_IDS", "7"}};
  const auto got = load();
  EXPECT_EQ(config::text_of(got.problems), "");
  EXPECT_EQ(got.secrets.bot_token.reveal(), token_a);
  EXPECT_THAT(got.warnings, ElementsAre(AllOf(HasSubstr("BOT_TOKEN"), HasSubstr("write TELEGRAM_BOT_TOKEN_FUNDING")),
                                        AllOf(HasSubstr("CHAT_ID"), HasSubstr("write TELEGRAM_CHAT_ID")),
                                        AllOf(HasSubstr("TELEGRAM_ADMIN_IDS"), HasSubstr("write ADMIN_IDS"))));
}

TEST_F(SecretsTest, F28_AWiderModeIsRefusedWithPathModeAndRemedy) {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0666U, 0620U}) {
    environment_file("TELEGRAM_BOT_TOKEN_FUNDING=" + token_a + "\nTELEGRAM_CHAT_ID=-5\n", mode);
    const auto got = load();
    ASSERT_EQ(got.problems.size(), 1U);
    const auto text = got.problems[0].text();
    EXPECT_THAT(text, HasSubstr(sources_.environment_file.string() + ": mode 06"));
    EXPECT_THAT(text, HasSubstr("chmod 600 " + sources_.environment_file.string()));
    EXPECT_TRUE(got.secrets.bot_token.empty()) << "a refused file is not read";
  }
  environment_file("TELEGRAM_BOT_TOKEN_FUNDING=" + token_a + "\nTELEGRAM_CHAT_ID=-5\n", 0400);
  EXPECT_THAT(load().problems, IsEmpty());
}

TEST_F(SecretsTest, F28_ANamedFileThatIsMissingIsAProblem) {
  sources_.environment_file = dir_ / "none.env";
  EXPECT_THAT(config::text_of(load().problems), HasSubstr("none.env: No such file"));
}

TEST_F(SecretsTest, F28_ALineThatSetsNothingIsNamedButNotShown) {
  environment_file("TELEGRAM_CHAT_ID=-5\nBOT_TOKEN=" + token_b + "\n" + token_a + "\n");
  const auto text = config::text_of(load().problems);
  EXPECT_THAT(text, HasSubstr("secrets.env:3:1: a line that sets nothing"));
  EXPECT_THAT(text, Not(HasSubstr("AAaa")));
}

TEST_F(SecretsTest, F28_AMalformedTokenIsRefusedWithoutBeingShown) {
  for (const std::string bad :
       {"xyzzy", "123456789", "12:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abc456789:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "123456789:AAaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaa", "123456789:AAaa"}) {
    sources_.environment = {{"TELEGRAM_BOT_TOKEN_FUNDING", bad}, {"TELEGRAM_CHAT_ID", "-5"}};
    const auto got = load();
    ASSERT_EQ(got.problems.size(), 1U) << bad;
    EXPECT_THAT(got.problems[0].text(),
                AllOf(HasSubstr("environment TELEGRAM_BOT_TOKEN_FUNDING"), Not(HasSubstr(bad))));
    EXPECT_TRUE(got.secrets.bot_token.empty());
  }
}

TEST_F(SecretsTest, F28_WrongChatAndAdminFormsAreRefusedWithoutBeingShown) {
  sources_.environment = {
      {"TELEGRAM_BOT_TOKEN_FUNDING", token_a}, {"TELEGRAM_CHAT_ID", token_b}, {"ADMIN_IDS", "7,me"}};
  const auto text = config::text_of(load().problems);
  EXPECT_THAT(text, HasSubstr("environment TELEGRAM_CHAT_ID: not the form of a chat id"));
  EXPECT_THAT(text, HasSubstr("environment ADMIN_IDS: not a list of user ids"));
  EXPECT_THAT(text, Not(HasSubstr("BBbb")));
  for (const auto* bad : {"0", "@", "@a b", "12x", "-"}) {
    sources_.environment["TELEGRAM_CHAT_ID"] = bad;
    EXPECT_FALSE(load().problems.empty()) << bad;
  }
}

TEST_F(SecretsTest, F28_ATokenWithoutAChatIsAProblem) {
  sources_.environment = {{"TELEGRAM_BOT_TOKEN_FUNDING", token_a}};
  EXPECT_THAT(config::text_of(load().problems), HasSubstr("set TELEGRAM_CHAT_ID too"));
}

TEST_F(SecretsTest, AChatWithoutATokenIsAWarning) {
  sources_.environment = {{"TELEGRAM_CHAT_ID", "-5"}};
  const auto got = load();
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_THAT(got.warnings, ElementsAre(HasSubstr("TELEGRAM_BOT_TOKEN_FUNDING is not")));
}

TEST_F(SecretsTest, TheDescriptionNamesOriginsAndHidesTheToken) {
  credential("telegram-bot-token-funding", token_a);
  sources_.environment = {{"TELEGRAM_CHAT_ID", "-5"}};
  const auto got = load();
  EXPECT_THAT(
      got.secrets.described,
      ElementsAre(AllOf(HasSubstr("TELEGRAM_BOT_TOKEN_FUNDING: set (45 characters), from "), Not(HasSubstr("AAaa"))),
                  "TELEGRAM_CHAT_ID: -5, from environment TELEGRAM_CHAT_ID", "TELEGRAM_OPERATOR_CHAT_ID: the same",
                  "ADMIN_IDS: 0 people"));
}

}  // namespace secrets_test
