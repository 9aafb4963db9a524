/* The sandbox: what it refuses, what it leaves, and kernels that lack a part of it. Built like the
 * released server, without sanitizers, which could not live in it. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/log.h"
#include "process/sandbox.h"

/* Ends the part that runs in a process of its own: with the line that found something wrong. */
#define EXPECT(condition)    \
    do {                     \
        if (!(condition))    \
            return __LINE__; \
    } while (0)

/* Of a test: `open` may be read, `trash` may lose files. */
static char folder[64];

static const char *place(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name)
{
    int fd = open(place(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0 && write(fd, "text", 4) == 4 && close(fd) == 0);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/amazonmq-local-sandbox-XXXXXX");
    assert_non_null(mkdtemp(folder));
    static const char *const folders[] = {"open", "trash", "closed"};
    for (size_t i = 0; i < COUNT(folders); i++)
        assert_int_equal(mkdir(place(folders[i]), 0700), 0);
    put("open/file");
    put("trash/file");
    put("closed/file");
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"open/file", "open/new", "trash/file", "closed/file",
                                        "open",      "trash",    "closed"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        remove(place(names[i]));
    return rmdir(folder) == 0 || errno == ENOENT ? 0 : -1;
}

static enum sandbox_state enter(struct sandbox_report *report)
{
    struct sandbox sandbox;
    sandbox_begin(&sandbox);
    sandbox_allow(&sandbox, place("open"), SANDBOX_READ);
    sandbox_allow(&sandbox, place("trash"), SANDBOX_REMOVE);
    sandbox_allow(&sandbox, place("is not there"), SANDBOX_READ);
    return sandbox_enter(&sandbox, report);
}

/* Runs it in a new process, since there is no way back; returns how that ended. */
static int wait_status(int (*part)(void))
{
    int status = 0, channel[2], line = 0;
    assert_int_equal(pipe(channel), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        line = part();
        _exit(write(channel[1], &line, sizeof line) == sizeof line ? 0 : 1);
    }
    close(channel[1]);
    ssize_t got = read(channel[0], &line, sizeof line);
    close(channel[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (got == sizeof line && line != 0)
        fail_msg("line %d of the part in a process of its own", line);
    return status;
}

static void assert_part(int (*part)(void))
{
    assert_int_equal(wait_status(part), 0);
}

/* Neither here nor in many containers would the rest mean anything. */
static bool has_landlock(void)
{
    return syscall(444, NULL, 0, 1) > 0;
}

/* Lets this process's kernel answer one call with an error. */
static bool take_away(long number, int error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {COUNT(code), code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* --- What is refused */

static void *start_nothing(void *argument)
{
    return argument;
}

/* The C library blocks every signal around these, SIGSYS too. */
static int try_starts(void)
{
    static char name[] = "true";
    char *const arguments[] = {name, NULL};
    struct sandbox_report report;
    pthread_t thread;
    pid_t child;
    enter(&report);
    EXPECT(!report.calls);
    EXPECT(fork() == -1 && errno == EPERM);
    EXPECT(posix_spawn(&child, "/bin/true", NULL, NULL, arguments, arguments) == EPERM);
    EXPECT(pthread_create(&thread, NULL, start_nothing, NULL) != 0);
    EXPECT(system("true") != 0);
    EXPECT(!popen("true", "r"));
    return 0;
}

static void test_starting_a_process_or_thread_fails_and_kills_nothing(void **state)
{
    (void)state;
    assert_part(try_starts);
}

static int try_calls(void)
{
    static char *const arguments[] = {NULL};
    struct sandbox_report report;
    enum sandbox_state state = enter(&report);
    EXPECT(!report.privileges && !report.calls);
    EXPECT(state == (report.files ? SANDBOX_PARTIAL : SANDBOX_ON));
    EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && errno == EPERM);
    EXPECT(execve("/bin/true", arguments, arguments) == -1 && errno == EPERM);
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM);
    EXPECT(socket(AF_UNIX, SOCK_DGRAM, 0) == -1 && errno == EPERM);
    EXPECT(kill(getppid(), 0) == -1 && errno == EPERM);
    static const long others[] = {__NR_execveat,       __NR_clone,         __NR_clone3,
                                  __NR_connect,        __NR_bind,          __NR_listen,
                                  __NR_socketpair,     __NR_ptrace,        __NR_process_vm_readv,
                                  __NR_memfd_create,   __NR_unshare,       __NR_setns,
                                  __NR_mount,          __NR_chroot,        __NR_bpf,
                                  __NR_io_uring_setup, __NR_userfaultfd,   __NR_keyctl,
                                  __NR_personality,    __NR_pkey_mprotect, __NR_mkdirat,
                                  __NR_renameat2,      __NR_linkat,        __NR_symlinkat,
                                  __NR_fchmodat,       __NR_fchmod,        __NR_fchownat,
                                  __NR_truncate,       __NR_chdir,         __NR_setuid,
                                  __NR_setgid,         __NR_capset,        __NR_tkill,
                                  __NR_pidfd_open,     __NR_openat2,       __NR_perf_event_open,
                                  __NR_init_module,    __NR_kexec_load,    __NR_seccomp,
                                  __NR_prlimit64,      __NR_shmat,         __NR_remap_file_pages};
    for (size_t i = 0; i < COUNT(others); i++) {
        errno = 0;
        if (syscall(others[i], 0, 0, 0, 0, 0, 0) != -1 || errno != EPERM)
            return (int)others[i] * 1000;
    }
    return 0;
}

static void test_calls_a_server_does_not_need_fail(void **state)
{
    (void)state;
    assert_part(try_calls);
}

static int try_memory(void)
{
    struct sandbox_report report;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    (void)enter(&report);
    EXPECT(mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED &&
           errno == EPERM);
    EXPECT(mmap(NULL, page, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
           errno == EPERM);
    void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory != MAP_FAILED);
    EXPECT(mprotect(memory, page, PROT_READ | PROT_EXEC) == -1 && errno == EPERM);
    EXPECT(mprotect(memory, page, PROT_READ) == 0);
    return 0;
}

static void test_no_memory_becomes_executable(void **state)
{
    (void)state;
    assert_part(try_memory);
}

static int try_signals(void)
{
    struct sandbox_report report;
    pid_t parent = getppid(), self = getpid();
    EXPECT(take_away(444, ENOSYS)); /* Landlock would refuse it too */
    (void)enter(&report);
    EXPECT(syscall(__NR_tgkill, parent, parent, 0) == -1 && errno == EPERM);
    EXPECT(syscall(__NR_tgkill, self, self, 0) == 0);
    EXPECT(raise(SIGSYS) == 0); /* somebody's kill -SYS is no refused call */
    return 0;
}

static void test_signals_reach_the_process_itself_only(void **state)
{
    (void)state;
    assert_part(try_signals);
}

static int try_numbers(void)
{
    struct sandbox_report report;
    (void)enter(&report);
    EXPECT(syscall(5000) == -1 && errno == ENOSYS);
#ifdef __x86_64__
    EXPECT(syscall(0x40000000 | __NR_getpid) == -1 && errno == ENOSYS); /* x32 */
#endif
    return 0;
}

static void test_calls_of_a_newer_kernel_are_as_if_not_there(void **state)
{
    (void)state;
    assert_part(try_numbers);
}

#ifdef __x86_64__
static int try_other_table(void)
{
    struct sandbox_report report;
    long number = 20; /* getpid, of the 32-bit table; of ours it is writev, which is allowed */
    (void)enter(&report);
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory");
    return 0;
}

static void test_calls_by_another_table_of_numbers_end_the_process(void **state)
{
    (void)state;
    int status = wait_status(try_other_table);
    assert_true(WIFSIGNALED(status));
}
#endif

static int try_files(void)
{
    struct sandbox_report report;
    int before = open(place("closed/file"), O_RDWR);
    EXPECT(enter(&report) == SANDBOX_ON && !report.files);
    EXPECT(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES);
    EXPECT(open("/proc/self/environ", O_RDONLY) == -1 && errno == EACCES);
    EXPECT(open(place("closed/file"), O_RDONLY) == -1 && errno == EACCES);
    EXPECT(open(place("closed"), O_RDONLY | O_DIRECTORY) == -1 && errno == EACCES);
    EXPECT(open(place("open/file"), O_WRONLY) == -1 && errno == EACCES);
    EXPECT(open(place("open/file"), O_RDONLY | O_TRUNC) == -1 && errno == EACCES);
    EXPECT(open(place("open/made"), O_RDWR | O_CREAT, 0600) == -1 && errno == EACCES);
    EXPECT(unlink(place("open/file")) == -1 && errno == EACCES);
    EXPECT(open(place("trash/file"), O_RDONLY) == -1 && errno == EACCES);
    EXPECT(open(place("trash/made"), O_RDWR | O_CREAT, 0600) == -1 && errno == EACCES);

    EXPECT(open(place("open/file"), O_RDONLY) >= 0);
    EXPECT(open(place("open"), O_RDONLY | O_DIRECTORY) >= 0);
    EXPECT(unlink(place("trash/file")) == 0);
    EXPECT(write(before, "more", 4) == 4 && ftruncate(before, 0) == 0 && fdatasync(before) == 0);
    return 0;
}

static void test_only_named_files_where_the_kernel_has_landlock(void **state)
{
    (void)state;
    if (!has_landlock())
        skip();
    assert_part(try_files);
}

static int try_new_file(void)
{
    struct sandbox_report report;
    int ends[2];
    char byte = 0, new_file[128];
    snprintf(new_file, sizeof new_file, "%s", place("closed/file"));
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    pid_t editor = fork();
    if (editor == 0) {
        ssize_t got = read(ends[1], &byte, 1);
        _exit(got == 1 && rename(new_file, place("open/file")) == 0 ? 0 : 1);
    }
    close(ends[1]);
    EXPECT(enter(&report) == SANDBOX_ON);
    EXPECT(write(ends[0], "", 1) == 1);
    EXPECT(read(ends[0], &byte, 1) == 0); /* it has ended */
    EXPECT(access(new_file, F_OK) == -1);
    EXPECT(open(place("open/file"), O_RDONLY) >= 0);
    return 0;
}

static void test_a_replaced_file_is_read_where_the_kernel_has_landlock(void **state)
{
    (void)state;
    if (!has_landlock())
        skip();
    assert_part(try_new_file);
}

/* --- What is told */

static int read_log(void)
{
    struct sandbox_report report;
    int channel[2];
    char text[1000], wanted[64];
    EXPECT(pipe(channel) == 0 && dup2(channel[1], STDERR_FILENO) == STDERR_FILENO);
    (void)enter(&report);
    sandbox_tell();
    for (int i = 0; i < 3; i++)
        EXPECT(socket(AF_INET, SOCK_STREAM, 0) == -1);
    EXPECT(chdir("/") == -1);
    sandbox_tell();
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) == -1);
    sandbox_tell();
    log_event(LOG_INFO, "end", "of", "it");
    EXPECT(log_flush());
    ssize_t len = read(channel[0], text, sizeof text - 1);
    EXPECT(len > 0);
    text[len] = '\0';
    for (int i = 0; i < 2; i++) {
        snprintf(wanted, sizeof wanted, "level=warn event=sandbox-refused system-call=%d\n",
                 (int)(i == 0 ? __NR_socket : __NR_chdir));
        EXPECT(strstr(text, wanted));
    }
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    EXPECT(lines == 3);
    return 0;
}

static void test_each_refused_call_is_told_once(void **state)
{
    (void)state;
    assert_part(read_log);
}

static int fall(void)
{
    struct sandbox_report report;
    (void)enter(&report);
    abort();
}

static void test_a_fault_still_ends_the_process_as_such(void **state)
{
    (void)state;
    int status = wait_status(fall);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* --- Kernels that lack a part */

static int live_without_landlock(void)
{
    struct sandbox_report report;
    EXPECT(take_away(444, ENOSYS));
    EXPECT(enter(&report) == SANDBOX_PARTIAL);
    EXPECT(report.files && !report.calls && !report.privileges);
    EXPECT(open("/etc/passwd", O_RDONLY) >= 0);
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM);
    return 0;
}

static void test_a_kernel_without_landlock(void **state)
{
    (void)state;
    assert_part(live_without_landlock);
}

static int live_without_seccomp(void)
{
    struct sandbox_report report;
    EXPECT(take_away(__NR_seccomp, EINVAL));
    EXPECT(enter(&report) == SANDBOX_PARTIAL);
    EXPECT(report.calls && strcmp(report.calls, strerror(EINVAL)) == 0 && !report.privileges);
    EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) >= 0);
    if (!report.files)
        EXPECT(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES);
    return 0;
}

static void test_a_kernel_without_seccomp(void **state)
{
    (void)state;
    assert_part(live_without_seccomp);
}

static void test_the_released_build_has_one(void **state)
{
    (void)state;
    assert_true(sandbox_is_built_in());
}

static void test_an_instrumented_build_has_none(void **state)
{
    (void)state;
    struct sandbox_report report;
    assert_false(sandbox_is_built_in());
    assert_int_equal(enter(&report), SANDBOX_OFF);
}

#ifdef INSTRUMENTED
static const bool is_instrumented = true;
#else
static const bool is_instrumented = false;
#endif

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_released_build_has_one),
        WITH_FOLDER(test_starting_a_process_or_thread_fails_and_kills_nothing),
        WITH_FOLDER(test_calls_a_server_does_not_need_fail),
        WITH_FOLDER(test_no_memory_becomes_executable),
        WITH_FOLDER(test_signals_reach_the_process_itself_only),
        WITH_FOLDER(test_calls_of_a_newer_kernel_are_as_if_not_there),
#ifdef __x86_64__
        WITH_FOLDER(test_calls_by_another_table_of_numbers_end_the_process),
#endif
        WITH_FOLDER(test_only_named_files_where_the_kernel_has_landlock),
        WITH_FOLDER(test_a_replaced_file_is_read_where_the_kernel_has_landlock),
        WITH_FOLDER(test_each_refused_call_is_told_once),
        WITH_FOLDER(test_a_fault_still_ends_the_process_as_such),
        WITH_FOLDER(test_a_kernel_without_landlock),
        WITH_FOLDER(test_a_kernel_without_seccomp),
    };
    const struct CMUnitTest instrumented[] = {
        cmocka_unit_test(test_an_instrumented_build_has_none),
    };
    if (is_instrumented)
        return cmocka_run_group_tests(instrumented, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
