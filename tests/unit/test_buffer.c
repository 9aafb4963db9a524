/* base/buffer: content, ceiling, and the error that sticks. */
#include "support.h"

static void keeps_what_is_appended(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_slice(buffer_slice(&buffer), "");
    buffer_append_string(&buffer, "ab");
    buffer_append_char(&buffer, 'c');
    buffer_append(&buffer, NULL, 0);
    buffer_append_slice(&buffer, (struct slice){NULL, 0});
    buffer_append_slice(&buffer, SLICE("de"));
    buffer_printf(&buffer, "%d%s", 42, "!");
    assert_slice(buffer_slice(&buffer), "abcde42!");
    assert_string_equal(buffer.data, "abcde42!");
    buffer_clear(&buffer);
    assert_slice(buffer_slice(&buffer), "");
    assert_string_equal(buffer.data, "");
    buffer_append(&buffer, "x\0y", 3);
    assert_int_equal(buffer.len, 3);
    assert_memory_equal(buffer.data, "x\0y", 4);
    buffer_close(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.ceiling, 1000);
}

/* Nothing of the piece that does not fit is kept, and nothing fits after it. */
static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct buffer buffer;
    for (size_t ceiling = 0; ceiling < 12; ceiling++) {
        buffer_init(&buffer, ceiling);
        buffer_append_string(&buffer, "123456");
        buffer_printf(&buffer, "%s", "7890");
        bool all = ceiling >= 10, half = ceiling >= 6;
        assert_slice(buffer_slice(&buffer), all ? "1234567890" : half ? "123456" : "");
        assert_int_equal(buffer.failed, all ? RESULT_OK : RESULT_TOO_LARGE);
        buffer_append_char(&buffer, 'x');
        assert_int_equal(buffer.failed, ceiling >= 11 ? RESULT_OK : RESULT_TOO_LARGE);
        size_t len = buffer.len;
        buffer_append(&buffer, NULL, 0);
        assert_int_equal(buffer.len, len);
        buffer_clear(&buffer);
        assert_int_equal(buffer.failed, RESULT_OK);
        buffer_append(&buffer, "12345678901", ceiling);
        assert_int_equal(buffer.len, ceiling);
        assert_int_equal(buffer.failed, RESULT_OK);
        buffer_close(&buffer);
    }
}

/* Against the same bytes gathered without a buffer. */
static void grows_as_a_model_does(void **state)
{
    (void)state;
    enum { CEILING = 5000 };
    static char model[CEILING];
    struct prng prng = {7};
    struct buffer buffer;
    buffer_init(&buffer, CEILING);
    for (int round = 0; round < 50; round++) {
        size_t len = 0;
        bool failed = false;
        buffer_clear(&buffer);
        for (int step = 0; step < 60; step++) {
            char piece[300];
            size_t more = prng_below(&prng, sizeof piece);
            memset(piece, (int)('a' + prng_below(&prng, 26)), sizeof piece);
            buffer_append(&buffer, piece, more);
            failed = failed || more > CEILING - len;
            if (failed)
                continue;
            memcpy(model + len, piece, more);
            len += more;
        }
        assert_int_equal(buffer.failed != RESULT_OK, failed);
        assert_int_equal(buffer.len, len);
        assert_memory_equal(buffer.data, model, len);
        assert_int_equal(buffer.data[len], '\0');
    }
    buffer_close(&buffer);
}

static void integers_are_decimal(void **state)
{
    (void)state;
    const int64_t numbers[] = {0, 7, -1, 10, -10, 99, 1234567890, INT64_MAX, INT64_MIN};
    struct buffer buffer;
    buffer_init(&buffer, 20);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char wanted[24];
        snprintf(wanted, sizeof wanted, "%lld", (long long)numbers[i]);
        buffer_clear(&buffer);
        buffer_append_integer(&buffer, numbers[i]);
        assert_int_equal(buffer.failed, RESULT_OK);
        assert_int_equal(buffer.len, strlen(wanted));
        assert_string_equal(buffer.data, wanted);
    }
    buffer_append_integer(&buffer, 1);
    assert_int_equal(buffer.failed, RESULT_TOO_LARGE);
    assert_null(buffer_extend(&buffer, 0));
    buffer_close(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_appended),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(grows_as_a_model_does),
        cmocka_unit_test(integers_are_decimal),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
