/* What the process gives up for good once it serves: new files, sockets, programs, executable
 * memory. Mechanism only; what the server still needs is in confine.c. */
#ifndef PROCESS_SANDBOX_H
#define PROCESS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

enum sandbox_access {
    SANDBOX_READ = 1,   /* read files, list directories */
    SANDBOX_REMOVE = 2, /* remove files of a directory */
};

enum sandbox_state {
    SANDBOX_OFF,     /* nothing was given up */
    SANDBOX_PARTIAL, /* the kernel refuses a part */
    SANDBOX_ON,
};

/* Being put together. Embedded; sandbox_enter closes it. */
struct sandbox {
    int ruleset;      /* of Landlock; -1: the kernel has none */
    uint64_t handled; /* rights that files need a rule for */
};

/* Why a part is missing; NULL: it is there. */
struct sandbox_report {
    const char *privileges; /* no set-user-id program gives new ones */
    const char *files;      /* Landlock */
    const char *calls;      /* seccomp */
};

/* Whether this build can have one: instrumented ones write files at exit and map executable memory.
 */
bool sandbox_is_built_in(void);

void sandbox_begin(struct sandbox *sandbox);

/* Everything beneath `path`, as it is now: what is put in its place later does not count. A path
 * that is not there is left out. */
void sandbox_allow(const struct sandbox *sandbox, const char *path, unsigned access);

/* From here on no thread, process, socket or executable memory can be made, and no file opened for
 * writing. What is open stays so. A refused call fails with EPERM and is told by sandbox_tell.
 * There is no way back. */
enum sandbox_state sandbox_enter(struct sandbox *sandbox, struct sandbox_report *report);

/* strerror, and whether the sandbox may be the cause. */
const char *sandbox_explain(int error);

/* One line in the log for each system call that was refused since, once in the process's life. */
void sandbox_tell(void);

#endif
