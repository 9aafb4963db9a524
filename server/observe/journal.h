/* The journal: the last calls the service was sent, in memory. */
#ifndef OBSERVE_JOURNAL_H
#define OBSERVE_JOURNAL_H

#include <stdint.h>

#include "api/call.h"

enum {
    JOURNAL_BODY = 16 << 10, /* longer bodies are not kept */
    JOURNAL_TEXT = 2 << 10,  /* longer texts are cut there */
};

/* A call as it was answered. Texts are NUL-terminated and the journal's; an absent one was not
 * there. */
struct journal_entry {
    int64_t number; /* counts from 1 */
    int64_t time_ms, duration_us;
    int status;
    bool dropped;
    struct slice id, operation, method, path, account, region, access_key, username, error, body;
    size_t body_len; /* as received */
    char *texts;     /* where they are kept */
};

struct journal;

/* `most` entries; with 0 nothing is kept. RESULT_NO_MEMORY. */
enum result journal_new(size_t most, struct journal **journal) MUST_CHECK;
void journal_free(struct journal *journal);

/* Copies what is to be kept; without memory the call is left out. The oldest entry makes room. */
void journal_add(struct journal *journal, const struct journal_entry *entry);
void journal_clear(struct journal *journal);

size_t journal_count(const struct journal *journal);
size_t journal_capacity(const struct journal *journal);

/* The oldest is 0. Borrowed until the next change. */
const struct journal_entry *journal_get(const struct journal *journal, size_t at);

#endif
