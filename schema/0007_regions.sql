-- Instance types are a matter of the region: what was the list of all is now the default list.
ALTER TABLE instance_option RENAME TO instance_option_before;
DROP INDEX instance_option_by_storage;

CREATE TABLE instance_option (
    -- '' is the default list. A row of a region is in the place of the default one with the same engine, instance
    -- type and storage type, and beside it where there is none; '[]' takes it away there.
    region             TEXT NOT NULL DEFAULT ''
        CONSTRAINT "region: up to 32 characters of [a-z0-9-]"
        CHECK (length(region) <= 32 AND region NOT GLOB '*[^-a-z0-9]*'
               AND length(CAST(region AS BLOB)) = length(region)),
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
        CHECK ((deployment_modes GLOB '[[]"*"]'
                AND replace(replace(replace(deployment_modes, '"SINGLE_INSTANCE"', ''), '"ACTIVE_STANDBY_MULTI_AZ"', ''),
                            '"CLUSTER_MULTI_AZ"', '') NOT GLOB '*[^],[ ]*')
               OR (deployment_modes = '[]' AND region <> '')),
    -- A JSON array; NULL: all versions of the engine.
    engine_versions    TEXT
        CONSTRAINT "engine_versions: a JSON array of versions"
        CHECK (engine_versions GLOB '[[]"*"]' AND engine_versions NOT GLOB '*[^]",[ 0-9.]*'),
    -- GB a node, in a cluster whose storage size can be chosen; NULL: it cannot.
    storage_size_default INTEGER,
    storage_size_most    INTEGER,
    PRIMARY KEY (region, engine_type, host_instance_type, storage_type),
    CONSTRAINT "storage_size_default, storage_size_most: multiples of 5, both or neither"
        CHECK ((storage_size_default IS NULL) = (storage_size_most IS NULL)
               AND coalesce(storage_size_default, 5) % 5 = 0 AND coalesce(storage_size_most, 5) % 5 = 0
               AND coalesce(storage_size_default, 5) BETWEEN 5 AND coalesce(storage_size_most, 5))
) STRICT, WITHOUT ROWID;

-- Of every column, so that a page needs no look at the table.
CREATE INDEX instance_option_by_storage ON instance_option (region, engine_type, storage_type, host_instance_type,
    deployment_modes, engine_versions, storage_size_default, storage_size_most);

INSERT INTO instance_option (engine_type, host_instance_type, storage_type, deployment_modes, engine_versions,
                             storage_size_default, storage_size_most)
SELECT engine_type, host_instance_type, storage_type, deployment_modes, engine_versions, storage_size_default,
       storage_size_most FROM instance_option_before;

DROP TABLE instance_option_before;
