/* The journal: the latest calls of the service's API, in memory. */
#ifndef OBSERVE_JOURNAL_H
#define OBSERVE_JOURNAL_H

#include <stdint.h>

#include "api/call.h"

enum {
    JOURNAL_BODY = 16 << 10,  /* longer bodies are omitted */
    JOURNAL_ANSWER = 4 << 10, /* of an answer, this much is kept */
    JOURNAL_TEXT = 2 << 10,   /* longer texts are truncated */
};

/* A call and its result. Texts in the journal are NUL-terminated and owned by it. */
struct journal_entry {
    int64_t number; /* from 1 */
    int64_t time_ms, duration_us;
    int status;
    bool dropped;
    bool from_page; /* somebody made the call with the web page */
    struct slice id, operation, method, path, account, region, access_key, username, error, body;
    struct slice answer; /* its beginning */
    size_t body_len;     /* as received */
    size_t answer_len;   /* as sent */
    char *texts;         /* the memory of all texts */
};

struct journal;

/* Keeps up to `capacity` entries, which may be 0. RESULT_NO_MEMORY. */
enum result journal_new(size_t capacity, struct journal **journal) MUST_CHECK;
void journal_free(struct journal *journal);

/* Adds a copy of the entry, in place of the oldest one if the journal is full. If out of memory,
 * the call is not recorded. */
void journal_add(struct journal *journal, const struct journal_entry *entry);
void journal_clear(struct journal *journal);

size_t journal_count(const struct journal *journal);
size_t journal_capacity(const struct journal *journal);

/* The number of the latest entry, also of one that was cleared; 0: none. With capacity 0 it stays
 * 0. */
int64_t journal_number(const struct journal *journal);

/* How often it was cleared. */
int64_t journal_clears(const struct journal *journal);

/* Entry 0 is the oldest. Borrowed until the next change. */
const struct journal_entry *journal_get(const struct journal *journal, size_t at);

#endif
