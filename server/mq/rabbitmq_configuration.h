/* The configuration format of RabbitMQ brokers: pure functions.
 *
 * A line is blank, a comment (`# …`) or a setting (`key = value`). A value that opens with three
 * single quotes runs to the next three, over lines; nothing but a comment may follow these. From
 * RabbitMQ 4 on, a section begins and ends with the same line, `{{m7g.large.1}}`: the instance type
 * and 1 (single instance) or 3 (cluster). It holds limits of brokers like that and nothing else. */
#ifndef MQ_RABBITMQ_CONFIGURATION_H
#define MQ_RABBITMQ_CONFIGURATION_H

#include "store/catalogue.h"

/* Whether the text is of this form, with `sections` or without. If not, *line is the number of the
 * first line, from 1, that is none of these, or begins what is not ended. `text` is valid UTF-8. */
bool rabbitmq_configuration_check(struct slice text, bool sections, size_t *line);

/* What a configuration says of a broker. */
struct rabbitmq_settings {
    bool has_sections;      /* of whatever brokers */
    enum strategy strategy; /* CONFIG_MANAGED: an authentication backend that is not internal */
    struct rabbitmq_limits limits;
};

/* For a broker of that type and mode. Of several values of a limit the last counts, in a section or
 * not; one that is no number is none. What is not of the form, which a seed may have stored, is
 * passed over. */
void rabbitmq_configuration_read(struct slice text, struct slice host_instance_type,
                                 enum deployment_mode mode, struct rabbitmq_settings *settings);

/* A setting; the value is without a comment and without the quotes around it. */
struct rabbitmq_setting {
    struct slice key, value;
    bool quoted; /* it may have several lines */
};

/* Calls `take` for each setting that applies to a broker of that type and mode, in their order.
 * What is not of the form is passed over; an absent text has none. */
void rabbitmq_configuration_each(
    struct slice text, struct slice host_instance_type, enum deployment_mode mode,
    void (*take)(void *context, const struct rabbitmq_setting *setting), void *context);

#endif
