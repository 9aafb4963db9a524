/* The versions of an engine in the catalogue, and which of them a broker may have. */
#ifndef MQ_ENGINE_VERSIONS_H
#define MQ_ENGINE_VERSIONS_H

#include "api/call.h"
#include "store/brokers.h"

struct texts {
    struct slice *items;
    size_t count;
};

/* All versions, the newest first, in call->scratch. RESULT_STORE, RESULT_NO_MEMORY. */
enum result engine_versions_read(struct call *call, enum engine engine,
                                 struct texts *versions) MUST_CHECK;

/* Whether the catalogue has the version; *patch is what its brokers show, or absent. Answers
 * ERROR_ENGINE_VERSION, or 500, and returns false. */
bool engine_version_check(struct call *call, enum engine engine, struct slice version,
                          struct slice *patch);

/* Whether the broker may be told that version: the one it has, or one of the catalogue that its
 * engine can be upgraded to. Answers and returns false. */
bool engine_version_check_upgrade(struct call *call, const struct broker *broker,
                                  struct slice version);

#endif
