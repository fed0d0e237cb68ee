#include "bots/liquidation/memo.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace liquidation {

namespace {

constexpr std::string_view version = "cascade 1";

class Writer {
 public:
  void text(std::string_view value) { ((out_ += value) += '\t'); }
  template <class T>
  void number(T value) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    text({buffer.data(), error == std::errc{} ? end : buffer.data()});
  }
  void time(base::WallTime at) { number(base::to_ms(at)); }
  void end_line() { out_.back() = '\n'; }
  [[nodiscard]] std::string out() && { return std::move(out_); }

 private:
  std::string out_;
};

/// The first field that cannot be read ends it: ok() stays false.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}
  std::string_view text() {
    const auto end = left_.find_first_of("\t\n");
    if (end == std::string_view::npos) ok_ = false;
    if (!ok_) return {};
    const auto out = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    return out;
  }
  template <class T>
  T number() {
    const auto field = text();
    T value{};
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    ok_ = ok_ && error == std::errc{} && end == field.data() + field.size();
    if constexpr (std::is_floating_point_v<T>) ok_ = ok_ && std::isfinite(value);
    return value;
  }
  base::WallTime time() { return base::from_ms(number<std::int64_t>()); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
  bool ok_{true};
};

constexpr std::size_t rows_max = 1'000;

}  // namespace

std::string memo_of(const Episode& e) {
  Writer out;
  out.text(version);
  for (const double value : {e.level_usd, e.total_usd, e.other_side_usd, e.peak_60s_usd, e.price_from, e.price_extreme,
                             e.price_to, e.largest.usd})
    out.number(value);
  for (const auto at : {e.since, e.until, e.peak_at, e.largest.at}) out.time(at);
  out.number(e.tier);
  out.number(e.events);
  out.number(static_cast<int>(e.price_source));
  for (const auto& text : {e.largest.exchange, e.largest.symbol, e.unchecked}) out.text(text);
  out.number(e.by_exchange.size());
  out.number(e.by_contract.size());
  out.end_line();
  for (const auto& [exchange, share] : e.by_exchange) {
    out.text(exchange);
    out.number(share.usd);
    out.number(share.events);
    out.time(share.newest);
    out.end_line();
  }
  for (const auto& [contract, usd] : e.by_contract) {
    out.text(contract.first);
    out.text(contract.second);
    out.number(usd);
    out.end_line();
  }
  return std::move(out).out();
}

std::optional<Episode> read_memo(std::string_view memo) {
  Reader in(memo);
  if (in.text() != version) return std::nullopt;
  Episode e;
  for (double* value : {&e.level_usd, &e.total_usd, &e.other_side_usd, &e.peak_60s_usd, &e.price_from, &e.price_extreme,
                        &e.price_to, &e.largest.usd})
    *value = in.number<double>();
  for (auto* at : {&e.since, &e.until, &e.peak_at, &e.largest.at}) *at = in.time();
  e.tier = in.number<int>();
  e.events = in.number<std::uint64_t>();
  const int source = in.number<int>();
  for (auto* text : {&e.largest.exchange, &e.largest.symbol, &e.unchecked}) *text = in.text();
  const auto exchanges = in.number<std::size_t>(), contracts = in.number<std::size_t>();
  if (!in.ok() || source < 0 || source > static_cast<int>(PriceSource::market) || exchanges == 0 || contracts == 0 ||
      exchanges > rows_max || contracts > rows_max || !(e.total_usd > 0) || e.tier < 1)
    return std::nullopt;
  e.price_source = static_cast<PriceSource>(source);
  for (std::size_t row = 0; row < exchanges; ++row) {
    auto& share = e.by_exchange[std::string(in.text())];
    share.usd = in.number<double>();
    share.events = in.number<std::uint64_t>();
    share.newest = in.time();
  }
  for (std::size_t row = 0; row < contracts; ++row) {
    std::string exchange(in.text()), symbol(in.text());
    e.by_contract[{std::move(exchange), std::move(symbol)}] = in.number<double>();
  }
  return in.ok() && in.at_end() ? std::optional(std::move(e)) : std::nullopt;
}

}  // namespace liquidation
