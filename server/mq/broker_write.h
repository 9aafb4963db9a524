/* Brokers as the API shows them. */
#ifndef MQ_BROKER_WRITE_H
#define MQ_BROKER_WRITE_H

#include "api/slots.h"
#include "base/json.h"
#include "store/brokers.h"
#include "store/tags.h"
#include "store/users.h"

/* Where the endpoints of a broker are. */
struct broker_place {
    const char *host; /* NULL: the host names of the service, whose endpoints do not exist */
    int shift;        /* of the ports; the second instance has another PORTS_OF_STANDBY */
};

/* That of its slot, if it has one. */
struct broker_place broker_find_place(struct slots *slots, struct slice broker_id);

/* What belongs to a broker beside its row. */
struct broker_parts {
    struct broker_place place;
    struct action_required *actions;
    size_t action_count;
    struct configuration_use *history;
    size_t history_count;
    struct tag *tags;
    size_t tag_count;
    struct user *users;
    size_t user_count;
};

/* The body of DescribeBroker. RESULT_NO_MEMORY; a failure of the buffer sticks to it. */
enum result broker_write(struct json_writer *writer, const struct broker *broker,
                         const struct broker_parts *parts, struct arena *arena) MUST_CHECK;

/* The member brokerInstances. RESULT_NO_MEMORY. */
enum result broker_put_instances(struct json_writer *writer, const struct broker *broker,
                                 const struct broker_place *place, struct arena *arena) MUST_CHECK;

/* One row of ListBrokers. */
enum result broker_write_summary(struct json_writer *writer, const struct broker *broker,
                                 struct arena *arena) MUST_CHECK;

/* Parts of both DescribeBroker and the answer of UpdateBroker. */

/* A configuration in use: `{"id":…,"revision":…}`. */
void broker_put_configuration(struct json_writer *writer, const char *name, struct slice id,
                              int64_t revision);

/* The members dataReplicationMetadata and dataReplicationMode, or the pending ones. */
void broker_put_replication(struct json_writer *writer, const struct broker *broker, bool pending);

/* The object of both log flags as the next reboot will leave them; RabbitMQ has no audit log. */
void broker_write_planned_logs(struct json_writer *writer, const struct broker *broker);

/* The LDAP settings of a seed or call, without members that the API does not have or that are of
 * another type: seeds store any object. Nothing if they are absent. RESULT_NO_MEMORY. */
enum result broker_put_ldap(struct json_writer *writer, const char *name, struct slice metadata,
                            struct arena *arena) MUST_CHECK;

/* The day of the maintenance window that is shown: that of the service's default where the broker
 * has no window. */
enum weekday broker_day_shown(const struct broker *broker);

/* The member maintenanceWindowStartTime. */
void broker_put_window(struct json_writer *writer, const struct broker *broker);

#endif
