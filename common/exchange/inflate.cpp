#include "common/exchange/inflate.hpp"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace exchange {

namespace {

constexpr int any_header = 32 + MAX_WBITS;  // zlib finds out whether it is gzip or zlib
constexpr std::size_t first_guess_times = 8;
constexpr std::size_t first_guess_min = 512;

/// Ends the stream on every way out.
class Unpacker {
 public:
  Unpacker() = default;
  ~Unpacker() {
    if (begun_) inflateEnd(&stream_);
  }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  Unpacker(Unpacker&&) = delete;
  Unpacker& operator=(Unpacker&&) = delete;

  /// "": done; else what is wrong.
  std::string run(std::string_view packed, std::size_t size_max, std::string& into) {
    if (packed.empty() || packed.size() > std::numeric_limits<uInt>::max()) return "no packed message";
    begun_ = inflateInit2(&stream_, any_header) == Z_OK;
    if (!begun_) return "out of memory";
    // zlib does not write to its input; its interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(packed.size());
    // One byte of room beyond the cap shows that there is more than it allows.
    const auto room_max = size_max + 1;
    into.resize(std::min(std::max(packed.size() * first_guess_times, first_guess_min), room_max));
    for (std::size_t done = 0;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(into.data() + done);  // NOLINT
      stream_.avail_out = static_cast<uInt>(into.size() - done);
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      done = into.size() - stream_.avail_out;
      if (done > size_max) return "longer than " + std::to_string(size_max) + " bytes unpacked";
      if (status == Z_STREAM_END) {
        into.resize(done);
        return stream_.avail_in == 0 ? "" : "bytes behind the packed message";
      }
      if (status != Z_OK && status != Z_BUF_ERROR) return "not packed as promised";
      if (stream_.avail_out > 0) return "cut off";
      into.resize(std::min(into.size() * 2, room_max));
    }
  }

 private:
  z_stream stream_{};
  bool begun_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

base::Result<std::string> inflate(std::string_view packed, std::string_view place, std::size_t size_max) {
  std::string out;
  auto problem = Unpacker().run(packed, size_max, out);
  if (!problem.empty()) return base::Error(base::ErrorKind::bad_data, std::string(place), std::move(problem));
  return out;
}

}  // namespace exchange
