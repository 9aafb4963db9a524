/* The configuration format of RabbitMQ brokers, one `key = value` a line: pure functions. */
#ifndef MQ_RABBITMQ_CONFIGURATION_H
#define MQ_RABBITMQ_CONFIGURATION_H

#include "base/slice.h"

/* Whether each line is blank, a comment (`# …`), a setting (`key = value`) or, with `sections`, the
 * name of a section in brackets. If not, *line is the number of the first that is none of these,
 * from 1. `text` is valid UTF-8. */
bool rabbitmq_configuration_check(struct slice text, bool sections, size_t *line);

#endif
