#include "observe/journal.h"

#include <stdlib.h>

struct journal {
    size_t capacity, first, count;
    int64_t number, clears;
    struct journal_entry entries[];
};

enum result journal_new(size_t capacity, struct journal **out)
{
    struct journal *journal = calloc(1, sizeof *journal + capacity * sizeof *journal->entries);
    if (!journal)
        return RESULT_NO_MEMORY;
    journal->capacity = capacity;
    *out = journal;
    return RESULT_OK;
}

void journal_clear(struct journal *journal)
{
    for (size_t i = 0; i < journal->count; i++)
        free(journal->entries[(journal->first + i) % journal->capacity].texts);
    journal->first = journal->count = 0;
    journal->clears++;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    journal_clear(journal);
    free(journal);
}

/* Copies the text to *at, and makes the slice refer to the copy. */
static void copy_text(struct slice *text, char **at)
{
    if (!text->data)
        return;
    memcpy(*at, text->data, text->len);
    (*at)[text->len] = '\0';
    text->data = *at;
    *at += text->len + 1;
}

void journal_add(struct journal *journal, const struct journal_entry *call)
{
    struct journal_entry entry = *call;
    struct slice *const texts[] = {&entry.id,         &entry.operation, &entry.method,
                                   &entry.path,       &entry.account,   &entry.region,
                                   &entry.access_key, &entry.username,  &entry.error,
                                   &entry.body,       &entry.answer};
    size_t size = 0;
    if (journal->capacity == 0)
        return;
    if (entry.body.len > JOURNAL_BODY)
        entry.body = (struct slice){NULL, 0};
    if (entry.answer.len > JOURNAL_ANSWER)
        entry.answer.len = JOURNAL_ANSWER;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i]->len > JOURNAL_TEXT && texts[i] != &entry.body && texts[i] != &entry.answer)
            texts[i]->len = JOURNAL_TEXT;
        size += texts[i]->len + 1;
    }
    char *at = malloc(size);
    if (!at)
        return;
    entry.texts = at;
    entry.number = ++journal->number;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        copy_text(texts[i], &at);
    struct journal_entry *place =
        &journal->entries[(journal->first + journal->count) % journal->capacity];
    if (journal->count == journal->capacity) {
        free(place->texts);
        journal->first = (journal->first + 1) % journal->capacity;
    } else {
        journal->count++;
    }
    *place = entry;
}

size_t journal_count(const struct journal *journal)
{
    return journal->count;
}

size_t journal_capacity(const struct journal *journal)
{
    return journal->capacity;
}

int64_t journal_number(const struct journal *journal)
{
    return journal->number;
}

int64_t journal_clears(const struct journal *journal)
{
    return journal->clears;
}

const struct journal_entry *journal_get(const struct journal *journal, size_t at)
{
    return &journal->entries[(journal->first + at) % journal->capacity];
}
