#include "serve.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SERVE_CONNECTIONS = 4096, /* the server's default */
    SERVE_EVENTS = 64,
};

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) || listen(fd, SOMAXCONN) ||
        getsockname(fd, (struct sockaddr *)&address, &len)) {
        perror("listen");
        return -1;
    }
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    return fflush(stdout) ? -1 : fd;
}

static int watch_signals(void)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    return signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void run(struct MHD_Daemon *daemon, int epoll, int signals)
{
    for (;;) {
        struct epoll_event events[SERVE_EVENTS];
        MHD_UNSIGNED_LONG_LONG wait_ms = 0;
        int wait = MHD_get_timeout(daemon, &wait_ms) == MHD_YES ? (int)wait_ms : -1;
        int count = epoll_wait(epoll, events, SERVE_EVENTS, wait);
        for (int i = 0; i < count; i++)
            if (events[i].data.fd == signals)
                return;
        MHD_run(daemon);
    }
}

int serve(MHD_AccessHandlerCallback answer, void *context)
{
    int code = 1;
    int signals = watch_signals();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int listening = listen_anywhere();
    struct MHD_Daemon *daemon = NULL;
    if (signals < 0 || epoll < 0 || listening < 0)
        goto out;
    daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer, context,
                         MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)SERVE_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)SERVE_MEMORY, MHD_OPTION_END);
    if (!daemon)
        goto out;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info || watch(epoll, info->epoll_fd) || watch(epoll, signals))
        goto out;
    run(daemon, epoll, signals);
    code = 0;
out:
    if (daemon)
        MHD_stop_daemon(daemon); /* closes the listening socket as well */
    return code;
}
