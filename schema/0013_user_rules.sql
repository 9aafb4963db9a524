-- The rules on groups become CHECKs, and those on passwords take less work. A trigger that may refuse a row makes SQLite
-- keep a journal for each statement; both triggers together were a quarter of the time of an INSERT of a user.
--
-- Groups. A list that begins with [" and ends with "] and has only characters of names and "," between them is an array of
-- strings, written as the API writes it. Any other list is one if that is so, or nothing is left but [], without the blanks
-- and line ends outside of its strings: none may stand beside a character of a name, and no string may have nothing else.
-- (JSON functions are not used: SQLite 3.40 refuses them in a CHECK of a schema that it is told not to trust.) Names have no
-- comma, so "x" with any x but a comma is a name of one character. In at most 104 characters, no name has more than 100 and
-- no list has more than 20 names of at least 2. With each " written 32 times, a name longer than 100 is a run of 101 characters
-- that begins with one of a name and has no " at every 32nd place and at its end; a longer pattern would not be allowed.
--
-- Passwords. ltrim(p, s) begins with the first character that is not in s. The first 1 + length(p) - length(ltrim(p, s))
-- characters of p therefore end with it: with s of one character they have two different ones, once more three, and what
-- is trimmed of these must not be empty. Most passwords begin with three different characters, which is seen sooner.
--
-- DROP TABLE and the views: a view on the table would refuse the renaming.
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
        CONSTRAINT "groups: a JSON array without escapes" CHECK (groups = '[]' OR instr(groups, '\') = 0)
        CONSTRAINT "groups: a JSON array of strings of [A-Za-z0-9-._~]"
        CHECK (groups = '[]'
               OR length(CAST(groups AS BLOB)) = length(groups)
                  AND (groups GLOB '[[]"*"]'
                          AND replace(substr(groups, 3, length(groups) - 4), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'
                       OR groups NOT GLOB '*[-A-Za-z0-9._~][^!-~]*' AND groups NOT GLOB '*[^!-~][-A-Za-z0-9._~]*'
                          AND replace(replace(replace(replace(' ' || replace(
                              replace(replace(replace(replace(groups, ' ', ''), char(9), ''), char(10), ''), char(13), ''),
                              '""', '?') || ' ', ' [] ', ''), ' ["', ''), '"] ', ''), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'))
        CONSTRAINT "groups: no more than 20"
        CHECK (length(groups) <= 104 OR length(groups) - length(replace(groups, ',', '')) < 20)
        CONSTRAINT "groups: 2 to 100 characters each"
        CHECK (groups = '[]'
               OR groups NOT GLOB '*""*' AND groups NOT GLOB '*"[^,]"*'
                  AND (length(groups) <= 104
                       OR replace(groups, '"', '""""""""""""""""""""""""""""""""') NOT GLOB
                          '*[-A-Za-z0-9._~]???????????????????????????????[^"]???????????????????????????????[^"]???????????????????????????????[^"]???[^"]*')),
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
        CONSTRAINT "pending_groups: a JSON array without escapes" CHECK (pending_groups = '[]' OR instr(pending_groups, '\') = 0)
        CONSTRAINT "pending_groups: a JSON array of strings of [A-Za-z0-9-._~]"
        CHECK (pending_groups = '[]'
               OR length(CAST(pending_groups AS BLOB)) = length(pending_groups)
                  AND (pending_groups GLOB '[[]"*"]'
                          AND replace(substr(pending_groups, 3, length(pending_groups) - 4), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'
                       OR pending_groups NOT GLOB '*[-A-Za-z0-9._~][^!-~]*' AND pending_groups NOT GLOB '*[^!-~][-A-Za-z0-9._~]*'
                          AND replace(replace(replace(replace(' ' || replace(
                              replace(replace(replace(replace(pending_groups, ' ', ''), char(9), ''), char(10), ''), char(13), ''),
                              '""', '?') || ' ', ' [] ', ''), ' ["', ''), '"] ', ''), '","', '')
                              NOT GLOB '*[^-A-Za-z0-9._~]*'))
        CONSTRAINT "pending_groups: no more than 20"
        CHECK (length(pending_groups) <= 104 OR length(pending_groups) - length(replace(pending_groups, ',', '')) < 20)
        CONSTRAINT "pending_groups: 2 to 100 characters each"
        CHECK (pending_groups = '[]'
               OR pending_groups NOT GLOB '*""*' AND pending_groups NOT GLOB '*"[^,]"*'
                  AND (length(pending_groups) <= 104
                       OR replace(pending_groups, '"', '""""""""""""""""""""""""""""""""') NOT GLOB
                          '*[-A-Za-z0-9._~]???????????????????????????????[^"]???????????????????????????????[^"]???????????????????????????????[^"]???[^"]*')),
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
