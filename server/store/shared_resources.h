/* What is shared with brokers: resource shares and the resources in them
 * (schema/0002_control_plane.sql). */
#ifndef STORE_SHARED_RESOURCES_H
#define STORE_SHARED_RESOURCES_H

#include "store/store.h"

/* A row as read. The two lists are JSON arrays or absent, error_code and error_message are absent
 * together. */
struct shared_resource {
    struct slice resource_arn, type, status, dns_names, resource_share_arns, error_code,
        error_message;
};

/* What is found lives in `arena`. All of these: RESULT_STORE, RESULT_NO_MEMORY. */

/* Up to `most` of a broker's shared resources by ARN, behind `after` (absent: from the first). */
enum result shared_resource_page(struct store *store, struct slice broker_id, struct slice after,
                                 int64_t most, struct arena *arena,
                                 struct shared_resource **resources, size_t *count) MUST_CHECK;

/* The broker's resource shares are to be those of `arns`, a JSON array of strings, after the next
 * reboot; it may be called again before that, and the last call counts. New shares and failed ones
 * become SETUP_IN_PROGRESS; left out ones PENDING_DELETE, or vanish if they were never set up.
 * Resources go the way of the shares they are in. */
enum result shared_resource_set(struct store *store, struct slice broker_id,
                                struct slice arns) MUST_CHECK;

/* Whether shares_apply would change anything. */
enum result shares_any_pending(struct store *store, struct slice broker_id,
                               bool *pending) MUST_CHECK;

/* A reboot has ended: what was SETUP_IN_PROGRESS is AVAILABLE, what was PENDING_DELETE is gone. */
enum result shares_apply(struct store *store, struct slice broker_id) MUST_CHECK;

/* What is wrong with a resource share, as a seed says; RESULT_NOT_FOUND where nothing is. */
enum result share_error_find(struct store *store, struct slice resource_share_arn,
                             struct arena *arena, struct slice *code,
                             struct slice *status) MUST_CHECK;

#endif
