#include "common/feed/event_codec.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

namespace feed {

namespace {

constexpr char version = 1;
constexpr std::size_t list_max = 10'000;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void operator()(const T& value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof bytes);
  }
  void operator()(const std::string& text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  void operator()(const base::WallTime& time) { (*this)(base::to_ms(time)); }
  void operator()(const base::Millis& span) { (*this)(static_cast<std::int64_t>(span.count())); }
  void operator()(const std::chrono::minutes& span) { (*this)(static_cast<std::int64_t>(span.count())); }
  template <class T>
  void operator()(const std::optional<T>& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  void operator()(const std::vector<market::Depth::Level>& levels) {
    (*this)(static_cast<std::uint32_t>(levels.size()));
    for (const auto& level : levels) {
      (*this)(level.price);
      (*this)(level.raw_quantity);
    }
  }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void operator()(T& value) {
    if (left_.size() < sizeof value) return fail();
    if constexpr (std::is_same_v<T, bool>) {
      value = left_.front() != 0;
    } else {
      std::memcpy(&value, left_.data(), sizeof value);
    }
    left_.remove_prefix(sizeof value);
  }
  void operator()(std::string& text) {
    std::uint32_t size = 0;
    (*this)(size);
    if (left_.size() < size) return fail();
    text = left_.substr(0, size);
    left_.remove_prefix(size);
  }
  void operator()(base::WallTime& time) {
    std::int64_t ms = 0;
    (*this)(ms);
    time = base::from_ms(ms);
  }
  template <class Period>
  void operator()(std::chrono::duration<std::int64_t, Period>& span) {
    std::int64_t count = 0;
    (*this)(count);
    span = std::chrono::duration<std::int64_t, Period>(count);
  }
  template <class T>
  void operator()(std::optional<T>& value) {
    bool has = false;
    (*this)(has);
    if (has && ok_) (*this)(value.emplace());
  }
  void operator()(std::vector<market::Depth::Level>& levels) {
    std::uint32_t size = 0;
    (*this)(size);
    if (size > list_max) return fail();
    for (; size > 0 && ok_; --size) {
      auto& level = levels.emplace_back();
      (*this)(level.price);
      (*this)(level.raw_quantity);
    }
  }
  [[nodiscard]] bool finished() const { return ok_ && left_.empty(); }

 private:
  void fail() {
    ok_ = false;
    left_ = {};
  }
  std::string_view left_;
  bool ok_{true};
};

// One list of fields for both ways: it cannot be written in one order and read in another.
template <class Io, class... Fields>
void each(Io& io, Fields&... fields) {
  (io(fields), ...);
}

// A field that is added does not compile until it is named here: the binding names all of them.
template <class T, class U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

void fields(auto& io, Is<market::Funding> auto& event) {
  auto& [exchange, symbol, rate, predicted_rate, interval, settles_at, settled, cap, floor, mark, index, at,
         received_at] = event;
  each(io, exchange, symbol, rate, predicted_rate, interval, settles_at, settled, cap, floor, mark, index, at,
       received_at);
}
void fields(auto& io, Is<market::Ticker> auto& event) {
  auto& [exchange, symbol, last, mark, index, bid, ask, open_24h, high_24h, low_24h, change_24h, base_volume_24h,
         quote_volume_24h, at, received_at] = event;
  each(io, exchange, symbol, last, mark, index, bid, ask, open_24h, high_24h, low_24h, change_24h, base_volume_24h,
       quote_volume_24h, at, received_at);
}
void fields(auto& io, Is<market::OpenInterest> auto& event) {
  auto& [exchange, symbol, raw, unit, base, quote, single_side_raw, history, at, received_at] = event;
  each(io, exchange, symbol, raw, unit, base, quote, single_side_raw, history, at, received_at);
}
void fields(auto& io, Is<market::Candle> auto& event) {
  auto& [exchange, symbol, opened_at, length, open, high, low, close, base_volume, quote_volume, taker_buy_quote,
         trades, closed, received_at] = event;
  each(io, exchange, symbol, opened_at, length, open, high, low, close, base_volume, quote_volume, taker_buy_quote,
       trades, closed, received_at);
}
void fields(auto& io, Is<market::Liquidation> auto& event) {
  auto& [exchange, symbol, side, sign, price, raw_quantity, order_quantity, unit, base, usd, id, at, received_at] =
      event;
  each(io, exchange, symbol, side, sign, price, raw_quantity, order_quantity, unit, base, usd, id, at, received_at);
}
void fields(auto& io, Is<market::Trade> auto& event) {
  auto& [exchange, symbol, side, price, raw_quantity, unit, base, usd, id, at, received_at] = event;
  each(io, exchange, symbol, side, price, raw_quantity, unit, base, usd, id, at, received_at);
}
void fields(auto& io, Is<market::Depth> auto& event) {
  auto& [exchange, symbol, bids, asks, unit, contract_size, at, received_at] = event;
  each(io, exchange, symbol, bids, asks, unit, contract_size, at, received_at);
}
void fields(auto& io, Is<market::Gap> auto& event) {
  auto& [exchange, topic, symbol, from, to] = event;
  each(io, exchange, topic, symbol, from, to);
}
void fields(auto& io, Is<market::Instrument> auto& event) {
  auto& [exchange, symbol, base, quote, settle, asset, unit_multiplier, kind, inverse, sized_in_usd, contract_size,
         tick_size, funding_interval, status] = event;
  each(io, exchange, symbol, base, quote, settle, asset, unit_multiplier, kind, inverse, sized_in_usd, contract_size,
       tick_size, funding_interval, status);
}

template <std::size_t I = 0>
std::optional<market::Event> read_as(std::size_t index, Reader& in) {
  if constexpr (I == std::variant_size_v<market::Event>) {
    return std::nullopt;
  } else {
    if (index != I) return read_as<I + 1>(index, in);
    std::variant_alternative_t<I, market::Event> event;
    fields(in, event);
    return in.finished() ? std::optional<market::Event>(std::move(event)) : std::nullopt;
  }
}

}  // namespace

std::string encoded(const market::Event& event) {
  std::string out{version, static_cast<char>(event.index())};
  Writer writer(out);
  std::visit([&writer](const auto& one) { fields(writer, one); }, event);
  return out;
}

std::string encoded(const market::Instrument& instrument) {
  std::string out{version};
  Writer writer(out);
  fields(writer, instrument);
  return out;
}

std::optional<market::Event> decoded_event(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != version) return std::nullopt;
  Reader in(bytes.substr(2));
  return read_as(static_cast<unsigned char>(bytes[1]), in);
}

std::optional<market::Instrument> decoded_instrument(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != version) return std::nullopt;
  Reader in(bytes.substr(1));
  market::Instrument out;
  fields(in, out);
  return in.finished() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace feed
