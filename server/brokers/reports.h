/* What the runners report of the processes of real brokers. */
#ifndef BROKERS_REPORTS_H
#define BROKERS_REPORTS_H

#include "brokers/processes.h"

/* STARTING: with the version that is to be started, for which the files may have to be other ones.
 */
enum report_state { REPORT_STARTING, REPORT_UP, REPORT_ENDED, REPORT_GONE };

struct report {
    struct slice broker_id;
    int64_t generation;
    struct slice secret;
    enum report_state state;
    struct slice version; /* may be absent */
};

/* Takes a report. RESULT_NOT_FOUND: the broker has no slot. RESULT_CONFLICT: it is not of the last
 * order. RESULT_SYSTEM: it could not be kept. */
enum result processes_report(struct processes *processes, const struct report *report,
                             int64_t now_ms) MUST_CHECK;

#endif
