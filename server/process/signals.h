/* Signals that ask the process to end: SIGTERM, SIGINT, and SIGHUP, with which a terminal says that
 * it is gone, unless nohup has made the process ignore it. */
#ifndef PROCESS_SIGNALS_H
#define PROCESS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Finds out which of them are ignored; call it first. */
void signals_begin(void);

/* Whether it is one of them. */
bool signals_include(int number);

/* All of them. */
void signals_fill(sigset_t *set);

/* Whether one was sent and is still to be received, while they are blocked: work that takes long
 * should end. */
bool signal_is_pending(void);

#endif
