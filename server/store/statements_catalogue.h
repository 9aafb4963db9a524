/* The statements of the catalogue and of shared resources: a part of statements.h. */
#ifndef STORE_STATEMENTS_CATALOGUE_H
#define STORE_STATEMENTS_CATALOGUE_H

/* clang-format off */
#define CATALOGUE_STATEMENTS \
    STATEMENT(VERSION_FIND, "SELECT 1 FROM engine_version WHERE engine_type = ?1 AND version = ?2") \
    STATEMENT(VERSIONS, "SELECT version FROM engine_version WHERE engine_type = ?1") \
    STATEMENT(OPTION_PAGE, \
        "SELECT " OPTION_COLUMNS " WHERE engine_type = ?1 AND (host_instance_type, storage_type) > (?2, ?3)" \
        " ORDER BY host_instance_type, storage_type LIMIT ?4") \
    STATEMENT(OPTION_PAGE_OF_STORAGE, \
        "SELECT " OPTION_COLUMNS " WHERE engine_type = ?1 AND storage_type = ?5 AND host_instance_type >= ?2" \
        " AND (+host_instance_type, +storage_type) > (?2, ?3) ORDER BY host_instance_type LIMIT ?4") \
    STATEMENT(OPTION_PAGE_OF_HOST, \
        "SELECT " OPTION_COLUMNS " WHERE engine_type = ?1 AND host_instance_type = ?6" \
        " AND (+host_instance_type, storage_type) > (?2, ?3) AND storage_type = coalesce(?5, storage_type)" \
        " ORDER BY storage_type LIMIT ?4") \
    STATEMENT(ZONES, "SELECT name FROM availability_zone WHERE region = ?1 ORDER BY rowid") \
    \
    STATEMENT(SHARED_RESOURCE_PAGE, \
        "SELECT resource_arn, type, status, dns_names, resource_share_arns, error_code, error_message" \
        " FROM shared_resource WHERE broker_id = ?1 AND resource_arn > ?2 ORDER BY resource_arn LIMIT ?3") \
    STATEMENT(SHARE_ERROR_FIND, \
        "SELECT error_code, status FROM resource_share_error WHERE resource_share_arn = ?1") \
    STATEMENT(SHARES_FORGET, \
        "DELETE FROM shared_resource WHERE broker_id = ?1 AND status = 'SETUP_IN_PROGRESS' AND NOT " IS_SHARED) \
    STATEMENT(SHARES_LEAVE_OUT, \
        "UPDATE shared_resource SET status = 'PENDING_DELETE'" \
        " WHERE broker_id = ?1 AND status <> 'DELETION_IN_PROGRESS' AND NOT " IS_SHARED) \
    STATEMENT(SHARES_TAKE_BACK, \
        "UPDATE shared_resource SET" \
        " status = CASE WHEN status = 'PENDING_DELETE' AND error_code IS NULL THEN 'AVAILABLE'" \
        " ELSE 'SETUP_IN_PROGRESS' END, error_code = NULL, error_message = NULL" \
        " WHERE broker_id = ?1 AND status IN ('PENDING_DELETE', 'DELETION_IN_PROGRESS', 'ERROR') AND " IS_SHARED) \
    STATEMENT(SHARES_ADD, \
        "INSERT INTO shared_resource (broker_id, resource_arn, status)" \
        " SELECT ?1, value, 'SETUP_IN_PROGRESS' FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING") \
    STATEMENT(SHARES_ANY_PENDING, \
        "SELECT EXISTS (SELECT 1 FROM shared_resource" \
        " WHERE broker_id = ?1 AND status IN ('SETUP_IN_PROGRESS', 'PENDING_DELETE'))") \
    STATEMENT(SHARES_SET_UP, \
        "UPDATE shared_resource SET status = 'AVAILABLE' WHERE broker_id = ?1 AND status = 'SETUP_IN_PROGRESS'") \
    STATEMENT(SHARES_REMOVE, "DELETE FROM shared_resource WHERE broker_id = ?1 AND status = 'PENDING_DELETE'")

#define OPTION_COLUMNS \
    "host_instance_type, storage_type, deployment_modes, engine_versions," \
    " coalesce(storage_size_default, 0), coalesce(storage_size_most, 0) FROM instance_option"

/* Whether ?2, a JSON array of ARNs, has the share, or one of those a resource is in; a resource that names none is in
 * any. */
#define IS_SHARED \
    "CASE type WHEN 'RESOURCE_SHARE' THEN resource_arn IN (SELECT value FROM json_each(?2))" \
    " ELSE EXISTS (SELECT 1 FROM json_each(?2)" \
    " WHERE instr(coalesce(resource_share_arns, '\"' || value || '\"'), '\"' || value || '\"') > 0) END"
/* clang-format on */

#endif
