/* The table of statements. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "store/brokers.h"
#include "store/statements_catalogue.h"
#include "store/statements_configurations.h"

/* clang-format off */
#define STATEMENTS \
    CATALOGUE_STATEMENTS \
    CONFIGURATION_STATEMENTS \
    STATEMENT(BEGIN, "BEGIN IMMEDIATE") \
    STATEMENT(COMMIT, "COMMIT") \
    STATEMENT(ROLLBACK, "ROLLBACK") \
    STATEMENT(SAVEPOINT, "SAVEPOINT operation") \
    STATEMENT(SAVEPOINT_RELEASE, "RELEASE operation") \
    STATEMENT(SAVEPOINT_ROLLBACK, "ROLLBACK TO operation") \
    STATEMENT(HEALTH, "SELECT count(*) FROM default_world") \
    STATEMENT(WORLD_SET, "UPDATE default_world SET account = ?1, region = ?2") \
    STATEMENT(SEEDED, "SELECT seeded, clock_offset_ms FROM default_world") \
    STATEMENT(CLOCK_SET, "UPDATE default_world SET clock_offset_ms = ?1") \
    STATEMENT(SEEDED_SET, "UPDATE default_world SET seeded = 1") \
    \
    STATEMENT(BROKER_HEAD, \
        "SELECT id, account, region, name, state, engine_type = 'RABBITMQ', creation_step FROM broker WHERE id = ?1") \
    STATEMENT(BROKER_FIND, "SELECT " BROKER_COLUMNS " FROM broker WHERE id = ?1") \
    STATEMENT(BROKER_FIND_BY_NAME, \
        "SELECT " BROKER_COLUMNS " FROM broker WHERE account = ?1 AND region = ?2 AND name = ?3") \
    STATEMENT(BROKER_PAGE, \
        "SELECT id, account, region, name, state, engine_type = 'RABBITMQ', created, deployment_mode," \
        " host_instance_type FROM broker" \
        " WHERE account = ?1 AND region = ?2 AND id > ?3 ORDER BY id LIMIT ?4") \
    STATEMENT(BROKER_HISTORY, \
        "SELECT configuration_id, revision FROM broker_configuration_history WHERE broker_id = ?1 ORDER BY id") \
    STATEMENT(BROKER_ACTIONS, \
        "SELECT code, info FROM broker_action_required WHERE broker_id = ?1 ORDER BY code") \
    STATEMENT(BROKER_INSERT, \
        "INSERT INTO broker (id, account, region, name, engine_type, state" BROKER_FIELD_NAMES ")" \
        " VALUES (?, ?, ?, ?, ?, ?" BROKER_FIELD_PLACES ")") \
    STATEMENT(BROKER_SAVE, \
        "UPDATE broker SET (state" BROKER_FIELD_NAMES ") = (?2" BROKER_FIELD_PLACES ") WHERE id = ?1") \
    STATEMENT(BROKER_DELETE, "DELETE FROM broker WHERE id = ?1") \
    STATEMENT(BROKER_ADD_HISTORY, \
        "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision) VALUES (?1, ?2, ?3)") \
    STATEMENT(BROKER_NEXT_STATE_DUE, \
        "SELECT " BROKER_COLUMNS " FROM broker WHERE state_due_ms <= ?1 ORDER BY state_due_ms LIMIT 1") \
    STATEMENT(BROKER_NEXT_WINDOW_DUE, \
        "SELECT " BROKER_COLUMNS " FROM broker WHERE window_due_ms <= ?1 ORDER BY window_due_ms LIMIT 1") \
    STATEMENT(BROKER_NEXT_UNRECKONED, \
        "SELECT " BROKER_COLUMNS " FROM broker WHERE day_of_week IS NOT NULL AND window_due_ms IS NULL LIMIT 1") \
    STATEMENT(BROKER_NEXT_WINDOWLESS, \
        "SELECT " BROKER_COLUMNS " FROM broker WHERE id > ?1 AND day_of_week IS NULL ORDER BY id LIMIT 1") \
    STATEMENT(BROKER_PARK, \
        "UPDATE broker SET state_due_ms = CASE WHEN state_due_ms <= ?1 THEN NULL ELSE state_due_ms END," \
        " window_due_ms = CASE WHEN window_due_ms <= ?1 THEN 9223372036854775807 ELSE window_due_ms END WHERE id = ?2") \
    STATEMENT(BROKER_STATE_DUE, \
        "SELECT state_due_ms FROM broker WHERE state_due_ms IS NOT NULL ORDER BY state_due_ms LIMIT 1") \
    STATEMENT(BROKER_WINDOW_DUE, \
        "SELECT window_due_ms FROM broker WHERE window_due_ms IS NOT NULL ORDER BY window_due_ms LIMIT 1") \
    STATEMENT(BROKER_UNRECKONED_DUE, \
        "SELECT 0 FROM broker WHERE day_of_week IS NOT NULL AND window_due_ms IS NULL LIMIT 1") \
    \
    STATEMENT(USER_FIND, \
        "SELECT password IS NOT NULL, console_access, groups, pending_change," \
        " coalesce(pending_console_access, console_access), coalesce(pending_groups, groups)," \
        " coalesce(pending_replication_user, replication_user)" \
        " FROM user WHERE broker_id = ?1 AND username = ?2") \
    STATEMENT(USER_COUNT, "SELECT count(*) FROM (SELECT 1 FROM user WHERE broker_id = ?1 LIMIT ?2)") \
    STATEMENT(USER_INSERT, \
        "INSERT INTO user (broker_id, username, pending_change, pending_password, pending_console_access," \
        " pending_groups, pending_replication_user) VALUES (?1, ?2, 'CREATE', ?3, ?4, ?5, ?6)") \
    STATEMENT(USER_STAGE_UPDATE, \
        "UPDATE user SET pending_change = CASE WHEN password IS NULL THEN 'CREATE' ELSE 'UPDATE' END," \
        " pending_password = coalesce(?3, pending_password)," \
        " pending_console_access = coalesce(?4, pending_console_access)," \
        " pending_groups = coalesce(?5, pending_groups)," \
        " pending_replication_user = coalesce(?6, pending_replication_user)" \
        " WHERE broker_id = ?1 AND username = ?2") \
    STATEMENT(USER_STAGE_DELETE, \
        "UPDATE user SET pending_change = 'DELETE' WHERE broker_id = ?1 AND username = ?2") \
    STATEMENT(USER_ANY_PENDING, \
        "SELECT EXISTS (SELECT 1 FROM user WHERE broker_id = ?1 AND pending_change IS NOT NULL)") \
    STATEMENT(USER_PAGE, \
        "SELECT username, pending_change FROM user" \
        " WHERE broker_id = ?1 AND username > ?2 ORDER BY username LIMIT ?3") \
    STATEMENT(USER_APPLY_DELETES, "DELETE FROM user WHERE broker_id = ?1 AND unlikely(pending_change = 'DELETE')") \
    STATEMENT(USER_APPLY_VALUES, \
        "UPDATE user SET pending_change = NULL," \
        " password = coalesce(pending_password, password), pending_password = NULL," \
        " console_access = coalesce(pending_console_access, console_access), pending_console_access = NULL," \
        " groups = coalesce(pending_groups, groups), pending_groups = NULL," \
        " replication_user = coalesce(pending_replication_user, replication_user), pending_replication_user = NULL" \
        " WHERE broker_id = ?1 AND unlikely(pending_change IS NOT NULL)") \
    \
    STATEMENT(ACCESS_KEY_FIND, "SELECT secret, account, user_name FROM access_key WHERE id = ?1") \
    \
    STATEMENT(POLICY_ANY, "SELECT EXISTS (SELECT 1 FROM policy)") \
    STATEMENT(POLICY_PAGE, \
        "SELECT effect = 'allow', action, resource FROM policy WHERE access_key = '*' OR access_key = ?1") \
    \
    STATEMENT(FAULT_ANY, "SELECT EXISTS (SELECT 1 FROM fault)") \
    STATEMENT(FAULT_PAGE, "SELECT " FAULT_COLUMNS " FROM fault ORDER BY id") \
    STATEMENT(FAULT_FIND, \
        "SELECT " FAULT_COLUMNS " FROM fault" \
        " WHERE (operation IS NULL OR operation = ?1) AND (broker_id IS NULL OR broker_id = ?2)" \
        " AND (username IS NULL OR username = ?3) AND (times IS NULL OR times > 0) AND id > ?4 ORDER BY id LIMIT 1") \
    STATEMENT(FAULT_COUNT, "UPDATE fault SET matched = matched + 1, times = times - ?2 WHERE id = ?1") \
    STATEMENT(FAULT_INSERT, \
        "INSERT INTO fault (operation, broker_id, username, error, status, message, delay_ms, drop_connection," \
        " times, probability, seed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7, 0), coalesce(?8, 0), ?9," \
        " coalesce(?10, 1.0), coalesce(?11, 0)) RETURNING id") \
    STATEMENT(FAULT_DELETE, "DELETE FROM fault WHERE ?1 IS NULL OR id = ?1") \
    \
    STATEMENT(USER_PASSWORD, \
        "SELECT password, groups, console_access FROM user" \
        " WHERE broker_id = ?1 AND username = ?2 AND password IS NOT NULL") \
    STATEMENT(ROW_COUNTS, \
        "SELECT (SELECT count(*) FROM broker), (SELECT count(*) FROM user), (SELECT count(*) FROM configuration)")

#define FAULT_COLUMNS \
    "id, operation, broker_id, username, error, status, message, delay_ms, drop_connection, times, probability," \
    " seed, matched"
#define FIELD_NAME(name) ", " #name
#define FIELD_PLACE(name) ", ?"
#define BROKER_FIELD_NAMES BROKER_FIELDS(FIELD_NAME, FIELD_NAME, FIELD_NAME)
#define BROKER_FIELD_PLACES BROKER_FIELDS(FIELD_PLACE, FIELD_PLACE, FIELD_PLACE)
#define BROKER_COLUMNS "id, account, region, name, state, engine_type = 'RABBITMQ'" BROKER_FIELD_NAMES
/* clang-format on */

#endif
