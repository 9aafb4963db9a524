/* What the operations on configurations share: finding the one of the path, parts of the answers.
 */
#ifndef MQ_CONFIGURATION_WRITE_H
#define MQ_CONFIGURATION_WRITE_H

#include "api/call.h"
#include "store/configurations.h"

/* The configuration of the path; false: answered with 404 or 500. */
bool configuration_find_called(struct call *call, struct configuration *configuration);

/* The members arn, authenticationStrategy and latestRevision. RESULT_NO_MEMORY. */
enum result configuration_put_arn(struct json_writer *writer,
                                  const struct configuration *configuration,
                                  struct arena *arena) MUST_CHECK;
void configuration_put_strategy(struct json_writer *writer,
                                const struct configuration *configuration);
void configuration_put_latest_revision(struct json_writer *writer,
                                       const struct configuration *configuration);

/* One revision as an object; an absent description is left out. */
void configuration_write_revision(struct json_writer *writer, int64_t revision,
                                  struct slice created, struct slice description);

#endif
