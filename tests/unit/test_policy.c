/* gate/policy: patterns, against a matcher that tries everything. */
#include "support.h"

#include "gate/policy.h"

static bool tries(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*')
        return tries(pattern + 1, text) || (*text && tries(pattern, text + 1));
    return *text && (*pattern == '?' || *pattern == *text) && tries(pattern + 1, text + 1);
}

static void chosen_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"", "", true},         {"", "a", false},       {"*", "", true},
        {"?", "", false},       {"**", "abc", true},    {"a*c", "abcbc", true},
        {"a*c", "abcb", false}, {"*a*b", "xaxb", true}, {"a?c", "abc", true},
        {"a?c", "ac", false},   {"abc", "abcd", false}, {"*?", "", false},
        {"mq:*", "mq:X", true}, {"A", "a", false},      {"*b-1", "b-1b-1", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (policy_matches(slice_of(rows[i].pattern), slice_of(rows[i].text)) != rows[i].matches)
            fail_msg("%s against %s", rows[i].pattern, rows[i].text);
}

static void agrees_with_trying_everything(void **state)
{
    (void)state;
    static const char letters[] = "ab*?";
    struct prng prng = {7};
    int matched = 0;
    for (int round = 0; round < 50000; round++) {
        char pattern[8] = "", text[9] = "";
        for (size_t i = 0, len = prng_below(&prng, 8); i < len; i++)
            pattern[i] = letters[prng_below(&prng, 4)];
        for (size_t i = 0, len = prng_below(&prng, 9); i < len; i++)
            text[i] = letters[prng_below(&prng, 2)];
        char *exact_pattern = exact_copy(slice_of(pattern)),
             *exact_text = exact_copy(slice_of(text));
        bool got = policy_matches(slice_of(exact_pattern), slice_of(exact_text));
        free(exact_pattern);
        free(exact_text);
        if (got != tries(pattern, text))
            fail_msg("%s against %s", pattern, text);
        matched += got;
    }
    assert_true(matched > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen_patterns),
        cmocka_unit_test(agrees_with_trying_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
