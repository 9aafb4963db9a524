-- The catalogue, configurations, tags of configurations, and what brokers share and suffer.

-- The catalogue: what a broker may be made of. It drives validation and both Describe calls, and a seed may add to
-- it or take from it. As recorded from us-east-1 on 2026-09-30 (engines, versions) and as documented (the rest).
CREATE TABLE engine (
    type TEXT NOT NULL PRIMARY KEY
         CONSTRAINT "type: ACTIVEMQ or RABBITMQ" CHECK (type IN ('ACTIVEMQ', 'RABBITMQ')),
    -- As brokers and configurations show it.
    name TEXT NOT NULL,
    -- Of a fixture that names none.
    fixture_version            TEXT NOT NULL,
    fixture_host_instance_type TEXT NOT NULL,
    -- What revision 1 of a configuration holds.
    default_configuration TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE engine_version (
    engine_type TEXT NOT NULL REFERENCES engine (type),
    version     TEXT NOT NULL
                CONSTRAINT "version: numbers with dots between them"
                CHECK (length(version) BETWEEN 1 AND 20 AND version GLOB '[0-9]*[0-9]' AND version NOT GLOB '*[^0-9.]*'
                       AND version NOT GLOB '*..*' AND length(CAST(version AS BLOB)) = length(version)),
    PRIMARY KEY (engine_type, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE instance_option (
    engine_type        TEXT NOT NULL REFERENCES engine (type),
    host_instance_type TEXT NOT NULL
        CONSTRAINT "host_instance_type: mq. and a size"
        CHECK (length(host_instance_type) <= 50 AND host_instance_type GLOB 'mq.?*'
               AND host_instance_type NOT GLOB '*[^.a-z0-9]*'
               AND length(CAST(host_instance_type AS BLOB)) = length(host_instance_type)),
    storage_type       TEXT NOT NULL
        CONSTRAINT "storage_type: EFS or EBS" CHECK (storage_type IN ('EFS', 'EBS')),
    -- A JSON array, as the catalogue calls show it.
    deployment_modes   TEXT NOT NULL
        CONSTRAINT "deployment_modes: a JSON array of SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ and CLUSTER_MULTI_AZ"
        CHECK (deployment_modes GLOB '[[]"*"]'
               AND replace(replace(replace(deployment_modes, '"SINGLE_INSTANCE"', ''), '"ACTIVE_STANDBY_MULTI_AZ"', ''),
                           '"CLUSTER_MULTI_AZ"', '') NOT GLOB '*[^],[ ]*'),
    -- A JSON array; NULL: all versions of the engine.
    engine_versions    TEXT
        CONSTRAINT "engine_versions: a JSON array of versions"
        CHECK (engine_versions GLOB '[[]"*"]' AND engine_versions NOT GLOB '*[^]",[ 0-9.]*'),
    -- GB a node, in a cluster whose storage size can be chosen; NULL: it cannot.
    storage_size_default INTEGER,
    storage_size_most    INTEGER,
    PRIMARY KEY (engine_type, host_instance_type, storage_type),
    CONSTRAINT "storage_size_default, storage_size_most: multiples of 5, both or neither"
        CHECK ((storage_size_default IS NULL) = (storage_size_most IS NULL)
               AND coalesce(storage_size_default, 5) % 5 = 0 AND coalesce(storage_size_most, 5) % 5 = 0
               AND coalesce(storage_size_default, 5) BETWEEN 5 AND coalesce(storage_size_most, 5))
) STRICT, WITHOUT ROWID;

-- Of every column, so that a page needs no look at the table.
CREATE INDEX instance_option_by_storage ON instance_option (engine_type, storage_type, host_instance_type,
    deployment_modes, engine_versions, storage_size_default, storage_size_most);

-- A region without a row has the zones a, b and c.
CREATE TABLE availability_zone (
    region TEXT NOT NULL
           CONSTRAINT "region: 1 to 32 characters of [a-z0-9-]"
           CHECK (length(region) BETWEEN 1 AND 32 AND region NOT GLOB '*[^-a-z0-9]*'
                  AND length(CAST(region AS BLOB)) = length(region)),
    name   TEXT NOT NULL
           CONSTRAINT "name: 1 to 40 characters of [a-z0-9-]"
           CHECK (length(name) BETWEEN 1 AND 40 AND name NOT GLOB '*[^-a-z0-9]*'
                  AND length(CAST(name AS BLOB)) = length(name)),
    CONSTRAINT "name: once in its region" UNIQUE (region, name)
) STRICT;

CREATE TABLE configuration (
    id      TEXT NOT NULL PRIMARY KEY
            CONSTRAINT "id: 1 to 106 characters of [A-Za-z0-9-]"
            CHECK (length(id) BETWEEN 1 AND 106 AND id NOT GLOB '*[^-A-Za-z0-9]*'
                   AND length(CAST(id AS BLOB)) = length(id)),
    -- '' is replaced by the default world when the row is inserted.
    account TEXT NOT NULL DEFAULT ''
            CONSTRAINT "account: 12 digits"
            CHECK (account = '' OR (length(CAST(account AS BLOB)) = 12 AND account NOT GLOB '*[^0-9]*')),
    region  TEXT NOT NULL DEFAULT ''
            CONSTRAINT "region: up to 32 characters of [a-z0-9-]"
            CHECK (length(region) <= 32 AND region NOT GLOB '*[^-a-z0-9]*'
                   AND length(CAST(region AS BLOB)) = length(region)),
    name    TEXT NOT NULL
            CONSTRAINT "name: 1 to 150 characters of [A-Za-z0-9._~-]"
            CHECK (length(name) BETWEEN 1 AND 150 AND name NOT GLOB '*[^-A-Za-z0-9._~]*'
                   AND length(CAST(name AS BLOB)) = length(name)),
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')
            CONSTRAINT "created: YYYY-MM-DDTHH:MM:SS.ffffffZ"
            CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'
                   AND length(CAST(created AS BLOB)) = 27
                   AND strftime('%Y-%m-%dT%H:%M:%S', substr(created, 1, 19), '+0 days') IS substr(created, 1, 19)),
    engine_type TEXT NOT NULL DEFAULT 'ACTIVEMQ' REFERENCES engine (type)
            CONSTRAINT "engine_type: ACTIVEMQ or RABBITMQ" CHECK (engine_type IN ('ACTIVEMQ', 'RABBITMQ')),
    -- NULL: engine.fixture_version is filled in when the row is inserted.
    engine_version TEXT
            CONSTRAINT "engine_version: digits and dots"
            CHECK (length(engine_version) BETWEEN 1 AND 20 AND engine_version NOT GLOB '*[^0-9.]*'
                   AND length(CAST(engine_version AS BLOB)) = length(engine_version)),
    authentication_strategy TEXT NOT NULL DEFAULT 'SIMPLE'
            CONSTRAINT "authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"
            CHECK (authentication_strategy IN ('SIMPLE', 'LDAP', 'CONFIG_MANAGED')),
    CONSTRAINT "authentication_strategy: LDAP is for ACTIVEMQ, CONFIG_MANAGED for RABBITMQ"
        CHECK (authentication_strategy <> CASE engine_type WHEN 'ACTIVEMQ' THEN 'CONFIG_MANAGED' ELSE 'LDAP' END)
) STRICT;

CREATE UNIQUE INDEX configuration_page ON configuration (account, region, id);

-- A stored revision never changes. `data` comes last: reading the others does not touch it.
CREATE TABLE configuration_revision (
    configuration_id TEXT NOT NULL REFERENCES configuration (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL
                CONSTRAINT "revision: 1 to 300" CHECK (revision BETWEEN 1 AND 300),
    created     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
                CONSTRAINT "created: YYYY-MM-DDTHH:MM:SS.fffZ"
                CHECK (created GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z'
                       AND length(CAST(created AS BLOB)) = 24
                       AND strftime('%Y-%m-%dT%H:%M:%S', substr(created, 1, 19), '+0 days') IS substr(created, 1, 19)),
    description TEXT
                CONSTRAINT "description: without U+0000" CHECK (instr(description, char(0)) = 0),
    -- The text itself, not base64.
    data        TEXT NOT NULL
                CONSTRAINT "data: up to 1 MiB" CHECK (length(CAST(data AS BLOB)) <= 1048576),
    CONSTRAINT "revision: once in a configuration" UNIQUE (configuration_id, revision)
) STRICT;

CREATE TABLE configuration_tag (
    configuration_id TEXT NOT NULL REFERENCES configuration (id) ON DELETE CASCADE,
    key       TEXT NOT NULL
              CONSTRAINT "key: 1 to 128 characters, not beginning with aws:"
              CHECK (length(key) BETWEEN 1 AND 128 AND lower(substr(key, 1, 4)) <> 'aws:' AND instr(key, char(0)) = 0),
    value     TEXT NOT NULL DEFAULT ''
              CONSTRAINT "value: up to 256 characters" CHECK (length(value) <= 256 AND instr(value, char(0)) = 0),
    PRIMARY KEY (configuration_id, key)
) STRICT, WITHOUT ROWID;

-- A configuration comes with its revision 1, the engine's default. A seed may replace its data or add revisions.
CREATE TRIGGER configuration_insert AFTER INSERT ON configuration
BEGIN
    UPDATE configuration SET
        account = CASE new.account WHEN '' THEN (SELECT account FROM default_world) ELSE new.account END,
        region = CASE new.region WHEN '' THEN (SELECT region FROM default_world) ELSE new.region END,
        engine_version = coalesce(new.engine_version,
                                  (SELECT fixture_version FROM engine WHERE type = new.engine_type))
    WHERE id = new.id AND (new.account = '' OR new.region = '' OR new.engine_version IS NULL);
    INSERT INTO configuration_revision (configuration_id, revision, created, description, data)
    SELECT new.id, 1, substr(new.created, 1, 23) || 'Z',
           'Auto-generated default for ' || new.name || ' on ' || name || ' '
           || coalesce(new.engine_version, fixture_version),
           default_configuration
      FROM engine WHERE type = new.engine_type;
END;

CREATE TRIGGER configuration_defaults_update BEFORE UPDATE OF account, region, engine_version ON configuration
WHEN new.account = '' OR new.region = '' OR new.engine_version IS NULL
BEGIN
    SELECT RAISE(ABORT, 'account, region, engine_version: the default is for INSERT');
END;

-- A broker that names no configuration gets one of its own: `b-…` gets `c-…`, any other id `c-of-…`. One that is there
-- already, of that broker's engine, account and region, is taken.
CREATE TRIGGER broker_configuration AFTER INSERT ON broker
WHEN new.configuration_id IS NULL AND new.pending_configuration_id IS NULL
BEGIN
    INSERT INTO configuration (id, account, region, name, created, engine_type, engine_version)
    SELECT 'c-' || CASE substr(new.id, 1, 2) WHEN 'b-' THEN substr(new.id, 3) ELSE 'of-' || new.id END,
           new.account, new.region, new.name || '-configuration', new.created, new.engine_type, new.engine_version
     WHERE NOT EXISTS (SELECT 1 FROM configuration
                        WHERE id = 'c-' || CASE substr(new.id, 1, 2) WHEN 'b-' THEN substr(new.id, 3) ELSE 'of-' || new.id END);
    UPDATE broker SET
        configuration_id = CASE WHEN new.state = 'CREATION_FAILED'
                                     OR (new.state = 'CREATION_IN_PROGRESS' AND new.creation_step < 3) THEN NULL
            ELSE 'c-' || CASE substr(new.id, 1, 2) WHEN 'b-' THEN substr(new.id, 3) ELSE 'of-' || new.id END END,
        pending_configuration_id = CASE WHEN new.state = 'CREATION_FAILED'
                                             OR (new.state = 'CREATION_IN_PROGRESS' AND new.creation_step < 3)
            THEN 'c-' || CASE substr(new.id, 1, 2) WHEN 'b-' THEN substr(new.id, 3) ELSE 'of-' || new.id END END
    WHERE id = new.id;
END;

CREATE TRIGGER broker_configuration_fits BEFORE INSERT ON broker
BEGIN
    SELECT RAISE(ABORT, 'configuration_id, pending_configuration_id: of the engine, account and region of the broker')
      FROM configuration, default_world AS world
     WHERE configuration.id IN (new.configuration_id, new.pending_configuration_id,
                                CASE WHEN coalesce(new.configuration_id, new.pending_configuration_id) IS NULL
                                     THEN 'c-' || CASE substr(new.id, 1, 2) WHEN 'b-' THEN substr(new.id, 3) ELSE 'of-' || new.id END END)
       AND (configuration.engine_type <> new.engine_type
            OR configuration.account <> CASE new.account WHEN '' THEN world.account ELSE new.account END
            OR configuration.region <> CASE new.region WHEN '' THEN world.region ELSE new.region END);
END;

-- Configurations a broker had before its current one, the oldest first.
CREATE TABLE broker_configuration_history (
    id               INTEGER PRIMARY KEY,
    broker_id        TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    configuration_id TEXT NOT NULL,
    revision         INTEGER NOT NULL
) STRICT;

CREATE INDEX broker_configuration_history_of ON broker_configuration_history (broker_id, id);

-- What a broker in CRITICAL_ACTION_REQUIRED asks of its owner.
CREATE TABLE broker_action_required (
    broker_id TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    code      TEXT NOT NULL
              CONSTRAINT "code: 1 to 100 characters of [A-Z0-9_]"
              CHECK (length(code) BETWEEN 1 AND 100 AND code NOT GLOB '*[^A-Z0-9_]*'
                     AND length(CAST(code AS BLOB)) = length(code)),
    info      TEXT
              CONSTRAINT "info: up to 1000 characters" CHECK (length(info) <= 1000 AND instr(info, char(0)) = 0),
    PRIMARY KEY (broker_id, code)
) STRICT, WITHOUT ROWID;

-- What is shared with a broker: resource shares, and resources in them.
CREATE TABLE shared_resource (
    broker_id    TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    resource_arn TEXT NOT NULL
        CONSTRAINT "resource_arn: 1 to 500 characters of [A-Za-z0-9:/_.-]"
        CHECK (length(resource_arn) BETWEEN 1 AND 500 AND resource_arn NOT GLOB '*[^-A-Za-z0-9:/_.]*'
               AND length(CAST(resource_arn AS BLOB)) = length(resource_arn)),
    type         TEXT NOT NULL DEFAULT 'RESOURCE_SHARE'
        CONSTRAINT "type: RESOURCE_SHARE or RESOURCE" CHECK (type IN ('RESOURCE_SHARE', 'RESOURCE')),
    status       TEXT NOT NULL DEFAULT 'AVAILABLE'
        CONSTRAINT "status: a shared resource status of the API"
        CHECK (status IN ('AVAILABLE', 'SETUP_IN_PROGRESS', 'DELETION_IN_PROGRESS', 'PENDING_CREATE', 'PENDING_DELETE',
                          'ERROR')),
    -- JSON arrays; NULL: not shown.
    dns_names           TEXT
        CONSTRAINT "dns_names: a JSON array of names"
        CHECK (dns_names GLOB '[[]*]' AND dns_names NOT GLOB '*[^]",[ A-Za-z0-9.*_-]*'),
    resource_share_arns TEXT
        CONSTRAINT "resource_share_arns: a JSON array of ARNs"
        CHECK (resource_share_arns GLOB '[[]*]' AND resource_share_arns NOT GLOB '*[^]",[ A-Za-z0-9:/_.-]*'),
    error_code    TEXT
        CONSTRAINT "error_code: a shared resource error code of the API"
        CHECK (error_code IN ('QUOTA_EXCEEDED', 'SHARE_NOT_FOUND', 'INVITE_FAILED', 'SETUP_INCOMPLETE', 'INTERNAL_ERROR',
                              'AZ_MISMATCH', 'RESOURCE_CONFIGURATION_NOT_FOUND')),
    error_message TEXT
        CONSTRAINT "error_message: up to 1000 characters"
        CHECK (length(error_message) <= 1000 AND instr(error_message, char(0)) = 0),
    PRIMARY KEY (broker_id, resource_arn),
    CONSTRAINT "error_code, error_message: both or neither" CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT, WITHOUT ROWID;

-- Resource shares that UpdateBroker refuses, with what it says of them (resourceShareErrors).
CREATE TABLE resource_share_error (
    resource_share_arn TEXT NOT NULL PRIMARY KEY,
    error_code         TEXT NOT NULL DEFAULT 'SHARE_NOT_FOUND',
    status             TEXT NOT NULL DEFAULT 'ERROR'
) STRICT, WITHOUT ROWID;
