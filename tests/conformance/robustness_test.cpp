// Broken bytes: whatever is cut off or flipped, a decoder answers with a value or an error and never with a number that
// is none. AddressSanitizer and UBSan are the judges of the rest (F-15, F-16).
#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/conformance/actual.hpp"
#include "tests/conformance/folders.hpp"

namespace conformance {
namespace robustness_test {

constexpr std::size_t every_byte_max = std::size_t{16} << 10U;
constexpr std::size_t seeded_tries = 2'000;

class Finite {
 public:
  bool operator()(const market::Funding& e) const { return all({e.rate, e.predicted_rate, e.mark, e.index}); }
  bool operator()(const market::Ticker& e) const {
    return all({e.last, e.mark, e.index, e.bid, e.ask, e.open_24h, e.high_24h, e.low_24h, e.change_24h,
                e.base_volume_24h, e.quote_volume_24h});
  }
  bool operator()(const market::OpenInterest& e) const { return all({e.raw, e.base, e.quote, e.single_side_raw}); }
  bool operator()(const market::Candle& e) const {
    return all({e.open, e.high, e.low, e.close, e.base_volume, e.quote_volume, e.taker_buy_quote});
  }
  bool operator()(const market::Liquidation& e) const { return all({e.price, e.raw_quantity, e.base, e.usd}); }
  bool operator()(const market::Trade& e) const { return all({e.price, e.raw_quantity, e.base, e.usd}); }
  bool operator()(const market::Depth& e) const {
    const auto finite = [](const market::Depth::Level& level) { return all({level.price, level.raw_quantity}); };
    return std::all_of(e.bids.begin(), e.bids.end(), finite) && std::all_of(e.asks.begin(), e.asks.end(), finite);
  }
  bool operator()(const market::Gap& /*gap*/) const { return true; }

 private:
  static bool all(std::initializer_list<std::optional<double>> numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](const auto& n) { return !n || std::isfinite(*n); });
  }
};

struct Subject {
  explicit Subject(const Case& item)
      : exchange(describe_exchange(item.exchange)),
        universe(universe_of(item, *exchange)),
        ask(ask_of(item, *exchange)) {}

  /// The text stands at the end of its allocation, so that a read beyond it is seen.
  [[nodiscard]] std::string fault(std::string_view text) const {
    const std::vector<char> exact(text.begin(), text.end());
    const std::string_view bytes(exact.data(), exact.size());
    const auto now = base::from_ms(1'764'000'000'000);
    const auto frame = exchange->decode_frame(bytes, universe, now);
    if (frame && !finite(frame->events)) return "a frame with a number that is none";
    net::Response response;
    response.status = 200;
    response.body = text;
    (void)exchange->judge(response, now);
    if (!ask) return {};
    const auto reply = exchange->decode(*ask, bytes, universe, now);
    if (!reply) return {};
    for (const auto& instrument : reply->instruments) {
      if (!std::isfinite(instrument.contract_size.value_or(1)) || !std::isfinite(instrument.tick_size.value_or(1))) {
        return "an instrument with a number that is none";
      }
    }
    return finite(reply->events) ? "" : "a reply with a number that is none";
  }

  static bool finite(const market::Events& events) {
    return std::all_of(events.begin(), events.end(), [](const auto& event) { return std::visit(Finite{}, event); });
  }

  std::unique_ptr<exchange::Exchange> exchange;
  market::Universe universe;
  std::optional<exchange::Ask> ask;
};

std::vector<Case> all_cases() {
  auto cases = load_cases(own_folder());
  if (std::filesystem::is_directory(recorded_folder())) {
    for (auto& item : load_cases(recorded_folder())) cases.push_back(std::move(item));
  }
  std::erase_if(cases, [](const Case& item) { return describe_exchange(item.exchange) == nullptr; });
  return cases;
}

TEST(Robustness, F15_TruncatedAtEveryByte) {
  for (const auto& item : all_cases()) {
    const Subject subject(item);
    const auto& text = item.payload;
    std::mt19937 random(7);
    if (text.size() <= every_byte_max) {
      for (std::size_t length = 0; length < text.size(); ++length) {
        ASSERT_EQ(subject.fault(std::string_view(text).substr(0, length)), "") << item.name << " cut at " << length;
      }
      continue;
    }
    for (std::size_t count = seeded_tries; count > 0; --count) {
      const auto length = random() % text.size();
      ASSERT_EQ(subject.fault(std::string_view(text).substr(0, length)), "") << item.name << " cut at " << length;
    }
  }
}

/// One to three of: another byte, a byte less, a digit more, a piece twice, a token that is no number.
std::string mutated(std::string text, std::mt19937& random) {
  static constexpr std::array<std::string_view, 12> tokens{
      "1e999", "-1e999", "NaN", "null", "\"nan\"", "\"inf\"", "99999999999999999999",
      "-0",    "\"\"",   "{}",  "[]",   "\xC3\x28"};
  static constexpr std::string_view bytes = "{}[]\",:0123456789eE+-.\\tfn \x01\xFF";
  for (auto changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
    const auto at = random() % text.size();
    switch (random() % 6) {
      case 0: text[at] = bytes[random() % bytes.size()]; break;
      case 1: text.erase(at, 1 + random() % 8); break;
      case 2: text.insert(at, 1 + random() % 400, '9'); break;
      case 3: text.insert(at, text.substr(random() % text.size(), random() % 64)); break;
      case 4: text.insert(at, tokens[random() % tokens.size()]); break;
      default: {  // in place of a value
        const auto colon = text.find(':', at);
        if (colon == std::string::npos) break;
        const auto end = text.find_first_of(",}]", colon);
        text.replace(colon + 1, end == std::string::npos ? 0 : end - colon - 1, tokens[random() % tokens.size()]);
      }
    }
  }
  return text;
}

TEST(Robustness, F15_F16_SeededMutations) {
  for (const auto& item : all_cases()) {
    const Subject subject(item);
    std::mt19937 random(11);
    for (std::size_t count = seeded_tries; count > 0; --count) {
      const auto text = mutated(item.payload, random);
      ASSERT_EQ(subject.fault(text), "") << item.name << " as\n" << text;
    }
  }
}

TEST(Robustness, F16_ANumberThatIsNoneCostsItsRowAlone) {
  for (const char* number : {"\"1e999\"", "1e999", "\"inf\"", "\"abc\"", "true", "[1]"}) {
    const auto exchange = describe_exchange("binance");
    exchange::Ask ask(exchange::Topic::tickers, "fapi/v1/ticker/24hr", net::Request("https://exchange.test", "t"));
    const std::string body =
        R"([{"symbol":"AUSDT","lastPrice":)" + std::string(number) +
        R"(,"closeTime":1764000000000},{"symbol":"BUSDT","lastPrice":"2","closeTime":1764000000000}])";
    const auto reply = exchange->decode(ask, body, {}, base::from_ms(1'764'000'000'000));
    ASSERT_TRUE(reply) << number;
    EXPECT_EQ(reply->events.size(), 1U) << number;
    EXPECT_EQ(reply->rows_skipped, 1U) << number;
  }
}

}  // namespace robustness_test
}  // namespace conformance
