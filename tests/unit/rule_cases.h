/* The cases of tests/data/rules.tsv: what the rules of names, passwords and groups say of values.
 */
#ifndef TESTS_UNIT_RULE_CASES_H
#define TESTS_UNIT_RULE_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

enum { RULE_TEXTS = 40, RULE_LINE = 2000, RULE_VALUE = 6000 };

/* What a broken rule says: the service, with `{}` for the value, and a seed; "-": there is none. */
struct rule_text {
    char line[RULE_LINE];
    const char *rule, *verdict, *service, *seed;
};

struct rule_case {
    const char *rule;
    const struct rule_text *broken; /* NULL: the value is good */
    struct slice value;
    int line;
};

/* Undoes \\, \t, \n, \xHH and \*N{text} up to `end`. */
static inline size_t rule_unescape(const char *text, const char *end, char *out, size_t room)
{
    size_t len = 0;
    while (text < end) {
        assert_true(len < room);
        if (*text != '\\') {
            out[len++] = *text++;
            continue;
        }
        char kind = text[1], *after = NULL;
        text += 2;
        if (kind == 'x') {
            const char digits[] = {text[0], text[1], '\0'};
            out[len++] = (char)strtol(digits, NULL, 16);
            text += 2;
        } else if (kind == '*') {
            long times = strtol(text, &after, 10);
            const char *close = strchr(after, '}');
            assert_true(*after == '{' && close);
            for (; times > 0; times--)
                len += rule_unescape(after + 1, close, out + len, room - len);
            text = close + 1;
        } else {
            assert_non_null(strchr("\\tn", kind));
            out[len++] = kind == 't' ? '\t' : kind == 'n' ? '\n' : kind;
        }
    }
    return len;
}

static inline const struct rule_text *rule_find(const struct rule_text *texts, size_t count,
                                                const char *rule, const char *verdict)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i].rule, rule) == 0 && strcmp(texts[i].verdict, verdict) == 0)
            return &texts[i];
    if (strcmp(verdict, "ok") != 0)
        fail_msg("tests/data/rules.tsv has no text for %s %s", rule, verdict);
    return NULL;
}

/* Reads the texts, then shows each case. Returns the texts; static. */
static inline const struct rule_text *each_rule_case(void (*see)(const struct rule_case *rule),
                                                     size_t *count)
{
    static struct rule_text texts[RULE_TEXTS];
    static char value[RULE_VALUE];
    char line[RULE_LINE];
    FILE *file = fopen(TEST_DATA "/rules.tsv", "r");
    assert_non_null(file);
    *count = 0;
    while (fgets(line, sizeof line, file) && *line != '\n') {
        struct rule_text *text = &texts[(*count)++];
        assert_true(*count <= RULE_TEXTS);
        line[strcspn(line, "\n")] = '\0';
        strcpy(text->line, line);
        char *rest = text->line;
        text->rule = strsep(&rest, "\t");
        text->verdict = strsep(&rest, "\t");
        text->service = strsep(&rest, "\t");
        text->seed = rest;
        assert_non_null(rest);
    }
    int number = (int)*count + 1;
    while (see && fgets(line, sizeof line, file)) {
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
        const char *rule = strsep(&rest, "\t"), *verdict = strsep(&rest, "\t");
        assert_non_null(rest);
        size_t len = rule_unescape(rest, rest + strlen(rest), value, sizeof value);
        const struct rule_case one = {
            rule, rule_find(texts, *count, rule, verdict), {value, len}, ++number};
        see(&one);
    }
    fclose(file);
    return texts;
}

#endif
