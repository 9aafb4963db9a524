/* Signals that ask the process to end: SIGTERM, SIGINT, and SIGHUP, with which a terminal says that
 * it is gone, unless nohup has made the process ignore it. */
#ifndef PROCESS_SIGNALS_H
#define PROCESS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Finds out whether SIGHUP is ignored, and has `handler` called for the others; call it first. */
void signals_begin(void (*handler)(int number));

/* All of them. */
void signals_fill(sigset_t *set);

/* Whether one was sent and is still to be received, while they are blocked: work that takes long
 * should end. */
bool signal_is_pending(void);

#endif
