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
    struct slice data;                 /* absent in a page */
};

/* RESULT_NOT_FOUND also if the configuration belongs to another account or region. Texts are copied
 * into `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result configuration_find(struct store *store, struct slice account, struct slice region,
                               struct slice id, struct arena *arena,
                               struct configuration *configuration) MUST_CHECK;

/* As configuration_find, in whatever account and region it is. */
enum result configuration_find_anywhere(struct store *store, struct slice id, struct arena *arena,
                                        struct configuration *configuration) MUST_CHECK;

/* Up to `limit` configurations of that account and region, by id, after `after` (absent: from the
 * first). A page ends early, with at least one, when its texts reach 4 MiB. */
enum result configuration_page(struct store *store, struct slice account, struct slice region,
                               struct slice after, int64_t limit, struct arena *arena,
                               struct configuration **configurations, size_t *count) MUST_CHECK;

/* Also adds revision 1, the engine's default; the members of the revision are ignored. */
enum result configuration_insert(struct store *store,
                                 const struct configuration *configuration) MUST_CHECK;

/* Whether any broker uses it now or after its next reboot. */
enum result configuration_is_used(struct store *store, struct slice id, bool *used) MUST_CHECK;

/* Removes a configuration that no broker uses, with its revisions and tags. */
enum result configuration_delete(struct store *store, struct slice id) MUST_CHECK;

enum result configuration_revision_exists(struct store *store, struct slice id, int64_t revision,
                                          bool *exists) MUST_CHECK;

/* RESULT_NOT_FOUND if the account and region have no such configuration or it has no such revision.
 */
enum result configuration_revision_find(struct store *store, struct slice account,
                                        struct slice region, struct slice id, int64_t revision,
                                        struct arena *arena,
                                        struct configuration_revision *found) MUST_CHECK;

/* Up to `limit` revisions of a configuration, the oldest first, after the revision `after` (0: from
 * the first), without their data. Ends early as configuration_page. */
enum result configuration_revision_page(struct store *store, struct slice id, int64_t after,
                                        int64_t limit, struct arena *arena,
                                        struct configuration_revision **revisions,
                                        size_t *count) MUST_CHECK;

/* RESULT_CONFLICT if the number exists. */
enum result configuration_revision_insert(struct store *store, struct slice id,
                                          const struct configuration_revision *revision) MUST_CHECK;

#endif
