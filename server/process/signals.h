/* Signals that ask the process to end, while they are blocked. */
#ifndef PROCESS_SIGNALS_H
#define PROCESS_SIGNALS_H

#include <stdbool.h>

/* Whether SIGTERM or SIGINT was sent and is still to be received: work that takes long should end.
 */
bool signal_is_pending(void);

#endif
