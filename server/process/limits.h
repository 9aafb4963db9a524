/* Descriptors and core files: what the process may use. */
#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stddef.h>

/* Opens /dev/null on those of descriptors 0 to 2 that the caller closed: one of them would become a
 * socket, and the log would be written into it. */
void limits_open_standard_descriptors(void);

/* Raises the limit on descriptors for that many connections. Returns how many fit where the hard
 * limit is in the way, with a line in the log. */
size_t limits_raise_descriptors(size_t connections);

/* No core file: it would hold passwords, the token and the private key. */
void limits_forbid_core(void);

#endif
