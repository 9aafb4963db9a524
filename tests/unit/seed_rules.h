/* Rules of the schema, each broken once by a seed: the message is the rule. */
#ifndef TESTS_UNIT_SEED_RULES_H
#define TESTS_UNIT_SEED_RULES_H

#include "seed_world.h"

struct rule {
    const char *sql;
    const char *message; /* a FOREIGN KEY is seen at the end only, without the row */
};

struct rules {
    const struct rule *list;
    size_t count;
};

/* Each rule in a world where `base` went before. */
static inline void check_rules(const char *base, const struct rules *tables, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < tables[i].count; k++) {
            const struct rule *rule = &tables[i].list[k];
            enum result result = RESULT_OK;
            const char *got = outcome(base, slice_of(rule->sql), &result);
            const char *row = strncmp(rule->message, "FOREIGN KEY", 11) == 0 ? ""
                              : strstr(rule->sql, "), (")                    ? ", row 2"
                                                                             : ", row 1";
            char want[512];
            snprintf(want, sizeof want, "seed.sql:1: statement 1%s: %s", row, rule->message);
            if (strcmp(got, want) != 0) {
                print_error("%s\n  says  %s\n  not   %s\n", rule->sql, got, want);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static inline bool has_rule(const struct rules *tables, size_t count, const char *message,
                            size_t len)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < tables[i].count; k++) {
            const char *known = tables[i].list[k].message;
            if (strlen(known) == len && memcmp(known, message, len) == 0)
                return true;
        }
    }
    return false;
}

static inline bool begins_one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strncmp(text, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* Texts of the schema, between `before` and `after`, that none of the tables has. `out_of_reach`
 * begins those no seed can meet, up to a NULL. The name of a UNIQUE constraint is never shown. */
static inline size_t find_untested(const struct rules *tables, size_t count, const char *schema,
                                   const char *before, const char *after,
                                   const char *const *out_of_reach)
{
    size_t untested = 0, found = 0;
    for (const char *at = schema; (at = strstr(at, before)); found++) {
        at += strlen(before);
        const char *end = strstr(at, after);
        if (!begins_one_of(at, out_of_reach) && strncmp(end, "\" UNIQUE", 8) != 0 &&
            !has_rule(tables, count, at, (size_t)(end - at))) {
            print_error("not tested: %.*s\n", (int)(end - at), at);
            untested++;
        }
    }
    assert_true(found > 0);
    return untested;
}

/* Each named rule of that file is in the tables; but not between two texts, since another file has
 * what stands there in its place (NULL: all of it). */
static inline void check_no_rule_is_untested(const struct rules *tables, size_t count,
                                             const char *file, const char *from, const char *until,
                                             const char *const *out_of_reach)
{
    char *schema = read_text(file);
    if (from) {
        char *begin = strstr(schema, from);
        const char *end = begin ? strstr(begin, until) : NULL;
        assert_non_null(end);
        memset(begin, ' ', (size_t)(end - begin));
    }
    size_t untested = find_untested(tables, count, schema, "CONSTRAINT \"", "\"", out_of_reach);
    untested += find_untested(tables, count, schema, "RAISE(ABORT, '", "'", out_of_reach);
    free(schema);
    assert_int_equal(untested, 0);
}

#endif
