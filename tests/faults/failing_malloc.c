/* In the server: the n-th allocation fails, of whoever asks, libmicrohttpd and SQLite included. A
 * test sets n in a file that both map. Without that file nothing fails. */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As tests/api/test_anomalies.py packs it. */
struct shared {
    volatile int64_t countdown; /* the event that fails, from 1; 0: none does */
    volatile int64_t lasting;   /* and all behind it */
    volatile int64_t failures;
};

void *FAULTY(malloc)(size_t size);
void *FAULTY(calloc)(size_t count, size_t size);
void *FAULTY(realloc)(void *old, size_t size);
void *FAULTY(mmap)(void *address, size_t len, int protection, int flags, int fd, off_t offset);

#ifdef STATIC_LINK
void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);
void *REAL(mmap)(void *address, size_t len, int protection, int flags, int fd, off_t offset);
#else
/* glibc's own names, which stand behind those above. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
#define real_malloc __libc_malloc
#define real_calloc __libc_calloc
#define real_realloc __libc_realloc

static void *REAL(mmap)(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
    static void *(*real)(void *, size_t, int, int, int, off_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "mmap");
    return real(address, len, protection, flags, fd, offset);
}
#endif

static struct shared none;
static struct shared *shared = &none;

static int strikes(void)
{
    if (shared->countdown <= 0 || --shared->countdown > 0)
        return 0;
    shared->countdown = shared->lasting;
    shared->failures = shared->failures + 1;
    errno = ENOMEM;
    return 1;
}

void *FAULTY(malloc)(size_t size)
{
    return strikes() ? NULL : REAL(malloc)(size);
}

void *FAULTY(calloc)(size_t count, size_t size)
{
    return strikes() ? NULL : REAL(calloc)(count, size);
}

void *FAULTY(realloc)(void *old, size_t size)
{
    return strikes() ? NULL : REAL(realloc)(old, size);
}

/* libmicrohttpd takes the memory of a connection from here. */
void *FAULTY(mmap)(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
    if ((flags & MAP_ANONYMOUS) && strikes())
        return MAP_FAILED;
    return REAL(mmap)(address, len, protection, flags, fd, offset);
}

__attribute__((constructor)) static void share(void)
{
    const char *path = getenv("FAILING_MALLOC");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *found = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (found != MAP_FAILED)
        shared = found;
}
