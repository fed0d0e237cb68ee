#include "tests/simulation/recorded_market.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/simulation/table.hpp"

namespace simulation {

namespace {

std::string base_of(const std::string& symbol) {
  return symbol.ends_with("USDT") || symbol.ends_with("USDC") ? symbol.substr(0, symbol.size() - 4) : symbol;
}

/// The recording appended USDT to every symbol, also to some that had their quote: "BTCUSDTUSDT".
std::string mended(std::string symbol) {
  if (symbol.ends_with("USDTUSDT") || symbol.ends_with("USDCUSDT")) symbol.resize(symbol.size() - 4);
  return symbol;
}

std::optional<std::size_t> find_in(const std::vector<Contract>& contracts, const std::string& symbol) {
  const auto found = std::ranges::find(contracts, symbol, &Contract::symbol);
  if (found == contracts.end()) return std::nullopt;
  return static_cast<std::size_t>(found - contracts.begin());
}

}  // namespace

std::vector<std::filesystem::path> recorded_files(const std::string& folder, const std::string& part) {
  std::vector<std::filesystem::path> out;
  const auto where = data_folder() / folder;
  if (!std::filesystem::is_directory(where)) return out;
  for (const auto& entry : std::filesystem::directory_iterator(where))
    if (entry.path().filename().string().find(part) != std::string::npos) out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

RecordedCandles::RecordedCandles(const std::vector<std::filesystem::path>& files) {
  if (files.empty()) throw std::runtime_error("no recorded candles");
  end_ = INT64_MAX;
  for (const auto& file : files) {
    const auto name = file.filename().string();
    const auto symbol = name.substr(0, name.find('-'));
    contracts_.push_back({symbol, base_of(symbol), 0});
    auto& series = series_.emplace_back();
    const Table table(file);
    const std::vector<std::size_t> at{
        table.column("time_ms"), table.column("open"),         table.column("high"),   table.column("low"),
        table.column("close"),   table.column("quote_volume"), table.column("trades"), table.column("taker_buy_quote")};
    table.for_each([&](const Row& row) {
      const Ms opens_at = Table::integer(row[at[0]]);
      if (series.bars.empty()) series.first = opens_at;
      Bar bar;
      bar.open = Table::number(row[at[1]]);
      bar.high = Table::number(row[at[2]]);
      bar.low = Table::number(row[at[3]]);
      bar.close = Table::number(row[at[4]]);
      bar.quote = Table::number(row[at[5]]);
      bar.trades = Table::integer(row[at[6]]);
      bar.taker_buy_quote = Table::number(row[at[7]]);
      bar.base = bar.quote / bar.close;
      series.bars.resize(static_cast<std::size_t>((opens_at - series.first) / minute) + 1);
      series.bars.back() = bar;
    });
    begin_ = std::max(begin_, series.first);
    end_ = std::min(end_, series.first + static_cast<Ms>(series.bars.size()) * minute);
  }
}

std::optional<std::size_t> RecordedCandles::find(const std::string& symbol) const {
  return find_in(contracts_, symbol);
}

std::optional<Bar> RecordedCandles::bar(std::size_t contract, Ms opens_at) const {
  const auto& series = series_[contract];
  const Ms index = (opens_at - series.first) / minute;
  if (opens_at < series.first || index >= static_cast<Ms>(series.bars.size())) return std::nullopt;
  return series.bars[static_cast<std::size_t>(index)];
}

double RecordedCandles::last_price(std::size_t contract, Ms now) const {
  const auto last = bar(contract, now / minute * minute - minute);
  return last ? last->close : series_[contract].bars.front()->open;
}

double RecordedCandles::turnover_24h(std::size_t contract, Ms now) const {
  double sum = 0;
  for (Ms at = now / minute * minute - day; at < now / minute * minute; at += minute)
    if (const auto one = bar(contract, at)) sum += one->quote;
  return sum;
}

RecordedFunding::RecordedFunding(const std::filesystem::path& file, const Wanted& wanted) {
  const Table table(file);
  const auto time = table.column("time_ms");
  const auto symbol = table.column("symbol");
  const auto rate = table.column("funding_rate");
  std::map<std::string, std::vector<Settlement>> by_symbol;
  table.for_each([&](const Row& row) {
    std::string name(row[symbol]);
    if (wanted && !wanted(name)) return;
    by_symbol[name].push_back({Table::integer(row[time]), Table::number(row[rate])});
  });
  begin_ = INT64_MAX;
  for (auto& [name, settled] : by_symbol) {
    if (settled.size() < 2) continue;
    std::ranges::sort(settled, {}, &Settlement::at);
    contracts_.push_back({name, base_of(name), settled.front().at});
    begin_ = std::min(begin_, settled.front().at);
    end_ = std::max(end_, settled.back().at);
    settled_.push_back(std::move(settled));
  }
}

std::optional<std::size_t> RecordedFunding::find(const std::string& symbol) const {
  return find_in(contracts_, symbol);
}

int RecordedFunding::interval_hours(std::size_t contract, std::size_t settlement) const {
  const auto& settled = settled_[contract];
  for (std::size_t at = std::max<std::size_t>(settlement, 1); at > 0; --at) {
    const auto hours = static_cast<int>((settled[at].at - settled[at - 1].at + hour / 2) / hour);
    if (hours == 1 || hours == 2 || hours == 4 || hours == 8) return hours;  // else one between them is missing
  }
  return 8;
}

std::optional<Running> RecordedFunding::running(std::size_t contract, Ms now) const {
  const auto& settled = settled_[contract];
  const auto next = std::ranges::upper_bound(settled, now, {}, &Settlement::at);
  if (next == settled.end() || next == settled.begin()) return std::nullopt;
  Running out;
  out.rate = next->rate;
  out.settles_at = next->at / minute * minute;  // stamped some milliseconds late
  out.interval_hours = interval_hours(contract, static_cast<std::size_t>(next - settled.begin()));
  return out;
}

std::vector<Settlement> RecordedFunding::settlements(std::size_t contract, Ms from, Ms to) const {
  const auto& settled = settled_[contract];
  const auto first = std::ranges::lower_bound(settled, from, {}, &Settlement::at);
  const auto last = std::ranges::upper_bound(settled, to, {}, &Settlement::at);
  return first < last ? std::vector<Settlement>(first, last) : std::vector<Settlement>();
}

RecordedForced::RecordedForced(const std::filesystem::path& file, const std::string& session) {
  const Table table(file);
  const auto time = table.column("time_ms");
  const auto of = table.column("session");
  const auto symbol = table.column("symbol");
  const auto side = table.column("side");
  const auto price = table.column("avg_price");
  const auto quantity = table.column("filled_qty");
  std::map<std::string, std::size_t> known;
  table.for_each([&](const Row& row) {
    const auto name = mended(std::string(row[symbol]));
    const auto [at, fresh] = known.emplace(name, contracts_.size());
    if (fresh) contracts_.push_back({name, base_of(name), 0});
    if (row[of] != session) return;
    orders_.push_back({Table::integer(row[time]), at->second, row[side] == "SELL", Table::number(row[quantity]),
                       Table::number(row[price])});
  });
  if (orders_.empty()) throw std::runtime_error("no recorded session " + session);
  std::ranges::stable_sort(orders_, {}, &ForcedOrder::at);
}

double RecordedForced::last_price(std::size_t contract, Ms now) const {
  double out = 0;
  for (const auto& order : orders_) {
    if (order.contract != contract) continue;
    if (out > 0 && order.at > now) break;
    out = order.price;
  }
  return out > 0 ? out : 1;
}

}  // namespace simulation
