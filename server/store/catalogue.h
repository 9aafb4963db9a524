/* The catalogue: engine versions, instance types, zones, and the greatest limits of RabbitMQ
 * brokers (schema/0002_control_plane.sql, 0007_regions.sql, 0009_catalogue_rabbitmq_limits.sql). */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include <stdint.h>

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

/* The limits of a RabbitMQ broker that its configuration may set, by key; the column of
 * rabbitmq_limit has underscores for dots. In the order in which they are checked. */
/* clang-format off */
#define RABBITMQ_LIMITS(LIMIT) \
    LIMIT(MAX_MESSAGE_SIZE, "max_message_size") LIMIT(CHANNEL_MAX_PER_NODE, "channel_max_per_node") \
    LIMIT(CONNECTION_MAX, "connection_max") LIMIT(CLUSTER_QUEUE_LIMIT, "cluster_queue_limit") \
    LIMIT(VHOST_MAX, "vhost_max") LIMIT(CONSUMER_MAX_PER_CHANNEL, "consumer_max_per_channel") \
    LIMIT(SHOVEL, "runtime_parameters.limits.shovel") LIMIT(CLUSTER_EXCHANGE_LIMIT, "cluster_exchange_limit")
/* clang-format on */

#define LIMIT_CONSTANT(name, key) LIMIT_##name,
enum rabbitmq_limit { RABBITMQ_LIMITS(LIMIT_CONSTANT) RABBITMQ_LIMITS_END };
#undef LIMIT_CONSTANT

#define RABBITMQ_UNLIMITED ((int64_t)-1)

/* A number for each limit, or RABBITMQ_UNLIMITED. */
struct rabbitmq_limits {
    int64_t most[RABBITMQ_LIMITS_END];
};

/* The limit of a key, RABBITMQ_LIMITS_END: none; and its key. */
enum rabbitmq_limit rabbitmq_limit_find(struct slice key);
struct slice rabbitmq_limit_key(enum rabbitmq_limit limit);

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

/* The greatest values that a RabbitMQ broker of that instance type and deployment mode may be
 * given; one without a row has none. */
enum result catalogue_rabbitmq_limits(struct store *store, struct slice host_instance_type,
                                      enum deployment_mode deployment_mode,
                                      struct rabbitmq_limits *limits) MUST_CHECK;

#endif
