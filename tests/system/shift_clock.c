/* Preloaded into the sandbox and the bots: their wall clock runs CLOCK_SHIFT_MS beside the machine's, so that a recording
 * is lived through at its own date. Steady clocks, which everybody waits by, stay as they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long long shift_ms;

__attribute__((constructor)) static void read_shift(void) {
  const char* text = getenv("CLOCK_SHIFT_MS");
  if (text != NULL) shift_ms = atoll(text);
}

static void add(time_t* seconds, long* part, long parts_a_second) {
  const long long whole = (long long)*seconds * 1000 + shift_ms;
  const long rest = (long)(((whole % 1000) + 1000) % 1000);
  *part += rest * (parts_a_second / 1000);
  *seconds = (time_t)((whole - rest) / 1000);
  if (*part >= parts_a_second) {
    *part -= parts_a_second;
    ++*seconds;
  }
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(clock, out);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    add(&out->tv_sec, &out->tv_nsec, 1000000000L);
  return result;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  static int (*real)(struct timeval*, void*);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "gettimeofday");
  const int result = real(out, zone);
  if (result == 0) {
    long part = out->tv_usec;
    add(&out->tv_sec, &part, 1000000L);
    out->tv_usec = part;
  }
  return result;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
