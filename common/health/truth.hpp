// The judge of feeds: hears every datum, asks each kind of evidence, and keeps its verdict until data lift it. It tells
// the board what is not to be believed, the feed what to try, and the board of alerts what to say. Pure.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/health/alert_board.hpp"
#include "common/health/audit.hpp"
#include "common/health/feed_board.hpp"
#include "common/health/freshness.hpp"
#include "common/health/occasions.hpp"
#include "common/health/peers.hpp"
#include "common/health/recovery.hpp"
#include "common/health/silence.hpp"
#include "common/health/topic_watch.hpp"

namespace health {

struct Try {
  FeedKey key;
  Remedy remedy{};
  std::string why;
};

class Truth {
 public:
  /// What exchanges share: "BTC" for "BTC-USDT-SWAP"; empty: not listed.
  using AssetOf = std::function<std::string(const std::string& exchange, const std::string& symbol)>;
  using HasAlternative = std::function<bool(const FeedKey& key)>;

  explicit Truth(FeedBoard& board) : board_(board) {}
  /// `polled`: there is no stream to subscribe again or to connect anew.
  void expect(const FeedKey& key, Moment now, bool polled = false);

  void on_up(const FeedKey& key, Moment now);
  void on_down(const FeedKey& key);
  /// What came together, in one frame or answer.
  void on_content(const FeedKey& key, const market::Events& events, Moment now);

  /// Feeds whose silence begins to be long: what does REST say? Each at most every `evidence_every`.
  [[nodiscard]] std::vector<FeedKey> in_doubt(Moment now);
  /// REST told of an event of this time (the exchange's). One that the stream should have brought is evidence.
  void on_evidence(const FeedKey& key, base::WallTime newest, Moment now);

  /// False: its data must not reach a detector.
  [[nodiscard]] bool believes(std::string_view exchange, market::Topic topic) const;
  /// Once a second. What is to be tried now.
  [[nodiscard]] std::vector<Try> judge(Moment now);
  [[nodiscard]] std::vector<Condition> conditions() const;
  /// Feeds that came back before anybody was told that they were gone, since the last call.
  [[nodiscard]] std::vector<Alert> recovered_untold();
  [[nodiscard]] const Audit& audit() const { return audit_; }

  /// What was learned of silences, for the next start; and what the last run left. Damage costs what it hit, no more.
  [[nodiscard]] std::string learned() const;
  /// Of how many feeds something was taken over. After expect().
  std::size_t remember(std::string_view learned);

  static constexpr base::Millis evidence_every{600'000};

  AssetOf asset_of;                ///< set by the program; absent: symbols are assets
  HasAlternative has_alternative;  ///< absent: none has

 private:
  struct Suspect {
    std::string why;
    Moment since;
    bool fresh{};        ///< something new came since
    bool quarantined{};  ///< what comes is wrong: only better data end it
  };
  struct Feed {
    SilenceModel silence;
    Freshness freshness;
    TopicWatch topics;
    Recovery recovery;
    std::optional<Suspect> suspect;
    Moment fresh_at{};
    std::string contradicted;  ///< by REST, since then
    std::optional<base::SteadyTime> asked_rest;
    bool down{true};
    bool streamed{};
  };
  [[nodiscard]] std::optional<std::string> evidence(const FeedKey& key, Feed& feed, Moment now);
  [[nodiscard]] std::optional<std::string> liquidation_evidence(const std::string& exchange, const Feed& feed,
                                                                Moment now) const;
  void hear(const FeedKey& key, const market::Event& event, bool fresh, Moment now);
  void accuse(const FeedKey& key, Feed& feed, const std::string& why, bool quarantined, Moment now);
  void acquit(const FeedKey& key, Feed& feed, Moment now);
  [[nodiscard]] static std::string subject(const FeedKey& key);
  [[nodiscard]] static std::vector<std::string> facts(const Feed& feed);

  FeedBoard& board_;
  std::map<FeedKey, Feed> feeds_;
  Peers peers_;
  Occasions occasions_;
  Audit audit_;
  std::vector<Alert> untold_;
  bool liquidations_{};  ///< are expected of anybody
  base::SteadyTime activity_at_{};
};

}  // namespace health
