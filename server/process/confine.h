/* Enters the sandbox, with access to the files that the server still needs. */
#ifndef PROCESS_CONFINE_H
#define PROCESS_CONFINE_H

#include <stddef.h>

#include "process/sandbox.h"

/* The paths of these files; borrowed. */
struct confine_files {
    const char *const *seeds; /* paths of files and directories */
    size_t seed_count;
    const char *db;      /* a path, or :memory: */
    const char *brokers; /* a directory that is written; NULL: none */
};

/* Call it when all files to write and all listening sockets are open. Omits the parts that the
 * kernel does not support, and logs that. */
enum sandbox_state confine(const struct confine_files *files);

#endif
