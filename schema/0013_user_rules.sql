-- The rules on groups become CHECKs, and the one on different characters of a password takes less work. A trigger that may
-- refuse a row makes SQLite run a program for each row and keep a journal for each statement. Of the instructions of an
-- INSERT of a user, that and the rule on passwords took more than a third.
--
-- Groups. A list as the API writes it begins with [" and ends with "], and has names with "," between them. Any other list
-- is judged by what is left of it without blanks and line ends: [] or such a list. So that none of these is taken out of a
-- string, none may stand beside a character of a name, and "" may not be left. ([-.-Z_-~] has the characters of names, and
-- some that no list may have.) No functions for JSON are used, because SQLite 3.40 refuses them in a CHECK of a schema that
-- it is told not to trust.
-- Names have no comma, so "x" with any x but a comma is a name of one character. A list of at most 104 characters has no
-- name longer than 100, and no more than 20 names of at least 2. In a longer list each " is written five times: a name is
-- longer than 100 if of the 100 characters after its first every fifth is not a ". A pattern of 101 times [^"] would be
-- longer than the server allows (SQLITE_LIMIT_LIKE_PATTERN_LENGTH).
--
-- Passwords. ltrim(p, s) is what follows in p from the first character that is not in s, so that the first 1 + length(p) -
-- length(ltrim(p, s)) characters of p end with that character. With the first character as s, they have two different ones;
-- with these as s, three; and with those as s, something must be left. Most passwords begin with three different characters,
-- which is looked at first.
--
-- The views are dropped because the renaming fails while one refers to the table.
DROP VIEW applied_user;
DROP VIEW pending_user;
DROP TRIGGER user_groups_insert;
DROP TRIGGER user_groups_update;
DROP INDEX user_pending;
ALTER TABLE user RENAME TO user_before;

CREATE TABLE user (
    broker_id TEXT NOT NULL REFERENCES broker (id) ON DELETE CASCADE,
    username  TEXT NOT NULL
        CONSTRAINT "username: 2 to 100 characters" CHECK (length(username) BETWEEN 2 AND 100)
        CONSTRAINT "username: only characters of [A-Za-z0-9-._~]"
        CHECK (username NOT GLOB '*[^-A-Za-z0-9._~]*' AND length(CAST(username AS BLOB)) = length(username)),
    password  TEXT
        CONSTRAINT "password: 12 to 250 characters"
        CHECK (password IS NULL OR length(password) BETWEEN 12 AND 250)
        CONSTRAINT "password: none of the characters , : ="
        CHECK (password IS NULL OR password NOT GLOB '*[,:=]*')
        CONSTRAINT "password: only printable ASCII characters"
        CHECK (password IS NULL OR password NOT GLOB '*[^ -~]*'
               AND length(CAST(password AS BLOB)) = length(password))
        CONSTRAINT "password: at least 4 different characters"
        CHECK (password IS NULL
               OR instr(password, substr(password, 2, 1)) = 2
                  AND instr(password, substr(password, 3, 1)) = 3
                  AND ltrim(password, substr(password, 1, 3)) <> ''
               OR ltrim(password, substr(password, 1, 1 + length(password) - length(
                  ltrim(password, substr(password, 1, 1 + length(password) - length(
                  ltrim(password, substr(password, 1, 1)))))))) <> ''),
    console_access   INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "console_access: 0 or 1" CHECK (console_access IN (0, 1)),
    groups           TEXT NOT NULL DEFAULT '[]'
        CONSTRAINT "groups: no more than 20, in up to 10000 characters"
        CHECK (length(groups) <= 104
               OR length(groups) <= 10000 AND length(groups) - length(replace(groups, ',', '')) < 20)
        CONSTRAINT "groups: a JSON array without escapes" CHECK (groups = '[]' OR instr(groups, '\') = 0)
        CONSTRAINT "groups: a JSON array of strings of [A-Za-z0-9-._~]"
        CHECK (groups = '[]'
               OR length(CAST(groups AS BLOB)) = length(groups)
                  AND (groups GLOB '[[]"*"]'
                          AND replace(substr(groups, 3, length(groups) - 4), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'
                       OR groups NOT GLOB '*[-.-Z_-~][^!-~]*' AND groups NOT GLOB '*[^!-~][-.-Z_-~]*'
                          AND replace(replace(replace(replace(' ' || replace(
                              replace(replace(replace(replace(groups, ' ', ''), char(9), ''), char(10), ''), char(13), ''),
                              '""', '?') || ' ', ' [] ', ''), ' ["', ''), '"] ', ''), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'))
        CONSTRAINT "groups: 2 to 100 characters each"
        CHECK (groups = '[]'
               OR groups NOT GLOB '*""*' AND groups NOT GLOB '*"[^,]"*'
                  AND (length(groups) <= 104
                       OR replace(groups, '"', '"""""') NOT GLOB
                          '*"[-A-Za-z0-9._~]????' || replace(hex(zeroblob(19)), '00', '[^"]????') || '[^"]*')),
    replication_user INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "replication_user: 0 or 1" CHECK (replication_user IN (0, 1)),
    pending_change   TEXT
        CONSTRAINT "pending_change: CREATE, UPDATE or DELETE"
        CHECK (pending_change = 'CREATE' OR pending_change = 'UPDATE' OR pending_change = 'DELETE'),
    pending_password TEXT
        CONSTRAINT "pending_password: 12 to 250 characters"
        CHECK (pending_password IS NULL OR length(pending_password) BETWEEN 12 AND 250)
        CONSTRAINT "pending_password: none of the characters , : ="
        CHECK (pending_password IS NULL OR pending_password NOT GLOB '*[,:=]*')
        CONSTRAINT "pending_password: only printable ASCII characters"
        CHECK (pending_password IS NULL OR pending_password NOT GLOB '*[^ -~]*'
               AND length(CAST(pending_password AS BLOB)) = length(pending_password))
        CONSTRAINT "pending_password: at least 4 different characters"
        CHECK (pending_password IS NULL
               OR instr(pending_password, substr(pending_password, 2, 1)) = 2
                  AND instr(pending_password, substr(pending_password, 3, 1)) = 3
                  AND ltrim(pending_password, substr(pending_password, 1, 3)) <> ''
               OR ltrim(pending_password, substr(pending_password, 1, 1 + length(pending_password) - length(
                  ltrim(pending_password, substr(pending_password, 1, 1 + length(pending_password) - length(
                  ltrim(pending_password, substr(pending_password, 1, 1)))))))) <> ''),
    pending_console_access   INTEGER
        CONSTRAINT "pending_console_access: 0 or 1" CHECK (pending_console_access IN (0, 1)),
    pending_groups           TEXT
        CONSTRAINT "pending_groups: no more than 20, in up to 10000 characters"
        CHECK (length(pending_groups) <= 104
               OR length(pending_groups) <= 10000 AND length(pending_groups) - length(replace(pending_groups, ',', '')) < 20)
        CONSTRAINT "pending_groups: a JSON array without escapes" CHECK (pending_groups = '[]' OR instr(pending_groups, '\') = 0)
        CONSTRAINT "pending_groups: a JSON array of strings of [A-Za-z0-9-._~]"
        CHECK (pending_groups = '[]'
               OR length(CAST(pending_groups AS BLOB)) = length(pending_groups)
                  AND (pending_groups GLOB '[[]"*"]'
                          AND replace(substr(pending_groups, 3, length(pending_groups) - 4), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'
                       OR pending_groups NOT GLOB '*[-.-Z_-~][^!-~]*' AND pending_groups NOT GLOB '*[^!-~][-.-Z_-~]*'
                          AND replace(replace(replace(replace(' ' || replace(
                              replace(replace(replace(replace(pending_groups, ' ', ''), char(9), ''), char(10), ''), char(13), ''),
                              '""', '?') || ' ', ' [] ', ''), ' ["', ''), '"] ', ''), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'))
        CONSTRAINT "pending_groups: 2 to 100 characters each"
        CHECK (pending_groups = '[]'
               OR pending_groups NOT GLOB '*""*' AND pending_groups NOT GLOB '*"[^,]"*'
                  AND (length(pending_groups) <= 104
                       OR replace(pending_groups, '"', '"""""') NOT GLOB
                          '*"[-A-Za-z0-9._~]????' || replace(hex(zeroblob(19)), '00', '[^"]????') || '[^"]*')),
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

INSERT INTO user SELECT * FROM user_before;
DROP TABLE user_before;

CREATE INDEX user_pending ON user (broker_id, pending_change) WHERE pending_change IS NOT NULL;

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
