#include "tests/sandbox/faults.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <zlib.h>

#include "tests/sandbox/text.hpp"

namespace sandbox {

namespace {

constexpr std::array<std::string_view, 16> http_kinds{
    "status", "delay",   "drip",           "reset", "close", "never",  "garbage",        "gzip_bomb",
    "cut",    "html502", "forbidden_html", "geo",   "empty", "nested", "accept_timeout", "repeat"};
constexpr std::size_t stamp_digits = 10;  // seconds since 1970 and finer: when, not what
constexpr std::array<std::string_view, 14> service_kinds{
    "ws_silence", "ws_repeat", "ws_half_open", "ws_mute",   "ws_drop",  "ws_garbage", "ws_no_ack",
    "ban",        "flood",     "migrate",      "forbidden", "conflict", "restart",    "ws_replace"};

/// `size` zero bytes as gzip: about a thousandth of it on the wire.
std::string gzip_zeros(std::size_t size) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string zeros(1U << 20U, '\0');
  std::string out;
  std::array<char, 1U << 16U> chunk{};
  while (true) {
    const auto part = std::min(size, zeros.size());
    size -= part;
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(part);
    const int flush = size == 0 ? Z_FINISH : Z_NO_FLUSH;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream.avail_out = static_cast<uInt>(chunk.size());
      deflate(&stream, flush);
      out.append(chunk.data(), chunk.size() - stream.avail_out);
    } while (stream.avail_out == 0);
    if (flush == Z_FINISH) break;
  }
  deflateEnd(&stream);
  return out;
}

Response with_status(const Fault& fault) {
  Response out;
  out.status = fault.settings.value("status", 503);
  const auto body = fault.settings.find("body");
  if (body != fault.settings.end()) out.body = body->is_string() ? body->get<std::string>() : body->dump();
  const auto headers = fault.settings.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    out.headers.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  const auto after = fault.settings.find("retry_after");
  if (after != fault.settings.end()) {
    out.headers.emplace_back("Retry-After", after->is_string() ? after->get<std::string>() : after->dump());
  }
  return out;
}

Response html(int status, const std::string& title) {
  Response out;
  out.status = status;
  out.type = "text/html";
  out.body =
      "<html><head><title>" + title + "</title></head><body><center><h1>" + title + "</h1></center></body></html>";
  return out;
}

}  // namespace

int Faults::add(const Json& fault, bool at_runtime, Ms now) {
  Fault out;
  out.kind = fault.value("kind", "");
  if (std::ranges::find(http_kinds, out.kind) == http_kinds.end() &&
      std::ranges::find(service_kinds, out.kind) == service_kinds.end()) {
    throw std::runtime_error("fault: unknown kind \"" + out.kind + "\"");
  }
  out.id = next_id_++;
  out.name = fault.value("name", out.kind + " #" + std::to_string(out.id));
  out.path = fault.value("path", "*");
  out.host = fault.value("host", "*");
  const Ms origin = at_runtime ? now : start_;
  out.from = origin + static_cast<Ms>(fault.value("from", 0.0) * 1000);
  if (fault.contains("to")) out.to = origin + static_cast<Ms>(fault.at("to").get<double>() * 1000);
  out.skip = fault.value("skip", 0);
  out.count = fault.value("count", out.kind == "ban" ? 1 : -1);
  out.settings = fault;
  faults_.push_back(std::move(out));
  return faults_.back().id;
}

bool Faults::due(Fault& fault, const std::string& label, const std::string& host, Ms now) const {
  if (now < fault.from || (fault.to != 0 && now >= fault.to)) return false;
  if (fault.count >= 0 && fault.fired >= fault.count) return false;
  if (!glob(fault.path, label) || !glob(fault.host, host)) return false;
  if (fault.skip > 0) {
    --fault.skip;
    return false;
  }
  return true;
}

const Fault* Faults::fire(const std::string& label, const std::string& host,
                          std::initializer_list<std::string_view> kinds, Ms now, std::string_view text) {
  for (auto& fault : faults_) {
    if (std::ranges::find(kinds, fault.kind) == kinds.end()) continue;
    if (const auto match = fault.settings.find("match"); match != fault.settings.end())
      if (text.find(match->get_ref<const std::string&>()) == std::string_view::npos) continue;
    if (!due(fault, label, host, now)) continue;
    ++fault.fired;
    return &fault;
  }
  return nullptr;
}

const Fault* Faults::fire_http(const Request& request, Ms now) {
  for (auto& fault : faults_) {
    if (std::ranges::find(http_kinds, fault.kind) == http_kinds.end()) continue;
    if (!due(fault, request.label, request.host, now)) continue;
    ++fault.fired;
    return &fault;
  }
  return nullptr;
}

Response Faults::repeated(int id, const Request& request, const Response& inner) {
  const auto fault = std::ranges::find(faults_, id, &Fault::id);
  if (fault == faults_.end()) return inner;
  auto question = request.label + request.body;
  for (const auto& [name, value] : request.query) {
    const bool stamp = value.size() >= stamp_digits && value.find_first_not_of("0123456789") == std::string::npos;
    if (!stamp) question += "&" + name + "=" + value;
  }
  return fault->frozen.try_emplace(question, inner).first->second;
}

Json Faults::report() const {
  Json out = Json::array();
  for (const auto& fault : faults_) {
    out.push_back(Json{
        {"id", fault.id}, {"name", fault.name}, {"path", fault.path}, {"kind", fault.kind}, {"fired", fault.fired}});
  }
  return out;
}

bool needs_answer(const Fault& fault) {
  return fault.kind == "delay" || fault.kind == "drip" || fault.kind == "cut" || fault.kind == "accept_timeout" ||
         fault.kind == "repeat";
}

Response apply_fault(const Fault& fault, Response inner) {
  const auto& kind = fault.kind;
  Response out = std::move(inner);
  if (kind == "status") out = with_status(fault);
  if (kind == "html502") out = html(502, "502 Bad Gateway");
  if (kind == "forbidden_html") out = html(403, "403 ERROR: The request could not be satisfied");
  if (kind == "geo")
    out = json_response({{"code", 0}, {"msg", "Service unavailable from a restricted location."}}, 451);
  if (kind == "empty") out = Response{};
  if (kind == "nested") {
    const auto depth = fault.settings.value("bytes", std::size_t{1'000'000});
    out = Response{};
    out.body = std::string(depth, '[');
  }
  if (kind == "gzip_bomb") {
    out = Response{};
    out.body = gzip_zeros(fault.settings.value("bytes", std::size_t{200'000'000}));
    out.headers.emplace_back("Content-Encoding", "gzip");
  }
  if (kind == "garbage") {
    out = Response{};
    out.body = "\x16\x03\x01\x02 this is no HTTP \xff\xfe\r\n\r\n";
    out.wire.raw = true;
  }
  if (kind == "drip") out.wire.bytes_per_second = std::max(1, fault.settings.value("bytes_per_s", 1));
  if (kind == "cut") out.wire.cut_after = fault.settings.value("bytes", std::size_t{40});
  out.wire.reset = out.wire.reset || kind == "reset";
  out.wire.close = out.wire.close || kind == "close";
  out.wire.never = out.wire.never || kind == "never" || kind == "accept_timeout";
  out.wire.delay += fault.settings.value("delay_ms", Ms{0});
  return out;
}

}  // namespace sandbox
