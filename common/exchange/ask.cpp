#include "common/exchange/ask.hpp"

#include <algorithm>

namespace exchange {

void Target::begin_pair(std::string_view key) {
  text_ += text_.find('?') == std::string::npos ? '?' : '&';
  text_ += key;
  text_ += '=';
}

Target& Target::with(std::string_view key, std::string_view value) {
  begin_pair(key);
  text_ += net::encode_component(value);
  return *this;
}

Target& Target::with(std::string_view key, std::int64_t value) { return with(key, std::to_string(value)); }

Target& Target::with(std::string_view key, const std::optional<std::int64_t>& value) {
  return value ? with(key, *value) : *this;
}

Target& Target::with_token(std::string_view key, std::string_view token) {
  begin_pair(key);
  for (std::size_t begin = 0; begin <= token.size();) {
    const auto percent = std::min(token.find('%', begin), token.size());
    text_ += net::encode_component(token.substr(begin, percent - begin));
    if (percent < token.size()) text_ += '%';
    begin = percent + 1;
  }
  return *this;
}

Ask make_ask(const Settings& settings, std::string_view exchange, Topic topic, std::string_view endpoint,
             const Target& target, Cost cost) {
  const auto label = std::string(exchange) + " " + std::string(endpoint.substr(endpoint.rfind('/') + 1));
  net::Request request(settings.rest_url + "/" + target.text(), label);
  request.proxy = settings.proxy;
  Ask ask(topic, std::string(endpoint), std::move(request));
  ask.costs.push_back(std::move(cost));
  return ask;
}

std::string_view bar_name(std::span<const BarName> names, base::Millis length) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const BarName& bar) { return bar.length == length; });
  return found == names.end() ? std::string_view{} : found->name;
}

base::Millis bar_length(std::span<const BarName> names, std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const BarName& bar) { return bar.name == name; });
  return found == names.end() ? base::Millis{0} : found->length;
}

std::vector<Page> pages(const Want& want, int page_rows_max) {
  const auto ms = [](const std::optional<base::WallTime>& time) {
    return time ? std::optional(base::to_ms(*time)) : std::nullopt;
  };
  const int rows = want.rows_max > 0 ? std::min(want.rows_max, page_rows_max) : page_rows_max;
  const auto length = want.bar_length.count();
  if (!want.from || !want.to || length <= 0) return {Page{ms(want.from), ms(want.to), rows}};

  const auto step = length * page_rows_max;
  auto from = base::to_ms(*want.from);
  auto to = base::to_ms(*want.to);
  if (want.rows_max > 0) from = std::max(from, to - length * want.rows_max + 1);
  std::vector<Page> out;
  for (; to >= from && out.size() < static_cast<std::size_t>(pages_max); to -= step) {
    const auto begin = std::max(from, to - step + 1);
    out.push_back({begin, to, static_cast<int>(std::min<std::int64_t>((to - begin) / length + 1, page_rows_max))});
  }
  std::reverse(out.begin(), out.end());
  return out;
}

void add_history(std::vector<Ask>& out, const Want& want, Rows rows, int page_rows_max, const MakeAsk& make) {
  Want paged = want;
  if (rows == Rows::settlements) paged.bar_length = std::max<base::Millis>(want.bar_length, std::chrono::hours{1});
  for (const auto& symbol : want.symbols) {
    for (const auto& page : pages(paged, page_rows_max)) {
      auto& ask = out.emplace_back(make(symbol, page));
      ask.symbol = symbol;
      if (rows == Rows::bars) ask.bar_length = want.bar_length;
    }
  }
}

std::vector<std::vector<std::string>> split_channels(std::span<const std::string> channels, std::size_t count_max,
                                                     std::size_t bytes_max) {
  constexpr std::size_t quotes_and_comma = 3;
  std::vector<std::vector<std::string>> out;
  std::size_t bytes = 0;
  for (const auto& channel : channels) {
    const auto more = channel.size() + quotes_and_comma;
    if (out.empty() || out.back().size() >= count_max || bytes + more > bytes_max) {
      out.emplace_back();
      bytes = 0;
    }
    out.back().push_back(channel);
    bytes += more;
  }
  return out;
}

std::string StreamPlan::ping_text(base::WallTime now) const {
  constexpr std::string_view seconds = "{seconds}";
  std::string out = ping.value_or(std::string());
  if (const auto at = out.find(seconds); at != std::string::npos)
    out.replace(at, seconds.size(), std::to_string(base::to_ms(now) / 1'000));
  return out;
}

std::vector<StreamPlan> sockets(std::string_view exchange, const StreamPlan& like,
                                std::span<const std::string> channels, std::size_t count_max, std::size_t bytes_max) {
  auto parts = split_channels(channels, count_max, bytes_max);
  std::vector<StreamPlan> out(parts.size(), like);
  for (std::size_t at = 0; at < parts.size(); ++at) {
    out[at].name = stream_name(exchange, like.topic, at, parts.size());
    out[at].channels = std::move(parts[at]);
  }
  return out;
}

std::vector<std::string> channels_of(std::span<const market::Instrument* const> instruments, std::string_view prefix) {
  std::vector<std::string> out;
  out.reserve(instruments.size());
  for (const auto* instrument : instruments) out.push_back(std::string(prefix) + instrument->symbol);
  return out;
}

std::string quoted_list(std::span<const std::string> channels) {
  std::string out;
  for (const auto& channel : channels) {
    if (!out.empty()) out += ',';
    out += '"' + channel + '"';
  }
  return out;
}

std::string lower_case(std::string_view ascii) {
  std::string out(ascii);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string stream_name(std::string_view exchange, Topic topic, std::size_t index, std::size_t count) {
  std::string name = std::string(exchange) + " " + std::string(market::to_string(topic));
  if (count > 1) name += " " + std::to_string(index + 1) + "/" + std::to_string(count);
  return name;
}

}  // namespace exchange
