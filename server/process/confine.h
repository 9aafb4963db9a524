/* Which files the server still needs once it serves, and the sandbox around the rest. */
#ifndef PROCESS_CONFINE_H
#define PROCESS_CONFINE_H

#include <stddef.h>

#include "process/sandbox.h"

/* What it works with beside the network; borrowed. */
struct confine_files {
    const char *const *seeds; /* paths of files and directories */
    size_t seed_count;
    const char *db; /* a path, or :memory: */
};

/* To be called when everything that is written or listened to is open. What the kernel refuses is
 * left out, with a line in the log. */
enum sandbox_state confine(const struct confine_files *files);

#endif
