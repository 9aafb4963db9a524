-- Brokers, their users, access keys and faults; the catalogue and configurations are in the next script.
--
-- A column carries the snake_case name of the API member it stands for, without the resource's prefix
-- (brokerId -> broker.id, hostInstanceType -> host_instance_type). Every column that can have a default
-- has one, so a fixture broker is one line. A constraint is named after its rule: the name is the message a
-- seed that breaks it gets (of a UNIQUE one its columns). No function of the server is used here: the sqlite3 shell opens a stopped file.

-- One row, the server's own: the account and region a fixture gets that names none (--account, --region).
CREATE TABLE default_world (
    one     INTEGER NOT NULL DEFAULT 1 PRIMARY KEY CHECK (one = 1),
    account TEXT NOT NULL DEFAULT '123456789012'
            CONSTRAINT "account: 12 digits" CHECK (length(CAST(account AS BLOB)) = 12 AND account NOT GLOB '*[^0-9]*'),
    region  TEXT NOT NULL DEFAULT 'us-east-1'
            CONSTRAINT "region: 1 to 32 characters of [a-z0-9-]"
            CHECK (length(region) BETWEEN 1 AND 32 AND region NOT GLOB '*[^-a-z0-9]*'),
    -- 1 once the seeds of the first start are in: later starts leave them out.
    seeded  INTEGER NOT NULL DEFAULT 0 CHECK (seeded IN (0, 1)),
    -- The service's clock is the wall clock and this.
    clock_offset_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO default_world DEFAULT VALUES;

CREATE TABLE broker (
    id      TEXT NOT NULL PRIMARY KEY
            CONSTRAINT "id: 1 to 100 characters of [A-Za-z0-9-]"
            CHECK (length(id) BETWEEN 1 AND 100 AND id NOT GLOB '*[^-A-Za-z0-9]*'
                   AND length(CAST(id AS BLOB)) = length(id)),
    -- Whose broker it is; '' is replaced by the default world when the row is inserted.
    account TEXT NOT NULL DEFAULT ''
            CONSTRAINT "account: 12 digits"
            CHECK (account = '' OR (length(CAST(account AS BLOB)) = 12 AND account NOT GLOB '*[^0-9]*')),
    region  TEXT NOT NULL DEFAULT ''
            CONSTRAINT "region: up to 32 characters of [a-z0-9-]"
            CHECK (length(region) <= 32 AND region NOT GLOB '*[^-a-z0-9]*'
                   AND length(CAST(region AS BLOB)) = length(region)),
    name    TEXT NOT NULL
            CONSTRAINT "name: 1 to 50 characters of [A-Za-z0-9_-]"
            CHECK (length(name) BETWEEN 1 AND 50 AND name NOT GLOB '*[^-A-Za-z0-9_]*'
                   AND length(CAST(name AS BLOB)) = length(name)),
    state   TEXT NOT NULL DEFAULT 'RUNNING'
            CONSTRAINT "state: a broker state of the API"
            CHECK (state IN ('CREATION_IN_PROGRESS', 'CREATION_FAILED', 'DELETION_IN_PROGRESS', 'RUNNING',
                             'REBOOT_IN_PROGRESS', 'CRITICAL_ACTION_REQUIRED', 'REPLICA')),
    -- When the next step of a creation, a reboot or a deletion is due (milliseconds since 1970); NULL: never.
    state_due_ms INTEGER,
    -- The state a reboot returns to.
    state_after  TEXT NOT NULL DEFAULT 'RUNNING'
            CONSTRAINT "state_after: RUNNING, CRITICAL_ACTION_REQUIRED or REPLICA"
            CHECK (state_after IN ('RUNNING', 'CRITICAL_ACTION_REQUIRED', 'REPLICA')),
    -- How far a creation has come: 0 nothing to be seen yet, 1 users and configuration are pending, 2 users applied
    -- and instances there, 3 the configuration is current.
    creation_step INTEGER NOT NULL DEFAULT 1
            CONSTRAINT "creation_step: 0 to 3" CHECK (creation_step BETWEEN 0 AND 3),
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')
            CONSTRAINT "created: YYYY-MM-DDTHH:MM:SS.ffffffZ"
            CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'
                   AND length(CAST(created AS BLOB)) = 27
                   AND strftime('%Y-%m-%dT%H:%M:%S', substr(created, 1, 19), '+0 days') IS substr(created, 1, 19)),
    engine_type TEXT NOT NULL DEFAULT 'ACTIVEMQ'
            CONSTRAINT "engine_type: ACTIVEMQ or RABBITMQ" CHECK (engine_type IN ('ACTIVEMQ', 'RABBITMQ')),
    -- NULL in these three: the engine's default is filled in when the row is inserted.
    engine_version TEXT
            CONSTRAINT "engine_version: digits and dots"
            CHECK (length(engine_version) BETWEEN 1 AND 20 AND engine_version NOT GLOB '*[^0-9.]*'
                   AND length(CAST(engine_version AS BLOB)) = length(engine_version)),
    host_instance_type TEXT
            CONSTRAINT "host_instance_type: mq. and a size"
            CHECK (length(host_instance_type) <= 50 AND host_instance_type GLOB 'mq.?*'
                   AND host_instance_type NOT GLOB '*[^.a-z0-9]*'
                   AND length(CAST(host_instance_type AS BLOB)) = length(host_instance_type)),
    storage_type TEXT
            CONSTRAINT "storage_type: EFS or EBS" CHECK (storage_type IN ('EFS', 'EBS')),
    deployment_mode TEXT NOT NULL DEFAULT 'SINGLE_INSTANCE'
            CONSTRAINT "deployment_mode: SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ or CLUSTER_MULTI_AZ"
            CHECK (deployment_mode IN ('SINGLE_INSTANCE', 'ACTIVE_STANDBY_MULTI_AZ', 'CLUSTER_MULTI_AZ')),
    authentication_strategy TEXT NOT NULL DEFAULT 'SIMPLE'
            CONSTRAINT "authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"
            CHECK (authentication_strategy IN ('SIMPLE', 'LDAP', 'CONFIG_MANAGED')),
    auto_minor_version_upgrade INTEGER NOT NULL DEFAULT 1
            CONSTRAINT "auto_minor_version_upgrade: 0 or 1" CHECK (auto_minor_version_upgrade IN (0, 1)),
    publicly_accessible INTEGER NOT NULL DEFAULT 0
            CONSTRAINT "publicly_accessible: 0 or 1" CHECK (publicly_accessible IN (0, 1)),
    logs_general INTEGER NOT NULL DEFAULT 0
            CONSTRAINT "logs_general: 0 or 1" CHECK (logs_general IN (0, 1)),
    logs_audit   INTEGER NOT NULL DEFAULT 0
            CONSTRAINT "logs_audit: 0 or 1" CHECK (logs_audit IN (0, 1)),
    -- encryptionOptions. A customer key is one that is not owned by AWS.
    use_aws_owned_key INTEGER NOT NULL DEFAULT 1
            CONSTRAINT "use_aws_owned_key: 0 or 1" CHECK (use_aws_owned_key IN (0, 1)),
    kms_key_id TEXT
            CONSTRAINT "kms_key_id: 1 to 2048 printable ASCII characters"
            CHECK (length(kms_key_id) BETWEEN 1 AND 2048 AND kms_key_id NOT GLOB '*[^ -~]*'
                   AND length(CAST(kms_key_id AS BLOB)) = length(kms_key_id)),
    -- maintenanceWindowStartTime. A window opens only on brokers that were given a day: NULL stands for a Sunday
    -- nothing ever happens on.
    day_of_week  TEXT
            CONSTRAINT "day_of_week: MONDAY to SUNDAY"
            CHECK (day_of_week IN ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')),
    time_of_day  TEXT NOT NULL DEFAULT '11:00'
            CONSTRAINT "time_of_day: HH:MM, 00:00 to 23:59"
            CHECK (length(CAST(time_of_day AS BLOB)) = 5 AND time_of_day GLOB '[0-2][0-9]:[0-5][0-9]'
                   AND time_of_day < '24'),
    time_zone    TEXT NOT NULL DEFAULT 'UTC'
            CONSTRAINT "time_zone: 1 to 64 characters of [A-Za-z0-9_+:/-]"
            CHECK (length(time_zone) BETWEEN 1 AND 64 AND time_zone NOT GLOB '*[^-A-Za-z0-9_+:/]*'
                   AND length(CAST(time_zone AS BLOB)) = length(time_zone)),
    -- When it opens next (milliseconds since 1970); NULL: to be reckoned from the three above.
    window_due_ms INTEGER,
    -- Changes of the window since it last opened; the service allows four.
    window_changes INTEGER NOT NULL DEFAULT 0
            CONSTRAINT "window_changes: 0 or more" CHECK (window_changes >= 0),
    -- GB; NULL: the instance type's own.
    storage_size INTEGER
            CONSTRAINT "storage_size: a multiple of 5" CHECK (storage_size > 0 AND storage_size % 5 = 0),
    -- ldapServerMetadata as DescribeBroker shows it, a JSON object; the password stands apart.
    ldap_server_metadata TEXT
            CONSTRAINT "ldap_server_metadata: a JSON object" CHECK (ldap_server_metadata GLOB '{*}'),
    ldap_service_account_password TEXT,
    -- The idempotency token CreateBroker was called with.
    creator_request_id TEXT,
    -- JSON arrays of ids; NULL: stable ones, generated from the account and region.
    subnet_ids      TEXT
            CONSTRAINT "subnet_ids: a JSON array without escapes" CHECK (instr(subnet_ids, '\') = 0),
    security_groups TEXT
            CONSTRAINT "security_groups: a JSON array without escapes" CHECK (instr(security_groups, '\') = 0),
    -- The configuration in use. A broker that names neither this nor the pending one gets one of its own.
    configuration_id TEXT,
    configuration_revision INTEGER NOT NULL DEFAULT 1,

    -- What the next reboot or maintenance window will change; NULL: nothing.
    pending_engine_version TEXT
            CONSTRAINT "pending_engine_version: digits and dots"
            CHECK (length(pending_engine_version) BETWEEN 1 AND 20 AND pending_engine_version NOT GLOB '*[^0-9.]*'
                   AND length(CAST(pending_engine_version AS BLOB)) = length(pending_engine_version)),
    pending_host_instance_type TEXT
            CONSTRAINT "pending_host_instance_type: mq. and a size"
            CHECK (length(pending_host_instance_type) <= 50 AND pending_host_instance_type GLOB 'mq.?*'
                   AND pending_host_instance_type NOT GLOB '*[^.a-z0-9]*'
                   AND length(CAST(pending_host_instance_type AS BLOB)) = length(pending_host_instance_type)),
    pending_authentication_strategy TEXT
            CONSTRAINT "pending_authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"
            CHECK (pending_authentication_strategy IN ('SIMPLE', 'LDAP', 'CONFIG_MANAGED')),
    pending_security_groups TEXT
            CONSTRAINT "pending_security_groups: a JSON array without escapes"
            CHECK (instr(pending_security_groups, '\') = 0),
    -- 0: back to the instance type's own.
    pending_storage_size INTEGER
            CONSTRAINT "pending_storage_size: a multiple of 5"
            CHECK (pending_storage_size >= 0 AND pending_storage_size % 5 = 0),
    pending_ldap_server_metadata TEXT
            CONSTRAINT "pending_ldap_server_metadata: a JSON object" CHECK (pending_ldap_server_metadata GLOB '{*}'),
    pending_ldap_service_account_password TEXT,
    pending_logs_general INTEGER
            CONSTRAINT "pending_logs_general: 0 or 1" CHECK (pending_logs_general IN (0, 1)),
    pending_logs_audit INTEGER
            CONSTRAINT "pending_logs_audit: 0 or 1" CHECK (pending_logs_audit IN (0, 1)),
    pending_configuration_id TEXT,
    pending_configuration_revision INTEGER NOT NULL DEFAULT 1,

    -- A pair of brokers that replicate: NULL where there is none. The role and the other broker are there as soon as
    -- the pair is pending.
    data_replication_mode TEXT
            CONSTRAINT "data_replication_mode: NONE or CRDR" CHECK (data_replication_mode IN ('NONE', 'CRDR')),
    pending_data_replication_mode TEXT
            CONSTRAINT "pending_data_replication_mode: NONE or CRDR" CHECK (pending_data_replication_mode IN ('NONE', 'CRDR')),
    data_replication_role TEXT
            CONSTRAINT "data_replication_role: PRIMARY or REPLICA" CHECK (data_replication_role IN ('PRIMARY', 'REPLICA')),
    data_replication_counterpart TEXT,
    data_replication_counterpart_region TEXT,

    FOREIGN KEY (configuration_id, configuration_revision)
        REFERENCES configuration_revision (configuration_id, revision),
    FOREIGN KEY (pending_configuration_id, pending_configuration_revision)
        REFERENCES configuration_revision (configuration_id, revision),
    CONSTRAINT "name: a broker name is unique in its account and region" UNIQUE (account, region, name),
    CONSTRAINT "deployment_mode: ACTIVE_STANDBY_MULTI_AZ is for ACTIVEMQ, CLUSTER_MULTI_AZ for RABBITMQ"
        CHECK (deployment_mode = 'SINGLE_INSTANCE'
               OR (engine_type = 'ACTIVEMQ') = (deployment_mode = 'ACTIVE_STANDBY_MULTI_AZ')),
    CONSTRAINT "authentication_strategy: LDAP is for ACTIVEMQ, CONFIG_MANAGED for RABBITMQ"
        CHECK (authentication_strategy <> CASE engine_type WHEN 'ACTIVEMQ' THEN 'CONFIG_MANAGED' ELSE 'LDAP' END
               AND coalesce(pending_authentication_strategy, '')
                   <> CASE engine_type WHEN 'ACTIVEMQ' THEN 'CONFIG_MANAGED' ELSE 'LDAP' END),
    CONSTRAINT "storage_type: RABBITMQ brokers use EBS"
        CHECK (storage_type IS NULL OR engine_type = 'ACTIVEMQ' OR storage_type = 'EBS'),
    CONSTRAINT "logs_audit: RABBITMQ brokers have no audit log" CHECK (engine_type = 'ACTIVEMQ' OR logs_audit = 0),
    CONSTRAINT "pending_logs_audit: RABBITMQ brokers have no audit log"
        CHECK (engine_type = 'ACTIVEMQ' OR coalesce(pending_logs_audit, 0) = 0),
    CONSTRAINT "kms_key_id: only with use_aws_owned_key = 0" CHECK (kms_key_id IS NULL OR use_aws_owned_key = 0),
    CONSTRAINT "data_replication_role, data_replication_counterpart, data_replication_counterpart_region: all or none"
        CHECK ((data_replication_role IS NULL) = (data_replication_counterpart IS NULL)
               AND (data_replication_role IS NULL) = (data_replication_counterpart_region IS NULL)),
    CONSTRAINT "data_replication_mode, pending_data_replication_mode: CRDR has a counterpart"
        CHECK (data_replication_role IS NOT NULL
               OR (coalesce(data_replication_mode, '') <> 'CRDR' AND coalesce(pending_data_replication_mode, '') <> 'CRDR')),
    CONSTRAINT "window_due_ms: only with day_of_week" CHECK (window_due_ms IS NULL OR day_of_week IS NOT NULL),
    CONSTRAINT "state_due_ms: only while CREATION_IN_PROGRESS, REBOOT_IN_PROGRESS or DELETION_IN_PROGRESS"
        CHECK (state_due_ms IS NULL OR state IN ('CREATION_IN_PROGRESS', 'REBOOT_IN_PROGRESS', 'DELETION_IN_PROGRESS'))
) STRICT;

-- The page of ListBrokers, the timer, windows to be reckoned, and which brokers use a configuration.
CREATE UNIQUE INDEX broker_page ON broker (account, region, id);
CREATE INDEX broker_due ON broker (state_due_ms) WHERE state_due_ms IS NOT NULL;
CREATE INDEX broker_window_due ON broker (window_due_ms) WHERE window_due_ms IS NOT NULL;
CREATE INDEX broker_window_unknown ON broker (id) WHERE day_of_week IS NOT NULL AND window_due_ms IS NULL;
CREATE INDEX broker_configured ON broker (configuration_id, configuration_revision);
CREATE INDEX broker_pending_configured ON broker (pending_configuration_id, pending_configuration_revision);

CREATE TRIGGER broker_ids_insert BEFORE INSERT ON broker
WHEN coalesce(new.subnet_ids, new.security_groups, new.pending_security_groups, new.ldap_server_metadata,
              new.pending_ldap_server_metadata) IS NOT NULL
BEGIN
    SELECT 1 FROM json_each(coalesce(new.subnet_ids, '[]'));
    SELECT 1 FROM json_each(coalesce(new.security_groups, '[]'));
    SELECT 1 FROM json_each(coalesce(new.pending_security_groups, '[]'));
    SELECT 1 FROM json_each(coalesce(new.ldap_server_metadata, '{}'));
    SELECT 1 FROM json_each(coalesce(new.pending_ldap_server_metadata, '{}'));
    SELECT RAISE(ABORT, 'subnet_ids, security_groups: a JSON array of strings of [A-Za-z0-9-]')
      FROM json_tree('[' || coalesce(new.subnet_ids, '[]') || ',' || coalesce(new.security_groups, '[]') || ','
                     || coalesce(new.pending_security_groups, '[]') || ']')
     WHERE CASE WHEN fullkey = '$' THEN 0
                WHEN path = '$' THEN type <> 'array' OR key > 2
                ELSE type <> 'text' OR value = '' OR value GLOB '*[^-A-Za-z0-9]*' END;
END;

CREATE TRIGGER broker_ids_update BEFORE UPDATE OF subnet_ids, security_groups, pending_security_groups, ldap_server_metadata,
    pending_ldap_server_metadata ON broker
WHEN coalesce(new.subnet_ids, new.security_groups, new.pending_security_groups, new.ldap_server_metadata,
              new.pending_ldap_server_metadata) IS NOT NULL
BEGIN
    SELECT 1 FROM json_each(coalesce(new.subnet_ids, '[]'));
    SELECT 1 FROM json_each(coalesce(new.security_groups, '[]'));
    SELECT 1 FROM json_each(coalesce(new.pending_security_groups, '[]'));
    SELECT 1 FROM json_each(coalesce(new.ldap_server_metadata, '{}'));
    SELECT 1 FROM json_each(coalesce(new.pending_ldap_server_metadata, '{}'));
    SELECT RAISE(ABORT, 'subnet_ids, security_groups: a JSON array of strings of [A-Za-z0-9-]')
      FROM json_tree('[' || coalesce(new.subnet_ids, '[]') || ',' || coalesce(new.security_groups, '[]') || ','
                     || coalesce(new.pending_security_groups, '[]') || ']')
     WHERE CASE WHEN fullkey = '$' THEN 0
                WHEN path = '$' THEN type <> 'array' OR key > 2
                ELSE type <> 'text' OR value = '' OR value GLOB '*[^-A-Za-z0-9]*' END;
END;

-- The UNIQUE constraint alone would be met too late, by the UPDATE of the next trigger, which INSERT OR IGNORE
-- skips without a word: a broker of no account would remain.
CREATE TRIGGER broker_name_insert BEFORE INSERT ON broker WHEN new.account = '' OR new.region = ''
BEGIN
    SELECT RAISE(ABORT, 'name: a broker name is unique in its account and region')
      FROM default_world AS world JOIN broker AS other
        ON other.account = CASE new.account WHEN '' THEN world.account ELSE new.account END
       AND other.region = CASE new.region WHEN '' THEN world.region ELSE new.region END
       AND other.name = new.name
     WHERE other.id <> new.id;
END;

CREATE TRIGGER broker_defaults AFTER INSERT ON broker
WHEN new.account = '' OR new.region = '' OR new.engine_version IS NULL OR new.host_instance_type IS NULL
     OR new.storage_type IS NULL
BEGIN
    UPDATE broker SET
        account = CASE new.account WHEN '' THEN (SELECT account FROM default_world) ELSE new.account END,
        region = CASE new.region WHEN '' THEN (SELECT region FROM default_world) ELSE new.region END,
        engine_version = coalesce(new.engine_version,
                                  (SELECT fixture_version FROM engine WHERE type = new.engine_type)),
        host_instance_type = coalesce(new.host_instance_type,
                                      (SELECT fixture_host_instance_type FROM engine WHERE type = new.engine_type)),
        storage_type = coalesce(new.storage_type, CASE new.engine_type WHEN 'ACTIVEMQ' THEN 'EFS' ELSE 'EBS' END)
    WHERE id = new.id;
END;

CREATE TRIGGER broker_defaults_update
BEFORE UPDATE OF account, region, engine_version, host_instance_type, storage_type ON broker
WHEN new.account = '' OR new.region = '' OR new.engine_version IS NULL OR new.host_instance_type IS NULL
     OR new.storage_type IS NULL
BEGIN
    SELECT RAISE(ABORT, 'account, region, engine_version, host_instance_type, storage_type: the default is for INSERT');
END;

CREATE TABLE broker_tag (
    broker_id TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    key       TEXT NOT NULL
              CONSTRAINT "key: 1 to 128 characters, not beginning with aws:"
              CHECK (length(key) BETWEEN 1 AND 128 AND lower(substr(key, 1, 4)) <> 'aws:' AND instr(key, char(0)) = 0),
    value     TEXT NOT NULL DEFAULT ''
              CONSTRAINT "value: up to 256 characters" CHECK (length(value) <= 256 AND instr(value, char(0)) = 0),
    PRIMARY KEY (broker_id, key)
) STRICT, WITHOUT ROWID;

-- A user has an applied side (what the running broker knows) and a pending side (what it will know after the
-- next reboot). `password` is NULL for a user that was never applied. While a change is pending, a pending_…
-- column that is NULL stands for the value on the applied side.
CREATE TABLE user (
    broker_id TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    username  TEXT NOT NULL
        CONSTRAINT "username: 2 to 100 characters" CHECK (length(username) BETWEEN 2 AND 100)
        CONSTRAINT "username: only characters of [A-Za-z0-9-._~]"
        CHECK (username NOT GLOB '*[^-A-Za-z0-9._~]*' AND length(CAST(username AS BLOB)) = length(username)),
    password  TEXT
        CONSTRAINT "password: 12 to 250 characters" CHECK (length(password) BETWEEN 12 AND 250)
        CONSTRAINT "password: none of the characters , : =" CHECK (password NOT GLOB '*[,:=]*')
        CONSTRAINT "password: only printable ASCII characters"
        CHECK (password NOT GLOB '*[^ -~]*' AND length(CAST(password AS BLOB)) = length(password))
        CONSTRAINT "password: at least 4 different characters"
        CHECK (length(replace(replace(replace(password,
            substr(password, 1, 1), ''),
            substr(replace(password, substr(password, 1, 1), ''), 1, 1), ''),
            substr(replace(replace(password, substr(password, 1, 1), ''),
                substr(replace(password, substr(password, 1, 1), ''), 1, 1), ''), 1, 1), '')) > 0),
    console_access   INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "console_access: 0 or 1" CHECK (console_access IN (0, 1)),
    groups           TEXT NOT NULL DEFAULT '[]'
        CONSTRAINT "groups: a JSON array without escapes" CHECK (instr(groups, '\') = 0),
    replication_user INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "replication_user: 0 or 1" CHECK (replication_user IN (0, 1)),
    pending_change   TEXT
        CONSTRAINT "pending_change: CREATE, UPDATE or DELETE" CHECK (pending_change = 'CREATE' OR pending_change = 'UPDATE' OR pending_change = 'DELETE'),
    pending_password TEXT
        CONSTRAINT "pending_password: 12 to 250 characters" CHECK (length(pending_password) BETWEEN 12 AND 250)
        CONSTRAINT "pending_password: none of the characters , : =" CHECK (pending_password NOT GLOB '*[,:=]*')
        CONSTRAINT "pending_password: only printable ASCII characters"
        CHECK (pending_password NOT GLOB '*[^ -~]*' AND length(CAST(pending_password AS BLOB)) = length(pending_password))
        CONSTRAINT "pending_password: at least 4 different characters"
        CHECK (length(replace(replace(replace(pending_password,
            substr(pending_password, 1, 1), ''),
            substr(replace(pending_password, substr(pending_password, 1, 1), ''), 1, 1), ''),
            substr(replace(replace(pending_password, substr(pending_password, 1, 1), ''),
                substr(replace(pending_password, substr(pending_password, 1, 1), ''), 1, 1), ''), 1, 1), '')) > 0),
    pending_console_access   INTEGER
        CONSTRAINT "pending_console_access: 0 or 1" CHECK (pending_console_access IN (0, 1)),
    pending_groups           TEXT
        CONSTRAINT "pending_groups: a JSON array without escapes" CHECK (instr(pending_groups, '\') = 0),
    pending_replication_user INTEGER
        CONSTRAINT "pending_replication_user: 0 or 1" CHECK (pending_replication_user IN (0, 1)),

    PRIMARY KEY (broker_id, username),
    CONSTRAINT "password: a user without a pending change has one" CHECK (pending_change IS NOT NULL OR password IS NOT NULL),
    CONSTRAINT "pending_change: CREATE is for a user without password, UPDATE for one with password"
        CHECK (coalesce(pending_change, 'DELETE') = 'DELETE' OR (pending_change = 'CREATE') = (password IS NULL)),
    CONSTRAINT "pending_password: a user without password has one" CHECK (coalesce(pending_password, password) IS NOT NULL),
    CONSTRAINT "pending_change: CREATE, UPDATE or DELETE where a pending_ column is set"
        CHECK (pending_change IS NOT NULL OR coalesce(pending_password, pending_console_access, pending_groups,
                                                      pending_replication_user) IS NULL),
    CONSTRAINT "console_access, groups, replication_user: a user without password has only pending ones"
        CHECK (password IS NOT NULL OR (console_access = 0 AND groups = '[]' AND replication_user = 0)),
    CONSTRAINT "replication_user: excludes console_access" CHECK (NOT (console_access AND replication_user)),
    CONSTRAINT "pending_replication_user: excludes pending_console_access"
        CHECK (NOT (coalesce(pending_console_access, console_access) AND coalesce(pending_replication_user, replication_user)))
) STRICT, WITHOUT ROWID;

-- What a reboot has to change, without a look at the users that stay as they are.
CREATE INDEX user_pending ON user (broker_id, pending_change) WHERE pending_change IS NOT NULL;

-- A CHECK cannot look into a list, a trigger can: both lists are read as one list of two. Each has brackets of its
-- own, so text that makes sense only together would be a string across both, with a bracket in it.
CREATE TRIGGER user_groups_insert BEFORE INSERT ON user
WHEN new.groups <> '[]' OR coalesce(new.pending_groups, '[]') <> '[]'
BEGIN
    SELECT RAISE(ABORT, 'groups: a JSON array of strings')
     WHERE trim(new.groups) NOT GLOB '[[]*]' OR trim(coalesce(new.pending_groups, '[]')) NOT GLOB '[[]*]'
        OR instr(new.groups || coalesce(new.pending_groups, ''), char(0)) > 0;
    SELECT CASE WHEN path = '$' AND (type <> 'array' OR key > 1) OR path <> '$' AND type <> 'text'
                THEN RAISE(ABORT, 'groups: a JSON array of strings')
                WHEN key >= 20 THEN RAISE(ABORT, 'groups: no more than 20')
                WHEN type = 'text' AND length(value) NOT BETWEEN 2 AND 100
                THEN RAISE(ABORT, 'groups: 2 to 100 characters each')
                WHEN type = 'text' AND value GLOB '*[^-A-Za-z0-9._~]*'
                THEN RAISE(ABORT, 'groups: only characters of [A-Za-z0-9-._~]') END
      FROM json_tree('[' || new.groups || ',' || coalesce(new.pending_groups, '[]') || ']') WHERE fullkey <> '$';
END;

CREATE TRIGGER user_groups_update BEFORE UPDATE OF groups, pending_groups ON user
WHEN new.groups <> '[]' OR coalesce(new.pending_groups, '[]') <> '[]'
BEGIN
    SELECT RAISE(ABORT, 'groups: a JSON array of strings')
     WHERE trim(new.groups) NOT GLOB '[[]*]' OR trim(coalesce(new.pending_groups, '[]')) NOT GLOB '[[]*]'
        OR instr(new.groups || coalesce(new.pending_groups, ''), char(0)) > 0;
    SELECT CASE WHEN path = '$' AND (type <> 'array' OR key > 1) OR path <> '$' AND type <> 'text'
                THEN RAISE(ABORT, 'groups: a JSON array of strings')
                WHEN key >= 20 THEN RAISE(ABORT, 'groups: no more than 20')
                WHEN type = 'text' AND length(value) NOT BETWEEN 2 AND 100
                THEN RAISE(ABORT, 'groups: 2 to 100 characters each')
                WHEN type = 'text' AND value GLOB '*[^-A-Za-z0-9._~]*'
                THEN RAISE(ABORT, 'groups: only characters of [A-Za-z0-9-._~]') END
      FROM json_tree('[' || new.groups || ',' || coalesce(new.pending_groups, '[]') || ']') WHERE fullkey <> '$';
END;

-- What a tester asks: whom would the running broker let in, and what will the next reboot change?
CREATE VIEW applied_user AS
    SELECT broker_id, username, password, console_access, groups, replication_user
      FROM user WHERE password IS NOT NULL;

CREATE VIEW pending_user AS
    SELECT broker_id, username, pending_change,
           coalesce(pending_password, password) AS password,
           coalesce(pending_console_access, console_access) AS console_access,
           coalesce(pending_groups, groups) AS groups,
           coalesce(pending_replication_user, replication_user) AS replication_user
      FROM user WHERE pending_change IS NOT NULL;

-- Who may sign (--auth verify), and which account a key belongs to.
CREATE TABLE access_key (
    id      TEXT NOT NULL PRIMARY KEY
            CONSTRAINT "id: 1 to 128 characters of [A-Za-z0-9_]"
            CHECK (length(id) BETWEEN 1 AND 128 AND id NOT GLOB '*[^A-Za-z0-9_]*' AND length(CAST(id AS BLOB)) = length(id)),
    secret  TEXT NOT NULL
            CONSTRAINT "secret: 1 to 256 printable ASCII characters"
            CHECK (length(secret) BETWEEN 1 AND 256 AND secret NOT GLOB '*[^ -~]*' AND length(CAST(secret AS BLOB)) = length(secret)),
    -- '' is replaced by the default world's account when the row is inserted.
    account TEXT NOT NULL DEFAULT ''
            CONSTRAINT "account: 12 digits"
            CHECK (account = '' OR (length(CAST(account AS BLOB)) = 12 AND account NOT GLOB '*[^0-9]*')),
    -- The IAM user the key belongs to; NULL: the account's root.
    user_name TEXT
            CONSTRAINT "user_name: 1 to 64 characters of [A-Za-z0-9+=,.@_-]"
            CHECK (length(user_name) BETWEEN 1 AND 64 AND user_name NOT GLOB '*[^-A-Za-z0-9+=,.@_]*'
                   AND length(CAST(user_name AS BLOB)) = length(user_name))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER access_key_defaults AFTER INSERT ON access_key WHEN new.account = ''
BEGIN
    UPDATE access_key SET account = (SELECT account FROM default_world) WHERE id = new.id;
END;

CREATE TRIGGER access_key_defaults_update BEFORE UPDATE OF account ON access_key WHEN new.account = ''
BEGIN
    SELECT RAISE(ABORT, 'account: the default is for INSERT');
END;

-- What goes wrong on purpose. NULL in the first three matches anything; the oldest matching row wins.
CREATE TABLE fault (
    id        INTEGER PRIMARY KEY,
    operation TEXT
        CONSTRAINT "operation: the name of an operation of the API"
        CHECK (operation IN ('CreateBroker', 'CreateConfiguration', 'CreateTags', 'CreateUser', 'DeleteBroker',
            'DeleteConfiguration', 'DeleteTags', 'DeleteUser', 'DescribeBroker', 'DescribeBrokerEngineTypes',
            'DescribeBrokerInstanceOptions', 'DescribeConfiguration', 'DescribeConfigurationRevision',
            'DescribeSharedResources', 'DescribeUser', 'ListBrokers', 'ListConfigurationRevisions',
            'ListConfigurations', 'ListTags', 'ListUsers', 'Promote', 'RebootBroker', 'UpdateBroker',
            'UpdateConfiguration', 'UpdateUser')),
    broker_id TEXT,
    username  TEXT,
    -- The error to answer: a name the server knows gives status and message, which the next two override;
    -- any other name needs a status.
    error     TEXT
        CONSTRAINT "error: 1 to 100 letters and digits"
        CHECK (length(error) BETWEEN 1 AND 100 AND error NOT GLOB '*[^A-Za-z0-9]*' AND length(CAST(error AS BLOB)) = length(error)),
    status    INTEGER
        CONSTRAINT "status: 400 to 599" CHECK (status BETWEEN 400 AND 599),
    message   TEXT
        CONSTRAINT "message: up to 1000 characters" CHECK (length(message) <= 1000 AND instr(message, char(0)) = 0),
    -- How long the call waits before it is looked at further.
    delay_ms  INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "delay_ms: 0 to 600000" CHECK (delay_ms BETWEEN 0 AND 600000),
    -- 1: the call is carried out and committed, then the connection is closed without an answer.
    drop_connection INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "drop_connection: 0 or 1" CHECK (drop_connection IN (0, 1)),
    -- Of the calls it matches, the part it hits; which ones, `seed` decides: the same ones in every run.
    probability REAL NOT NULL DEFAULT 1.0
        CONSTRAINT "probability: 0.0 to 1.0" CHECK (probability BETWEEN 0.0 AND 1.0),
    seed      INTEGER NOT NULL DEFAULT 0,
    -- How many calls it has matched.
    matched   INTEGER NOT NULL DEFAULT 0,
    -- How many more calls it hits; NULL: all of them.
    times     INTEGER
        CONSTRAINT "times: 0 or more" CHECK (times >= 0),
    CONSTRAINT "error: needed with status or message" CHECK (error IS NOT NULL OR (status IS NULL AND message IS NULL)),
    CONSTRAINT "status: needed with an error the server does not know"
        CHECK (error IS NULL OR status IS NOT NULL OR error IN ('AccessDeniedException', 'BadRequestException',
            'ConflictException', 'ForbiddenException', 'IncompleteSignatureException', 'InternalServerErrorException',
            'InvalidSignatureException', 'MissingAuthenticationTokenException', 'NotFoundException',
            'NotImplementedException', 'TooManyRequestsException',
            'UnauthorizedException', 'UnrecognizedClientException')),
    CONSTRAINT "drop_connection: excludes error" CHECK (error IS NULL OR drop_connection = 0),
    CONSTRAINT "fault: give error, delay_ms or drop_connection" CHECK (error IS NOT NULL OR delay_ms > 0 OR drop_connection = 1)
) STRICT;

-- Who may do what. A caller whom no row names may do everything; any other needs an allow and no deny. `*` and `?` in
-- action and resource stand for any characters and one.
CREATE TABLE policy (
    id         INTEGER PRIMARY KEY,
    access_key TEXT NOT NULL DEFAULT '*'
        CONSTRAINT "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"
        CHECK (access_key = '*' OR (length(access_key) BETWEEN 1 AND 128 AND access_key NOT GLOB '*[^A-Za-z0-9_]*'
               AND length(CAST(access_key AS BLOB)) = length(access_key))),
    effect     TEXT NOT NULL
        CONSTRAINT "effect: allow or deny" CHECK (effect IN ('allow', 'deny')),
    action     TEXT NOT NULL DEFAULT 'mq:*'
        CONSTRAINT "action: mq: and a pattern" CHECK (action = '*' OR action GLOB 'mq:?*'),
    resource   TEXT NOT NULL DEFAULT '*'
        CONSTRAINT "resource: 1 to 500 characters" CHECK (length(resource) BETWEEN 1 AND 500)
) STRICT;
