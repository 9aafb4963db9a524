/* The tick: wait, serve, commit, release. One thread runs all of it. */
#ifndef LOOP_H
#define LOOP_H

#include "http/listener.h"

struct metrics;
struct settings;

/* Runs until SIGTERM or SIGINT, which the caller has blocked, and then until what is in flight is
 * answered or the time for that is over. RESULT_SYSTEM when the loop cannot be set up. */
enum result loop_run(struct listener *listener, struct store *store,
                     const struct settings *settings, struct metrics *metrics) MUST_CHECK;

#endif
