#include "store/tables.h"

#include <strings.h>

static const char *const broker_rules[] = {
    "SELECT 1 FROM broker WHERE account = '' OR region = '' OR engine_version IS NULL"
    " OR host_instance_type IS NULL OR storage_type IS NULL",
    "SELECT 1 FROM broker, json_each(broker.subnet_ids) AS i WHERE i.type <> 'text'"
    " OR i.value GLOB '*[^-A-Za-z0-9]*'",
    "SELECT 1 FROM broker, json_each(broker.security_groups) AS i WHERE i.type <> 'text'"
    " OR i.value GLOB '*[^-A-Za-z0-9]*'",
    "SELECT 1 FROM broker, json_each(broker.pending_security_groups) AS i WHERE i.type <> 'text'"
    " OR i.value GLOB '*[^-A-Za-z0-9]*'",
    "SELECT 1 FROM broker WHERE json_valid(coalesce(ldap_server_metadata, '{}')) = 0"
    " OR json_valid(coalesce(pending_ldap_server_metadata, '{}')) = 0",
    NULL,
};

static const char *const user_rules[] = {
    "SELECT 1 FROM user, json_each(user.groups) AS g WHERE json_type(user.groups) <> 'array'"
    " OR g.type <> 'text' OR length(g.value) NOT BETWEEN 2 AND 100 OR g.key >= 20"
    " OR g.value GLOB '*[^-A-Za-z0-9._~]*'",
    "SELECT 1 FROM user, json_each(user.pending_groups) AS g"
    " WHERE json_type(user.pending_groups) <> 'array' OR g.type <> 'text'"
    " OR length(g.value) NOT BETWEEN 2 AND 100 OR g.key >= 20"
    " OR g.value GLOB '*[^-A-Za-z0-9._~]*'",
    NULL,
};

static const char *const configuration_rules[] = {
    "SELECT 1 FROM configuration WHERE account = '' OR region = '' OR engine_version IS NULL",
    NULL,
};

static const char *const access_key_rules[] = {
    "SELECT 1 FROM access_key WHERE account = ''",
    NULL,
};

#define OF_BROKER(id) .root = TABLE_OF_BROKER, .root_id = (id), .seeds = TABLE_WRITABLE
#define OF_CONFIGURATION(id) \
    .root = TABLE_OF_CONFIGURATION, .root_id = (id), .seeds = TABLE_WRITABLE

const struct table tables[] = {
    {"default_world", .seeds = TABLE_HIDDEN},
    {"engine", .seeds = TABLE_READABLE},
    {"broker", OF_BROKER("id"), .select = "SELECT *", .rules = broker_rules},
    {"broker_tag", OF_BROKER("broker_id"), .select = "SELECT *"},
    {"broker_action_required", OF_BROKER("broker_id"), .select = "SELECT *"},
    {"broker_configuration_history", OF_BROKER("broker_id"),
     .select = "SELECT NULL, broker_id, configuration_id, revision"}, /* it gets a new number */
    {"user", OF_BROKER("broker_id"), .select = "SELECT *", .rules = user_rules},
    {"configuration", OF_CONFIGURATION("id"), .select = "SELECT *", .rules = configuration_rules},
    {"configuration_revision", OF_CONFIGURATION("configuration_id"), .select = "SELECT *",
     .has_first_row = true},
    {"configuration_tag", OF_CONFIGURATION("configuration_id"), .select = "SELECT *"},
    {"engine_version", .seeds = TABLE_WRITABLE},
    {"instance_option", .seeds = TABLE_WRITABLE},
    {"availability_zone", .seeds = TABLE_WRITABLE},
    {"shared_resource", OF_BROKER("broker_id"), .select = "SELECT *"},
    {"resource_share_error", .seeds = TABLE_WRITABLE},
    {"access_key", .seeds = TABLE_WRITABLE, .rules = access_key_rules},
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
