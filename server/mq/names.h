/* Names brokers and configurations are known by: ARNs, host names, addresses and the stable ids of
 * what nobody named. */
#ifndef MQ_NAMES_H
#define MQ_NAMES_H

#include "store/brokers.h"
#include "store/configurations.h"

/* All of these live in the arena; absent when memory is out. */

struct slice name_broker_arn(const struct broker *broker, struct arena *arena);
struct slice name_configuration_arn(const struct configuration *configuration, struct arena *arena);

/* The host of an instance (1 or 2) of an ActiveMQ broker, or the only one of a RabbitMQ broker. */
struct slice name_host(const struct broker *broker, int instance, struct arena *arena);

/* An address in the default VPC or, publicly accessible, in a range for documentation (RFC 5737).
 */
struct slice name_ip_address(const struct broker *broker, int instance, struct arena *arena);

struct slice name_kms_key(const struct broker *broker, struct arena *arena);

/* `prefix` and 17 hex characters, for example subnet-0a1b…, of the default VPC of the broker's
 * world. */
struct slice name_network_id(const struct broker *broker, const char *prefix, int number,
                             struct arena *arena);

#endif
