#include "tests/sandbox/playback.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr Ms pages_within = 2 * second;
constexpr Ms asked_early = 5 * second;  ///< a question may come a little before it came when it was recorded

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// "btcusdt" in "btcusdt@kline_1m", not in "1000btcusdt".
bool names(std::string_view text, std::string_view symbol) {
  if (symbol.empty()) return false;
  for (auto at = text.find(symbol); at != std::string_view::npos; at = text.find(symbol, at + 1)) {
    const auto end = at + symbol.size();
    const bool begins = at == 0 || !is_word_char(text[at - 1]);
    if (begins && (end == text.size() || !is_word_char(text[end]))) return true;
  }
  return false;
}

/// Everything that a request says, in lower case.
std::string said_by(const Request& request) {
  auto out = request.path + ' ' + request.body;
  for (const auto& [key, value] : request.query) out += ' ' + value;
  return lower(out);
}

bool is_for(const Request& request, const std::string& endpoint) {
  constexpr std::string_view posted = "info/";  // Hyperliquid's one path; what is asked for stands in the body
  if (endpoint.starts_with(posted))
    return request.body.find("\"" + endpoint.substr(posted.size()) + "\"") != std::string::npos;
  const auto at = request.path.find("/" + endpoint);
  if (at == std::string::npos) return false;
  const auto end = at + 1 + endpoint.size();
  return end == request.path.size() || request.path[end] == '/';
}

}  // namespace

PlayedBack::PlayedBack(const std::string& exchange) : exchange_(exchange::make_exchange(exchange, {})) {
  if (!exchange_) throw std::runtime_error("the recording names an exchange that nobody knows: " + exchange);
}

market::Topic PlayedBack::topic_of(std::string_view said) {
  for (const auto* const word : {"kline", "candle", "chart"})
    if (said.find(word) != std::string_view::npos) return market::Topic::candles;
  return market::Topic::liquidations;
}

void PlayedBack::add(const feed::Record& record) {
  if (record.kind == feed::Record::Kind::frame) return add_frame(record);
  if (record.topic == market::Topic::server_time) return;
  const Ms at = base::to_ms(record.received);
  auto& rounds = answers_[record.source][lower(record.symbol)].rounds;
  if (rounds.empty() || at - rounds.back().back().at > pages_within) rounds.emplace_back();
  rounds.back().push_back({at, std::string(record.bytes)});
  if (record.topic != market::Topic::instruments) return;
  const exchange::Ask ask(record.topic, record.source, net::Request("http://127.0.0.1/", "recorded"));
  auto reply = exchange_->decode(ask, record.bytes, {}, record.received);
  if (!reply) return;
  std::ranges::move(reply->instruments, std::back_inserter(instruments_));
  universe_ = market::Universe(instruments_);
}

void PlayedBack::add_frame(const feed::Record& record) {
  const auto frame = exchange_->decode_frame(record.bytes, universe_, record.received);
  if (!frame || frame->kind != exchange::Frame::Kind::data) return;
  Frame out;
  out.at = base::to_ms(record.received);
  const bool bars = record.source.find(market::to_string(market::Topic::candles)) != std::string::npos;
  out.topic = bars ? market::Topic::candles : market::Topic::liquidations;
  std::set<std::string> about;
  if (!frame->companion)
    for (const auto& event : frame->events) about.insert(lower(market::symbol_of(event)));
  out.symbols.assign(about.begin(), about.end());
  out.bytes = std::string(record.bytes);
  frames_.push_back(std::move(out));
}

void PlayedBack::finish() { std::ranges::stable_sort(frames_, {}, &Frame::at); }

void PlayedBack::play(Ms now, const std::vector<Listener>& listeners) {
  for (const auto& listener : listeners) {
    const auto topic = topic_of(listener.said);
    if (std::exchange(heard_[topic], true)) continue;
    for (const auto& frame : early_)
      if (frame.topic == topic) deliver(frame, listeners);
    std::erase_if(early_, [&](const Frame& frame) { return frame.topic == topic; });
  }
  for (; next_ < frames_.size() && frames_[next_].at <= now; ++next_) {
    auto& frame = frames_[next_];
    if (heard_[frame.topic]) {
      deliver(frame, listeners);
    } else {
      early_.push_back(std::move(frame));
    }
  }
}

/// Several sockets of one topic share its contracts: each gets what it subscribed to.
void PlayedBack::deliver(const Frame& frame, const std::vector<Listener>& listeners) {
  std::vector<const Listener*> all, named;
  for (const auto& listener : listeners) {
    if (topic_of(listener.said) != frame.topic) continue;
    all.push_back(&listener);
    if (std::ranges::any_of(frame.symbols, [&](const auto& symbol) { return names(listener.said, symbol); }))
      named.push_back(&listener);
  }
  for (const auto* listener : all.size() > 1 && !named.empty() ? named : all) {
    listener->send(frame.bytes);
    ++played_;
  }
}

bool PlayedBack::own(const Request& request) const {
  if (request.path.find("bullet-public") != std::string::npos) return true;
  const auto clocks = exchange_->asks(market::Topic::server_time, {});
  return std::ranges::any_of(clocks, [&](const exchange::Ask& ask) { return is_for(request, ask.endpoint); });
}

PlayedBack::Asked* PlayedBack::asked(const Request& request) {
  std::map<std::string, Asked>* found = nullptr;
  std::size_t longest = 0;
  for (auto& [endpoint, by_symbol] : answers_) {
    if (endpoint.size() < longest || !is_for(request, endpoint)) continue;
    longest = endpoint.size();
    found = &by_symbol;
  }
  if (found == nullptr) return nullptr;
  const auto said = said_by(request);
  for (auto& [symbol, asked] : *found)
    if (names(said, symbol)) return &asked;
  const auto all = found->find("");
  return all == found->end() ? nullptr : &all->second;
}

std::optional<Response> PlayedBack::answer(const Request& request, Ms now) {
  if (own(request)) return std::nullopt;
  auto* const found = asked(request);
  if (found == nullptr) {
    ++unknown_;
    Response out;
    out.status = 404;
    out.type = "text/plain";
    out.body = "nothing was recorded here\n";
    return out;
  }
  const auto& rounds = found->rounds;
  std::size_t round = 0;
  while (round + 1 < rounds.size() && rounds[round + 1].front().at <= now + asked_early) ++round;
  if (round != found->round) found->page = 0;
  found->round = round;
  const auto& pages = rounds[round];
  Response out;
  out.body = pages[found->page++ % pages.size()].bytes;
  ++answered_;
  return out;
}

std::vector<std::string> PlayedBack::symbols() const {
  std::vector<std::string> out;
  for (const auto& instrument : instruments_)
    if (market::is_watchable(instrument)) out.push_back(instrument.symbol);
  return out;
}

Json PlayedBack::stats() const {
  return Json{{"frames_sent", played_}, {"frames_left", frames_left()}, {"answers", answered_}, {"unknown", unknown_}};
}

Playback::Playback(const std::vector<std::filesystem::path>& files) {
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file.string() + ": cannot be opened");
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    const auto take = [this](const feed::Record& record) {
      if (record.kind == feed::Record::Kind::heard) return true;  // what a bot made of it
      const Ms at = base::to_ms(record.received);
      begins_ = begins_ == 0 ? at : std::min(begins_, at);
      ends_ = std::max(ends_, at);
      exchanges_.try_emplace(record.exchange, record.exchange).first->second.add(record);
      return true;
    };
    if (const auto read = feed::each_record(bytes, file.string(), take); !read)
      throw std::runtime_error(read.error().text());
  }
  if (exchanges_.empty()) throw std::runtime_error("nothing was recorded");
  for (auto& [name, played] : exchanges_) played.finish();
}

PlayedBack* Playback::of(const std::string& exchange) {
  const auto found = exchanges_.find(exchange);
  return found == exchanges_.end() ? nullptr : &found->second;
}

}  // namespace sandbox
