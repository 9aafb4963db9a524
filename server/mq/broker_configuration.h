/* The configuration a broker is to use. */
#ifndef MQ_BROKER_CONFIGURATION_H
#define MQ_BROKER_CONFIGURATION_H

#include "mq/broker_input.h"
#include "store/brokers.h"

/* A revision of a configuration that suits a broker. */
struct broker_configuration {
    struct slice id;
    int64_t revision;
    enum strategy strategy; /* that a RabbitMQ broker gets from it; absent: the broker's own */
};

/* The revision that `input` names, absent number: the latest, for a broker as it will be: of its
 * engine and, for RabbitMQ, of what its version, instance type and deployment mode can have.
 * Answers where it is not, and returns false. */
bool broker_configuration_find(struct call *call, const struct broker *broker,
                               const struct configuration_input *input,
                               struct broker_configuration *found);

/* Whether the strategy that a request gives, perhaps none, is the one that the configuration of a
 * RabbitMQ broker decides on. Answers and returns false. */
bool broker_configuration_check_strategy(struct call *call, enum strategy given,
                                         enum strategy decided);

#endif
