#include "mq/names.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/partition.h"
#include "base/ids.h"

#define FORMAT(arena, ...) slice_of(arena_printf((arena), __VA_ARGS__))

/* Every slice of a broker is NUL-terminated in its arena. */

struct slice name_broker_arn(const struct broker *broker, struct arena *arena)
{
    return FORMAT(arena, "arn:%s:mq:%s:%s:broker:%s:%s", partition_of(broker->region),
                  broker->region.data, broker->account.data, broker->name.data, broker->id.data);
}

struct slice name_host(const struct broker *broker, int instance, struct arena *arena)
{
    bool china = slice_starts_with(broker->region, SLICE("cn-"));
    const char *domain = china ? "amazonaws.com.cn" : broker->rabbitmq ? "on.aws" : "amazonaws.com";
    if (broker->rabbitmq)
        return FORMAT(arena, "%s.mq.%s.%s", broker->id.data, broker->region.data, domain);
    return FORMAT(arena, "%s-%d.mq.%s.%s", broker->id.data, instance, broker->region.data, domain);
}

struct slice name_ip_address(const struct broker *broker, int instance, struct arena *arena)
{
    char hex[5] = "";
    struct slice seed = FORMAT(arena, "ip/%s/%d", broker->id.data, instance);
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

struct slice name_configuration_id(const struct broker *broker, struct arena *arena)
{
    if (broker->configuration_id.data)
        return broker->configuration_id;
    return stable_uuid(FORMAT(arena, "configuration/%s", broker->id.data), "c-", arena);
}

struct slice name_kms_key(const struct broker *broker, struct arena *arena)
{
    if (broker->kms_key_id.data)
        return broker->kms_key_id;
    struct slice seed = FORMAT(arena, "kms/%s/%s", broker->account.data, broker->region.data);
    struct slice key = stable_uuid(seed, "key/", arena);
    if (!key.data)
        return key;
    return FORMAT(arena, "arn:%s:kms:%s:%s:%s", partition_of(broker->region), broker->region.data,
                  broker->account.data, key.data);
}

struct slice name_network_id(const struct broker *broker, const char *prefix, int number,
                             struct arena *arena)
{
    char hex[18] = "";
    struct slice seed =
        FORMAT(arena, "%s/%s/%s/%d", prefix, broker->account.data, broker->region.data, number);
    if (!seed.data || id_stable_hex(seed, 17, hex))
        return (struct slice){NULL, 0};
    return FORMAT(arena, "%s%s", prefix, hex);
}
