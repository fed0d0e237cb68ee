#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "common/base/result.hpp"
#include "common/base/secret.hpp"

namespace error_test {

using base::Error;
using base::ErrorKind;

base::Result<int> failed() { return Error(ErrorKind::timeout, "okx tickers", "no answer in 10s"); }

TEST(Error, TextIsPlaceCauseRemedyAndLeavesOutWhatIsEmpty) {
  EXPECT_EQ(Error(ErrorKind::config, "a.toml:3:1", "unknown key", "remove it").text(),
            "a.toml:3:1: unknown key; remove it");
  EXPECT_EQ(Error(ErrorKind::network, "okx", "connection reset").text(), "okx: connection reset");
  EXPECT_EQ(Error(ErrorKind::network, "", "connection reset").text(), "connection reset");
}

TEST(Error, EveryKindHasWordsOfItsOwn) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < base::error_kind_count; ++i) words.insert(base::to_string(static_cast<ErrorKind>(i)));
  EXPECT_EQ(words.size(), base::error_kind_count);
}

TEST(Error, DeliveryIsUnknownUntilSomebodyProvesOtherwise) {
  EXPECT_EQ(Error(ErrorKind::network, "a", "b").delivery, base::Delivery::unknown);
}

TEST(Result, AskingAnErrorForItsValueIsABugAndSaysWhichError) {
  const auto result = failed();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::timeout);
  try {
    static_cast<void>(result.value());
    FAIL() << "value() of an error must throw";
  } catch (const std::logic_error& bug) {
    EXPECT_TRUE(std::string(bug.what()).starts_with("okx tickers: no answer in 10s")) << bug.what();
  }
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, IsNeverShown) {
  static_assert(Streamable<std::string>);
  static_assert(!Streamable<base::Secret>);
  const base::Secret secret("12345:not-a-real-token");
  EXPECT_EQ(secret.masked(), "set (22 characters)");
  EXPECT_EQ(base::Secret().masked(), "not set");
  EXPECT_EQ(secret.reveal(), "12345:not-a-real-token");
  EXPECT_TRUE(secret == base::Secret("12345:not-a-real-token"));
  EXPECT_FALSE(secret == base::Secret());
}

}  // namespace error_test
