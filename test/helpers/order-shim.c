/* Loaded into a process, it writes down in which order files reach the disk and take their names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note(const char *what, const char *path) {
  char line[2 * PATH_MAX];
  int length = snprintf(line, sizeof line, "%s %s\n", what, path);
  int log = open(getenv("ORDER_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (write(log, line, length) != length) abort();
  close(log);
}

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  int result = real(fd);
  if (length > 0) {
    path[length] = 0;
    note("synced", path);
  }
  return result;
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  int result = real(from, to);
  if (result == 0) note("renamed", to);
  return result;
}
