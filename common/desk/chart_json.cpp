#include <array>
#include <initializer_list>

#include <nlohmann/json.hpp>

#include "common/desk/chart_spec.hpp"

namespace desk {
using nlohmann::json;

namespace {

constexpr std::array<std::pair<Direction, std::string_view>, 3> directions{
    {{Direction::none, "none"}, {Direction::long_side, "long"}, {Direction::short_side, "short"}}};

std::string print(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

base::Error bad(const std::string& what) { return {base::ErrorKind::bad_data, "picture", what}; }

/// Reads an object's members and remembers what was wrong first. Every member is asked for by name once; the rest are
/// unknown.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  std::string text(const char* name) {
    const json* found = find(name);
    if (found == nullptr) return {};
    if (!found->is_string()) return wrong(name), std::string();
    return found->get<std::string>();
  }
  std::optional<double> number(const char* name) {
    const json* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->is_number()) return wrong(name), std::nullopt;
    return found->get<double>();
  }
  std::optional<std::int64_t> integer(const char* name) {
    const json* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->is_number_integer()) return wrong(name), std::nullopt;
    return found->get<std::int64_t>();
  }
  /// Rows of numbers, the first of them a time; the last may be null where `last_may_miss`.
  template <class Take>
  void rows(const char* name, std::size_t most, std::size_t width, bool last_may_miss, Take take) {
    const json* found = find(name);
    if (found == nullptr) return;
    if (!found->is_array() || found->size() > most) return wrong(name);
    for (const auto& row : *found) {
      if (!row.is_array() || row.size() != width || !row[0].is_number_integer()) return wrong(name);
      for (std::size_t i = 1; i < width; ++i)
        if (!row[i].is_number() && !(last_may_miss && i + 1 == width && row[i].is_null())) return wrong(name);
      take(base::from_ms(row[0].get<std::int64_t>()), row);
    }
  }
  const json* find(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    ++seen_;
    return &*found;
  }
  void wrong(const std::string& name) {
    if (problem_.empty()) problem_ = "'" + name + "' is not what it should be";
  }
  [[nodiscard]] std::string problem() const {
    if (!problem_.empty()) return problem_;
    return seen_ < object_.size() ? "it has a key that no picture has" : "";
  }

 private:
  const json& object_;
  std::size_t seen_{};
  std::string problem_;
};

void add(json& out, const char* name, std::optional<double> value) {
  if (value) out[name] = *value;
}

template <class Spec>
void read_texts(Reader& reader, Spec& spec) {
  (void)reader.find("picture");
  spec.title = reader.text("title");
  spec.subtitle = reader.text("subtitle");
  spec.footer = reader.text("footer");
}

template <class Spec>
base::Result<PictureSpec> checked(const Reader& reader, Spec spec) {
  if (const auto problem = reader.problem(); !problem.empty()) return bad(problem);
  if (auto fine = check(spec); !fine) return fine.error();
  return PictureSpec(std::move(spec));
}

base::Result<PictureSpec> read_chart(const json& object) {
  Reader reader(object);
  ChartSpec spec;
  read_texts(reader, spec);
  const auto direction = reader.text("direction");
  for (const auto& [value, word] : directions)
    if (direction == word) spec.direction = value;
  if (!direction.empty() && direction != directions[static_cast<std::size_t>(spec.direction)].second)
    reader.wrong("direction");
  spec.bar = base::Millis{reader.integer("bar_ms").value_or(0)};
  spec.tick_size = reader.number("tick_size");
  reader.rows("candles", chart_candles_max, 6, true, [&](base::WallTime at, const json& row) {
    ChartCandle candle{at, row[1].get<double>(), row[2].get<double>(), row[3].get<double>(), row[4].get<double>(), {}};
    if (!row[5].is_null()) candle.volume_usd = row[5].get<double>();
    spec.candles.push_back(candle);
  });
  reader.rows("liquidations", chart_candles_max, 3, false, [&](base::WallTime at, const json& row) {
    spec.liquidations.push_back({at, row[1].get<double>(), row[2].get<double>()});
  });
  spec.entry = reader.number("entry");
  spec.stop = reader.number("stop");
  spec.tp1 = reader.number("tp1");
  spec.tp2 = reader.number("tp2");
  if (const auto event = reader.integer("event_ms")) spec.event_at = base::from_ms(*event);
  return checked(reader, std::move(spec));
}

base::Result<PictureSpec> read_report(const json& object) {
  Reader reader(object);
  ReportSpec spec;
  read_texts(reader, spec);
  const json* lines = reader.find("lines");
  if (lines == nullptr || !lines->is_array() || lines->size() > report_lines_max) return bad("'lines' is not a few");
  for (const auto& one : *lines) {
    if (!one.is_object()) return bad("a line is no object");
    Reader inner(one);
    ReportSpec::Line line;
    line.name = inner.text("name");
    inner.rows("points", report_points_max, 2, false, [&](base::WallTime at, const json& row) {
      line.points.push_back({at, row[1].get<double>()});
    });
    if (const auto problem = inner.problem(); !problem.empty()) return bad(problem);
    spec.lines.push_back(std::move(line));
  }
  reader.rows("placebo", report_points_max, 3, false, [&](base::WallTime at, const json& row) {
    spec.placebo.push_back({at, row[1].get<double>(), row[2].get<double>()});
  });
  return checked(reader, std::move(spec));
}

}  // namespace

std::string to_json(const ChartSpec& spec) {
  json out = {{"picture", "signal"}, {"title", spec.title}, {"subtitle", spec.subtitle}, {"footer", spec.footer}};
  out["direction"] = directions[static_cast<std::size_t>(spec.direction)].second;
  out["bar_ms"] = spec.bar.count();
  add(out, "tick_size", spec.tick_size);
  json candles = json::array();
  for (const auto& candle : spec.candles) {
    const json volume = candle.volume_usd ? json(*candle.volume_usd) : json();
    candles.push_back({base::to_ms(candle.opened_at), candle.open, candle.high, candle.low, candle.close, volume});
  }
  out["candles"] = std::move(candles);
  json liquidations = json::array();
  for (const auto& one : spec.liquidations) liquidations.push_back({base::to_ms(one.at), one.long_usd, one.short_usd});
  out["liquidations"] = std::move(liquidations);
  add(out, "entry", spec.entry);
  add(out, "stop", spec.stop);
  add(out, "tp1", spec.tp1);
  add(out, "tp2", spec.tp2);
  if (spec.event_at) out["event_ms"] = base::to_ms(*spec.event_at);
  return print(out);
}

std::string to_json(const ReportSpec& spec) {
  json out = {{"picture", "report"}, {"title", spec.title}, {"subtitle", spec.subtitle}, {"footer", spec.footer}};
  json lines = json::array();
  for (const auto& line : spec.lines) {
    json points = json::array();
    for (const auto& point : line.points) points.push_back({base::to_ms(point.at), point.r});
    json one;
    one["name"] = line.name;
    one["points"] = std::move(points);
    lines.push_back(std::move(one));
  }
  out["lines"] = std::move(lines);
  json placebo = json::array();
  for (const auto& band : spec.placebo) placebo.push_back({base::to_ms(band.at), band.low_r, band.high_r});
  out["placebo"] = std::move(placebo);
  return print(out);
}

base::Result<PictureSpec> picture_from_json(std::string_view text) {
  if (text.size() > picture_json_max) return bad("it is larger than a picture needs");
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return bad("it is no JSON object");
  const auto kind = object.find("picture");
  if (kind == object.end() || !kind->is_string()) return bad("it does not say which picture it is");
  if (*kind == "signal") return read_chart(object);
  if (*kind == "report") return read_report(object);
  return bad("there is no such picture");
}

}  // namespace desk
