#include "tests/sandbox/encoding.hpp"

#include <algorithm>

#include <zlib.h>

namespace sandbox {

namespace {
constexpr std::size_t worth_it = 1'000;
constexpr int gzip_window = 15 + 16;
}  // namespace

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void encode(const Request& request, Response& response) {
  const auto accepted = request.headers.find("accept-encoding");
  if (accepted == request.headers.end() || accepted->second.find("gzip") == std::string::npos) return;
  const auto is_encoding = [](const auto& header) { return header.first == "Content-Encoding"; };
  const auto& headers = response.headers;
  if (response.body.size() < worth_it || response.wire.raw ||
      std::any_of(headers.begin(), headers.end(), is_encoding)) {
    return;
  }
  response.body = gzipped(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace sandbox
