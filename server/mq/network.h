/* The subnets and security groups of a broker against the VPCs of its account and region. Where
 * there are none, everything passes. */
#ifndef MQ_NETWORK_H
#define MQ_NETWORK_H

#include "api/call.h"
#include "mq/broker_input.h"
#include "store/brokers.h"

/* How many subnets a broker has that names none: a pair two, a private cluster one in each of three
 * zones, a public cluster none. */
size_t network_subnets(const struct broker *broker);

/* How many security groups: a public RabbitMQ broker has none. */
size_t network_security_groups(const struct broker *broker);

/* What CreateBroker is given. Ids that are left out become those of the default VPC in *broker.
 * Answers and returns false where a rule is broken. */
bool network_check_created(struct call *call, const struct broker_input *input,
                           struct broker *broker);

/* The security groups a broker is to have. As above. */
bool network_check_changed(struct call *call, const struct broker *broker,
                           const struct strings *security_groups);

#endif
