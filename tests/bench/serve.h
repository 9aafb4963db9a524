/* The loop of the baselines: the server's own shape (one thread, external epoll, MHD_run) and
 * nothing else. */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#include <microhttpd.h>

/* Listens on 127.0.0.1, any free port, prints its URL on stdout and answers until SIGTERM or
 * SIGINT. Returns the exit code. */
int serve(MHD_AccessHandlerCallback answer, void *context);

#endif
