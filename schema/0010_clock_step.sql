-- A step of the clock that is under way: at most one row, and only between its parts. A step that has much to do is made
-- in parts, and other calls are answered in between; what a crash interrupts, the next start completes.
CREATE TABLE clock_step (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    -- The clock_offset_ms that the step leads to.
    offset_ms INTEGER NOT NULL,
    -- The default maintenance window that opens next, and the first time at which another one can
    -- find something to do (milliseconds since 1970); NULL: none.
    window_ms INTEGER
        CONSTRAINT "window_ms: a time until the year 9999" CHECK (window_ms BETWEEN 0 AND 253402300799999),
    again_ms  INTEGER
        CONSTRAINT "again_ms: a time until the year 9999" CHECK (again_ms BETWEEN 0 AND 253402300799999),
    -- The last broker that was visited by that window, in the order of ids.
    broker_id TEXT NOT NULL DEFAULT ''
) STRICT;
