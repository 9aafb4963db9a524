/* The content of the undo log, for undo.c, which writes it, and undo_play.c. */
#ifndef STORE_UNDO_LOG_H
#define STORE_UNDO_LOG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "store/internal.h"

/* The first change of a row since the log began. */
struct change {
    struct change *next;    /* of the same bucket */
    struct change *earlier; /* of the same table */
    size_t table;           /* index in tables[] */
    size_t key_len, row_len;
    bool existed;    /* data has the key, then all columns of the row */
    bool was_missed; /* while the log is played back: the row is to be inserted */
    char data[];     /* values: a byte for the type, then 8 bytes of a number or the length and the
                      * bytes of a text or blob. A key that is the rowid is one value. */
};

/* UNDO_FIRST deletes the rows that a trigger made with the row inserted last. UNDO_FIND finds the
 * row with the key of a change, UNDO_SAME only if all of its columns are as they were. */
enum undo_kind {
    UNDO_DELETE,
    UNDO_UPDATE,
    UNDO_INSERT,
    UNDO_FIRST,
    UNDO_FIND,
    UNDO_SAME,
    UNDO_KINDS
};

enum { UNDO_COMPACT_MIN = 64 }; /* changes */

struct undo {
    uint64_t stamp;
    int64_t clock_offset_ms;
    struct change **buckets;
    struct change **last; /* of each table */
    size_t bucket_count, count;
    size_t cost;       /* of a playback, in units of 2 us */
    size_t compact_at; /* the count from which on undo_compact does something */
    struct arena changes;
    struct buffer key, row; /* of the change that is being noted */
    const char *table_name; /* of the last change, as SQLite gave it: it is compared by address */
    size_t table;
    bool is_playing, differs;     /* differs: something else than what is in the log was changed */
    bool is_paused;               /* changes are not looked at */
    sqlite3_stmt **statements[2]; /* of table_count × UNDO_KINDS; compiled at their first use; the
                                   * second ones: for a world only */
};

/* Removes all changes. */
void undo_clear(struct undo *undo);

/* Whether the row with that rowid is in the log. */
bool undo_has_row(const struct undo *undo, size_t table, int64_t rowid);

/* Keeps the changes for which `keeps` returns true. Without memory all are kept. */
typedef bool undo_filter(struct store *store, const struct change *change);
void undo_keep(struct store *store, undo_filter *keeps);

struct table;

/* The table of a root: its first columns are id, account and region, and none is the key. The id is
 * left out of the UPDATE that restores a row: SQLite would look at all rows that refer to it. */
bool undo_has_id(const struct table *table);

#endif
