/* Configurations and their revisions (schema/0002_control_plane.sql). */
#ifndef STORE_CONFIGURATIONS_H
#define STORE_CONFIGURATIONS_H

#include "store/store.h"
#include "store/terms.h"

enum {
    CONFIGURATION_REVISIONS_MAX = 300,
    CONFIGURATION_DATA_MAX = 1 << 20, /* bytes in a revision */
};

/* A configuration as read; members carry the names and values of the columns, NUL-terminated. */
struct configuration {
    struct slice id, account, region, name, created, engine_version;
    enum strategy authentication_strategy;
    enum engine engine;
    /* the latest revision; the description may be absent */
    int64_t revision;
    struct slice revision_created, revision_description;
};

struct configuration_revision {
    int64_t revision;
    struct slice created, description; /* the description may be absent */
    struct slice data;                 /* the text itself; absent in a page */
};

/* One configuration of that account and region. RESULT_NOT_FOUND also where it is another world's.
 * What is found lives in `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result configuration_find(struct store *store, struct slice account, struct slice region,
                               struct slice id, struct arena *arena,
                               struct configuration *configuration) MUST_CHECK;

/* Up to `most` configurations of that account and region, by id, behind `after` (absent: from the
 * first). Fewer where they would take more memory than a page should, but never none. */
enum result configuration_page(struct store *store, struct slice account, struct slice region,
                               struct slice after, int64_t most, struct arena *arena,
                               struct configuration **configurations, size_t *count) MUST_CHECK;

/* Adds a configuration with revision 1, the engine's default; the revision's members are not read.
 */
enum result configuration_insert(struct store *store,
                                 const struct configuration *configuration) MUST_CHECK;

/* Whether any broker uses it or will use it after its next reboot. */
enum result configuration_is_used(struct store *store, struct slice id, bool *used) MUST_CHECK;

/* Removes a configuration that no broker uses, with its revisions and tags. */
enum result configuration_delete(struct store *store, struct slice id) MUST_CHECK;

enum result configuration_revision_exists(struct store *store, struct slice id, int64_t revision,
                                          bool *exists) MUST_CHECK;

/* One revision of a configuration of that account and region: RESULT_NOT_FOUND where either is
 * missing. */
enum result configuration_revision_find(struct store *store, struct slice account,
                                        struct slice region, struct slice id, int64_t revision,
                                        struct arena *arena,
                                        struct configuration_revision *found) MUST_CHECK;

/* Up to `most` revisions of a configuration, the oldest first, behind the revision `after` (0: from
 * the first), without their data. Fewer where they would take more memory than a page should, but
 * never none. */
enum result configuration_revision_page(struct store *store, struct slice id, int64_t after,
                                        int64_t most, struct arena *arena,
                                        struct configuration_revision **revisions,
                                        size_t *count) MUST_CHECK;

/* Adds a revision. RESULT_CONFLICT if the number is taken. */
enum result configuration_revision_insert(struct store *store, struct slice id,
                                          const struct configuration_revision *revision) MUST_CHECK;

#endif
