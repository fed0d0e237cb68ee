// One exchange's polls: which topics, how often, and one sweep over those that are due.
#pragma once
#include <map>
#include <vector>

#include "common/feed/fetcher.hpp"
#include "common/market/seen.hpp"

namespace feed {

struct PollJob {
  PollJob(market::Topic of_topic, base::Millis with_period) : topic(of_topic), every(with_period) {}
  market::Topic topic;
  base::Millis every;
  /// One question a contract: a slice of the contracts each sweep, all of them within `every`. Else: one question.
  bool spread{};
  exchange::Want want;
  std::optional<base::SteadyTime> next;             ///< nullopt: not asked yet
  std::optional<base::WallTime> answered;           ///< when it was asked and answered last
  std::optional<base::SteadyTime> sliced;           ///< when the last slice was asked
  std::size_t slice_from{};                         ///< the contract that the next slice begins with
  std::optional<base::SteadyTime> other_way_since;  ///< the first way gave nothing then
};

struct SweepReport {
  int asked{};
  int failed{};
  std::optional<base::Error> first_error;
};

class Sweeper {
 public:
  /// The contracts that spread jobs ask for, as they are watched now.
  using Symbols = std::function<std::vector<std::string>()>;
  Sweeper(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, std::vector<PollJob> jobs,
          Symbols symbols = {});
  /// Asks what is due (or, forced, everything) once. Never throws for what the exchange does.
  [[nodiscard]] boost::asio::awaitable<SweepReport> sweep(bool everything);
  [[nodiscard]] const std::vector<PollJob>& jobs() const { return jobs_; }

 private:
  struct Answer {
    bool answered{};
    bool lost{};     ///< something was not reached, or not understood
    bool useless{};  ///< reached, and it has nothing for us this way: no such endpoint, no such shape
    std::optional<base::Error> why{};
  };
  /// What one answer held of one kind of event.
  struct Held {
    std::size_t events{};
    std::optional<base::WallTime> newest;
  };
  using ByKind = std::map<std::size_t, Held>;  ///< by the event's index in the variant
  /// A question of this sweep and what came of it: it may be another topic's too (Bybit's tickers).
  struct Asked {
    std::optional<base::Error> why;  ///< it failed
    ByKind held;
  };
  using Questions = std::map<std::string, Asked>;
  [[nodiscard]] boost::asio::awaitable<Answer> run_job(PollJob& job, SweepReport& report, Questions& asked);
  [[nodiscard]] boost::asio::awaitable<Answer> ask_all(PollJob& job, SweepReport& report, Questions& asked);
  void share(const PollJob& job, const Asked& asked, Answer& out);
  void cut_slice(PollJob& job) const;
  void look_back(PollJob& job) const;
  void renew_contracts(std::vector<market::Instrument> instruments);
  void add_unlisted(exchange::Reply& reply) const;
  ByKind deliver(const PollJob& job, exchange::Reply& reply);
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  Sink sink_;
  std::vector<PollJob> jobs_;
  Symbols symbols_;
  market::Seen seen_;  ///< polls that look back bring the same events again
};

}  // namespace feed
