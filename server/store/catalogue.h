/* The catalogue: engine versions, instance types and zones (schema/0002_control_plane.sql,
 * 0007_regions.sql). */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "store/store.h"
#include "store/terms.h"

/* What an instance type supports with a storage type. The two lists are JSON arrays, as stored;
 * engine_versions is absent if all versions of the engine are supported. */
struct instance_option {
    enum storage_type storage_type;
    struct slice host_instance_type, deployment_modes, engine_versions;
    int64_t storage_size_default, storage_size_most; /* GB; 0: not selectable */
};

/* Absent members match any value. */
struct option_filter {
    struct slice host_instance_type;
    enum storage_type storage_type;
};

/* Texts are copied into `arena`. All of these can return RESULT_STORE and RESULT_NO_MEMORY. */

/* RESULT_NOT_FOUND if the engine has no such version. *patch is what brokers of it run; absent:
 * the version itself. */
enum result catalogue_version_find(struct store *store, enum engine engine, struct slice version,
                                   struct arena *arena, struct slice *patch) MUST_CHECK;

/* All versions of an engine, in unspecified order. */
enum result catalogue_versions(struct store *store, enum engine engine, struct arena *arena,
                               struct slice **versions, size_t *count) MUST_CHECK;

/* Up to `limit` options of an engine in a region that pass the filter, by host_instance_type and
 * storage_type in byte order, after those two of `after` (absent: from the first). */
enum result catalogue_options(struct store *store, struct slice region, enum engine engine,
                              const struct option_filter *filter, const struct option_filter *after,
                              int64_t limit, struct arena *arena, struct instance_option **options,
                              size_t *count) MUST_CHECK;

/* The zones of a region in the order of their rows; may be none. */
enum result catalogue_zones(struct store *store, struct slice region, struct arena *arena,
                            struct slice **zones, size_t *count) MUST_CHECK;

#endif
