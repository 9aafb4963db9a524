/* What CreateBroker and UpdateBroker are told of a broker, and the rules on it that need no store.
 */
#ifndef MQ_BROKER_INPUT_H
#define MQ_BROKER_INPUT_H

#include "api/call.h"
#include "api/members.h"
#include "store/terms.h"

struct broker;
struct instance_option;

struct configuration_input {
    struct slice id;
    struct optional_integer revision;
};

struct encryption_input {
    struct slice kms_key_id;
    enum optional use_aws_owned_key;
};

struct ldap_input {
    struct strings hosts;
    struct slice role_base, role_name, role_search_matching, service_account_password,
        service_account_username, user_base, user_role_name, user_search_matching;
    enum optional role_search_subtree, user_search_subtree;
};

struct logs_input {
    enum optional audit, general;
};

struct window_input {
    struct slice day_of_week, time_of_day, time_zone;
    enum weekday day; /* that of day_of_week, set by its check */
};

/* Members of both operations; what one does not have stays absent. The check of the operation sets
 * the enumerations from their texts. */
struct broker_input {
    enum engine engine;
    enum strategy strategy;
    enum deployment_mode mode;
    enum storage_type storage;
    enum replication_mode replication;
    struct slice authentication_strategy, broker_name, creator_request_id, data_replication_mode,
        data_replication_primary, deployment_mode, engine_type, engine_version, host_instance_type,
        storage_type;
    enum optional auto_minor_version_upgrade, publicly_accessible;
    struct configuration_input *configuration;
    struct encryption_input *encryption;
    struct ldap_input *ldap;
    struct logs_input *logs;
    struct window_input *window;
    struct strings resource_shares, security_groups, subnet_ids;
    struct optional_integer storage_size;
    struct string_map tags;
    struct objects users; /* of struct user_input */
};

extern const struct members create_broker_members, update_broker_members;

/* Each answers with the rule that is broken and returns false. */

/* The value of an optional member; 0: it is absent or, with an answer, none of the values. */
unsigned input_read_term(struct call *call, const char *member, struct slice text,
                         const struct terms *terms);

bool input_check_engine(struct call *call, struct slice text, enum engine *engine);

/* An absent text passes, as STRATEGY_ABSENT. */
bool input_check_strategy(struct call *call, struct slice text, enum strategy *strategy);

/* A value that input_check_strategy let pass, against the engine. */
bool input_check_strategy_of(struct call *call, enum engine engine, enum strategy strategy);
bool input_check_ldap(struct call *call, const struct ldap_input *ldap);
bool input_check_window(struct call *call, struct window_input *window);
bool input_check_ids(struct call *call, const char *member, const struct strings *ids);

/* An absent text passes, as REPLICATION_ABSENT. */
bool input_check_replication(struct call *call, struct slice text, enum replication_mode *mode);

/* What an input becomes in the store. All of these live in call->scratch: RESULT_NO_MEMORY. */

/* The list as a JSON array. */
enum result input_encode_strings(struct call *call, const struct strings *strings,
                                 struct slice *json) MUST_CHECK;

/* A member that is the list as it was given. */
void input_put_strings(struct json_writer *writer, const char *name, const struct strings *strings);

/* The object DescribeBroker shows, which has no password. */
enum result input_encode_ldap(struct call *call, const struct ldap_input *ldap,
                              struct slice *json) MUST_CHECK;

/* Whether that version lets autoMinorVersionUpgrade be what it is; else it answers `error`. */
bool input_check_auto_minor(struct call *call, enum engine engine, struct slice version,
                            bool upgrade, enum error_id error);

/* A storage size, where the broker's engine version, deployment mode and instance type let it be
 * chosen. *size becomes BROKER_UNSET where it is absent, 0 or the type's own. */
bool input_check_storage_size(struct call *call, const struct optional_integer *wanted,
                              const struct broker *broker, const struct instance_option *option,
                              int64_t *size);

#endif
