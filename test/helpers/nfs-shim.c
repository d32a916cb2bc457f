/*
 * Loaded into a process, it makes the folder NFS_FOLDER behave as network file systems do: replies to rename and link
 * get lost and the second try finds the work done, listings lack what was made a moment ago, handles go stale.
 * One call in NFS_ONE_IN is hit, by a generator seeded with NFS_SEED and the process id.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned long state;

static int hit(const char *path) {
  const char *folder = getenv("NFS_FOLDER");
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return 0;
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

/* Done, and the reply lost: what was to be renamed is not there any more when it is asked for again. */
int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  int result = real(from, to);
  return result == 0 && hit(to) ? lost(ENOENT) : result;
}

/* Done, and the reply lost: the name is taken when it is asked for again, by the very same file. */
int link(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");
  int result = real(from, to);
  return result == 0 && hit(to) ? lost(EEXIST) : result;
}

/* Another client replaced the file, whose handle this one still held. */
static int stale(const char *path, int flags) {
  int reads = (flags & O_ACCMODE) == O_RDONLY;
  int small = strstr(path, "/claims/") != NULL || strstr(path, ".json") != NULL;
  return reads && small && hit(path);
}

int open(const char *path, int flags, ...) {
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  return stale(path, flags) ? lost(ESTALE) : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  return stale(path, flags) ? lost(ESTALE) : real(path, flags, mode);
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
  int outputs = strstr(folder, "/outs") != NULL; /* what a stage wrote on this machine this machine sees */
  if (count <= 0 || outputs || !hit(folder)) return count;
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
