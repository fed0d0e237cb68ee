// What a bot recorded (common/feed/recording.hpp), played to whoever asks: frames at their distance in time to the
// sockets of their topic, answers to the requests they were given to. Acknowledgements, pongs and addresses to connect
// to stay the played exchange's own. Our decoders only say whom a frame is for; its bytes go out as they came in.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/exchange/exchange.hpp"
#include "common/feed/recording.hpp"
#include "tests/sandbox/types.hpp"

namespace sandbox {

/// One exchange's part of the recordings.
class PlayedBack {
 public:
  explicit PlayedBack(const std::string& exchange);

  struct Frame {
    Ms at{};
    market::Topic topic{};
    std::vector<std::string> symbols;  ///< that it is about; empty: all, or none
    std::string bytes;
  };
  /// Somebody who may want frames: what he said when he subscribed, and how to send to him.
  struct Listener {
    std::string_view said;
    std::function<void(const std::string& bytes)> send;
  };

  void add(const feed::Record& record);
  void finish();  ///< after the last record
  /// Sends what is due. A frame waits for the first listener of its topic; later ones miss what was before them.
  void play(Ms now, const std::vector<Listener>& listeners);
  /// nullopt: the played exchange answers this itself (its clock, where to connect).
  [[nodiscard]] std::optional<Response> answer(const Request& request, Ms now);
  /// Contracts that the recordings name.
  [[nodiscard]] std::vector<std::string> symbols() const;
  [[nodiscard]] Json stats() const;
  [[nodiscard]] std::size_t frames_left() const { return frames_.size() - next_; }
  /// Topic of a subscription, by what all exchanges call their bars.
  [[nodiscard]] static market::Topic topic_of(std::string_view said);

 private:
  struct Answer {
    Ms at{};
    std::string bytes;
  };
  /// Pages of one question follow each other at once; the next time it is asked is another round.
  struct Asked {
    std::vector<std::vector<Answer>> rounds;
    std::size_t round{}, page{};
  };

  void add_frame(const feed::Record& record);
  [[nodiscard]] Asked* asked(const Request& request);
  [[nodiscard]] bool own(const Request& request) const;
  void deliver(const Frame& frame, const std::vector<Listener>& listeners);

  std::unique_ptr<exchange::Exchange> exchange_;
  std::vector<market::Instrument> instruments_;
  market::Universe universe_;
  std::vector<Frame> frames_;
  std::vector<Frame> early_;  ///< due, and their topic had no listener yet
  std::size_t next_{};
  std::map<market::Topic, bool> heard_;                          ///< topics that had a listener
  std::map<std::string, std::map<std::string, Asked>> answers_;  ///< by endpoint and contract
  std::uint64_t played_{}, answered_{}, unknown_{};
};

/// All of the recordings.
class Playback {
 public:
  /// Reads them whole. Throws std::runtime_error, naming the file, when one cannot be read.
  explicit Playback(const std::vector<std::filesystem::path>& files);
  [[nodiscard]] PlayedBack* of(const std::string& exchange);
  [[nodiscard]] Ms begins() const { return begins_; }
  [[nodiscard]] Ms ends() const { return ends_; }

 private:
  std::map<std::string, PlayedBack> exchanges_;
  Ms begins_{}, ends_{};
};

}  // namespace sandbox
