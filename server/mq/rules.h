/* The service's rules on values: pure functions, no store. */
#ifndef MQ_RULES_H
#define MQ_RULES_H

#include <stdint.h>

#include "api/errors.h"
#include "store/brokers.h"

enum {
    USERNAME_MIN = 2,
    USERNAME_MAX = 100,
    PASSWORD_MIN = 12,
    PASSWORD_MAX = 250,
    PASSWORD_UNIQUE = 4,
    GROUP_MIN = 2,
    GROUP_MAX = 100,
    GROUPS_MAX = 20,
    USERS_MAX = 250,
    BROKER_NAME_MAX = 50,
    CONFIGURATION_NAME_MAX = 150,
    CONFIGURATION_ID_MAX = 106, /* of a seed; that of a broker's own is made from the broker's */
    SECURITY_GROUPS_MAX = 5,
    WINDOW_CHANGES_MAX = 4,
    DELETION_USERS_PERCENT = 12, /* recorded: listed after 31 s, gone after 41 s of over 306 s */
};

/* The maintenance window of a broker that was given none; the defaults of the schema's columns are
 * the same. */
#define WINDOW_DAY WEEKDAY_SUNDAY
#define WINDOW_TIME "11:00"
#define WINDOW_ZONE "UTC"

/* Each returns the rule that is broken, or ERROR_NONE. Values are valid UTF-8, lengths are in code
 * points. */
enum error_id rule_username(struct slice username);
enum error_id rule_password(
    struct slice password); /* length, forbidden, printable, unique: in this order */
enum error_id rule_group(struct slice group);
enum error_id rule_broker_name(struct slice name);
enum error_id rule_configuration_name(struct slice name);

/* As rule_username, for the one user of a RabbitMQ broker. */
enum error_id rule_rabbitmq_username(struct slice username);

/* Whether it is a subnet's, security group's or any other id of [A-Za-z0-9-]. */
bool rule_is_id(struct slice text);

/* A host name: letters, digits, dots and dashes; no protocol, no port. */
bool rule_is_host(struct slice text);

/* Minutes since midnight of H:MM, HH:MM and either with :SS, whose seconds do not count; -1: no
 * time. The pattern is that of the CloudFormation schema. */
int rule_minute(struct slice time);

/* Whether a text has the form of a key in a page token: 2 to 100 of the username alphabet, or a
 * broker id. */
bool rule_is_username(struct slice text);
bool rule_is_broker_id(struct slice text);
bool rule_is_configuration_id(struct slice text);

/* Whether the users of a broker are shown: RabbitMQ manages its own; a broker whose creation has
 * just begun has none yet; one that is deleted shows them for the first part of the deletion, which
 * takes `delete_ms` in all. */
bool rule_shows_users(const struct broker_head *broker, int64_t delete_ms, int64_t now_ms);

/* Whether the pending changes of the users are shown as applied, since the reboot or the creation
 * has come that far: a large number of them is applied in parts. */
bool rule_shows_users_applied(const struct broker_head *broker, int64_t now_ms);

/* Whether a broker in that state is in use: it can be changed and rebooted, its process runs. */
bool rule_state_allows_change(enum broker_state state);

#endif
