#include "process/limits.h"

#include <fcntl.h>
#include <features.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/log.h"

static const size_t spare_descriptors = 64; /* for other uses than connections */

void limits_open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

size_t limits_raise_descriptors(size_t connections)
{
    struct rlimit limit;
    rlim_t needed = connections + spare_descriptors;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return connections;
    if (limit.rlim_max < needed) {
        struct rlimit higher = {needed, needed}; /* root may raise the hard limit */
        if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
            return connections;
        needed = limit.rlim_max;
    }
    limit.rlim_cur = needed;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || needed >= connections + spare_descriptors)
        return connections;
    size_t fitting = needed > 2 * spare_descriptors ? needed - spare_descriptors : needed / 2;
    if (log_begin(LOG_INFO, "fewer-connections")) {
        log_number("requested", (int64_t)connections);
        log_number("descriptor-limit", (int64_t)needed);
        log_number("connections", (int64_t)fitting);
        log_end();
    }
    return fitting;
}

void limits_return_memory(void)
{
#ifdef __GLIBC__
    enum { LARGE = 1 << 20 };
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, LARGE);
#endif
}

void limits_trim_memory(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void limits_forbid_core(void)
{
    struct rlimit core = {0, 0};
    if (getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &core);
    }
}
