// Files as they are met on a disk.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/config/document.hpp"
#include "common/config/file.hpp"

namespace files_test {

using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  std::filesystem::path dir_;
};

TEST_F(Files, AreLayeredInTheOrderGiven) {
  auto document =
      config::Document::load({write("common.toml", "[a]\nx = 1\ny = 1"), write("bot.toml", "[a]\ny = 2")}, {});
  int x = 0, y = 0;
  document.section("a").read("x", x, {0, 9}, "x");
  document.section("a").read("y", y, {0, 9}, "y");
  EXPECT_EQ(config::text_of(document.problems()), "");
  EXPECT_EQ(x, 1);
  EXPECT_EQ(y, 2);
}

TEST_F(Files, F28_AMissingFileIsAProblemThatNamesIt) {
  auto document = config::Document::load({dir_ / "none.toml", write("bot.toml", "[b]")}, {});
  EXPECT_EQ(config::text_of(document.problems()), (dir_ / "none.toml").string() +
                                                      ": No such file or directory, allowed: a readable file\n" +
                                                      (dir_ / "bot.toml").string() + ":1:2: b: unknown section\n");
}

TEST_F(Files, WhatIsNoRegularFileOrTooLargeIsRefused) {
  EXPECT_EQ(config::read_small_file(dir_).error().cause, "is no regular file");
  const auto pipe = dir_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(config::read_small_file(pipe).error().cause, "is no regular file");
  EXPECT_EQ(config::read_small_file(write("full", std::string(config::file_bytes_max, 'x')))->text.size(),
            config::file_bytes_max);
  EXPECT_THAT(config::read_small_file(write("large", std::string(config::file_bytes_max + 1, 'x'))).error().cause,
              HasSubstr("larger"));
  EXPECT_EQ(config::read_small_file(dir_ / "none").error().kind, base::ErrorKind::not_found);
}

}  // namespace files_test
