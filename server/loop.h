/* The event loop, single-threaded. A tick: wait, handle requests, commit, release the replies. */
#ifndef LOOP_H
#define LOOP_H

#include "http/listener.h"

struct metrics;
struct processes;
struct settings;

/* `processes` may be NULL: there are no real brokers. Runs until one of the signals of
 * process/signals.h, which the caller must have blocked, and then until all connections are closed
 * or a timeout. RESULT_SYSTEM if the loop cannot be set up. */
enum result loop_run(struct listener *listener, struct store *store,
                     const struct settings *settings, struct metrics *metrics,
                     struct processes *processes) MUST_CHECK;

#endif
