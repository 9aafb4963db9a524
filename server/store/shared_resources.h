/* Resource shares of brokers and the resources in them (schema/0002_control_plane.sql). */
#ifndef STORE_SHARED_RESOURCES_H
#define STORE_SHARED_RESOURCES_H

#include "store/store.h"

/* A row. The two lists are JSON arrays or absent; error_code and error_message are both present or
 * both absent. */
struct shared_resource {
    struct slice resource_arn, type, status, dns_names, resource_share_arns, error_code,
        error_message;
};

/* Texts are copied into `arena`. All of these can return RESULT_STORE and RESULT_NO_MEMORY. */

/* Up to `limit` of a broker's shared resources by ARN, after `after` (absent: from the first). */
enum result shared_resource_page(struct store *store, struct slice broker_id, struct slice after,
                                 int64_t limit, struct arena *arena,
                                 struct shared_resource **resources, size_t *count) MUST_CHECK;

/* Stages the resource shares `arns`, a JSON array of strings, for the next reboot; a later call
 * replaces them. New and failed shares become SETUP_IN_PROGRESS. Shares not in `arns` become
 * PENDING_DELETE; those never set up are deleted. Resources follow the shares they are in. */
enum result shared_resource_set(struct store *store, struct slice broker_id,
                                struct slice arns) MUST_CHECK;

/* Whether shares_apply would change anything. */
enum result shares_any_pending(struct store *store, struct slice broker_id,
                               bool *pending) MUST_CHECK;

/* Call at the end of a reboot: SETUP_IN_PROGRESS becomes AVAILABLE, PENDING_DELETE is deleted. */
enum result shares_apply(struct store *store, struct slice broker_id) MUST_CHECK;

/* The seeded error of a resource share; RESULT_NOT_FOUND if there is none. */
enum result share_error_find(struct store *store, struct slice resource_share_arn,
                             struct arena *arena, struct slice *code,
                             struct slice *status) MUST_CHECK;

#endif
