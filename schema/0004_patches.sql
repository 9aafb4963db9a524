-- The service shows some versions with their patch: a broker of version 5.18 as 5.18.7 (recorded).

-- What brokers of that version run; NULL: the version is shown as it is.
ALTER TABLE engine_version ADD COLUMN patch TEXT
    CONSTRAINT "patch: the version and further numbers with dots between them"
    CHECK (length(patch) <= 30 AND patch GLOB version || '.[0-9]*' AND patch NOT GLOB '*[^0-9.]*' AND patch GLOB '*[0-9]');

-- What DescribeBroker shows as engineVersion; NULL: engine_version itself. A row that is inserted without one gets that
-- of the catalogue; an upgrade clears it, and the maintenance window sets it again.
ALTER TABLE broker ADD COLUMN engine_patch TEXT
    CONSTRAINT "engine_patch: numbers with dots between them"
    CHECK (engine_patch IS NULL OR length(engine_patch) <= 30 AND engine_patch GLOB '[0-9]*[0-9]'
           AND engine_patch NOT GLOB '*[^0-9.]*');

-- The patch that the reboot of a maintenance window brings; NULL: none.
ALTER TABLE broker ADD COLUMN pending_engine_patch TEXT
    CONSTRAINT "pending_engine_patch: numbers with dots between them"
    CHECK (pending_engine_patch IS NULL OR length(pending_engine_patch) <= 30 AND pending_engine_patch GLOB '[0-9]*[0-9]'
           AND pending_engine_patch NOT GLOB '*[^0-9.]*');

CREATE TRIGGER broker_patch AFTER INSERT ON broker WHEN new.engine_patch IS NULL
BEGIN
    UPDATE broker SET engine_patch = v.patch
      FROM (SELECT patch FROM engine_version
             WHERE engine_type = new.engine_type AND patch IS NOT NULL
               AND version = coalesce(new.engine_version, (SELECT fixture_version FROM engine WHERE type = new.engine_type))) AS v
     WHERE id = new.id;
END;
