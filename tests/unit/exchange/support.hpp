// What the exchange tests share.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "common/exchange/exchange.hpp"
#include "common/exchange/json.hpp"

namespace exchange::testing {

inline constexpr base::WallTime now{base::Millis{1'764'000'000'000}};

inline Settings settings() {
  Settings out;
  out.rest_url = "https://rest.test";
  out.proxy = "http://proxy.test:3128";
  for (const char* door : {"market", "public", "business", "edge", "uta"}) {
    out.stream_urls[door] = std::string("wss://stream.test/") + door;
  }
  return out;
}

inline std::vector<std::string> urls(const std::vector<Ask>& asks) {
  std::vector<std::string> out;
  for (const auto& ask : asks) out.push_back(ask.request.url);
  return out;
}

/// Bytes that were read, with all that its values need. The bytes stand at the end of their allocation, so that
/// AddressSanitizer sees a look beyond them.
class Document {
 public:
  explicit Document(std::string_view bytes, std::string_view place = "test")
      : bytes_(bytes.begin(), bytes.end()), root_(json_.read({bytes_.data(), bytes_.size()}, place)) {}
  explicit operator bool() const { return root_.has_value(); }
  [[nodiscard]] Value root() const { return root_.value(); }
  [[nodiscard]] base::Error error() const { return root_.error(); }

 private:
  std::vector<char> bytes_;
  Json json_;
  base::Result<Value> root_;
};

inline Want want(std::vector<std::string> symbols) {
  Want out;
  out.symbols = std::move(symbols);
  return out;
}

inline net::Response response(int status, std::string body, net::Headers headers = {}) {
  net::Response out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  return out;
}

/// Instruments of which only the spelling matters, and pointers to them.
class Listed {
 public:
  Listed(const Exchange& exchange, const std::vector<std::string>& symbols) {
    for (const auto& symbol : symbols) {
      market::Instrument instrument;
      if (auto described = exchange.describe(symbol)) instrument = std::move(*described);
      instrument.symbol = symbol;
      instruments_.push_back(std::move(instrument));
    }
    for (const auto& instrument : instruments_) pointers_.push_back(&instrument);
  }
  [[nodiscard]] const std::vector<const market::Instrument*>& pointers() const { return pointers_; }

 private:
  std::vector<market::Instrument> instruments_;
  std::vector<const market::Instrument*> pointers_;
};

inline std::vector<std::string> numbered(const std::string& before, const std::string& after, int count) {
  std::vector<std::string> out;
  for (int at = 0; at < count; ++at) out.push_back(before + std::to_string(at) + after);
  return out;
}

/// "ETH/USDT:USDT perp linear", "" when the exchange has no such form.
inline std::string spelled(const Exchange& exchange, const std::string& symbol) {
  const auto said = exchange.describe(symbol);
  if (!said) return "";
  return said->base + "/" + said->quote + ":" + said->settle +
         (said->kind == market::ContractKind::perpetual ? " perp" : " future") +
         (said->inverse ? " inverse" : " linear");
}

struct Spelled {
  std::string symbol, expected;
};

/// An exchange by its name, as the registry makes it.
inline std::unique_ptr<Exchange> described(std::string_view name) { return make_exchange(name, settings()); }

struct Judged {
  int status{};
  std::string body;
  market::Outcome expected{};
};

}  // namespace exchange::testing
