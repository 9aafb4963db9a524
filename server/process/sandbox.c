#include "process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(INSTRUMENTED)
enum { BUILT_IN = false };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
enum { BUILT_IN = false };
#else
enum { BUILT_IN = true };
#endif
#else
enum { BUILT_IN = true };
#endif

bool sandbox_is_built_in(void)
{
    return BUILT_IN;
}

/* --- Landlock, with its numbers, since the headers may be older than the kernel. */

enum {
    LANDLOCK_CREATE_RULESET = 444, /* the same on all architectures */
    LANDLOCK_ADD_RULE = 445,
    LANDLOCK_RESTRICT_SELF = 446,
    LANDLOCK_VERSION = 1, /* flag: return the ABI version */
    LANDLOCK_PATH_BENEATH = 1,
};

struct landlock_ruleset {
    uint64_t files;
    uint64_t network; /* from version 4 on */
    uint64_t scope;   /* from version 6 on */
};

struct landlock_path {
    uint64_t access;
    int32_t parent;
} __attribute__((packed));

enum {
    LANDLOCK_READ_FILE = 1 << 2,
    LANDLOCK_READ_DIR = 1 << 3,
    LANDLOCK_REMOVE_FILE = 1 << 5,
    LANDLOCK_WRITE_FILE = 1 << 1,
    LANDLOCK_MAKE_FILE = 1 << 8,
    LANDLOCK_TRUNCATE = 1 << 14, /* from version 3 on */
    LANDLOCK_BIND_AND_CONNECT = 3,
    LANDLOCK_SOCKETS_AND_SIGNALS = 3, /* abstract sockets of, and signals to, processes outside */
};

/* All file access rights of an ABI version. */
static uint64_t known_rights(long version)
{
    static const int counts[] = {0, 13, 14, 15, 15, 16};
    size_t last = sizeof counts / sizeof *counts - 1;
    return ((uint64_t)1 << counts[version < (long)last ? (size_t)version : last]) - 1;
}

void sandbox_begin(struct sandbox *sandbox)
{
    struct landlock_ruleset rules = {0, 0, 0};
    *sandbox = (struct sandbox){.ruleset = -1};
    long version = BUILT_IN ? syscall(LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION) : 0;
    if (version < 1)
        return;
    size_t size = version < 4   ? offsetof(struct landlock_ruleset, network)
                  : version < 6 ? offsetof(struct landlock_ruleset, scope)
                                : sizeof rules;
    rules.files = known_rights(version);
    rules.network = version < 4 ? 0 : LANDLOCK_BIND_AND_CONNECT;
    rules.scope = version < 6 ? 0 : LANDLOCK_SOCKETS_AND_SIGNALS;
    sandbox->ruleset = (int)syscall(LANDLOCK_CREATE_RULESET, &rules, size, 0);
    sandbox->handled = rules.files;
}

void sandbox_allow(struct sandbox *sandbox, const char *path, unsigned access)
{
    struct stat found;
    sandbox->writes |= (access & SANDBOX_WRITE) != 0;
    int fd = sandbox->ruleset < 0 ? -1 : open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &found) == 0) {
        /* The kernel rejects directory rights for a file. */
        uint64_t directory = S_ISDIR(found.st_mode) ? UINT64_MAX : 0;
        struct landlock_path rule = {.parent = fd};
        if (access & SANDBOX_READ)
            rule.access |= LANDLOCK_READ_FILE | (LANDLOCK_READ_DIR & directory);
        if (access & SANDBOX_REMOVE)
            rule.access |= LANDLOCK_REMOVE_FILE & directory;
        if (access & SANDBOX_WRITE)
            rule.access |= LANDLOCK_WRITE_FILE | (LANDLOCK_TRUNCATE & sandbox->handled) |
                           (LANDLOCK_MAKE_FILE & directory);
        syscall(LANDLOCK_ADD_RULE, sandbox->ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
    }
    close(fd);
}

static bool files_are_restricted;

const char *sandbox_explain(int error)
{
    if (error == EACCES && files_are_restricted)
        return "Permission denied (perhaps by the sandbox: only the seed directories that existed "
               "at start are readable)";
    return strerror(error);
}

/* NULL, or why it failed. */
static const char *restrict_files(struct sandbox *sandbox)
{
    if (sandbox->ruleset < 0)
        return "the kernel has no Landlock";
    long code = syscall(LANDLOCK_RESTRICT_SELF, sandbox->ruleset, 0);
    const char *reason = code == 0 ? NULL : strerror(errno);
    close(sandbox->ruleset);
    sandbox->ruleset = -1;
    files_are_restricted = !reason;
    return reason;
}

/* --- seccomp */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define RESULT_OF(context) ((context)->uc_mcontext.gregs[REG_RAX])
#define RESULT_TYPE greg_t
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define RESULT_OF(context) ((context)->uc_mcontext.regs[0])
#define RESULT_TYPE uint64_t
#endif

#ifdef ARCHITECTURE

enum condition { ALWAYS, WITHOUT_BITS, EQUAL };

/* A system call that is allowed, perhaps only for some values of one argument. */
struct permission {
    uint32_t number;
    enum condition condition;
    uint32_t argument, value;
};

#define ANY(name)                 \
    {                             \
        __NR_##name, ALWAYS, 0, 0 \
    }

static const struct permission permissions[] = {
    /* the loop, its clocks and its sockets */
    ANY(epoll_pwait),
    ANY(epoll_ctl),
    ANY(epoll_create1),
    ANY(signalfd4),
    ANY(timerfd_create),
    ANY(timerfd_settime),
    ANY(ppoll),
    ANY(accept4),
    ANY(recvfrom),
    ANY(recvmsg),
    ANY(sendto),
    ANY(sendmsg),
    ANY(shutdown),
    ANY(setsockopt),
    ANY(getsockopt),
    ANY(getpeername),
    ANY(getsockname),
    {__NR_ioctl, EQUAL, 1, FIONREAD},
    /* files; Landlock decides which */
    ANY(read),
    ANY(write),
    ANY(readv),
    ANY(writev),
    ANY(pread64),
    ANY(pwrite64),
    ANY(openat),
    ANY(close),
    ANY(fcntl),
    ANY(fstat),
    ANY(newfstatat),
    ANY(statx),
    ANY(faccessat),
    ANY(readlinkat),
    ANY(getcwd),
    ANY(getdents64),
    ANY(lseek),
    ANY(ftruncate),
    ANY(fallocate),
    ANY(fsync),
    ANY(fdatasync),
    ANY(unlinkat),
    /* memory */
    ANY(brk),
    {__NR_mmap, WITHOUT_BITS, 2, PROT_EXEC},
    {__NR_mprotect, WITHOUT_BITS, 2, PROT_EXEC},
    ANY(mremap),
    ANY(munmap),
    ANY(madvise),
    /* the C library and GnuTLS */
    ANY(clock_gettime),
    ANY(clock_nanosleep),
    ANY(gettimeofday),
    ANY(futex),
    ANY(getrandom),
    ANY(getpid),
    ANY(gettid),
    ANY(getuid),
    ANY(geteuid),
    ANY(getrusage),
    ANY(sysinfo),
    ANY(uname),
    ANY(sched_yield),
    ANY(sched_getaffinity),
    ANY(restart_syscall),
    ANY(rt_sigaction),
    ANY(rt_sigpending),
    ANY(rt_sigprocmask),
    ANY(rt_sigreturn),
    ANY(exit),
    ANY(exit_group),
#ifdef __x86_64__ /* older calls that newer architectures do not have */
    ANY(epoll_wait),
    ANY(poll),
    ANY(stat),
    ANY(lstat),
    ANY(access),
    ANY(readlink),
    ANY(unlink),
    ANY(time),
#endif
};

/* Also with SANDBOX_WRITE. */
static const struct permission write_permissions[] = {
#ifdef __NR_renameat
    ANY(renameat),
#endif
    ANY(renameat2),
    ANY(utimensat),
};

/* The C library blocks all signals around these calls (glibc 2.36 in pthread_create and
 * posix_spawn, 2.41 in fork too), and a blocked SIGSYS kills the process. So they fail with EPERM
 * without a signal, and without a line in the log. */
static const uint32_t refused_without_signal[] = {
    __NR_clone,
    __NR_clone3,
#ifdef __x86_64__
    __NR_fork,
    __NR_vfork,
#endif
};

/* The highest number in Linux 5.17, the version this table was made for; musl's headers lack it. */
#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node 450
#endif

enum {
    PERMISSIONS = sizeof permissions / sizeof *permissions,
    WRITE_PERMISSIONS = sizeof write_permissions / sizeof *write_permissions,
    PERMISSION_MAX = 5, /* instructions */
    WITHOUT_SIGNAL = sizeof refused_without_signal / sizeof *refused_without_signal,
    OTHER_MAX = 12 + 2 * WITHOUT_SIGNAL, /* instructions */
    CALLS = 512,                         /* higher numbers are logged as 0 */
};

struct program {
    struct sock_filter code[(PERMISSIONS + WRITE_PERMISSIONS) * PERMISSION_MAX + OTHER_MAX];
    unsigned short len;
};

static void emit(struct program *program, uint16_t code, uint32_t value, uint8_t if_true,
                 uint8_t if_false)
{
    program->code[program->len++] =
        (struct sock_filter){.code = code, .jt = if_true, .jf = if_false, .k = value};
}

static void emit_load(struct program *program, size_t offset)
{
    emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* `if_true` and `if_false`: the number of instructions to skip. */
static void emit_test(struct program *program, uint16_t test, uint32_t value, uint8_t if_true,
                      uint8_t if_false)
{
    emit(program, (uint16_t)(BPF_JMP | test | BPF_K), value, if_true, if_false);
}

static void emit_return(struct program *program, uint32_t action)
{
    emit(program, BPF_RET | BPF_K, action, 0, 0);
}

static void emit_permission(struct program *program, const struct permission *permission)
{
    bool always = permission->condition == ALWAYS;
    emit_test(program, BPF_JEQ, permission->number, 0, always ? 1 : 4);
    if (!always) {
        /* The low 32 bits, which are all that these calls use; both architectures are
         * little-endian. */
        emit_load(program, offsetof(struct seccomp_data, args) + (size_t)8 * permission->argument);
        bool equal = permission->condition == EQUAL;
        emit_test(program, equal ? BPF_JEQ : BPF_JSET, permission->value, equal, !equal);
        emit_return(program, SECCOMP_RET_TRAP);
    }
    emit_return(program, SECCOMP_RET_ALLOW);
}

static void write_program(struct program *program, bool writes)
{
    const struct permission own_signals = {__NR_tgkill, EQUAL, 0, (uint32_t)getpid()};
    program->len = 0;
    emit_load(program, offsetof(struct seccomp_data, arch));
    emit_test(program, BPF_JEQ, ARCHITECTURE, 1, 0);
    emit_return(program, SECCOMP_RET_KILL_PROCESS); /* a 32-bit system call */
    emit_load(program, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < PERMISSIONS; i++)
        emit_permission(program, &permissions[i]);
    for (size_t i = 0; writes && i < WRITE_PERMISSIONS; i++)
        emit_permission(program, &write_permissions[i]);
    emit_permission(program, &own_signals); /* abort() */
    for (size_t i = 0; i < WITHOUT_SIGNAL; i++) {
        emit_test(program, BPF_JEQ, refused_without_signal[i], 0, 1);
        emit_return(program, SECCOMP_RET_ERRNO | EPERM);
    }
    /* A C library that is newer than this table tries a new call, then falls back to an old one. */
    emit_test(program, BPF_JGT, __NR_set_mempolicy_home_node, 0, 1);
    emit_return(program, SECCOMP_RET_ERRNO | ENOSYS);
    emit_return(program, SECCOMP_RET_TRAP);
}

enum { BY_SECCOMP = 1 }; /* si_code of SIGSYS; glibc defines SYS_SECCOMP since version 2.37 */

static volatile sig_atomic_t refused[CALLS], refused_any;

/* Handles SIGSYS: the system call was not made and returns EPERM. */
static void note_refusal(int number, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
    (void)number;
    if (info->si_code != BY_SECCOMP)
        return; /* kill -SYS */
    RESULT_OF(interrupted) = (RESULT_TYPE)-EPERM;
    refused[(unsigned)info->si_syscall < CALLS ? info->si_syscall : 0] |= 1;
    refused_any = 1;
}

/* NULL, or why it failed. */
static const char *restrict_calls(bool writes)
{
    static struct program program;
    struct sigaction action = {.sa_sigaction = note_refusal, .sa_flags = SA_SIGINFO};
    write_program(&program, writes);
    struct sock_fprog filter = {.len = program.len, .filter = program.code};
    if (sigaction(SIGSYS, &action, NULL) != 0 ||
        syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        return strerror(errno);
    return NULL;
}

void sandbox_tell(void)
{
    if (!refused_any)
        return;
    refused_any = 0;
    for (int call = 0; call < CALLS; call++)
        if (refused[call] == 1 && log_begin(LOG_WARN, "sandbox-refused")) {
            log_number("system-call", call);
            log_end();
            refused[call] |= 2;
        }
}

#else

static const char *restrict_calls(bool writes)
{
    (void)writes;
    return "no table of system calls for this processor";
}

void sandbox_tell(void)
{
}

#endif

enum sandbox_state sandbox_enter(struct sandbox *sandbox, struct sandbox_report *report)
{
    *report = (struct sandbox_report){NULL, NULL, NULL};
    if (!BUILT_IN)
        return SANDBOX_OFF;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        report->privileges = strerror(errno);
    report->files = restrict_files(sandbox);
    report->calls = restrict_calls(sandbox->writes);
    return report->privileges || report->files || report->calls ? SANDBOX_PARTIAL : SANDBOX_ON;
}
