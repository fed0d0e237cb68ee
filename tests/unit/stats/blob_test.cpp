#include "common/stats/blob.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "common/stats/atr.hpp"
#include "common/stats/streaming_median.hpp"

namespace blob_test {

constexpr stats::BlobKind kind{"TEST", 3};

std::string sample() {
  stats::BlobWriter out;
  out.put(std::uint32_t{7});
  out.put(2.5F);
  return std::move(out).seal(kind);
}

TEST(Blob, GivesBackWhatWasWritten) {
  const std::string blob = sample();
  auto in = stats::BlobReader::open(blob, kind);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->get<std::uint32_t>(), 7U);
  EXPECT_FLOAT_EQ(in->finite(), 2.5F);
  EXPECT_TRUE(in->finished());
}

TEST(Blob, EveryChangedByteAndEveryCutIsRefused) {
  const std::string blob = sample();
  for (std::size_t at = 0; at < blob.size(); ++at) {
    std::string changed = blob;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    EXPECT_FALSE(stats::BlobReader::open(changed, kind)) << at;
    EXPECT_FALSE(stats::BlobReader::open(blob.substr(0, at), kind)) << at;
  }
  EXPECT_FALSE(stats::BlobReader::open(blob + "x", kind));
}

TEST(Blob, AnotherKindOrVersionIsRefusedWithItsReason) {
  const std::string blob = sample();
  const auto other = stats::BlobReader::open(blob, {"ELSE", 3});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, base::ErrorKind::bad_data);
  EXPECT_FALSE(stats::BlobReader::open(blob, {"TEST", 4}));
}

TEST(Blob, ReadingPastTheEndFailsForGood) {
  const std::string blob = sample();
  auto in = stats::BlobReader::open(blob, kind);
  (void)in->get<std::uint64_t>();
  EXPECT_EQ(in->get<std::uint64_t>(), 0U);
  EXPECT_FALSE(in->ok());
}

TEST(Blob, NonFiniteValuesAndTooLargeCountsFail) {
  stats::BlobWriter out;
  out.put(std::numeric_limits<float>::quiet_NaN());
  const std::string nan = std::move(out).seal(kind);
  auto in = stats::BlobReader::open(nan, kind);
  EXPECT_FLOAT_EQ(in->finite(), 0);
  EXPECT_FALSE(in->ok());
  const std::string blob = sample();
  auto counted = stats::BlobReader::open(blob, kind);
  EXPECT_EQ(counted->count(6), 0U);
  EXPECT_FALSE(counted->ok());
}

TEST(Blob, StreamAndAtrGoOnAsIfNothingHadHappened) {
  constexpr stats::StreamingMedian::Pace pace{};
  for (const int values : {0, 3, 9, 10, 200}) {
    stats::StreamingMedian stream;
    stats::Atr atr(30);
    for (int at = 0; at < values; ++at) {
      (void)stream.add(at % 13, pace);
      (void)atr.add(at + 3, at + 1, at + 2);
    }
    stats::BlobWriter out;
    stream.save(out);
    atr.save(out);
    const std::string blob = std::move(out).seal(kind);
    auto in = stats::BlobReader::open(blob, kind);
    auto stream_again = stats::StreamingMedian::load(*in);
    auto atr_again = stats::Atr::load(*in, 30);
    ASSERT_TRUE(in->finished()) << values;
    atr.interrupt();  // the close before is not kept: the next bar is another session's
    for (int at = 0; at < 40; ++at) {
      (void)stream.add(at, pace), (void)stream_again.add(at, pace);
      (void)atr.add(at + 2, at + 1, at + 1), (void)atr_again.add(at + 2, at + 1, at + 1);
    }
    EXPECT_EQ(stream.median(), stream_again.median()) << values;
    EXPECT_EQ(stream.mad(), stream_again.mad()) << values;
    EXPECT_EQ(atr.value(), atr_again.value()) << values;
  }
}

}  // namespace blob_test
