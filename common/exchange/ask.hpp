// What the exchanges share in asking: addresses, names of bar lengths, pages of history, lists of channels.
#pragma once
#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/exchange/exchange.hpp"

namespace exchange {

/// "path?key=value&…". Values are percent-encoded, absent ones left out.
class Target {
 public:
  explicit Target(std::string_view path) : text_(path) {}
  Target& with(std::string_view key, std::string_view value);
  Target& with(std::string_view key, std::int64_t value);
  Target& with(std::string_view key, const std::optional<std::int64_t>& value);
  /// As it is: for what an exchange hands out already encoded. Bytes that would break the address are encoded.
  Target& with_token(std::string_view key, std::string_view token);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin_pair(std::string_view key);
  std::string text_;
};

/// An Ask for settings.rest_url + "/" + target through the exchange's proxy; `cost` units of `limit`.
[[nodiscard]] Ask make_ask(const Settings& settings, std::string_view exchange, Topic topic, std::string_view endpoint,
                           const Target& target, Cost cost);

/// How an exchange writes a bar length.
struct BarName {
  base::Millis length;
  std::string_view name;
};
[[nodiscard]] std::string_view bar_name(std::span<const BarName> names, base::Millis length);  ///< "": it has none such
[[nodiscard]] base::Millis bar_length(std::span<const BarName> names, std::string_view name);  ///< 0: unknown

/// One call of a history: opens from `from` to `to`, both inclusive, at most `rows` of them.
struct Page {
  std::optional<std::int64_t> from_ms, to_ms;
  int rows{};
};
/// Oldest first. More than one only where both ends are known; at most pages_max of the newest.
[[nodiscard]] std::vector<Page> pages(const Want& want, int page_rows_max);
inline constexpr int pages_max = 1'000;

/// What the rows of a history are. Settlements are no bars: a page is taken to cover as many hours as it has rows, or
/// intervals of want.bar_length where that is known to be longer.
enum class Rows : std::uint8_t { bars, settlements };
/// The Asks of a history, contract by contract and page by page, each with its symbol and bar length.
using MakeAsk = std::function<Ask(const std::string& symbol, const Page& page)>;
void add_history(std::vector<Ask>& out, const Want& want, Rows rows, int page_rows_max, const MakeAsk& make);

/// Rows to ask for: want.rows_max, or as many as one answer gives.
[[nodiscard]] inline int sample_rows(const Want& want, int most) {
  return want.rows_max > 0 ? std::min(want.rows_max, most) : most;
}

/// Cuts channels into connections of at most `count_max` channels and `bytes_max` characters of names, quotes and
/// commas.
[[nodiscard]] std::vector<std::vector<std::string>> split_channels(std::span<const std::string> channels,
                                                                   std::size_t count_max, std::size_t bytes_max);
/// Sockets like the first, one for each part that split_channels makes, with its channels and a name that counts them.
[[nodiscard]] std::vector<StreamPlan> sockets(std::string_view exchange, const StreamPlan& like,
                                              std::span<const std::string> channels, std::size_t count_max,
                                              std::size_t bytes_max = std::size_t{64} << 10U);
/// `prefix` and the symbol of each.
[[nodiscard]] std::vector<std::string> channels_of(std::span<const market::Instrument* const> instruments,
                                                   std::string_view prefix);
[[nodiscard]] std::string quoted_list(std::span<const std::string> channels);  ///< "\"a\",\"b\""
[[nodiscard]] std::string lower_case(std::string_view ascii);
/// "bybit liquidations", and with more than one connection " 2/3".
[[nodiscard]] std::string stream_name(std::string_view exchange, Topic topic, std::size_t index, std::size_t count);

}  // namespace exchange
