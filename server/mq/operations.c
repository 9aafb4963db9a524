#include "mq/operations.h"

#include "mq/broker_create.h"
#include "mq/broker_update.h"
#include "mq/brokers.h"
#include "mq/catalogue.h"
#include "mq/configurations.h"
#include "mq/replication.h"
#include "mq/shared_resources.h"
#include "mq/tags.h"
#include "mq/users.h"

enum { USER_CALL = NEEDS_BROKER | NEEDS_ACTIVEMQ };

#define BROKERS "/v1/brokers"
#define BROKER BROKERS "/{broker-id}"
#define USERS BROKER "/users"
#define USER USERS "/{username}"
#define CONFIGURATIONS "/v1/configurations"
#define CONFIGURATION CONFIGURATIONS "/{configuration-id}"
#define TAGS "/v1/tags/{resource-arn}"
#define CAN_UPDATE ERROR_BROKER_UPDATE_STATE
#define CAN_REBOOT ERROR_BROKER_REBOOT_STATE

/* clang-format off */
const struct operation operations[] = {
    /* name                 method    path            ok   needs         unless changeable  body          check              run */
    {"CreateUser",          "POST",   USER,           200, USER_CALL,    CAN_UPDATE,  &create_user_members, create_user_check, create_user},
    {"DescribeUser",        "GET",    USER,           200, USER_CALL,    ERROR_NONE,  NULL,                 username_check,    describe_user},
    {"UpdateUser",          "PUT",    USER,           200, USER_CALL,    CAN_UPDATE,  &update_user_members, update_user_check, update_user},
    {"DeleteUser",          "DELETE", USER,           200, USER_CALL,    CAN_UPDATE,  NULL,                 username_check,    delete_user},
    {"ListUsers",           "GET",    USERS,          200, USER_CALL,    ERROR_NONE,  NULL,                 list_users_check,  list_users},
    {"DescribeBroker",      "GET",    BROKER,         200, NEEDS_BROKER, ERROR_NONE,  NULL,                 NULL,              describe_broker},
    {"ListBrokers",         "GET",    BROKERS,        200, 0,            ERROR_NONE,  NULL,                 list_brokers_check, list_brokers},
    {"RebootBroker",        "POST",   BROKER "/reboot", 200, NEEDS_BROKER, CAN_REBOOT, NULL,                NULL,              reboot_broker},

    {"CreateBroker",        "POST",   BROKERS,        200, 0,            ERROR_NONE,  &create_broker_members, create_broker_check, create_broker},
    {"UpdateBroker",        "PUT",    BROKER,         200, NEEDS_BROKER, CAN_UPDATE,  &update_broker_members, update_broker_check, update_broker},
    {"DeleteBroker",        "DELETE", BROKER,         200, NEEDS_BROKER, ERROR_NONE,  NULL,                 NULL,              delete_broker},
    {"Promote",             "POST",   BROKER "/promote", 200, NEEDS_BROKER, CAN_UPDATE, &promote_members,   promote_check,     promote},
    {"DescribeSharedResources", "GET", BROKER "/shared-resources", 200, NEEDS_BROKER, ERROR_NONE, NULL, describe_shared_resources_check, describe_shared_resources},

    {"CreateConfiguration", "POST",   CONFIGURATIONS, 200, 0,            ERROR_NONE,  &create_configuration_members, create_configuration_check, create_configuration},
    {"ListConfigurations",  "GET",    CONFIGURATIONS, 200, 0,            ERROR_NONE,  NULL, list_configurations_check, list_configurations},
    {"DescribeConfiguration", "GET",  CONFIGURATION,  200, 0,            ERROR_NONE,  NULL,                 NULL,              describe_configuration},
    {"UpdateConfiguration", "PUT",    CONFIGURATION,  200, 0,            ERROR_NONE,  &update_configuration_members, update_configuration_check, update_configuration},
    {"DeleteConfiguration", "DELETE", CONFIGURATION,  200, 0,            ERROR_NONE,  NULL,                 NULL,              delete_configuration},
    {"ListConfigurationRevisions", "GET", CONFIGURATION "/revisions", 200, 0, ERROR_NONE, NULL, list_configuration_revisions_check, list_configuration_revisions},
    {"DescribeConfigurationRevision", "GET", CONFIGURATION "/revisions/{configuration-revision}", 200, 0, ERROR_NONE, NULL, describe_configuration_revision_check, describe_configuration_revision},

    {"CreateTags",          "POST",   TAGS,           204, 0,            ERROR_NONE,  &create_tags_members, create_tags_check, create_tags},
    {"ListTags",            "GET",    TAGS,           200, 0,            ERROR_NONE,  NULL,                 NULL,              list_tags},
    {"DeleteTags",          "DELETE", TAGS,           204, 0,            ERROR_NONE,  NULL,                 delete_tags_check, delete_tags},

    {"DescribeBrokerEngineTypes", "GET", "/v1/broker-engine-types", 200, 0, ERROR_NONE, NULL, describe_broker_engine_types_check, describe_broker_engine_types},
    {"DescribeBrokerInstanceOptions", "GET", "/v1/broker-instance-options", 200, 0, ERROR_NONE, NULL, describe_broker_instance_options_check, describe_broker_instance_options},
};
/* clang-format on */

const size_t operation_count = sizeof operations / sizeof *operations;
