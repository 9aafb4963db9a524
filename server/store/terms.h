/* The enumerations of the service. Columns, requests and replies contain the text of a value, all
 * other code the constant. */
#ifndef STORE_TERMS_H
#define STORE_TERMS_H

#include "base/slice.h"

/* The values of each enumeration, in the order in which error messages list them. */
/* clang-format off */
#define ENGINES(TERM) TERM(ENGINE, ACTIVEMQ) TERM(ENGINE, RABBITMQ)
#define BROKER_STATES(TERM) \
    TERM(STATE, CREATION_IN_PROGRESS) TERM(STATE, CREATION_FAILED) TERM(STATE, DELETION_IN_PROGRESS) \
    TERM(STATE, RUNNING) TERM(STATE, REBOOT_IN_PROGRESS) TERM(STATE, CRITICAL_ACTION_REQUIRED) TERM(STATE, REPLICA)
#define DEPLOYMENT_MODES(TERM) \
    TERM(DEPLOYMENT, SINGLE_INSTANCE) TERM(DEPLOYMENT, ACTIVE_STANDBY_MULTI_AZ) TERM(DEPLOYMENT, CLUSTER_MULTI_AZ)
#define STRATEGIES(TERM) TERM(STRATEGY, SIMPLE) TERM(STRATEGY, LDAP) TERM(STRATEGY, CONFIG_MANAGED)
#define STORAGE_TYPES(TERM) TERM(STORAGE, EBS) TERM(STORAGE, EFS)
#define REPLICATION_MODES(TERM) TERM(REPLICATION, NONE) TERM(REPLICATION, CRDR)
#define REPLICATION_ROLES(TERM) TERM(ROLE, PRIMARY) TERM(ROLE, REPLICA)
#define PROMOTE_MODES(TERM) TERM(PROMOTE, SWITCHOVER) TERM(PROMOTE, FAILOVER)
#define WEEKDAYS(TERM) \
    TERM(WEEKDAY, MONDAY) TERM(WEEKDAY, TUESDAY) TERM(WEEKDAY, WEDNESDAY) TERM(WEEKDAY, THURSDAY) \
    TERM(WEEKDAY, FRIDAY) TERM(WEEKDAY, SATURDAY) TERM(WEEKDAY, SUNDAY)
/* clang-format on */

/* 0 is an absent value: NULL in a column, a missing member. */
#define TERM_CONSTANT(prefix, name) prefix##_##name,
enum engine { ENGINE_ABSENT, ENGINES(TERM_CONSTANT) ENGINE_END };
enum broker_state { STATE_ABSENT, BROKER_STATES(TERM_CONSTANT) };
enum deployment_mode { DEPLOYMENT_ABSENT, DEPLOYMENT_MODES(TERM_CONSTANT) };
enum strategy { STRATEGY_ABSENT, STRATEGIES(TERM_CONSTANT) };
enum storage_type { STORAGE_ABSENT, STORAGE_TYPES(TERM_CONSTANT) STORAGE_END };
enum replication_mode { REPLICATION_ABSENT, REPLICATION_MODES(TERM_CONSTANT) };
enum replication_role { ROLE_ABSENT, REPLICATION_ROLES(TERM_CONSTANT) };
enum promote_mode { PROMOTE_ABSENT, PROMOTE_MODES(TERM_CONSTANT) };
enum weekday { WEEKDAY_ABSENT, WEEKDAYS(TERM_CONSTANT) };
#undef TERM_CONSTANT

/* The texts of one enumeration, in upper case, by value. */
struct terms {
    const struct slice *texts;
    unsigned end;      /* one more than the last value */
    struct slice list; /* all texts, separated by ", " */
};

extern const struct terms engine_terms, broker_state_terms, deployment_mode_terms, strategy_terms,
    storage_type_terms, replication_mode_terms, replication_role_terms, promote_mode_terms,
    weekday_terms;

/* The text of a value, NUL-terminated; absent for an absent value. */
static inline struct slice term_text(const struct terms *terms, unsigned value)
{
    return terms->texts[value];
}

/* "ActiveMQ" or "RabbitMQ", as brokers, configurations and messages show it. */
static inline struct slice engine_name(enum engine engine)
{
    return engine == ENGINE_RABBITMQ ? SLICE("RabbitMQ") : SLICE("ActiveMQ");
}

/* The value of a text, ignoring case; 0 if the text is absent or unknown. */
unsigned term_find(const struct terms *terms, struct slice text);

#endif
