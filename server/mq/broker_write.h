/* Brokers as the API shows them. */
#ifndef MQ_BROKER_WRITE_H
#define MQ_BROKER_WRITE_H

#include "base/json.h"
#include "store/brokers.h"
#include "store/users.h"

/* What belongs to a broker beside its row. */
struct broker_parts {
    const struct tag *tags;
    size_t tag_count;
    const struct user *users;
    size_t user_count;
};

/* The body of DescribeBroker. RESULT_NO_MEMORY; a failure of the buffer sticks to it. */
enum result broker_write(struct json_writer *writer, const struct broker *broker,
                         const struct broker_parts *parts, struct arena *arena) MUST_CHECK;

/* One row of ListBrokers. */
enum result broker_write_summary(struct json_writer *writer, const struct broker *broker,
                                 struct arena *arena) MUST_CHECK;

#endif
