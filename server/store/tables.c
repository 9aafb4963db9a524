#include "store/tables.h"

#include <strings.h>

#define OF_BROKER(id) .root = TABLE_OF_BROKER, .root_id = (id), .seeds = TABLE_WRITABLE
#define OF_CONFIGURATION(id) \
    .root = TABLE_OF_CONFIGURATION, .root_id = (id), .seeds = TABLE_WRITABLE

#define OF_VPC(id) .root = TABLE_OF_VPC, .root_id = (id), .seeds = TABLE_WRITABLE

const char *const table_of_root[TABLE_ROOTS] = {[TABLE_OF_CONFIGURATION] = "configuration",
                                                [TABLE_OF_BROKER] = "broker",
                                                [TABLE_OF_VPC] = "vpc"};

const struct table tables[] = {
    {"default_world", .seeds = TABLE_HIDDEN},
    {"clock_step", .seeds = TABLE_HIDDEN},
    {"engine", .key_columns = 1, .seeds = TABLE_READABLE},
    {"broker", OF_BROKER("id"), .select = "SELECT *",
     .json = {{"ldap_server_metadata", 27, true},
              {"subnet_ids", 30, false},
              {"security_groups", 31, false},
              {"pending_security_groups", 37, false},
              {"pending_ldap_server_metadata", 39, true}}},
    {"broker_tag", .key_columns = 2, OF_BROKER("broker_id"), .select = "SELECT *"},
    {"broker_action_required", .key_columns = 2, OF_BROKER("broker_id"), .select = "SELECT *"},
    {"broker_configuration_history", OF_BROKER("broker_id"),
     .select = "SELECT NULL, broker_id, configuration_id, revision"}, /* the copy gets a new id */
    {"user", .key_columns = 2, OF_BROKER("broker_id"), .select = "SELECT *"},
    {"configuration", OF_CONFIGURATION("id"), .select = "SELECT *"},
    {"configuration_revision", OF_CONFIGURATION("configuration_id"), .select = "SELECT *",
     .has_first_row = true},
    {"configuration_tag", .key_columns = 2, OF_CONFIGURATION("configuration_id"),
     .select = "SELECT *"},
    {"engine_version", .key_columns = 2, .seeds = TABLE_WRITABLE},
    {"instance_option", .key_columns = 4, .seeds = TABLE_WRITABLE,
     .json = {{"deployment_modes", 4, false}, {"engine_versions", 5, false}}},
    {"availability_zone", .seeds = TABLE_WRITABLE},
    {"rabbitmq_limit", .key_columns = 2, .seeds = TABLE_WRITABLE},
    {"shared_resource", .key_columns = 2, OF_BROKER("broker_id"), .select = "SELECT *",
     .json = {{"dns_names", 4, false}, {"resource_share_arns", 5, false}}},
    {"resource_share_error", .key_columns = 1, .seeds = TABLE_WRITABLE},
    {"vpc", OF_VPC("id"), .select = "SELECT *"},
    {"subnet", OF_VPC("vpc_id"), .select = "SELECT *"},
    {"security_group", OF_VPC("vpc_id"), .select = "SELECT *"},
    {"access_key", .key_columns = 1, .seeds = TABLE_WRITABLE},
    {"fault", .seeds = TABLE_WRITABLE},
    {"policy", .seeds = TABLE_WRITABLE},
};

const size_t table_count = sizeof tables / sizeof *tables;

const struct table *table_find(const char *name)
{
    for (size_t i = 0; i < table_count; i++)
        if (strcasecmp(name, tables[i].name) == 0)
            return &tables[i];
    return NULL;
}
