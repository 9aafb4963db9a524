/* The files of a broker while they are made. Errors are sticky: add freely, check at the end. */
#ifndef BROKERS_MAKER_H
#define BROKERS_MAKER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "brokers/files.h"

enum { MAKER_TEXT_MAX = 16 << 20 }; /* bytes of a file */

struct maker {
    const struct broker_plan *plan;
    struct arena *arena;
    struct broker_files *out;
    struct buffer text; /* of the file being made */
    enum result failed;
    size_t left_out_room;
};

void maker_init(struct maker *maker, const struct broker_plan *plan, struct arena *arena,
                struct broker_files *out);

/* The result of all. */
enum result maker_close(struct maker *maker) MUST_CHECK;

/* A file with the text made since the last one; `name` is static. */
void maker_add(struct maker *maker, const char *name, bool live);

/* Notes something that the real broker does not get; `reason` is static. */
void maker_leave_out(struct maker *maker, struct slice name, const char *reason);

/* The port of the slot for that of slot 0. */
int maker_port(const struct maker *maker, int port);

#endif
