#include "mq/operations.h"

#include "mq/broker_create.h"
#include "mq/broker_update.h"
#include "mq/brokers.h"
#include "mq/catalogue.h"
#include "mq/configurations.h"
#include "mq/promote.h"
#include "mq/shared_resources.h"
#include "mq/tags.h"
#include "mq/users.h"

#define BROKERS "/v1/brokers"
#define BROKER BROKERS "/{broker-id}"
#define USERS BROKER "/users"
#define USER USERS "/{username}"
#define CONFIGURATIONS "/v1/configurations"
#define CONFIGURATION CONFIGURATIONS "/{configuration-id}"
#define TAGS "/v1/tags/{resource-arn}"

/* clang-format off */
const struct operation operations[] = {
    {.name = "CreateUser", .method = "POST", .path = USER, .needs = NEEDS_BROKER,
     .wrong_engine = ERROR_RABBITMQ_USERS_CONFLICT,
     .wrong_state = ERROR_BROKER_UPDATE_STATE, .body = &create_user_members,
     .check = create_user_check, .run = create_user,
     .writes_once = true},
    {.name = "DescribeUser", .method = "GET", .path = USER, .needs = NEEDS_BROKER,
     .wrong_engine = ERROR_RABBITMQ_USERS,
     .check = username_check, .run = describe_user},
    {.name = "UpdateUser", .method = "PUT", .path = USER, .needs = NEEDS_BROKER,
     .wrong_engine = ERROR_RABBITMQ_USERS_CONFLICT,
     .wrong_state = ERROR_BROKER_UPDATE_STATE, .body = &update_user_members,
     .check = update_user_check, .run = update_user,
     .writes_once = true},
    {.name = "DeleteUser", .method = "DELETE", .path = USER, .needs = NEEDS_BROKER,
     .wrong_engine = ERROR_RABBITMQ_USERS,
     .wrong_state = ERROR_BROKER_UPDATE_STATE, .check = username_check, .run = delete_user,
     .writes_once = true},
    {.name = "ListUsers", .method = "GET", .path = USERS, .needs = NEEDS_BROKER,
     .wrong_engine = ERROR_RABBITMQ_USERS,
     .check = list_users_check, .run = list_users},
    {.name = "DescribeBroker", .method = "GET", .path = BROKER, .needs = NEEDS_BROKER,
     .run = describe_broker},
    {.name = "ListBrokers", .method = "GET", .path = BROKERS, .check = list_brokers_check,
     .run = list_brokers},
    {.name = "RebootBroker", .method = "POST", .path = BROKER "/reboot",
     .needs = NEEDS_BROKER | NEEDS_RUNNING,
     .wrong_state = ERROR_BROKER_REBOOT_STATE, .run = reboot_broker},

    {.name = "CreateBroker", .method = "POST", .path = BROKERS, .body = &create_broker_members,
     .check = create_broker_check, .run = create_broker},
    {.name = "UpdateBroker", .method = "PUT", .path = BROKER, .needs = NEEDS_BROKER,
     .wrong_state = ERROR_BROKER_UPDATE_STATE, .body = &update_broker_members,
     .check = update_broker_check, .run = update_broker},
    {.name = "DeleteBroker", .method = "DELETE", .path = BROKER, .needs = NEEDS_BROKER,
     .run = delete_broker},
    {.name = "Promote", .method = "POST", .path = BROKER "/promote", .needs = NEEDS_BROKER,
     .wrong_state = ERROR_BROKER_UPDATE_STATE, .body = &promote_members, .check = promote_check,
     .run = promote},
    {.name = "DescribeSharedResources", .method = "GET", .path = BROKER "/shared-resources",
     .needs = NEEDS_BROKER, .check = describe_shared_resources_check,
     .run = describe_shared_resources},

    {.name = "CreateConfiguration", .method = "POST", .path = CONFIGURATIONS,
     .body = &create_configuration_members, .check = create_configuration_check,
     .run = create_configuration},
    {.name = "ListConfigurations", .method = "GET", .path = CONFIGURATIONS,
     .check = list_configurations_check, .run = list_configurations},
    {.name = "DescribeConfiguration", .method = "GET", .path = CONFIGURATION,
     .run = describe_configuration},
    {.name = "UpdateConfiguration", .method = "PUT", .path = CONFIGURATION,
     .body = &update_configuration_members, .check = update_configuration_check,
     .run = update_configuration},
    {.name = "DeleteConfiguration", .method = "DELETE", .path = CONFIGURATION,
     .run = delete_configuration},
    {.name = "ListConfigurationRevisions", .method = "GET", .path = CONFIGURATION "/revisions",
     .check = list_configuration_revisions_check, .run = list_configuration_revisions},
    {.name = "DescribeConfigurationRevision", .method = "GET",
     .path = CONFIGURATION "/revisions/{configuration-revision}",
     .check = describe_configuration_revision_check, .run = describe_configuration_revision},

    {.name = "CreateTags", .method = "POST", .path = TAGS, .status = 204,
     .body = &create_tags_members, .check = create_tags_check, .run = create_tags},
    {.name = "ListTags", .method = "GET", .path = TAGS, .run = list_tags},
    {.name = "DeleteTags", .method = "DELETE", .path = TAGS, .status = 204,
     .check = delete_tags_check, .run = delete_tags},

    {.name = "DescribeBrokerEngineTypes", .method = "GET", .path = "/v1/broker-engine-types",
     .check = describe_broker_engine_types_check, .run = describe_broker_engine_types},
    {.name = "DescribeBrokerInstanceOptions", .method = "GET",
     .path = "/v1/broker-instance-options", .check = describe_broker_instance_options_check,
     .run = describe_broker_instance_options},
};
/* clang-format on */

const size_t operation_count = sizeof operations / sizeof *operations;
