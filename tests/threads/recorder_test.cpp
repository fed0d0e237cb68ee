// The event loop records while the worker packs and writes.
#include "common/feed/recorder.hpp"

#include <fstream>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace recorder_test {

TEST(RecorderThreads, EveryRecordArrivesInOrder) {
  constexpr int records = 3'000;
  const test::TempFolder folder;
  boost::asio::io_context io{1};
  test::FakeClock clock{io, base::from_ms(1'767'268'800'000)};
  feed::RecorderSettings settings;
  settings.folder = folder.path();
  settings.bot = "toy";
  settings.file_bytes_max = 1'000'000'000;
  {
    feed::Recorder recorder(settings, io.get_executor(), clock,
                            [](const base::Error& e) { ADD_FAILURE() << e.text(); });
    const std::string body(2'000, 'x');
    for (int i = 0; i < records; ++i) {
      const std::string bytes = std::to_string(i) + body;
      feed::Record record;
      record.exchange = "toy";
      record.source = "toy";
      record.bytes = bytes;
      recorder.add(record);
      if (i % 100 == 0) recorder.on_time();
      clock.advance(base::Millis{20});
    }
    EXPECT_EQ(recorder.dropped(), 0U);
  }
  int next = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(in), {}};
    EXPECT_TRUE(feed::each_record(file, "file", [&](const feed::Record& record) {
      EXPECT_TRUE(record.bytes.starts_with(std::to_string(next) + "x")) << next;
      ++next;
      return true;
    }));
  }
  EXPECT_EQ(next, records);
}

}  // namespace recorder_test
