#include "tests/sandbox/encoding.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace sandbox {
namespace encoding_test {

const std::string large(5'000, 'x');

std::string unpacked(const std::string& bytes) {
  z_stream stream{};
  std::string out(large.size() + 1, '\0');
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

Response encoded(const std::string& accepted, Response response) {
  Request request;
  if (!accepted.empty()) request.headers["accept-encoding"] = accepted;
  encode(request, response);
  return response;
}

TEST(Encoding, ALargeAnswerIsPackedForWhoeverAcceptsIt) {
  Response response;
  response.body = large;
  const auto out = encoded("deflate, gzip", response);
  EXPECT_LT(out.body.size(), 200U);
  EXPECT_EQ(unpacked(out.body), large);
  ASSERT_EQ(out.headers.size(), 1U);
  EXPECT_EQ(out.headers[0].first, "Content-Encoding");
  EXPECT_EQ(out.headers[0].second, "gzip");
}

TEST(Encoding, EverythingElseGoesAsItIs) {
  Response response;
  response.body = large;
  EXPECT_EQ(encoded("", response).body, large) << "not accepted";
  EXPECT_EQ(encoded("br", response).body, large) << "something else accepted";
  Response small;
  small.body = "{}";
  EXPECT_EQ(encoded("gzip", small).body, "{}");
  Response bomb = response;
  bomb.headers.emplace_back("Content-Encoding", "gzip");
  EXPECT_EQ(encoded("gzip", bomb).body, large) << "packed already";
  Response raw = response;
  raw.wire.raw = true;
  EXPECT_EQ(encoded("gzip", raw).body, large) << "no HTTP at all";
}

}  // namespace encoding_test
}  // namespace sandbox
