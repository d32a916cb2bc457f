/*
 * Loaded into a process, it makes the folder NFS_FOLDER behave as network file systems do: replies to rename and link
 * get lost and the second try finds the work done, listings lack what was made a moment ago, handles go stale when they
 * are opened, read, listed or looked at. One call in NFS_ONE_IN is hit, by a generator seeded with NFS_SEED and the
 * process id. With NFS_STALE_MS what was seen of a file (that it is not there, its size and times, and of claims, locks
 * and journals the content) is what is seen of it for so long; what this process itself does to a name renews it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static unsigned long state;

static int hit(const char *path) {
  const char *folder = getenv("NFS_FOLDER");
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return 0;
  if (strstr(path, "/index.sqlite") != NULL) return 0; /* SQLite's own, which can be made again */
  if (state == 0) state = strtoul(getenv("NFS_SEED"), NULL, 10) * 2654435761u + (unsigned long)getpid();
  unsigned long now = __sync_add_and_fetch(&state, 0x9e3779b97f4a7c15ul);
  now = (now ^ (now >> 30)) * 0xbf58476d1ce4e5b9ul;
  now = (now ^ (now >> 27)) * 0x94d049bb133111ebul;
  return (now ^ (now >> 31)) % strtoul(getenv("NFS_ONE_IN"), NULL, 10) == 0;
}

static int lost(int error) {
  errno = error;
  return -1;
}

static int inFolder(const char *path) {
  const char *folder = getenv("NFS_FOLDER");
  return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

/* ---- What was seen a moment ago ---- */

struct seen {
  char path[PATH_MAX];
  long atMs;
  int error; /* of looking: 0 or ENOENT; -1 where nobody has looked */
  struct statx look;
  int openError; /* the same of opening */
  char *content;
  size_t size;
};
enum { remembered = 512 };
static struct seen memory[remembered];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static long nowMs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long staleMs(void) {
  const char *text = getenv("NFS_STALE_MS");
  return text == NULL ? 0 : strtol(text, NULL, 10);
}

/* Files by which processes tell each other something. */
static int isShared(const char *path) {
  if (staleMs() == 0 || !inFolder(path)) return 0;
  size_t length = strlen(path);
  return strstr(path, "/claims/") != NULL || strstr(path, "/journal/") != NULL || strstr(path, "/in-use/") != NULL ||
         (length > 5 && strcmp(path + length - 5, ".json") == 0 && strstr(path, "/memo/") == NULL);
}

/* With `guard` held. A slot whose memory is over is used anew. */
static struct seen *seenOf(const char *path) {
  struct seen *free_ = NULL;
  for (int at = 0; at < remembered; at++) {
    struct seen *one = &memory[at];
    int over = one->path[0] != 0 && nowMs() - one->atMs > staleMs();
    if (over) one->path[0] = 0;
    if (one->path[0] == 0) free_ = one;
    else if (strcmp(one->path, path) == 0) return one;
  }
  if (free_ == NULL) return NULL;
  free(free_->content);
  memset(free_, 0, sizeof *free_);
  snprintf(free_->path, sizeof free_->path, "%s", path);
  free_->atMs = nowMs();
  free_->error = free_->openError = -1;
  return free_;
}

/* This process did something to the name, or to what lies under it: it looks again. */
static void renew(const char *path) {
  size_t length = strlen(path);
  pthread_mutex_lock(&guard);
  for (int at = 0; at < remembered; at++)
    if (strncmp(memory[at].path, path, length) == 0) memory[at].path[0] = 0;
  pthread_mutex_unlock(&guard);
}

typedef ssize_t pread_t(int, void *, size_t, off_t);

static void keepContent(struct seen *one, int fd) {
  struct stat at;
  if (fstat(fd, &at) != 0 || !S_ISREG(at.st_mode) || at.st_size > 1 << 16) return;
  pread_t *real = (pread_t *)dlsym(RTLD_NEXT, "pread64");
  one->content = malloc(at.st_size + 1);
  ssize_t got = real(fd, one->content, at.st_size, 0);
  one->size = got < 0 ? 0 : got;
  one->openError = 0;
}

/* ---- The calls ---- */

/* Done, and the reply lost: what was to be renamed is not there any more when it is asked for again. */
int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  int result = real(from, to);
  int error = errno;
  renew(from);
  renew(to);
  errno = error;
  return result == 0 && hit(to) ? lost(ENOENT) : result;
}

/* Done, and the reply lost: the name is taken when it is asked for again, by the very same file. */
int link(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");
  int result = real(from, to);
  int error = errno;
  renew(to);
  errno = error;
  return result == 0 && hit(to) ? lost(EEXIST) : result;
}

int unlink(const char *path) {
  int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  int result = real(path);
  int error = errno;
  renew(path);
  errno = error;
  return result;
}

/* Another client replaced the file, or removed it: one of those that more than one process writes or removes. */
static int isStale(const char *path) {
  static const char *const kinds[] = {"/claims", "/journal", "/objects", "/outs", ".json", "/in-use", "/attempts"};
  int shared = 0;
  for (size_t at = 0; at < sizeof kinds / sizeof *kinds; at++) shared |= strstr(path, kinds[at]) != NULL;
  return shared && strstr(path, ".tmp") == NULL && strstr(path, ".log") == NULL && hit(path);
}

typedef int open_t(const char *, int, ...);

static int opened(open_t *real, const char *path, int flags, mode_t mode) {
  if ((flags & O_ACCMODE) != O_RDONLY) {
    renew(path);
    return real(path, flags, mode);
  }
  if (isStale(path)) return lost(ESTALE);
  if (!isShared(path)) return real(path, flags, mode);
  pthread_mutex_lock(&guard);
  struct seen *one = seenOf(path);
  int fd = -1, error = 0;
  if (one != NULL && (one->openError > 0 || one->error > 0)) {
    error = one->openError > 0 ? one->openError : one->error;
  } else if (one != NULL && one->openError == 0) {
    fd = memfd_create("of a moment ago", MFD_CLOEXEC);
    if (write(fd, one->content, one->size) != (ssize_t)one->size) abort();
    lseek(fd, 0, SEEK_SET);
  } else {
    fd = real(path, flags, mode);
    error = errno;
    if (fd >= 0 && one != NULL) keepContent(one, fd);
    else if (one != NULL && error == ENOENT) one->openError = ENOENT;
  }
  pthread_mutex_unlock(&guard);
  return fd < 0 ? lost(error) : fd;
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  return opened((open_t *)dlsym(RTLD_NEXT, "open"), path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  return opened((open_t *)dlsym(RTLD_NEXT, "open64"), path, flags, mode);
}

int access(const char *path, int mode) {
  int (*real)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
  if (!isShared(path)) return real(path, mode);
  pthread_mutex_lock(&guard);
  struct seen *one = seenOf(path);
  int result, error;
  if (one != NULL && one->error >= 0) {
    error = one->error;
    result = error == 0 ? 0 : -1;
  } else {
    result = real(path, mode);
    error = errno;
    if (one != NULL && result != 0 && error == ENOENT) one->error = ENOENT;
  }
  pthread_mutex_unlock(&guard);
  return result == 0 ? 0 : lost(error);
}

/* A file under an open handle was replaced, or removed, by another client. */
static int isStaleHandle(int fd) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return isStale(path);
}

ssize_t read(int fd, void *bytes, size_t size) {
  ssize_t (*real)(int, void *, size_t) = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
  return isStaleHandle(fd) ? lost(ESTALE) : real(fd, bytes, size);
}

ssize_t pread64(int fd, void *bytes, size_t size, off_t at) {
  pread_t *real = (pread_t *)dlsym(RTLD_NEXT, "pread64");
  return isStaleHandle(fd) ? lost(ESTALE) : real(fd, bytes, size, at);
}

/* libuv asks for statx by its number: of a path, where Linux itself looks again at what is stale, or of an open file. */
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (real == NULL) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long a[6];
  va_list more;
  va_start(more, number);
  for (int at = 0; at < 6; at++) a[at] = va_arg(more, long);
  va_end(more);
  if (number != SYS_statx) return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  const char *path = (const char *)a[1];
  if (path[0] == 0) return isStaleHandle((int)a[0]) ? lost(ESTALE) : real(number, a[0], a[1], a[2], a[3], a[4]);
  if (!isShared(path)) return real(number, a[0], a[1], a[2], a[3], a[4]);
  pthread_mutex_lock(&guard);
  struct seen *one = seenOf(path);
  long result;
  int error;
  if (one != NULL && one->error >= 0 && (one->error > 0 || one->look.stx_mask != 0)) {
    error = one->error;
    result = error == 0 ? 0 : -1;
    if (error == 0) *(struct statx *)a[4] = one->look;
  } else {
    result = real(number, a[0], a[1], a[2], a[3], a[4]);
    error = errno;
    if (one != NULL && result == 0) {
      one->error = 0;
      one->look = *(struct statx *)a[4];
    } else if (one != NULL && error == ENOENT) one->error = ENOENT;
  }
  pthread_mutex_unlock(&guard);
  return result == 0 ? 0 : lost(error);
}

/* A listing of a moment ago: without what was made since. */
static int isYoung(const char *folder, const char *name) {
  char path[PATH_MAX];
  struct stat at;
  struct timespec now;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (lstat(path, &at) != 0) return 0;
  clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec - at.st_mtim.tv_sec) * 1000 + (now.tv_nsec - at.st_mtim.tv_nsec) / 1000000 < 300;
}

typedef int scandir_t(const char *, struct dirent ***, int (*)(const struct dirent *),
                      int (*)(const struct dirent **, const struct dirent **));

static int filtered(scandir_t *real, const char *folder, struct dirent ***list, int (*filter)(const struct dirent *),
                    int (*order)(const struct dirent **, const struct dirent **)) {
  int count = real(folder, list, filter, order);
  if (count <= 0) return count;
  if (isStale(folder)) { /* another client removed the folder, and made it again */
    while (count > 0) free((*list)[--count]);
    free(*list);
    return lost(ESTALE);
  }
  int outputs = strstr(folder, "/outs") != NULL; /* what a stage wrote on this machine this machine sees */
  if (outputs || !hit(folder)) return count;
  int kept = 0;
  for (int at = 0; at < count; at++) {
    if (isYoung(folder, (*list)[at]->d_name)) free((*list)[at]);
    else (*list)[kept++] = (*list)[at];
  }
  return kept;
}

int scandir(const char *folder, struct dirent ***list, int (*filter)(const struct dirent *),
            int (*order)(const struct dirent **, const struct dirent **)) {
  return filtered((scandir_t *)dlsym(RTLD_NEXT, "scandir"), folder, list, filter, order);
}

int scandir64(const char *folder, struct dirent64 ***list, int (*filter)(const struct dirent64 *),
              int (*order)(const struct dirent64 **, const struct dirent64 **)) {
  return filtered((scandir_t *)dlsym(RTLD_NEXT, "scandir64"), folder, (struct dirent ***)list,
                  (int (*)(const struct dirent *))filter, (int (*)(const struct dirent **, const struct dirent **))order);
}
