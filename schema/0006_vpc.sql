-- VPCs, their subnets and their security groups: empty until a seed fills them. Where an account has a VPC in a
-- region, the ids that CreateBroker and UpdateBroker are given there must be of these tables.

CREATE TABLE vpc (
    id      TEXT NOT NULL PRIMARY KEY
            CONSTRAINT "id: 1 to 100 characters of [A-Za-z0-9-]"
            CHECK (length(id) BETWEEN 1 AND 100 AND id NOT GLOB '*[^-A-Za-z0-9]*'
                   AND length(CAST(id AS BLOB)) = length(id)),
    -- '' is replaced by the default world when the row is inserted.
    account TEXT NOT NULL DEFAULT ''
            CONSTRAINT "account: 12 digits"
            CHECK (account = '' OR (length(CAST(account AS BLOB)) = 12 AND account NOT GLOB '*[^0-9]*')),
    region  TEXT NOT NULL DEFAULT ''
            CONSTRAINT "region: up to 32 characters of [a-z0-9-]"
            CHECK (length(region) <= 32 AND region NOT GLOB '*[^-a-z0-9]*'
                   AND length(CAST(region AS BLOB)) = length(region)),
    is_default INTEGER NOT NULL DEFAULT 0
            CONSTRAINT "is_default: 0 or 1" CHECK (is_default IN (0, 1)),
    -- 1: one is attached, which public brokers need.
    internet_gateway INTEGER NOT NULL DEFAULT 1
            CONSTRAINT "internet_gateway: 0 or 1" CHECK (internet_gateway IN (0, 1))
) STRICT;

-- Whether an account and region has a VPC, and which is its default.
CREATE INDEX vpc_of_world ON vpc (account, region, is_default);

-- A UNIQUE constraint would be met too late, by the UPDATE of the trigger after these.
CREATE TRIGGER vpc_default_insert BEFORE INSERT ON vpc WHEN new.is_default = 1
BEGIN
    SELECT RAISE(ABORT, 'is_default: one VPC of an account and region')
      FROM default_world AS world JOIN vpc AS other
        ON other.account = CASE new.account WHEN '' THEN world.account ELSE new.account END
       AND other.region = CASE new.region WHEN '' THEN world.region ELSE new.region END
       AND other.is_default = 1
     WHERE other.id <> new.id;
END;

CREATE TRIGGER vpc_default_update BEFORE UPDATE OF account, region, is_default ON vpc WHEN new.is_default = 1
BEGIN
    SELECT RAISE(ABORT, 'is_default: one VPC of an account and region')
      FROM default_world AS world JOIN vpc AS other
        ON other.account = CASE new.account WHEN '' THEN world.account ELSE new.account END
       AND other.region = CASE new.region WHEN '' THEN world.region ELSE new.region END
       AND other.is_default = 1
     WHERE other.id <> new.id;
END;

CREATE TRIGGER vpc_world AFTER INSERT ON vpc WHEN new.account = '' OR new.region = ''
BEGIN
    UPDATE vpc SET
        account = CASE new.account WHEN '' THEN (SELECT account FROM default_world) ELSE new.account END,
        region = CASE new.region WHEN '' THEN (SELECT region FROM default_world) ELSE new.region END
    WHERE id = new.id;
END;

CREATE TRIGGER vpc_world_update BEFORE UPDATE OF account, region ON vpc WHEN new.account = '' OR new.region = ''
BEGIN
    SELECT RAISE(ABORT, 'account, region: the default is for INSERT');
END;

-- In the order of the rows; a broker that names none gets the first of the default VPC.
CREATE TABLE subnet (
    id     TEXT NOT NULL PRIMARY KEY
           CONSTRAINT "id: 1 to 100 characters of [A-Za-z0-9-]"
           CHECK (length(id) BETWEEN 1 AND 100 AND id NOT GLOB '*[^-A-Za-z0-9]*'
                  AND length(CAST(id AS BLOB)) = length(id)),
    vpc_id TEXT NOT NULL REFERENCES vpc (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX subnet_of_vpc ON subnet (vpc_id);

CREATE TABLE security_group (
    id     TEXT NOT NULL PRIMARY KEY
           CONSTRAINT "id: 1 to 100 characters of [A-Za-z0-9-]"
           CHECK (length(id) BETWEEN 1 AND 100 AND id NOT GLOB '*[^-A-Za-z0-9]*'
                  AND length(CAST(id AS BLOB)) = length(id)),
    vpc_id TEXT NOT NULL REFERENCES vpc (id) ON DELETE CASCADE,
    -- The one that a broker which names none gets.
    is_default INTEGER NOT NULL DEFAULT 0
           CONSTRAINT "is_default: 0 or 1" CHECK (is_default IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX security_group_default ON security_group (vpc_id, is_default) WHERE is_default = 1;
