/* In the server: the wall clock can be set back without that of the machine. A test sets by how
 * much in a file that both map. Without that file it is the machine's. */
#include "faults.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const int64_t none;
static const volatile int64_t *back_s = &none;

int FAULTY(clock_gettime)(clockid_t id, struct timespec *now);

#ifdef STATIC_LINK
int REAL(clock_gettime)(clockid_t id, struct timespec *now);
#else
static int REAL(clock_gettime)(clockid_t id, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    return real(id, now);
}
#endif

int FAULTY(clock_gettime)(clockid_t id, struct timespec *now)
{
    int result = REAL(clock_gettime)(id, now);
    if (id == CLOCK_REALTIME)
        now->tv_sec -= *back_s;
    return result;
}

__attribute__((constructor)) static void map_file(void)
{
    const char *path = getenv("WALL_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *back_s, PROT_READ, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED)
        back_s = map;
    if (fd >= 0)
        close(fd);
}
