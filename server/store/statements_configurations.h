/* The statements of configurations and tags: a part of statements.h. */
#ifndef STORE_STATEMENTS_CONFIGURATIONS_H
#define STORE_STATEMENTS_CONFIGURATIONS_H

/* clang-format off */
#define CONFIGURATION_STATEMENTS \
    STATEMENT(CONFIGURATION_FIND, \
        "SELECT " CONFIGURATION_COLUMNS " WHERE c.id = ?1 AND c.account = ?2 AND c.region = ?3") \
    STATEMENT(CONFIGURATION_PAGE, \
        "SELECT " CONFIGURATION_COLUMNS \
        " WHERE c.account = ?1 AND c.region = ?2 AND c.id > ?3 ORDER BY c.id LIMIT ?4") \
    STATEMENT(CONFIGURATION_INSERT, \
        "INSERT INTO configuration (id, account, region, name, created, engine_version, authentication_strategy," \
        " engine_type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CASE WHEN ?8 THEN 'RABBITMQ' ELSE 'ACTIVEMQ' END)") \
    STATEMENT(CONFIGURATION_IS_USED, \
        "SELECT EXISTS (SELECT 1 FROM broker WHERE configuration_id = ?1)" \
        " OR EXISTS (SELECT 1 FROM broker WHERE pending_configuration_id = ?1)") \
    STATEMENT(CONFIGURATION_DELETE, "DELETE FROM configuration WHERE id = ?1") \
    \
    STATEMENT(REVISION_EXISTS, \
        "SELECT EXISTS (SELECT 1 FROM configuration_revision WHERE configuration_id = ?1 AND revision = ?2)") \
    STATEMENT(REVISION_FIND, \
        "SELECT r.revision, r.created, r.description, r.data" \
        " FROM configuration c CROSS JOIN configuration_revision r ON r.configuration_id = c.id AND r.revision = ?4" \
        " WHERE c.id = ?1 AND c.account = ?2 AND c.region = ?3") \
    STATEMENT(REVISION_PAGE, \
        "SELECT revision, created, description FROM configuration_revision" \
        " WHERE configuration_id = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3") \
    STATEMENT(REVISION_INSERT, \
        "INSERT INTO configuration_revision (configuration_id, revision, created, description, data)" \
        " VALUES (?1, ?2, ?3, ?4, ?5)") \
    \
    TAG_STATEMENTS(BROKER, "broker_tag", "broker_id") \
    TAG_STATEMENTS(CONFIGURATION, "configuration_tag", "configuration_id")

/* With the latest revision: one step along the index of revisions. */
#define CONFIGURATION_COLUMNS \
    "c.id, c.account, c.region, c.name, c.created, c.engine_version, c.authentication_strategy," \
    " c.engine_type = 'RABBITMQ', r.revision, r.created, r.description" \
    " FROM configuration c CROSS JOIN configuration_revision r ON r.configuration_id = c.id AND r.revision =" \
    " (SELECT max(revision) FROM configuration_revision WHERE configuration_id = c.id)"

#define TAG_STATEMENTS(owner, table, column) \
    STATEMENT(owner##_TAG_LIST, "SELECT key, value FROM " table " WHERE " column " = ?1 ORDER BY key") \
    STATEMENT(owner##_TAG_COUNT, "SELECT count(*) FROM (SELECT 1 FROM " table " WHERE " column " = ?1 LIMIT ?2)") \
    STATEMENT(owner##_TAG_PUT, \
        "INSERT INTO " table " (" column ", key, value) VALUES (?1, ?2, ?3)" \
        " ON CONFLICT (" column ", key) DO UPDATE SET value = excluded.value") \
    STATEMENT(owner##_TAG_DELETE, "DELETE FROM " table " WHERE " column " = ?1 AND key = ?2")
/* clang-format on */

#endif
