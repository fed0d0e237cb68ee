/* Preloaded into a bot under test: while the file FULL_DISK_FLAG exists, every write to a database or its log fails with
 * ENOSPC, as on a full disk. FULL_DISK_REPORT (a file) gets one byte for each write that was refused. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_full(int fd) {
  const char* flag = getenv("FULL_DISK_FLAG");
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = '\0';
  return strstr(path, ".db") != NULL && strstr(path, "-shm") == NULL;
}

static void report(void) {
  const char* path = getenv("FULL_DISK_REPORT");
  if (path == NULL) return;
  const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0) return;
  if (write(fd, ".", 1) != 1) abort();
  close(fd);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static ssize_t (*real)(int, const void*, size_t, off64_t);
  if (real == NULL) real = (ssize_t(*)(int, const void*, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (!is_full(fd)) return real(fd, data, size, at);
  report();
  errno = ENOSPC;
  return -1;
}
