-- Two lists that are both as the API stores them, `["admins","operators"]` or `[]`, with at most 104 characters each, are
-- recognised without JSON functions, which take ten times as long. Such a list has at most 20 names of 2 to 100 characters.
-- All others are judged as before: the bodies are those of 0001.
DROP TRIGGER user_groups_insert;
DROP TRIGGER user_groups_update;

CREATE TRIGGER user_groups_insert BEFORE INSERT ON user
WHEN EXISTS (
    SELECT 1 FROM (SELECT new.groups AS list UNION ALL SELECT coalesce(new.pending_groups, '[]'))
     WHERE NOT (list = '[]' OR length(CAST(list AS BLOB)) BETWEEN 6 AND 104 AND length(CAST(list AS BLOB)) = length(list)
            AND list GLOB '[[]"*"]' AND list NOT GLOB '*""*' AND list NOT GLOB '*[[,]"?"*'
            AND replace(substr(list, 3, length(list) - 4), '","', '') NOT GLOB '*[^-A-Za-z0-9._~]*'))
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
WHEN EXISTS (
    SELECT 1 FROM (SELECT new.groups AS list UNION ALL SELECT coalesce(new.pending_groups, '[]'))
     WHERE NOT (list = '[]' OR length(CAST(list AS BLOB)) BETWEEN 6 AND 104 AND length(CAST(list AS BLOB)) = length(list)
            AND list GLOB '[[]"*"]' AND list NOT GLOB '*""*' AND list NOT GLOB '*[[,]"?"*'
            AND replace(substr(list, 3, length(list) - 4), '","', '') NOT GLOB '*[^-A-Za-z0-9._~]*'))
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
