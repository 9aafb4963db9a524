/* control/journal: the ring and what it keeps. */
#include "support.h"

#include "observe/journal.h"

/* The numbers held are the last ones, in order. */
static void expect(const struct journal *journal, size_t count, int64_t last)
{
    assert_int_equal(journal_count(journal), count);
    for (size_t i = 0; i < count; i++) {
        const struct journal_entry *entry = journal_get(journal, i);
        char path[32];
        assert_int_equal(entry->number, last - (int64_t)(count - 1 - i));
        snprintf(path, sizeof path, "/%lld", (long long)entry->number);
        assert_slice(entry->path, path);
    }
}

static void add(struct journal *journal, int64_t number)
{
    char path[32];
    snprintf(path, sizeof path, "/%lld", (long long)number);
    char *copy = exact_copy(slice_of(path));
    struct journal_entry entry = {.path = slice_of(copy), .id = SLICE("id")};
    journal_add(journal, &entry);
    free(copy); /* the journal has its own */
}

static void rings_of_all_sizes(void **state)
{
    (void)state;
    for (size_t most = 0; most < 8; most++) {
        struct journal *journal = NULL;
        assert_int_equal(journal_new(most, &journal), RESULT_OK);
        assert_int_equal(journal_capacity(journal), most);
        expect(journal, 0, 0);
        for (int64_t number = 1; number < 30; number++) {
            if (most == 0)
                add(journal, 1);
            else
                add(journal, number);
            expect(journal, (size_t)number < most ? (size_t)number : most, number);
        }
        journal_free(journal);
    }
    journal_free(NULL);
}

static void numbers_go_on_after_a_clear(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    assert_int_equal(journal_new(3, &journal), RESULT_OK);
    for (int64_t number = 1; number <= 5; number++)
        add(journal, number);
    journal_clear(journal);
    expect(journal, 0, 0);
    journal_clear(journal);
    add(journal, 6);
    expect(journal, 1, 6);
    for (int64_t number = 7; number <= 10; number++)
        add(journal, number);
    expect(journal, 3, 10);
    journal_free(journal);
}

static void what_was_absent_stays_absent_and_long_bodies_are_not_kept(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    char *body = calloc(1, JOURNAL_BODY + 1);
    assert_non_null(body);
    memset(body, 'x', JOURNAL_BODY + 1);
    assert_int_equal(journal_new(4, &journal), RESULT_OK);
    for (size_t longer = 0; longer < 2; longer++) {
        struct journal_entry entry = {.operation = SLICE(""),
                                      .body = {body, JOURNAL_BODY + longer},
                                      .body_len = JOURNAL_BODY + longer,
                                      .status = 200,
                                      .dropped = true};
        journal_add(journal, &entry);
    }
    free(body);
    const struct journal_entry *kept = journal_get(journal, 0), *cut = journal_get(journal, 1);
    assert_int_equal(kept->body.len, JOURNAL_BODY);
    assert_int_equal(kept->body.data[JOURNAL_BODY - 1], 'x');
    assert_null(cut->body.data);
    assert_int_equal(cut->body_len, JOURNAL_BODY + 1);
    assert_null(kept->username.data);
    assert_slice(kept->operation, "");
    assert_true(kept->dropped && kept->status == 200);
    journal_free(journal);
}

static void of_an_answer_the_beginning_is_kept(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    char answer[JOURNAL_ANSWER + 1];
    memset(answer, 'y', sizeof answer);
    assert_int_equal(journal_new(4, &journal), RESULT_OK);
    for (size_t longer = 0; longer < 2; longer++) {
        struct journal_entry entry = {.answer = {answer, JOURNAL_ANSWER + longer},
                                      .answer_len = JOURNAL_ANSWER + longer,
                                      .from_page = longer == 1};
        journal_add(journal, &entry);
        const struct journal_entry *kept = journal_get(journal, longer);
        assert_int_equal(kept->answer.len, JOURNAL_ANSWER);
        assert_int_equal(kept->answer.data[JOURNAL_ANSWER - 1], 'y');
        assert_int_equal(kept->answer_len, JOURNAL_ANSWER + longer);
        assert_int_equal(kept->from_page, longer == 1);
    }
    assert_int_equal(journal_number(journal), 2);
    journal_clear(journal);
    assert_int_equal(journal_clears(journal), 1);
    assert_int_equal(journal_number(journal), 2);
    journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_of_all_sizes),
        cmocka_unit_test(numbers_go_on_after_a_clear),
        cmocka_unit_test(of_an_answer_the_beginning_is_kept),
        cmocka_unit_test(what_was_absent_stays_absent_and_long_bodies_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
