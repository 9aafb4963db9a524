/* A sandbox that the process cannot leave: no new sockets, programs or executable memory, and few
 * files. The files are chosen in confine.c. */
#ifndef PROCESS_SANDBOX_H
#define PROCESS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

enum sandbox_access {
    SANDBOX_READ = 1,   /* read files, list directories */
    SANDBOX_REMOVE = 2, /* remove files of a directory */
    SANDBOX_WRITE = 4,  /* create, write and rename files of a directory */
};

enum sandbox_state {
    SANDBOX_OFF,
    SANDBOX_PARTIAL, /* the kernel does not support a part of it */
    SANDBOX_ON,
};

/* The sandbox before it is entered; sandbox_enter releases its resources. */
struct sandbox {
    int ruleset;      /* of Landlock; -1: the kernel has no Landlock */
    uint64_t handled; /* the access rights that need a rule */
    bool writes;      /* SANDBOX_WRITE was given */
};

/* Why a part is missing; NULL: it is active. */
struct sandbox_report {
    const char *privileges; /* no_new_privs */
    const char *files;      /* Landlock */
    const char *calls;      /* seccomp */
};

/* False for instrumented builds, which write files at exit and map executable memory. */
bool sandbox_is_built_in(void);

void sandbox_begin(struct sandbox *sandbox);

/* Allows access to `path` and everything below it. The rule is for the file that exists now, not
 * for one that replaces it later. A path that does not exist is ignored. */
void sandbox_allow(struct sandbox *sandbox, const char *path, unsigned access);

/* From here on the process cannot create threads, processes, executable memory or sockets (except
 * by accept), nor open files for writing unless SANDBOX_WRITE was given; open files stay usable. A
 * refused system call fails with EPERM, and sandbox_tell logs it, except for new threads and
 * processes. */
enum sandbox_state sandbox_enter(struct sandbox *sandbox, struct sandbox_report *report);

/* strerror, with a hint if the sandbox may be the cause. */
const char *sandbox_explain(int error);

/* Logs the system calls that were refused, each of them once. */
void sandbox_tell(void);

#endif
