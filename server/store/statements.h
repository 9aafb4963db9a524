/* The table of statements. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

/* clang-format off */
#define STATEMENTS \
    STATEMENT(BEGIN, "BEGIN IMMEDIATE") \
    STATEMENT(COMMIT, "COMMIT") \
    STATEMENT(ROLLBACK, "ROLLBACK") \
    STATEMENT(SAVEPOINT, "SAVEPOINT operation") \
    STATEMENT(SAVEPOINT_RELEASE, "RELEASE operation") \
    STATEMENT(SAVEPOINT_ROLLBACK, "ROLLBACK TO operation") \
    STATEMENT(HEALTH, "SELECT count(*) FROM default_world") \
    STATEMENT(WORLD_SET, "UPDATE default_world SET account = ?1, region = ?2") \
    STATEMENT(SEEDED, "SELECT seeded FROM default_world") \
    STATEMENT(SEEDED_SET, "UPDATE default_world SET seeded = 1") \
    \
    STATEMENT(BROKER_HEAD, \
        "SELECT id, account, region, name, state, engine_type = 'RABBITMQ' FROM broker WHERE id = ?1") \
    STATEMENT(BROKER_FIND, "SELECT " BROKER_COLUMNS " FROM broker WHERE id = ?1 AND account = ?2 AND region = ?3") \
    STATEMENT(BROKER_PAGE, \
        "SELECT " BROKER_COLUMNS " FROM broker" \
        " WHERE account = ?1 AND region = ?2 AND id > ?3 ORDER BY id LIMIT ?4") \
    STATEMENT(BROKER_TAGS, "SELECT key, value FROM broker_tag WHERE broker_id = ?1 ORDER BY key") \
    STATEMENT(BROKER_BEGIN_REBOOT, \
        "UPDATE broker SET state_after = state, state = 'REBOOT_IN_PROGRESS', state_due_ms = ?2 WHERE id = ?1") \
    STATEMENT(BROKER_END_REBOOT, \
        "UPDATE broker SET state = state_after, state_due_ms = NULL WHERE id = ?1 AND state = 'REBOOT_IN_PROGRESS'") \
    STATEMENT(BROKER_NEXT_DUE, \
        "SELECT id FROM broker WHERE state_due_ms <= ?1 ORDER BY state_due_ms LIMIT 1") \
    STATEMENT(BROKER_DUE, "SELECT state_due_ms FROM broker WHERE state_due_ms IS NOT NULL ORDER BY state_due_ms LIMIT 1") \
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
    STATEMENT(USER_PAGE, \
        "SELECT username, pending_change FROM user" \
        " WHERE broker_id = ?1 AND username > ?2 ORDER BY username LIMIT ?3") \
    STATEMENT(USER_APPLY_DELETES, "DELETE FROM user WHERE broker_id = ?1 AND pending_change = 'DELETE'") \
    STATEMENT(USER_APPLY_VALUES, \
        "UPDATE user SET pending_change = NULL," \
        " password = coalesce(pending_password, password), pending_password = NULL," \
        " console_access = coalesce(pending_console_access, console_access), pending_console_access = NULL," \
        " groups = coalesce(pending_groups, groups), pending_groups = NULL," \
        " replication_user = coalesce(pending_replication_user, replication_user), pending_replication_user = NULL" \
        " WHERE broker_id = ?1 AND pending_change IS NOT NULL") \
    \
    STATEMENT(ACCESS_KEY_FIND, "SELECT secret, account, user_name FROM access_key WHERE id = ?1") \
    \
    STATEMENT(FAULT_ANY, "SELECT EXISTS (SELECT 1 FROM fault)") \
    STATEMENT(FAULT_FIND, \
        "SELECT id, error, status, message, delay_ms, drop_connection, times FROM fault" \
        " WHERE (operation IS NULL OR operation = ?1) AND (broker_id IS NULL OR broker_id = ?2)" \
        " AND (username IS NULL OR username = ?3) AND (times IS NULL OR times > 0) ORDER BY id LIMIT 1") \
    STATEMENT(FAULT_COUNT_DOWN, "UPDATE fault SET times = times - 1 WHERE id = ?1")

#define BROKER_COLUMNS \
    "id, account, region, name, state, engine_type = 'RABBITMQ', created, engine_version, host_instance_type," \
    " storage_type, deployment_mode, authentication_strategy, auto_minor_version_upgrade, publicly_accessible," \
    " logs_general, logs_audit, use_aws_owned_key, kms_key_id, day_of_week, time_of_day, time_zone, subnet_ids," \
    " security_groups, configuration_id, configuration_revision"
/* clang-format on */

#endif
