#include "mq/operations.h"

#include "mq/brokers.h"
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

    {.name = "CreateBroker",  .method = "POST",   .path = BROKERS, .status = 200},
    {.name = "UpdateBroker",  .method = "PUT",    .path = BROKER, .status = 200},
    {.name = "DeleteBroker",  .method = "DELETE", .path = BROKER, .status = 200},
    {.name = "Promote",       .method = "POST",   .path = BROKER "/promote", .status = 200},
    {.name = "DescribeSharedResources", .method = "GET", .path = BROKER "/shared-resources", .status = 200},
    {.name = "CreateConfiguration",   .method = "POST",   .path = CONFIGURATIONS, .status = 200},
    {.name = "ListConfigurations",    .method = "GET",    .path = CONFIGURATIONS, .status = 200},
    {.name = "DescribeConfiguration", .method = "GET",    .path = CONFIGURATION, .status = 200},
    {.name = "UpdateConfiguration",   .method = "PUT",    .path = CONFIGURATION, .status = 200},
    {.name = "DeleteConfiguration",   .method = "DELETE", .path = CONFIGURATION, .status = 200},
    {.name = "ListConfigurationRevisions",    .method = "GET", .path = CONFIGURATION "/revisions", .status = 200},
    {.name = "DescribeConfigurationRevision", .method = "GET", .path = CONFIGURATION "/revisions/{configuration-revision}", .status = 200},
    {.name = "CreateTags", .method = "POST",   .path = TAGS, .status = 204},
    {.name = "ListTags",   .method = "GET",    .path = TAGS, .status = 200},
    {.name = "DeleteTags", .method = "DELETE", .path = TAGS, .status = 204},
    {.name = "DescribeBrokerEngineTypes",     .method = "GET", .path = "/v1/broker-engine-types", .status = 200},
    {.name = "DescribeBrokerInstanceOptions", .method = "GET", .path = "/v1/broker-instance-options", .status = 200},
};
/* clang-format on */

const size_t operation_count = sizeof operations / sizeof *operations;
