/* Preloaded into a bot under test: kills it (SIGKILL) inside one chosen commit of its database, at one chosen point of
 * that commit. The statements are recognised by their SQL, so the windows are those of CR-5 by name:
 *   claimed  the transaction that writes the signal, the gate's state and the outbox row as `sending`: the chat was idle
 *   accept   the same with a row that waits, and that of an edit
 *   sending  the commit before the HTTP request of a row that waited
 *   sent     the commit after Telegram's answer
 * KILL_WINDOW=claimed|accept|sending|sent  KILL_NTH=n (which commit of that window)  KILL_REPORT=file (one line when it hit)
 * KILL_POINT=before | after | write:k | sync:k   (the k-th pwrite64 or fdatasync inside the commit) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
extern const char* sqlite3_sql(sqlite3_stmt*);
extern char* sqlite3_expanded_sql(sqlite3_stmt*);
extern void sqlite3_free(void*);
extern sqlite3* sqlite3_db_handle(sqlite3_stmt*);
extern int sqlite3_get_autocommit(sqlite3*);

static const char* wanted_window;
static const char* wanted_point = "before";
static long wanted_nth = 1, wanted_io = 1;
static char io_kind;            /* 'w' or 's' while a chosen commit runs and an I/O point is wanted */
static long commits_seen, io_seen;
static int in_commit;
static const char* transaction_window; /* of the transaction that is open */

static void die(void) {
  const char* path = getenv("KILL_REPORT");
  if (path != NULL) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    char line[128];
    const int size = snprintf(line, sizeof line, "%s %s\n", wanted_window, wanted_point);
    if (fd >= 0 && size > 0 && write(fd, line, (size_t)size) == size) fsync(fd);
  }
  kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void read_wish(void) {
  wanted_window = getenv("KILL_WINDOW");
  if (getenv("KILL_NTH") != NULL) wanted_nth = atol(getenv("KILL_NTH"));
  if (getenv("KILL_POINT") != NULL) wanted_point = getenv("KILL_POINT");
  if (strncmp(wanted_point, "write:", 6) == 0) io_kind = 'w', wanted_io = atol(wanted_point + 6);
  if (strncmp(wanted_point, "sync:", 5) == 0) io_kind = 's', wanted_io = atol(wanted_point + 5);
}

/* Texts have their quotes doubled there, so only a bound value of its own can read like this. */
static int enters_as_sending(sqlite3_stmt* statement) {
  char* whole = sqlite3_expanded_sql(statement);
  const int found = whole != NULL && strstr(whole, ", 'sending', ") != NULL;
  sqlite3_free(whole);
  return found;
}

static const char* window_of(sqlite3_stmt* statement, const char* sql) {
  if (strstr(sql, "INSERT INTO outbox") != NULL) return enters_as_sending(statement) ? "claimed" : "accept";
  if (strstr(sql, "UPDATE outbox") == NULL) return NULL;
  if (strstr(sql, "state = 'sending'") != NULL && strstr(sql, "SET state = 'sending'") != NULL) return "sending";
  if (strstr(sql, "SET state = 'sent'") != NULL) return "sent";
  return NULL;
}

int sqlite3_step(sqlite3_stmt* statement) {
  static int (*real)(sqlite3_stmt*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "sqlite3_step");
  const char* sql = sqlite3_sql(statement);
  if (wanted_window == NULL || sql == NULL) return real(statement);
  const char* window = window_of(statement, sql);
  const int alone = window != NULL && sqlite3_get_autocommit(sqlite3_db_handle(statement));
  if (window != NULL) transaction_window = window;
  const int commit = strncmp(sql, "COMMIT", 6) == 0;
  if (!commit && !alone) return real(statement);
  const int chosen = transaction_window != NULL && strcmp(transaction_window, wanted_window) == 0 &&
                     ++commits_seen == wanted_nth;
  transaction_window = NULL;
  if (chosen && strcmp(wanted_point, "before") == 0) die();
  in_commit = chosen;
  const int result = real(statement);
  in_commit = 0;
  if (chosen) die(); /* "after", or a point beyond the last write of this commit */
  return result;
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "pwrite64");
  if (in_commit && io_kind == 'w' && ++io_seen == wanted_io) die();
  return real(fd, data, size, at);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "fdatasync");
  if (in_commit && io_kind == 's' && ++io_seen == wanted_io) die();
  return real(fd);
}
