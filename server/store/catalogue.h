/* The catalogue: versions, instance types and zones that there are (schema/0002_control_plane.sql,
 * 0005_regions.sql). */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "store/store.h"
#include "store/terms.h"

/* What goes with an instance type and a storage type. The two lists are JSON arrays as the rows
 * hold them; engine_versions is absent where all of the engine's versions will do. */
struct instance_option {
    enum storage_type storage_type;
    struct slice host_instance_type, deployment_modes, engine_versions;
    int64_t storage_size_default, storage_size_most; /* GB; 0: cannot be chosen */
};

/* What an instance option is found by; absent: any. */
struct option_filter {
    struct slice host_instance_type;
    enum storage_type storage_type;
};

/* What is found lives in `arena`. All of these: RESULT_STORE, RESULT_NO_MEMORY. */

/* RESULT_NOT_FOUND where the engine has no such version. */
enum result catalogue_version_find(struct store *store, enum engine engine,
                                   struct slice version) MUST_CHECK;

/* All versions of an engine, in no order worth relying on. */
enum result catalogue_versions(struct store *store, enum engine engine, struct arena *arena,
                               struct slice **versions, size_t *count) MUST_CHECK;

/* Up to `most` options of an engine in a region that pass the filter, by host_instance_type and
 * storage_type in byte order, behind those two of `after` (absent: from the first). */
enum result catalogue_options(struct store *store, struct slice region, enum engine engine,
                              const struct option_filter *filter, const struct option_filter *after,
                              int64_t most, struct arena *arena, struct instance_option **options,
                              size_t *count) MUST_CHECK;

/* The zones of a region in the order of their rows: none for a region without rows. */
enum result catalogue_zones(struct store *store, struct slice region, struct arena *arena,
                            struct slice **zones, size_t *count) MUST_CHECK;

#endif
