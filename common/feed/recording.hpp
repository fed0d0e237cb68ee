// Raw bytes as they came from exchanges, with the time of receipt: what a recording file holds. Pure.
//
// A file is a row of zstd frames, each of whole records, so that whatever a crash cut off costs the last frame alone.
// Unpacked (`zstdcat FILE`) a record is one line and the bytes behind it:
//   frame 1764000000123 binance 187 binance liquidations
//   answer 1764000001456 binance 4711 fapi/v1/klines candles BTCUSDT 60000
//   heard 1764000001460 binance 158 event
// kind, ms since 1970, exchange, number of bytes, and the stream's name, or the endpoint, the topic, the contract that
// was asked for ("-": all) and the bar length in ms (0: none). `heard` is what the detector was told, in the order and
// at the times it was told (decision 0021): from it a replay yields what the live run found.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/market/topic.hpp"

namespace feed {

struct Record {
  enum class Kind : std::uint8_t { frame, answer, heard };
  Kind kind{Kind::frame};
  base::WallTime received{};
  std::string exchange;
  std::string source;     ///< a frame's stream: "binance liquidations"; an answer's endpoint; what was heard: "event"
  market::Topic topic{};  ///< of an answer
  std::string symbol;     ///< of an answer, where one contract was asked for
  base::Millis bar_length{};  ///< of an answer
  std::string_view bytes;     ///< as received; held by whoever reads or writes
};

[[nodiscard]] Record frame_record(base::WallTime received, const std::string& exchange, const std::string& stream,
                                  std::string_view bytes);
[[nodiscard]] Record heard_record(base::WallTime at, const std::string& exchange, std::string_view what,
                                  std::string_view bytes);
void append(std::string& text, const Record& record);
/// Packs whole records into one zstd frame. `level` 1 to 19.
[[nodiscard]] std::string packed(std::string_view text, int level);

/// Gives every whole record of a file's bytes in order. bad_data, naming the place, when something in the middle cannot
/// be read; a last zstd frame that is cut off is the end, and no error. False from `take` ends it.
[[nodiscard]] base::Result<void> each_record(std::string_view file, const std::string& place,
                                             const std::function<bool(const Record&)>& take);

inline constexpr std::size_t unpacked_max = std::size_t{64} << 20U;  ///< of one zstd frame

}  // namespace feed
