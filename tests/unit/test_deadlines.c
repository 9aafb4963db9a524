/* http/deadlines against a model that looks at every deadline. */
#include "support.h"

#include "http/deadlines.h"

enum { DEADLINES = 40, LISTS = 3, STOPPED = -1 };

struct model {
    int list[DEADLINES]; /* STOPPED: on none */
    int64_t due_ms[DEADLINES];
};

static int64_t model_next(const struct model *model, int list)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < DEADLINES; i++)
        if (model->list[i] == list && model->due_ms[i] < next_ms)
            next_ms = model->due_ms[i];
    return next_ms;
}

/* Sorted, linked both ways, and as many as the model has. */
static void check_list(const struct deadline_list *list, const struct model *model, int number)
{
    size_t count = 0, wanted = 0;
    const struct deadline *previous = NULL;
    for (const struct deadline *at = list->first; at; previous = at, at = at->next, count++) {
        assert_ptr_equal(at->previous, previous);
        assert_ptr_equal(at->list, list);
        assert_true(!previous || previous->due_ms <= at->due_ms);
    }
    assert_ptr_equal(list->last, previous);
    for (size_t i = 0; i < DEADLINES; i++)
        wanted += model->list[i] == number;
    assert_int_equal(count, wanted);
    assert_int_equal(deadline_next_ms(list), model_next(model, number));
}

static void agrees_with_the_model(void **state)
{
    (void)state;
    static struct deadline deadlines[DEADLINES];
    struct deadline_list lists[LISTS] = {
        {.timeout_ms = 30}, {.timeout_ms = 120}, {.timeout_ms = 0}};
    struct model model;
    struct prng prng = {42};
    int64_t now_ms = 1000;
    for (size_t i = 0; i < DEADLINES; i++)
        model.list[i] = STOPPED;
    for (int step = 0; step < 5000; step++) {
        size_t i = prng_below(&prng, DEADLINES);
        int list = (int)prng_below(&prng, LISTS + 1) - 1;
        now_ms += (int64_t)prng_below(&prng, 5);
        model.list[i] = list;
        if (list == STOPPED) {
            deadline_stop(&deadlines[i]);
            assert_null(deadlines[i].list);
        } else {
            deadline_start(&lists[list], &deadlines[i], now_ms);
            model.due_ms[i] = now_ms + lists[list].timeout_ms;
            assert_int_equal(deadlines[i].due_ms, model.due_ms[i]);
        }
        for (int number = 0; number < LISTS; number++)
            check_list(&lists[number], &model, number);
    }
}

static void an_empty_list_is_never_due(void **state)
{
    (void)state;
    struct deadline_list list = {.timeout_ms = 5};
    struct deadline deadline = {.list = NULL};
    assert_true(deadline_next_ms(&list) == INT64_MAX);
    deadline_stop(&deadline); /* on none */
    deadline_start(&list, &deadline, 10);
    deadline_start(&list, &deadline, 20);
    assert_int_equal(deadline_next_ms(&list), 25);
    deadline_stop(&deadline);
    deadline_stop(&deadline);
    assert_true(deadline_next_ms(&list) == INT64_MAX);
    assert_null(list.first);
    assert_null(list.last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_model),
        cmocka_unit_test(an_empty_list_is_never_due),
    };
    return cmocka_run_group_tests_name("deadlines", tests, NULL, NULL);
}
