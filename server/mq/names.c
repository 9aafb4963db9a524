#include "mq/names.h"

#include <stdlib.h>

#include "api/world.h"
#include "base/ids.h"

#define FORMAT(arena, ...) slice_of(arena_printf((arena), __VA_ARGS__))

#define TEXT(slice) (int)(slice).len, (slice).data /* for %.*s */

struct slice name_broker_arn(const struct broker *broker, struct arena *arena)
{
    return FORMAT(arena, "arn:%s:mq:%.*s:%.*s:broker:%.*s:%.*s", partition_of(broker->region),
                  TEXT(broker->region), TEXT(broker->account), TEXT(broker->name),
                  TEXT(broker->id));
}

struct slice name_configuration_arn(const struct configuration *configuration, struct arena *arena)
{
    return FORMAT(arena, "arn:%s:mq:%.*s:%.*s:configuration:%.*s",
                  partition_of(configuration->region), TEXT(configuration->region),
                  TEXT(configuration->account), TEXT(configuration->id));
}

struct slice name_host(const struct broker *broker, int instance, struct arena *arena)
{
    bool china = slice_starts_with(broker->region, SLICE("cn-"));
    bool is_rabbitmq = broker->engine == ENGINE_RABBITMQ;
    const char *domain = china ? "amazonaws.com.cn" : is_rabbitmq ? "on.aws" : "amazonaws.com";
    if (is_rabbitmq)
        return FORMAT(arena, "%.*s.mq.%.*s.%s", TEXT(broker->id), TEXT(broker->region), domain);
    return FORMAT(arena, "%.*s-%d.mq.%.*s.%s", TEXT(broker->id), instance, TEXT(broker->region),
                  domain);
}

struct slice name_ip_address(const struct broker *broker, int instance, struct arena *arena)
{
    char hex[5] = "";
    struct slice seed = FORMAT(arena, "ip/%.*s/%d", TEXT(broker->id), instance);
    if (!seed.data || id_stable_hex(seed, 4, hex))
        return (struct slice){NULL, 0};
    unsigned long number = strtoul(hex, NULL, 16);
    if (broker->publicly_accessible)
        return FORMAT(arena, "203.0.113.%lu", number % 254 + 1);
    return FORMAT(arena, "172.31.%lu.%lu", number >> 8, (number & 0xFF) % 254 + 1);
}

static struct slice stable_uuid(struct slice seed, const char *prefix, struct arena *arena)
{
    char uuid[ID_UUID];
    if (!seed.data || id_stable_uuid(seed, uuid))
        return (struct slice){NULL, 0};
    return FORMAT(arena, "%s%s", prefix, uuid);
}

struct slice name_kms_key(const struct broker *broker, struct arena *arena)
{
    if (broker->kms_key_id.data)
        return broker->kms_key_id;
    struct slice seed = FORMAT(arena, "kms/%.*s/%.*s", TEXT(broker->account), TEXT(broker->region));
    struct slice key = stable_uuid(seed, "key/", arena);
    if (!key.data)
        return key;
    return FORMAT(arena, "arn:%s:kms:%.*s:%.*s:%s", partition_of(broker->region),
                  TEXT(broker->region), TEXT(broker->account), key.data);
}

struct slice name_network_id(const struct broker *broker, const char *prefix, int number,
                             struct arena *arena)
{
    char hex[18] = "";
    struct slice seed = FORMAT(arena, "%s/%.*s/%.*s/%d", prefix, TEXT(broker->account),
                               TEXT(broker->region), number);
    if (!seed.data || id_stable_hex(seed, 17, hex))
        return (struct slice){NULL, 0};
    return FORMAT(arena, "%s%s", prefix, hex);
}
