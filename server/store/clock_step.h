/* A step of the clock that is made in parts (schema/0010_clock_step.sql). */
#ifndef STORE_CLOCK_STEP_H
#define STORE_CLOCK_STEP_H

#include <stdint.h>

#include "store/store.h"

/* No time, in window_ms and again_ms. */
#define CLOCK_STEP_NEVER INT64_MAX

enum { CLOCK_STEP_ID = 104 }; /* for a broker id and its end */

/* Members carry the names of the columns. */
struct clock_step {
    int64_t offset_ms, window_ms, again_ms;
    char broker_id[CLOCK_STEP_ID]; /* empty: none */
};

/* Whether a step is under way. Runs no SQL. */
bool clock_step_is_open(const struct store *store);

/* Whether the last slice of the step under way could not be made or stored. */
void clock_step_set_failed(struct store *store, bool has_failed);
bool clock_step_has_failed(const struct store *store);

/* RESULT_NOT_FOUND: none is under way. RESULT_STORE. */
enum result clock_step_find(struct store *store, struct clock_step *step) MUST_CHECK;

/* Within the tick. RESULT_STORE. */
enum result clock_step_save(struct store *store, const struct clock_step *step) MUST_CHECK;
enum result clock_step_close(struct store *store) MUST_CHECK;

#endif
