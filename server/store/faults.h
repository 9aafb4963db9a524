/* Faults: what goes wrong on purpose. */
#ifndef STORE_FAULTS_H
#define STORE_FAULTS_H

#include "store/store.h"

struct fault {
    struct slice error;   /* the exception's name; absent: no error */
    int status;           /* 0: that of the name */
    struct slice message; /* absent: that of the name */
    int64_t delay_ms;
    bool drop_connection;
};

/* The oldest fault that matches and has times left; it is counted down in the tick, outside any
 * operation. Absent broker_id or username match only faults that name none. RESULT_NOT_FOUND where
 * none matches. */
enum result fault_take(struct store *store, struct slice operation, struct slice broker_id,
                       struct slice username, struct arena *arena, struct fault *fault) MUST_CHECK;

#endif
