/* Resource limits of the process: descriptors, memory and core files. */
#ifndef PROCESS_LIMITS_H
#define PROCESS_LIMITS_H

#include <stddef.h>

/* Opens /dev/null on those of descriptors 0 to 2 that are closed: otherwise a socket could become
 * descriptor 2 and receive the log. */
void limits_open_standard_descriptors(void);

/* Raises the limit on descriptors for that many connections. Returns the number of connections that
 * the hard limit allows; logs it if it is smaller. */
size_t limits_raise_descriptors(size_t connections);

/* Makes the C library return large blocks to the system when they are freed. By default glibc
 * raises the size from which it does so, up to 32 MiB, with each larger block: after a few large
 * answers it keeps such blocks. */
void limits_return_memory(void);

/* Returns the free memory of the heap to the system: call it after what needs much, in small
 * pieces: the start, a large answer. */
void limits_trim_memory(void);

/* A core file would contain passwords, the token and the private key. */
void limits_forbid_core(void);

#endif
