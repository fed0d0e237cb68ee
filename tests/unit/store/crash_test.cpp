// kill -9 in the middle of transactions: what was promised is there, what was not is gone, and the file is sound (F-1).
#include <array>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/store/memory.hpp"
#include "common/store/signal_log.hpp"
#include "tests/unit/store/support.hpp"

namespace crash_test {
using test::must;
using test::start_time;
using test::TempFolder;

constexpr int rounds = 6;
enum Point : int { before_begin, after_accept, after_signal, before_commit, after_commit, after_mark, point_count };

void die_at(int wanted, int here) {
  if (wanted == here) ::raise(SIGKILL);
}

/// Writes pairs (outbox row, gate) one transaction each, says each commit through the pipe, dies where told.
void child(const TempFolder& folder, int fatal_round, int point, int pipe) {
  auto database = test::open_bot(folder);
  store::Outbox outbox(*database);
  store::GateState gates(*database);
  for (int round = 0; round < rounds; ++round) {
    const int wanted = round == fatal_round ? point : -1;
    const std::string key = std::to_string(round);
    die_at(wanted, before_begin);
    std::int64_t id = 0;
    must(database->transact([&]() -> base::Result<void> {
      id = must(outbox.accept(test::draft(key), start_time)).id;
      die_at(wanted, after_accept);
      must(gates.put(key, {start_time, 1, 1.0, ""}));
      die_at(wanted, after_signal);
      die_at(wanted, before_commit);
      return {};
    }));
    (void)!::write(pipe, key.data(), 1);
    die_at(wanted, after_commit);
    must(outbox.mark_sending(id));
    die_at(wanted, after_mark);
    must(outbox.mark_sent(id, 1, start_time));
  }
  ::_exit(0);
}

TEST(Crash, F1_KillAtEveryPointLosesNothingThatWasCommitted) {
  std::array<int, point_count> hits{};
  for (int point = 0; point < point_count; ++point) {
    for (int round = 0; round < rounds; ++round) {
      const TempFolder folder;
      std::array<int, 2> pipe{};
      ASSERT_EQ(::pipe(pipe.data()), 0);
      const pid_t pid = ::fork();
      if (pid == 0) child(folder, round, point, pipe[1]);
      ::close(pipe[1]);
      int status = 0;
      ASSERT_EQ(::waitpid(pid, &status, 0), pid);
      ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the window was not hit";
      ++hits[static_cast<std::size_t>(point)];
      std::string promised;
      for (char c = 0; ::read(pipe[0], &c, 1) == 1;) promised += c;
      ::close(pipe[0]);

      auto opened = must(store::open_bot(folder.path(), "volume", start_time));
      EXPECT_FALSE(opened.set_aside);
      store::Outbox outbox(*opened.database);
      store::GateState gates(*opened.database);
      const auto recovered = must(outbox.recover_after_restart(start_time));
      EXPECT_EQ(recovered.to_repeat, point == after_mark ? 1 : 0);
      EXPECT_EQ(must(gates.all()).size(), promised.size()) << "point " << point << " round " << round;
      for (std::int64_t id = 1; id <= static_cast<std::int64_t>(promised.size()); ++id)
        EXPECT_TRUE(must(outbox.find(id))) << "point " << point << " round " << round;
      EXPECT_FALSE(must(outbox.find(static_cast<std::int64_t>(promised.size()) + 1)));
    }
  }
  for (int point = 0; point < point_count; ++point) EXPECT_EQ(hits[static_cast<std::size_t>(point)], rounds);
}

}  // namespace crash_test
