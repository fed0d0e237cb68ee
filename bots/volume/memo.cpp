#include "bots/volume/memo.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace volume {

namespace {

constexpr std::string_view version = "spike 1";
constexpr double unknown = -1;  ///< of a share or a size that was not measured

/// The same fields in the same order, to be written and to be read.
template <class Details, class Visit>
void each_number(Details& d, Visit visit) {
  for (auto* value : {&d.total_usd, &d.expected_usd, &d.open, &d.high, &d.low, &d.close}) visit(*value);
  for (auto* m : {&d.now, &d.peak})
    for (auto* value : {&m->z, &m->relative_volume, &m->volume_usd, &m->expected_usd, &m->open, &m->close, &m->move})
      visit(*value);
}

void put(std::string& out, double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out += ' ';
  out.append(buffer.data(), error == std::errc{} ? end : buffer.data());
}

}  // namespace

std::string memo_of(const SpikeDetails& d) {
  std::string out(version);
  each_number(d, [&](double value) { put(out, value); });
  for (const auto* m : {&d.now, &d.peak}) {
    put(out, m->bars);
    put(out, m->taker_buy_share.value_or(unknown));
    put(out, m->move_atr.value_or(unknown));
  }
  for (const auto at : {d.since, d.until, d.peak_at}) put(out, static_cast<double>(base::to_ms(at)));
  put(out, d.tier);
  put(out, static_cast<int>(d.direction));
  return out;
}

std::optional<SpikeDetails> read_memo(std::string_view memo) {
  if (!memo.starts_with(version)) return std::nullopt;
  memo.remove_prefix(version.size());
  bool ok = true;
  const auto next = [&] {
    double value{};
    ok = ok && memo.starts_with(' ');
    if (!ok) return value;
    memo.remove_prefix(1);
    const auto [end, error] = std::from_chars(memo.data(), memo.data() + memo.size(), value);
    ok = error == std::errc{} && std::isfinite(value);
    memo.remove_prefix(static_cast<std::size_t>(end - memo.data()));
    return value;
  };
  const auto measured = [&]() -> std::optional<double> {
    const double value = next();
    return value == unknown ? std::nullopt : std::optional(value);
  };
  SpikeDetails d;
  each_number(d, [&](double& value) { value = next(); });
  for (auto* m : {&d.now, &d.peak}) {
    m->bars = static_cast<std::uint32_t>(next());
    m->taker_buy_share = measured();
    m->move_atr = measured();
  }
  for (auto* at : {&d.since, &d.until, &d.peak_at}) *at = base::from_ms(static_cast<std::int64_t>(next()));
  d.tier = static_cast<int>(next());
  const double direction = next();
  if (!ok || !memo.empty() || d.tier < 1 || d.tier > 3 || !(d.open > 0) || !(d.low > 0) || direction < 0 ||
      direction > static_cast<double>(desk::Direction::short_side))
    return std::nullopt;
  d.direction = static_cast<desk::Direction>(static_cast<int>(direction));
  return d;
}

}  // namespace volume
