// One exchange's polls: which topics, how often, and one sweep over those that are due.
#pragma once
#include <vector>

#include "common/feed/fetcher.hpp"

namespace feed {

struct PollJob {
  PollJob(market::Topic of_topic, base::Millis with_period) : topic(of_topic), every(with_period) {}
  market::Topic topic;
  base::Millis every;
  exchange::Want want;
  std::optional<base::SteadyTime> next;  ///< nullopt: not asked yet
};

struct SweepReport {
  int asked{};
  int failed{};
  std::optional<base::Error> first_error;
};

class Sweeper {
 public:
  Sweeper(Fetcher& fetcher, base::Clock& clock, Observer& observer, Sink sink, std::vector<PollJob> jobs);
  /// Asks what is due (or, forced, everything) once. Never throws for what the exchange does.
  [[nodiscard]] boost::asio::awaitable<SweepReport> sweep(bool everything);
  [[nodiscard]] const std::vector<PollJob>& jobs() const { return jobs_; }

 private:
  /// False: everything was answered, or refused for good (a symbol that is not known).
  [[nodiscard]] boost::asio::awaitable<bool> run_job(PollJob& job, SweepReport& report,
                                                     std::vector<std::string>& asked);
  void add_unlisted(exchange::Reply& reply) const;
  void deliver(const PollJob& job, exchange::Reply& reply);
  Fetcher& fetcher_;
  base::Clock& clock_;
  Observer& observer_;
  Sink sink_;
  std::vector<PollJob> jobs_;
};

}  // namespace feed
