#include <fstream>
#include <sstream>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "common/feed/recorder.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace feed {
namespace recording_test {

namespace fs = std::filesystem;
using base::Millis;
using market::Topic;

constexpr base::WallTime noon = base::from_ms(1'767'268'800'000);

Record frame(std::string_view bytes, int second = 0) {
  Record out;
  out.received = noon + std::chrono::seconds{second};
  out.exchange = "binance";
  out.source = "binance liquidations 2/3";
  out.bytes = bytes;
  return out;
}

Record answer(std::string_view bytes, Topic topic, const std::string& symbol, Millis bar) {
  auto out = frame(bytes);
  out.kind = Record::Kind::answer;
  out.source = "fapi/v1/klines";
  out.topic = topic;
  out.symbol = symbol;
  out.bar_length = bar;
  return out;
}

std::string said(const Record& record) {
  std::string out;
  append(out, record);
  return out;
}

std::vector<std::string> read(std::string_view file, base::Result<void>* result = nullptr) {
  std::vector<std::string> out;
  const auto done = each_record(file, "x.rec.zst", [&](const Record& record) {
    out.push_back(said(record));
    return true;
  });
  if (result != nullptr) *result = done;
  return out;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t bytes_in(const fs::path& folder) {
  std::size_t out = 0;
  for (const auto& file : files_in(folder)) out += fs::file_size(file);
  return out;
}

/// Bytes that do not pack: sizes are what they look like.
std::string noise(std::size_t size, unsigned seed) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    out += static_cast<char>(seed >> 24U);
  }
  return out;
}

TEST(Recording, ARecordIsALineAndItsBytes) {
  EXPECT_EQ(said(frame("{\"e\":1}")), "frame 1767268800000 binance 7 binance liquidations 2/3\n{\"e\":1}\n");
  EXPECT_EQ(said(answer("[]", Topic::funding_history, "BTCUSDT", Millis{60'000})),
            "answer 1767268800000 binance 2 fapi/v1/klines funding_history BTCUSDT 60000\n[]\n");
  EXPECT_EQ(said(answer("", Topic::tickers, "", Millis{0})),
            "answer 1767268800000 binance 0 fapi/v1/klines tickers - 0\n\n");
}

TEST(Recording, WhatWasWrittenIsRead) {
  using namespace std::string_literals;
  const std::string packed_frame = "\x1F\x8B\n\0frame 1 x 9 \n"s;
  const std::vector<Record> records{frame("{}"), frame(packed_frame), frame(""),
                                    answer("[1,2]", Topic::open_interest, "BTC-USDT-SWAP", Millis{300'000}),
                                    answer("[3]", Topic::depth, "", Millis{0})};
  std::string file, text;
  std::vector<std::string> written;
  for (const auto& record : records) {
    append(text, record);
    written.push_back(said(record));
    if (written.size() % 2 == 0) {
      file += packed(text, 3);
      text.clear();
    }
  }
  file += packed(text, 3);
  EXPECT_EQ(read(file), written);
}

/// kill -9 and a full disk cut anywhere: all blocks before the cut are there, and the end is no error.
TEST(Recording, F_CutAnywhereItEndsWithTheLastWholeBlock) {
  std::string file;
  std::vector<std::size_t> ends;
  for (int i = 0; i < 4; ++i) {
    file += packed(said(frame("{\"n\":" + std::to_string(i) + "}")) + said(frame("second")), 3);
    ends.push_back(file.size());
  }
  for (std::size_t size = 0; size <= file.size(); ++size) {
    base::Result<void> result;
    const auto records = read(std::string_view(file).substr(0, size), &result);
    const auto whole =
        static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](auto end) { return end <= size; }));
    ASSERT_EQ(records.size(), 2 * whole) << "cut at " << size;
    ASSERT_TRUE(result) << "cut at " << size << ": " << result.error().text();
  }
}

TEST(Recording, WhatIsNoRecordingIsNamed) {
  struct Case {
    const char* name;
    std::string file;
    const char* error;
  };
  const auto good = packed(said(frame("{}")), 3);
  const std::vector<Case> cases{
      {"text", "hello", "x.rec.zst: at byte 0: no recording begins here"},
      {"text behind a block", good + "hello", ": no recording begins here"},
      {"another text, packed", packed("hello", 3), "x.rec.zst: at byte 0: a record that cannot be read"},
      {"bytes are missing", packed("frame 1 binance 100 s\nabc\n", 3), ": a record that cannot be read"},
      {"no size", packed("frame 1 binance x s\nabc\n", 3), ": a record that cannot be read"},
      {"no such topic", packed("answer 1 binance 1 e weather - 0\na\n", 3), ": a record that cannot be read"},
      {"a bomb", packed(std::string(unpacked_max + 1, 'a'), 3), "x.rec.zst: at byte 0: a part that is too large"},
  };
  for (const auto& one : cases) {
    base::Result<void> result;
    (void)read(one.file, &result);
    ASSERT_FALSE(result) << one.name;
    EXPECT_NE(result.error().text().find(one.error), std::string::npos) << one.name << ": " << result.error().text();
  }
}

TEST(Recording, AReaderMayHaveEnough) {
  const auto file = packed(said(frame("1")) + said(frame("2")), 3) + "garbage";
  int seen = 0;
  EXPECT_TRUE(each_record(file, "x", [&](const Record&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

class Files : public ::testing::Test {
 protected:
  RecorderSettings settings() const {
    RecorderSettings out;
    out.enabled = true;
    out.folder = folder.path() / "rec";
    out.bot = "volume";
    out.file_bytes_max = 10'000;
    out.total_bytes_max = 30'000;
    return out;
  }
  test::TempFolder folder;
};

TEST_F(Files, RotateBySizeAndAge) {
  RecordingFiles files(settings());
  ASSERT_TRUE(files.write(noise(6'000, 1), noon));
  ASSERT_TRUE(files.write(noise(3'000, 2), noon + Millis{1'000}));
  EXPECT_EQ(files_in(settings().folder).size(), 1U);
  ASSERT_TRUE(files.write(noise(3'000, 3), noon + Millis{2'000})) << "more than 10,000 together";
  const auto two = files_in(settings().folder);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].filename(), "volume-20260101T120000000Z.rec.zst");
  EXPECT_EQ(two[1].filename(), "volume-20260101T120002000Z.rec.zst");
  ASSERT_TRUE(files.write("old", noon + std::chrono::hours{1} + Millis{2'000}));
  EXPECT_EQ(files_in(settings().folder).size(), 3U) << "an hour is over";
}

TEST_F(Files, TheOldestGiveWayToTheTotalAndOtherFilesAreLeftAlone) {
  fs::create_directories(settings().folder);
  for (const char* name : {"funding-20250101T000000000Z.rec.zst", "volume-notes.txt"}) {
    std::ofstream(settings().folder / name) << noise(20'000, 1);
  }
  RecordingFiles files(settings());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(files.write(noise(6'000, static_cast<unsigned>(i)), noon + std::chrono::seconds{i}));
    ASSERT_LE(bytes_in(settings().folder), 40'000U + settings().total_bytes_max);
  }
  const auto left = files_in(settings().folder);
  EXPECT_EQ(left.size(), 2U + 4U);
  EXPECT_EQ(left.front().filename(), "funding-20250101T000000000Z.rec.zst");
  EXPECT_EQ(left.back().filename(), "volume-notes.txt");
}

TEST_F(Files, AnErrorNamesTheFileAndTheMend) {
  std::ofstream(folder.path() / "rec") << "a file where the folder should be";
  RecordingFiles files(settings());
  const auto written = files.write("x", noon);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::storage);
  EXPECT_NE(written.error().text().find("/rec: "), std::string::npos) << written.error().text();
}

TEST_F(Files, ARecorderWritesAboutOnceASecondAndAtItsEnd) {
  boost::asio::io_context io{1};
  test::FakeClock clock{io, noon};
  {
    Recorder recorder(settings(), io.get_executor(), clock,
                      [](const base::Error& error) { ADD_FAILURE() << error.text(); });
    recorder.add(frame("1"));
    recorder.on_time();
    clock.advance(Millis{1'000});
    recorder.on_time();
    recorder.add(frame("2"));
    EXPECT_EQ(recorder.dropped(), 0U);
  }
  const auto files = files_in(settings().folder);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(read(content(files[0])), (std::vector<std::string>{said(frame("1")), said(frame("2"))}));
}

TEST_F(Files, WhatTheDiskRefusesIsToldOnTheLoop) {
  std::ofstream(folder.path() / "rec") << "a file where the folder should be";
  boost::asio::io_context io{1};
  const auto work = boost::asio::make_work_guard(io);
  test::FakeClock clock{io, noon};
  std::vector<std::string> errors;
  auto recorder = std::make_unique<Recorder>(settings(), io.get_executor(), clock,
                                             [&](const base::Error& error) { errors.push_back(error.text()); });
  recorder->add(frame("1"));
  clock.advance(Millis{1'000});
  recorder->on_time();
  for (int tries = 0; errors.empty() && tries < 200; ++tries) {  // the worker is another thread
    io.run_for(std::chrono::milliseconds{50});
  }
  EXPECT_EQ(errors.size(), 1U);
  recorder->add(frame("2"));
  recorder.reset();  // its last error has no listener any more
  io.poll();
  EXPECT_EQ(errors.size(), 1U);
}

}  // namespace recording_test
}  // namespace feed
