#include "common/feed/tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "common/exchange/decimal.hpp"

namespace feed {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t columns_max = 64;
constexpr double time_ms_max = 4e12;  ///< the year 2096: seconds or microseconds are no milliseconds

std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

base::Error bad(const std::string& place, std::size_t line, const std::string& cause) {
  return {base::ErrorKind::bad_data, place + ":" + std::to_string(line), cause,
          "the columns are described in docs/operations.md"};
}

/// Cuts the next line off, without its line end.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

/// The fields of one line of `table`.
struct Tables::Line {
  explicit Line(std::string_view whole) : table(whole) {}
  void read(std::string_view text) {
    count = 0;
    too_long = false;
    while (count < columns_max) {
      const auto comma = text.find(',');
      fields.at(count++) = text.substr(0, comma);
      if (comma == std::string_view::npos) return;
      text.remove_prefix(comma + 1);
    }
    too_long = true;
  }
  [[nodiscard]] std::string_view at(int column) const {
    return column < 0 ? std::string_view{} : fields.at(static_cast<std::size_t>(column));
  }
  [[nodiscard]] double number(std::string_view field) const {
    return exchange::decimal(field, static_cast<std::size_t>(field.data() - table.data()));
  }
  std::string_view table;
  std::array<std::string_view, columns_max> fields;
  std::size_t count{};
  bool too_long{};
};

/// Where a table keeps what; negative: it has no such column.
struct Tables::Columns {
  Kind kind{};
  std::size_t count{};
  int time{-1}, venue{-1}, symbol{-1}, session{-1}, order_side{-1}, position_side{-1};
  bool base_volume{};          ///< its volume counts base units
  std::array<int, 8> value{};  ///< of Row::value, by kind
  std::size_t needed{};        ///< of them, the first so many must be numbers

  [[nodiscard]] static std::optional<Columns> of(const Line& header) {
    const auto find = [&](std::initializer_list<std::string_view> names) {
      for (const auto name : names)
        for (std::size_t i = 0; i < header.count; ++i)
          if (header.fields.at(i) == name) return static_cast<int>(i);
      return -1;
    };
    Columns out;
    out.value.fill(-1);
    out.count = header.count;
    out.time = find({"time_ms"});
    out.venue = find({"venue"});
    out.symbol = find({"symbol"});
    if (out.time < 0 || header.too_long) return std::nullopt;
    const int close = find({"close"}), rate = find({"funding_rate"}), usd = find({"usd"});
    if (close >= 0) {
      const int quote = find({"quote_volume"});
      out.kind = Kind::candle;
      out.base_volume = quote < 0;
      out.value = {find({"open"}),
                   find({"high"}),
                   find({"low"}),
                   close,
                   quote < 0 ? find({"volume"}) : quote,
                   find({"taker_buy_quote"}),
                   find({"trades"}),
                   -1};
      out.needed = 4;
    } else if (rate >= 0) {
      out.kind = Kind::funding;
      out.value[0] = rate;
      out.needed = 1;
    } else if (usd >= 0) {
      out.kind = Kind::liquidation;
      out.value[0] = usd;
      out.value[1] = find({"avg_price", "price"});
      out.order_side = find({"side"});
      out.position_side = find({"position_side"});
      out.session = find({"session"});
      out.needed = 1;
    } else {
      return std::nullopt;
    }
    for (std::size_t i = 0; i < out.needed; ++i)
      if (out.value.at(i) < 0) return std::nullopt;
    return out;
  }
};

std::uint32_t Tables::name_of(const std::string& exchange, const std::string& symbol) {
  const auto same = [&](const Name& name) { return name.exchange == exchange && name.symbol == symbol; };
  const auto found = std::find_if(names_.begin(), names_.end(), same);
  if (found != names_.end()) return static_cast<std::uint32_t>(found - names_.begin());
  names_.push_back({exchange, symbol});
  return static_cast<std::uint32_t>(names_.size() - 1);
}

base::Result<Tables::Row> Tables::parse(const Columns& columns, const Line& line) {
  const auto wrong = [](std::string cause) { return base::Error(base::ErrorKind::bad_data, {}, std::move(cause)); };
  if (line.count != columns.count || line.too_long)
    return wrong(std::to_string(line.count) + " fields where the header has " + std::to_string(columns.count));
  Row row;
  row.kind = columns.kind;
  const double time = line.number(line.at(columns.time));
  if (!(std::fabs(time) < time_ms_max) || time != std::floor(time))
    return wrong("time_ms is \"" + std::string(line.at(columns.time)) + "\", not milliseconds since 1970");
  row.known_ms = static_cast<std::int64_t>(time);
  row.value.fill(unknown);
  for (std::size_t i = 0; i < row.value.size(); ++i) {
    const auto text = line.at(columns.value.at(i));
    if (text.empty() && i >= columns.needed) continue;
    const double value = line.number(text);
    if (!std::isfinite(value))
      return wrong("\"" + std::string(text) + "\" in field " + std::to_string(columns.value.at(i) + 1) +
                   " is not a number");
    row.value.at(i) = value;
  }
  const auto order = line.at(columns.order_side), position = line.at(columns.position_side);
  if (order == "SELL" || position == "long") row.side = 1;
  if (order == "BUY" || position == "short") row.side = -1;
  return row;
}

base::Result<void> Tables::add(std::string_view csv, const std::string& place, const TableDefaults& defaults) {
  std::size_t number = 1;
  Line line(csv);
  line.read(next_line(csv));
  const auto columns = Columns::of(line);
  if (!columns)
    return bad(place, number, "no table of candles, funding rates or liquidations: the header lacks their columns");
  if (columns->symbol < 0 && defaults.symbol.empty())
    return bad(place, number, "the table names no symbol; say which with --symbol");
  const std::size_t first = rows_.size();
  // As many as there would be if all lines were four fifths as long as the first: counting them would take as long as
  // reading a third of their numbers.
  rows_.reserve(first + csv.size() / (csv.substr(0, csv.find('\n')).size() + 1) * 5 / 4 + 1);
  using Pair = std::pair<std::string_view, std::string_view>;
  std::map<Pair, std::uint32_t> names;           ///< parts of the table itself
  auto known_name = names.end();                 ///< of the line before: mostly this one's too
  std::map<std::uint32_t, std::int64_t> newest;  ///< of each symbol
  std::optional<std::int64_t> step;
  std::string session;
  while (!csv.empty()) {
    ++number;
    const auto text = next_line(csv);
    if (text.empty()) continue;
    line.read(text);
    auto row = parse(*columns, line);
    if (!row) {
      rows_.resize(first);
      return bad(place, number, row.error().cause);
    }
    const Pair name(columns->venue < 0 ? std::string_view(defaults.exchange) : line.at(columns->venue),
                    columns->symbol < 0 ? std::string_view(defaults.symbol) : line.at(columns->symbol));
    if (known_name == names.end() || known_name->first != name) known_name = names.find(name);
    if (known_name == names.end())
      known_name = names.emplace(name, name_of(std::string(name.first), std::string(name.second))).first;
    row->name = known_name->second;
    auto& last = newest.try_emplace(row->name, row->known_ms).first->second;
    if (row->known_ms > last && (!step || row->known_ms - last < *step)) step = row->known_ms - last;
    last = row->known_ms;
    if (columns->session >= 0 && line.at(columns->session) != session) {
      if (!session.empty()) {
        Row gap;
        gap.kind = Kind::gap;
        gap.name = row->name;
        gap.known_ms = row->known_ms;
        gap.value[0] = static_cast<double>(rows_.back().known_ms);
        rows_.push_back(gap);
      }
      session = line.at(columns->session);
    }
    if (columns->kind == Kind::candle && columns->base_volume) row->value[7] = row->value[4], row->value[4] = unknown;
    rows_.push_back(*row);
  }
  const auto length = defaults.bar_length.value_or(base::Millis{step.value_or(60'000)});
  for (auto at = rows_.begin() + static_cast<std::ptrdiff_t>(first); at != rows_.end(); ++at) {
    auto& row = *at;
    if (row.kind != Kind::candle) continue;
    row.length_s = static_cast<std::uint32_t>(std::min<std::int64_t>(length.count() / 1'000, UINT32_MAX));
    row.known_ms += std::int64_t{row.length_s} * 1'000;
  }
  sorted_ = false;
  return {};
}

void Tables::each(const std::function<bool(const market::Event&)>& take) {
  const auto earlier = [](const Row& a, const Row& b) { return a.known_ms < b.known_ms; };
  if (!sorted_ && !std::is_sorted(rows_.begin(), rows_.end(), earlier))
    std::stable_sort(rows_.begin(), rows_.end(), earlier);
  sorted_ = true;
  market::Event event;
  std::int64_t number = 0;
  for (const Row& row : rows_) {
    const auto& name = names_.at(row.name);
    const auto at = base::from_ms(row.known_ms);
    const auto& v = row.value;
    ++number;
    if (row.kind == Kind::candle) {
      auto& bar = std::holds_alternative<market::Candle>(event) ? std::get<market::Candle>(event)
                                                                : event.emplace<market::Candle>();
      bar.exchange = name.exchange;
      bar.symbol = name.symbol;
      bar.length = base::Millis{std::int64_t{row.length_s} * 1'000};
      bar.opened_at = at - bar.length;
      bar.open = v[0], bar.high = v[1], bar.low = v[2], bar.close = v[3];
      bar.quote_volume = known(v[4]);
      bar.taker_buy_quote = known(v[5]);
      bar.trades = std::isnan(v[6]) ? std::nullopt : std::optional(static_cast<std::int64_t>(v[6]));
      bar.base_volume = known(v[7]);
      bar.closed = true;
      bar.received_at = at;
    } else if (row.kind == Kind::funding) {
      auto& funding = event.emplace<market::Funding>();
      funding.exchange = name.exchange;
      funding.symbol = name.symbol;
      funding.rate = v[0];
      funding.settles_at = at;
      funding.settled = true;
      funding.at = at;
      funding.received_at = at;
    } else if (row.kind == Kind::liquidation) {
      auto& forced = event.emplace<market::Liquidation>();
      forced.exchange = name.exchange;
      forced.symbol = name.symbol;
      if (row.side != 0)
        forced.side = row.side > 0 ? market::PositionSide::long_side : market::PositionSide::short_side;
      forced.usd = v[0];
      forced.price = std::isnan(v[1]) ? 0 : v[1];
      forced.id = std::to_string(number);  // two rows that say the same are two events
      forced.at = at;
      forced.received_at = at;
    } else {
      market::Gap gap;
      gap.exchange = name.exchange;
      gap.topic = market::Topic::liquidations;
      gap.from = base::from_ms(static_cast<std::int64_t>(v[0]));
      gap.to = at;
      event = gap;
    }
    if (!take(event)) return;
  }
}

}  // namespace feed
