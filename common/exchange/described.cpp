#include "common/exchange/described.hpp"

namespace exchange {

namespace {

class Described final : public Exchange {
 public:
  Described(const Description& description, Settings settings, std::shared_ptr<Json> json)
      : is_(description), settings_(std::move(settings)), json_(std::move(json)) {
    stream_label_ = std::string(is_.traits.name) + " stream";
  }

  [[nodiscard]] const Traits& traits() const override { return is_.traits; }
  [[nodiscard]] std::span<const Endpoint> endpoints() const override { return is_.endpoints; }
  [[nodiscard]] int ways(Topic topic) const override { return is_.ways == nullptr ? 1 : is_.ways(topic); }
  [[nodiscard]] std::vector<Ask> asks(Topic topic, const Want& want) const override {
    return is_.asks(settings_, topic, want);
  }
  [[nodiscard]] base::Result<Reply> decode(const Ask& ask, std::string_view body, const market::Universe& universe,
                                           base::WallTime received_at) const override {
    const auto root = json_->read(body, ask.request.label);
    if (!root) return root.error();
    Scope scope{*this, settings_, universe, received_at, ask.symbol, ask.bar_length};
    scope.ask = &ask;
    return is_.read_reply(ask.endpoint, *root, scope);
  }
  [[nodiscard]] market::Verdict judge(const net::Response& response, base::WallTime received_at) const override {
    return is_.judge(response, received_at);
  }
  [[nodiscard]] std::vector<StreamPlan> streams(Topic topic,
                                                std::span<const market::Instrument* const> instruments) const override {
    return is_.streams(settings_, topic, instruments);
  }
  [[nodiscard]] std::string subscribe_text(std::span<const std::string> channels, std::uint32_t request_id,
                                           base::WallTime now) const override {
    return is_.subscribe_text(channels, request_id, now);
  }
  [[nodiscard]] base::Result<Frame> decode_frame(std::string_view payload, const market::Universe& universe,
                                                 base::WallTime received_at) const override {
    std::string unpacked;
    if (is_.unpack != nullptr) {
      auto text = is_.unpack(payload);
      if (!text) return text.error();
      unpacked = *std::move(text);
      payload = unpacked;
    }
    if (is_.plain_frame != nullptr) {
      if (auto plain = is_.plain_frame(payload)) return *std::move(plain);
    }
    const auto root = json_->read(payload, stream_label_);
    if (!root) return root.error();
    return is_.read_frame(*root, Scope{*this, settings_, universe, received_at});
  }
  [[nodiscard]] std::optional<market::Instrument> describe(std::string_view symbol) const override {
    return is_.describe(symbol);
  }
  [[nodiscard]] std::string link(std::string_view symbol) const override { return is_.link(symbol); }

 private:
  const Description& is_;
  Settings settings_;
  std::shared_ptr<Json> json_;  ///< memory, not state: nothing of a document outlives the call that reads it
  std::string stream_label_;
};

}  // namespace

std::unique_ptr<Exchange> make_described(const Description& description, const Settings& settings,
                                         std::shared_ptr<Json> json) {
  if (!json) json = std::make_shared<Json>();
  return std::make_unique<Described>(description, settings, std::move(json));
}

}  // namespace exchange
